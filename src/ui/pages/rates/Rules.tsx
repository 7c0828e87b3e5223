import { Checkbox, Stack, Text } from "@mantine/core";
import type { RateRulesJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { Loaded } from "../../parts/states.js";
import { ratesTexts as texts } from "../../texts/rates.js";

/** What is made of prices, beside the cap. */
export function Rules() {
  const mayEdit = useMay("admin");
  const rules = useGet<RateRulesJson>(paths.rateRules);
  const send = useSend<RateRulesJson>({ done: () => texts.done });
  const set = (body: Partial<RateRulesJson>): void =>
    send.mutate({ method: "PUT", path: paths.rateRules, body });
  return (
    <Card title={texts.rules}>
      <Loaded query={rules}>
        {({ withoutRate, feeInFirstMinute }) => (
          <Stack gap="sm">
            <Checkbox
              checked={withoutRate === "refuse"}
              disabled={!mayEdit || send.isPending}
              label={texts.withoutRate}
              description={texts.withoutRateText}
              onChange={({ currentTarget }) =>
                set({ withoutRate: currentTarget.checked ? "refuse" : "allow" })
              }
            />
            <Checkbox
              checked={feeInFirstMinute}
              disabled={!mayEdit || send.isPending}
              label={texts.fee}
              description={texts.feeText}
              onChange={({ currentTarget }) => set({ feeInFirstMinute: currentTarget.checked })}
            />
            <Text fz="xs" c="dimmed">
              {texts.rulesText}
            </Text>
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}
