import { useDebouncedCallback } from "@mantine/hooks";
import { useCallback, useState } from "react";
import { useSearchParams } from "react-router";

/** Filters that live in the URL: a link shows the same, and the back button takes one away. */
export function useFilters(): readonly [
  URLSearchParams,
  (changes: Readonly<Record<string, string | null>>) => void,
] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (changes: Readonly<Record<string, string | null>>) => {
      setSearch(
        (now) => {
          const next = new URLSearchParams(now);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === "") next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setSearch],
  );
  return [search, change];
}

/** Text that one types into a field, and that reaches the URL once one pauses. */
export function useTypedFilter(name: string): readonly [string, (text: string) => void] {
  const [search, change] = useFilters();
  const [text, setText] = useState(search.get(name) ?? "");
  const settle = useDebouncedCallback((value: string) => change({ [name]: value }), 300);
  return [
    text,
    (value) => {
      setText(value);
      settle(value);
    },
  ];
}
