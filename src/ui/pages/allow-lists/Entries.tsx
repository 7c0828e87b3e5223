import { ActionIcon, Text, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { AllowListReadJson } from "../../../http/contract.js";
import { listTexts as texts } from "../../texts/allow-lists.js";
import { emptyRow, type Row } from "./rows.js";

type Told = AllowListReadJson["entries"][number];

/** The entries, one a line, each with what it means as one types. */
export function Entries({
  rows,
  toldOf,
  onChange,
  mayEdit,
}: {
  readonly rows: readonly Row[];
  readonly toldOf: (row: Row) => Told | undefined;
  readonly onChange: (rows: readonly Row[]) => void;
  readonly mayEdit: boolean;
}) {
  return (
    <>
      <div className="rf-entry rf-entry-head" aria-hidden>
        <span>{texts.entry}</span>
        <span>{texts.note}</span>
        <span>{texts.until}</span>
      </div>
      {rows.map((row) => (
        <Entry
          key={row.id}
          row={row}
          told={toldOf(row)}
          mayEdit={mayEdit}
          onChange={(next) => onChange(rows.map((each) => (each.id === row.id ? next : each)))}
          onRemove={() => onChange(rows.length === 1 ? [emptyRow()] : rows.filter(({ id }) => id !== row.id))}
        />
      ))}
    </>
  );
}

function Entry({
  row,
  told,
  mayEdit,
  onChange,
  onRemove,
}: {
  readonly row: Row;
  readonly told: Told | undefined;
  readonly mayEdit: boolean;
  readonly onChange: (row: Row) => void;
  readonly onRemove: () => void;
}) {
  return (
    <div className="rf-entry">
      <TextInput
        aria-label={texts.entry}
        placeholder="195.168.1.0/24"
        value={row.entry}
        disabled={!mayEdit}
        error={told?.fault !== undefined && told.fault !== null}
        maxLength={200}
        spellCheck={false}
        onChange={({ currentTarget }) => onChange({ ...row, entry: currentTarget.value })}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      />
      <TextInput
        aria-label={texts.note}
        placeholder={texts.note}
        value={row.note}
        disabled={!mayEdit}
        maxLength={500}
        onChange={({ currentTarget }) => onChange({ ...row, note: currentTarget.value })}
      />
      <div className="rf-entry-until" data-label={texts.until}>
        <TextInput
          type="date"
          aria-label={texts.until}
          value={row.until}
          disabled={!mayEdit}
          onChange={({ currentTarget }) => onChange({ ...row, until: currentTarget.value })}
        />
      </div>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        disabled={!mayEdit}
        aria-label={texts.removeRow(row.entry)}
        onClick={onRemove}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
      {told === undefined ? null : (
        <Text
          fz="xs"
          className="rf-entry-told"
          c={told.fault === null ? "dimmed" : "var(--mantine-color-error)"}
        >
          {told.fault ?? told.meaning}
        </Text>
      )}
    </div>
  );
}
