import { Button, Group, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { AreaEffectJson } from "../../../http/contract.js";
import type { Problem } from "../../api/client.js";
import { areasTexts as texts, staleTexts } from "../../texts/areas.js";
import { common } from "../../texts/common.js";
import { Effect } from "./Effect.js";

const TOLD = 6;

/** What is changed and not saved, in words, and what it would have done. */
export function ChangeBar({
  words,
  overtaken,
  effect,
  saving,
  onSave,
  onDiscard,
}: {
  readonly words: readonly string[];
  /** Whether somebody else has changed the rules since. */
  readonly overtaken: boolean;
  readonly effect: UseQueryResult<AreaEffectJson, Problem>;
  readonly saving: boolean;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}) {
  return (
    <div className="rf-change-bar" role="region" aria-label={texts.changes(words.length)}>
      <Stack gap={2} className="rf-grow">
        <Text fz="sm" className="rf-wrap">
          <strong>{texts.changes(words.length)}:</strong> {words.slice(0, TOLD).join(" · ")}
          {words.length > TOLD ? ` · ${texts.moreChanges(words.length - TOLD)}` : ""}
        </Text>
        {overtaken ? (
          <Text fz="sm" role="status">
            {staleTexts.overtaken}
          </Text>
        ) : null}
        <Group gap="xs">
          <Effect effect={effect} />
        </Group>
      </Stack>
      <Group gap="xs" ml="auto">
        <Button variant="default" onClick={onDiscard}>
          {common.discard}
        </Button>
        <Button loading={saving} onClick={onSave}>
          {common.save}
        </Button>
      </Group>
    </div>
  );
}
