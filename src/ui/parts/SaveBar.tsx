import { Button, Group, Text } from "@mantine/core";
import { common } from "../texts/common.js";

interface SaveBarProps {
  /** How much is not saved, in words. */
  readonly text: string;
  readonly busy: boolean;
  readonly discard: string;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}

/** At the bottom of a page with changes that are not saved. */
export function SaveBar({ text, busy, discard, onSave, onDiscard }: SaveBarProps) {
  return (
    <div className="rf-save" role="region" aria-label={common.save}>
      <Text fz="sm" fw={550} role="status">
        {text}
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={onDiscard}>
          {discard}
        </Button>
        <Button loading={busy} onClick={onSave}>
          {common.save}
        </Button>
      </Group>
    </div>
  );
}
