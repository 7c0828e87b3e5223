import { Button, Group, NativeSelect, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { below } from "./below.js";
import { Mark } from "./Mark.js";
import { common } from "../texts/common.js";
import { extensionsTexts as texts } from "../texts/extensions.js";

/** A value of one line that may be edited where it stands. */
export interface Editable {
  /** As it is written now. */
  readonly value: string;
  /** What may be written. */
  readonly form: string;
  /** All that may be written, where that is few. */
  readonly choices?: readonly string[] | null;
  readonly busy: boolean;
  /** Rejects where it was not done; the fault is shown already. */
  readonly save: (value: string) => Promise<unknown>;
}

interface RuleRowProps {
  readonly rule: string;
  readonly why?: string;
  readonly here: ReactNode;
  readonly own: boolean;
  /** Left out: the rule is everyone's anyway. */
  readonly everyone?: ReactNode;
  readonly edit?: Editable | ReactNode;
  /** Takes the own rule away. */
  readonly inherit?: (() => void) | undefined;
}

/** One rule: what holds here, what everyone has, and the ways to change it. */
export function RuleRow({ rule, why, here, own, everyone, edit, inherit }: RuleRowProps) {
  const [open, setOpen] = useState(false);
  const editable = isEditable(edit) ? edit : null;
  return (
    <>
      <Table.Tr>
        <Table.Td className="rf-rule-name">
          {rule}
          {why === undefined ? null : (
            <Text fz="xs" c="dimmed">
              {why}
            </Text>
          )}
        </Table.Td>
        <Table.Td data-label={texts.holds}>
          <Group gap={6}>
            <span className="rf-wrap">{here}</span>
            {own ? (
              <Mark tone="good">{texts.ownMark}</Mark>
            ) : everyone === undefined ? null : (
              <Mark tone="quiet">{texts.sameAs}</Mark>
            )}
          </Group>
        </Table.Td>
        {everyone === undefined ? null : (
          <Table.Td data-label={texts.everyone}>
            <span className="rf-wrap">{everyone}</span>
          </Table.Td>
        )}
        <Table.Td className="rf-rule-edit">
          <Group gap={4} wrap="nowrap" justify="flex-end">
            {own && inherit !== undefined ? (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label={texts.useGlobalOf(rule)}
                onClick={() => inherit()}
              >
                {texts.useGlobal}
              </Button>
            ) : null}
            {editable === null ? (
              (edit as ReactNode)
            ) : (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={texts.editOf(rule)}
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {texts.edit}
              </Button>
            )}
          </Group>
        </Table.Td>
      </Table.Tr>
      {editable !== null && open ? (
        <Table.Tr>
          <Table.Td colSpan={everyone === undefined ? 3 : 4}>
            <Editor rule={rule} editable={editable} close={() => setOpen(false)} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </>
  );
}

function Editor({
  rule,
  editable: { value: before, form, choices, busy, save },
  close,
}: {
  readonly rule: string;
  readonly editable: Editable;
  readonly close: () => void;
}) {
  const [value, setValue] = useState(before);
  const label = texts.ownOf(rule);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // Where it fails the fault is shown, and the field stays open.
        void save(value.trim()).then(close, () => undefined);
      }}
    >
      <Group gap="xs" align="flex-start">
        <Stack gap={2} className="rf-grow" maw="24rem">
          {choices === undefined || choices === null ? (
            <TextInput
              aria-label={label}
              description={form}
              inputWrapperOrder={below}
              value={value}
              maxLength={40}
              autoFocus
              onChange={({ currentTarget }) => setValue(currentTarget.value)}
            />
          ) : (
            <NativeSelect
              aria-label={label}
              value={value}
              data={[...choices]}
              autoFocus
              onChange={({ currentTarget }) => setValue(currentTarget.value)}
            />
          )}
        </Stack>
        <Button type="submit" loading={busy}>
          {common.save}
        </Button>
        <Button variant="default" onClick={close}>
          {common.cancel}
        </Button>
      </Group>
    </form>
  );
}

function isEditable(edit: Editable | ReactNode): edit is Editable {
  return typeof edit === "object" && edit !== null && "save" in edit;
}
