import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { common } from "../texts/common.js";

interface ConfirmProps {
  readonly opened: boolean;
  readonly title: string;
  /** What will happen, in words. */
  readonly children: ReactNode;
  /** The verb of the deed, such as `Lift the ban`. */
  readonly verb: string;
  /** It can't be taken back, or shuts somebody out. */
  readonly grave?: boolean;
  readonly onClose: () => void;
  /** A promise keeps the button busy; the dialog closes when it is kept. */
  readonly onConfirm: () => unknown;
}

/** Asks before a deed that is hard to take back. */
export function Confirm({ opened, title, children, verb, grave = false, onClose, onConfirm }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch {
      // The mutation has shown why; the dialog stays, so that one can try again.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ "aria-label": common.close }}
    >
      <Stack>
        <Text fz="sm" component="div">
          {children}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button color={grave ? "red.8" : "fence"} loading={busy} onClick={confirm} data-autofocus>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
