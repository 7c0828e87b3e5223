import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { CapJson, DeckHistogramJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { count, dollars } from "../../parts/format.js";
import { Failed } from "../../parts/states.js";
import { common } from "../../texts/common.js";
import { ratesTexts as texts } from "../../texts/rates.js";

/** The global cap, and what it cuts off while one types. */
export function Cap({ deck }: { readonly deck: string | null }) {
  const cap = useGet<CapJson>(paths.cap);
  const [typed, setTyped] = useState<string | null>(null);
  const send = useSend<CapJson>({ done: () => texts.done });
  const mayEdit = useMay("admin");
  const value = typed ?? cap.data?.usdPerMinute ?? "";
  const [asked] = useDebouncedValue(value.trim(), 250);
  const bars = useGet<DeckHistogramJson>(
    paths.deckHistogram(deck ?? ""),
    { cap: asked === "" ? "none" : asked },
    { enabled: deck !== null && cap.data !== undefined, keep: true },
  );
  return (
    <Card title={texts.cap}>
      <Stack>
        <Text fz="sm" c="dimmed">
          {texts.capText}
        </Text>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate(
              {
                method: "PUT",
                path: paths.cap,
                body: { usdPerMinute: value.trim() === "" ? null : value.trim() },
                basedOn: cap.data,
              },
              { onSuccess: () => setTyped(null) },
            );
          }}
        >
          <Group gap="xs" align="flex-end">
            <TextInput
              label={texts.capLabel}
              value={value}
              disabled={!mayEdit}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              inputMode="decimal"
            />
            <Button type="submit" disabled={!mayEdit || typed === null} loading={send.isPending}>
              {common.save}
            </Button>
          </Group>
        </form>
        {bars.error !== null && deck !== null ? <Failed problem={bars.error} /> : null}
        {bars.data === undefined ? null : (
          <>
            <Text fz="sm" role="status">
              {texts.cuts(bars.data.dearerThanCap, bars.data.priced)}
            </Text>
            <Bars found={bars.data} />
          </>
        )}
      </Stack>
    </Card>
  );
}

function Bars({ found: { bars, cap } }: { readonly found: DeckHistogramJson }) {
  const most = Math.max(1, ...bars.map(({ prefixes }) => prefixes));
  const first = bars.findIndex(({ prefixes }) => prefixes > 0);
  const last = bars.findLastIndex(({ prefixes }) => prefixes > 0);
  return (
    <div className="rf-bars">
      {bars.slice(Math.max(0, first), last + 1).map(({ from, to, prefixes }) => {
        const cut = cap !== null && Number(from) >= Number(cap);
        return (
          <div key={from} className={`rf-bar ${cut ? "rf-bar-cut" : ""}`}>
            <span className="rf-number">
              {to === null ? texts.above(short(from)) : texts.between(short(from), short(to))}
            </span>
            <span className="rf-bar-fill" style={{ width: `${(prefixes / most) * 100}%` }} />
            <span className="rf-number">
              {count(prefixes)}
              {cut && prefixes > 0 ? ` ${texts.cut}` : ""}
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** `$0.05`. */
function short(usd: string): string {
  return dollars(usd, "price").replace(/(\.\d\d\d*?)0+$/, "$1");
}
