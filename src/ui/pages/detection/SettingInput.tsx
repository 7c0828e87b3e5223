import { NativeSelect, TextInput } from "@mantine/core";
import type { SettingJson } from "../../../http/contract.js";

interface SettingInputProps {
  readonly setting: SettingJson;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  readonly label?: string;
}

/** A field for one setting, as its form wants it: a choice, or text as the API reads it. */
export function SettingInput({ setting, value, onChange, disabled = false, label }: SettingInputProps) {
  const named = label === undefined ? { "aria-label": setting.title } : { label };
  if (setting.choices !== null) {
    return (
      <NativeSelect
        {...named}
        disabled={disabled}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        data={Object.entries(setting.choices).map(([choice, means]) => ({
          value: choice,
          label: `${choice}: ${means}`,
        }))}
      />
    );
  }
  return (
    <TextInput
      {...named}
      disabled={disabled}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      description={setting.range}
      inputWrapperOrder={["label", "input", "description"]}
    />
  );
}
