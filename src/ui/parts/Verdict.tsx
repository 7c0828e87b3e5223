import { Group, Text } from "@mantine/core";
import { spaced } from "../texts/words.js";
import { Mark } from "./Mark.js";

interface VerdictProps {
  readonly decision: "allow" | "refuse";
  readonly reason: string;
  /** The sentence for people. */
  readonly detail?: string | undefined;
}

/** May this call go out, and why. */
export function Verdict({ decision, reason, detail }: VerdictProps) {
  return (
    <Group gap={8} wrap="nowrap" align="baseline">
      <Mark tone={decision === "allow" ? "good" : "warn"}>
        {decision === "allow" ? "Allowed" : "Refused"}
      </Mark>
      <Text span fz="sm">
        {detail ?? spaced(reason)}
      </Text>
    </Group>
  );
}
