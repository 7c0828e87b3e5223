import { Group, NativeSelect, Stack, Table, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { below } from "./below.js";
import { EditRow } from "./EditRow.js";
import { Mark } from "./Mark.js";
import { SaveOrCancel } from "./SaveOrCancel.js";
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
  return (
    <EditRow
      name={rule}
      why={why}
      holds={here}
      holdsLabel={texts.holds}
      mark={
        own ? (
          <Mark tone="good">{texts.ownMark}</Mark>
        ) : everyone === undefined ? null : (
          <Mark tone="quiet">{texts.sameAs}</Mark>
        )
      }
      more={
        everyone === undefined ? null : (
          <Table.Td data-label={texts.everyone}>
            <span className="rf-wrap">{everyone}</span>
          </Table.Td>
        )
      }
      takeBack={own && inherit !== undefined ? { text: texts.useGlobal, run: inherit } : null}
      edit={isEditable(edit) ? (close) => <Editor rule={rule} editable={edit} close={close} /> : edit}
    />
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
        <SaveOrCancel busy={busy} onCancel={close} />
      </Group>
    </form>
  );
}

function isEditable(edit: Editable | ReactNode): edit is Editable {
  return typeof edit === "object" && edit !== null && "save" in edit;
}
