import { Text } from "@mantine/core";
import type { OverviewJson } from "../../../http/contract.js";
import { BarList } from "../../parts/BarList.js";
import { overview as texts } from "../../texts/overview.js";
import { causeName } from "../../texts/words.js";

/** What sources were shut out for, and accounts blocked for. */
export function Causes({ causes }: Pick<OverviewJson, "causes">) {
  if (causes.length === 0) {
    return (
      <Text fz="sm" c="dimmed">
        {texts.causesNone}
      </Text>
    );
  }
  return (
    <BarList
      items={causes.map(({ cause, bans, blocks }) => ({
        name: causeName(cause),
        value: bans + blocks,
        to: bans > 0 ? `/bans?cause=${cause}&over=1` : "/bans?tab=blocks",
      }))}
    />
  );
}
