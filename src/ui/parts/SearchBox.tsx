import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { common } from "../texts/common.js";

interface SearchBoxProps {
  /** What is searched, for readers of screens and as the box's own text while it is empty. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** Where one types what a list is to be searched for. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <TextInput
      className="rf-grow"
      maw="36rem"
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      rightSection={
        value === "" ? null : <CloseButton size="sm" aria-label={common.clear} onClick={() => onChange("")} />
      }
    />
  );
}
