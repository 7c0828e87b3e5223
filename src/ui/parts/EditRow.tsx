import { Button, Group, Table, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { common } from "../texts/common.js";

interface EditRowProps {
  readonly name: string;
  readonly why?: string | undefined;
  /** What holds, and the heading of its column, which a narrow screen shows beside it. */
  readonly holds: ReactNode;
  readonly holdsLabel: string;
  /** Whose that is. */
  readonly mark: ReactNode;
  /** A column more, ahead of the buttons. */
  readonly more?: ReactNode;
  /** Takes back what was set here. */
  readonly takeBack?: { readonly text: string; readonly run: () => void } | null;
  /** What edits it below the row, until it calls `close`; anything else stands in the place of the button. */
  readonly edit?: ((close: () => void) => ReactNode) | ReactNode;
}

/** A row of a table that is edited where it stands. */
export function EditRow({ name, why, holds, holdsLabel, mark, more, takeBack, edit }: EditRowProps) {
  const [open, setOpen] = useState(false);
  const editor = typeof edit === "function" ? edit : null;
  return (
    <>
      <Table.Tr>
        <Table.Td className="rf-rule-name">
          {name}
          {why === undefined ? null : (
            <Text fz="xs" c="dimmed">
              {why}
            </Text>
          )}
        </Table.Td>
        <Table.Td data-label={holdsLabel}>
          <Group gap={6}>
            <span className="rf-wrap">{holds}</span>
            {mark}
          </Group>
        </Table.Td>
        {more}
        <Table.Td className="rf-rule-edit">
          <Group gap={4} wrap="nowrap" justify="flex-end">
            {takeBack === undefined || takeBack === null ? null : (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={`${takeBack.text}: ${name}`}
                onClick={takeBack.run}
              >
                {takeBack.text}
              </Button>
            )}
            {typeof edit === "function" ? (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={common.editOf(name)}
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {common.edit}
              </Button>
            ) : (
              edit
            )}
          </Group>
        </Table.Td>
      </Table.Tr>
      {open && editor !== null ? (
        <Table.Tr>
          <Table.Td colSpan={more === undefined || more === null ? 3 : 4}>
            {editor(() => setOpen(false))}
          </Table.Td>
        </Table.Tr>
      ) : null}
    </>
  );
}
