import { Autocomplete, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { ExtensionsJson, TriedJson } from "../../../http/contract.js";
import { request, type Problem } from "../../api/client.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Empty, Failed } from "../../parts/states.js";
import { tryTexts as texts } from "../../texts/try.js";
import { Derivation } from "./Derivation.js";

/** Long enough for a digit, short enough to feel live. */
const TYPING_MS = 180;

export default function TryPage() {
  const [address, setAddress] = useSearchParams();
  const [wish, setWish] = useState({
    from: address.get("from") ?? "",
    number: address.get("number") ?? "",
    trunk: address.get("trunk") ?? "",
  });
  const [asked] = useDebouncedValue(wish, TYPING_MS);
  const change = (part: Partial<typeof wish>): void => {
    const next = { ...wish, ...part };
    setWish(next);
    setAddress(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")), {
      replace: true,
    });
  };
  const digits = dialled(asked.number);
  const tried = useQuery<TriedJson, Problem>({
    queryKey: [paths.tryNumber, asked.from, digits, asked.trunk],
    queryFn: ({ signal }) =>
      request("POST", paths.tryNumber, {
        body: { from: asked.from || null, number: digits, trunk: asked.trunk || null },
        signal,
      }),
    enabled: digits !== "",
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} />
      <Stack>
        <Card>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <EndpointInput
              kind="extension"
              label={texts.extension}
              description={texts.extensionText}
              value={wish.from}
              onChange={(from) => change({ from })}
            />
            <TextInput
              label={texts.digits}
              description={texts.digitsText}
              value={wish.number}
              onChange={({ currentTarget }) => change({ number: currentTarget.value })}
              placeholder="011 1 876 555 0123"
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              inputMode="tel"
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            />
            <EndpointInput
              kind="trunk"
              label={texts.trunk}
              description={texts.trunkText}
              value={wish.trunk}
              onChange={(trunk) => change({ trunk })}
            />
          </SimpleGrid>
        </Card>
        <div aria-live="polite">
          {digits === "" ? (
            <Card>
              <Empty title={texts.startTitle}>{texts.startText}</Empty>
            </Card>
          ) : tried.error !== null ? (
            <Failed problem={tried.error} again={tried.refetch} />
          ) : tried.data === undefined ? null : (
            <Derivation tried={tried.data} from={asked.from} />
          )}
        </div>
      </Stack>
    </>
  );
}

/** What a keypad would send. */
function dialled(text: string): string {
  return text.replaceAll(/[\s().\-/]/g, "");
}

interface EndpointInputProps {
  readonly kind: "extension" | "trunk";
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function EndpointInput({ kind, ...input }: EndpointInputProps) {
  const found = useGet<ExtensionsJson>(paths.extensions, { kind, limit: 200 }, { staleMs: 60_000 });
  return (
    <Autocomplete
      {...input}
      data={found.data?.extensions.map(({ name }) => name) ?? []}
      limit={20}
      maxLength={80}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
