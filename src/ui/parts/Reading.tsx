import { Code, Group, Text } from "@mantine/core";
import type { DialPlanPreviewJson } from "../../http/contract.js";
import { dialPlan as texts } from "../texts/dial-plan.js";

/** How dialled digits are read: each part with its meaning, and the number that comes of it. */
export function Reading({
  reading: { is, detail, steps, number },
}: {
  readonly reading: Pick<DialPlanPreviewJson, "is" | "detail" | "steps" | "number">;
}) {
  if (is === "refused") {
    return (
      <Text fz="sm" className="rf-wrap">
        {detail ?? texts.notRead}
      </Text>
    );
  }
  return (
    <Group gap="xs">
      {steps.map(({ digits, meaning }, index) => (
        <span key={index} className="rf-part">
          <Code>{digits}</Code>
          <Text span fz="xs" c="dimmed">
            {meaning}
          </Text>
        </span>
      ))}
      {number === null ? null : (
        <Text fz="sm">
          = <Code>{number}</Code>
        </Text>
      )}
    </Group>
  );
}
