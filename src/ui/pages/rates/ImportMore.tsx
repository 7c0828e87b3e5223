import { NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { below } from "../../parts/below.js";
import { importTexts as texts } from "../../texts/rates.js";
import { COLUMNS, type Mapping } from "./headings.js";

/** What an admin may say of a file where it can't be worked out; empty: it is worked out. */
export interface FileWishes {
  readonly mapping: Mapping;
  readonly currency: string;
  readonly delimiter: string;
  readonly decimal: string;
  readonly dates: string;
  readonly increments: string;
  readonly before: string;
}

export const NO_WISHES: FileWishes = {
  mapping: {},
  currency: "",
  delimiter: "",
  decimal: "",
  dates: "",
  increments: "",
  before: "",
};

export function ImportMore({
  wishes,
  headings,
  onChange,
}: {
  readonly wishes: FileWishes;
  readonly headings: readonly string[];
  readonly onChange: (wishes: FileWishes) => void;
}) {
  const choice = (name: "delimiter" | "decimal" | "dates") => (
    <NativeSelect
      label={texts[name]}
      value={wishes[name]}
      onChange={({ currentTarget }) => onChange({ ...wishes, [name]: currentTarget.value })}
      data={Object.entries(texts.choices[name]).map(([value, label]) => ({ value, label }))}
    />
  );
  const field = (name: "currency" | "increments" | "before") => (
    <TextInput
      label={texts[name]}
      description={texts.says[name]}
      inputWrapperOrder={below}
      value={wishes[name]}
      maxLength={200}
      autoComplete="off"
      onChange={({ currentTarget }) => onChange({ ...wishes, [name]: currentTarget.value })}
    />
  );
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {choice("delimiter")}
        {choice("decimal")}
        {choice("dates")}
        {field("currency")}
        {field("increments")}
        {field("before")}
      </SimpleGrid>
      {headings.length === 0 ? null : (
        <div>
          <Title order={3} fz="sm">
            {texts.columns}
          </Title>
          <Text fz="xs" c="dimmed" mb={6}>
            {texts.columnsText}
          </Text>
          <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
            {COLUMNS.map((column) => (
              <NativeSelect
                key={column}
                size="xs"
                label={texts.column[column]}
                value={wishes.mapping[column] ?? ""}
                onChange={({ currentTarget }) =>
                  onChange({ ...wishes, mapping: { ...wishes.mapping, [column]: currentTarget.value } })
                }
                data={[{ value: "", label: texts.asFound }, ...headings]}
              />
            ))}
          </SimpleGrid>
        </div>
      )}
    </Stack>
  );
}
