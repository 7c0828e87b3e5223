import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { AuditJson } from "../../http/contract.js";
import { useGet } from "../api/hooks.js";
import { paths } from "../api/paths.js";
import { staleTexts as texts } from "../texts/areas.js";
import { common } from "../texts/common.js";
import { Time } from "./Time.js";

interface StaleProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Reads the newest state and forgets the edits. */
  readonly onReload: () => unknown;
  /** Makes the edits on the newest state. */
  readonly onKeep: () => unknown;
}

/** Two edited at once: what the other one did, and what to do now. */
export function Stale({ opened, onClose, onReload, onKeep }: StaleProps) {
  const audit = useGet<AuditJson>(
    paths.audit,
    { subject: "policy", limit: 3 },
    { enabled: opened, staleMs: 0 },
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={texts.title}
      centered
      closeButtonProps={{ "aria-label": common.close }}
    >
      <Stack>
        <Text fz="sm">{texts.text}</Text>
        <ul className="rf-plain-list">
          {(audit.data?.entries ?? []).map((entry) => (
            <li key={entry.id}>
              <Text fz="sm" className="rf-wrap">
                {entry.change}{" "}
                <Text span c="dimmed" fz="xs">
                  {texts.by(entry.by)}, <Time at={entry.at} />
                </Text>
              </Text>
            </li>
          ))}
        </ul>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void onReload()}>
            {texts.reload}
          </Button>
          <Button onClick={() => void onKeep()}>{texts.keep}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
