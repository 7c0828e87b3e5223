import { NativeSelect } from "@mantine/core";
import { useSearchParams } from "react-router";
import type { ExtensionsJson } from "../../http/contract.js";
import { useGet } from "../api/hooks.js";
import { paths } from "../api/paths.js";
import { common } from "../texts/common.js";

/** Whose rules the page shows, by its address; empty: everyone's. */
export function useWhose(): string {
  return useSearchParams()[0].get("extension") ?? "";
}

/** Chooses whose rules are shown: everyone's, or those of one extension that Asterisk has. */
export function WhosePicker({ label }: { readonly label: string }) {
  const extension = useWhose();
  const [, setAddress] = useSearchParams();
  const names = useGet<ExtensionsJson>(
    paths.extensions,
    { kind: "extension", limit: 500 },
    { staleMs: 60_000 },
  );
  const listed = names.data?.extensions.map(({ name }) => name) ?? [];
  const all = [...new Set([...listed, ...(extension === "" ? [] : [extension])])];
  return (
    <NativeSelect
      label={label}
      value={extension}
      onChange={({ currentTarget }) =>
        setAddress(currentTarget.value === "" ? {} : { extension: currentTarget.value })
      }
      data={[
        { value: "", label: common.everyone },
        ...all.map((value) => ({ value, label: common.ofExtension(value) })),
      ]}
    />
  );
}
