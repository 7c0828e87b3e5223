import { Button, Group, NativeSelect, SimpleGrid, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { CallJson, CallsJson } from "../../../http/contract.js";
import { withQuery } from "../../api/client.js";
import { useLiveReread } from "../../api/feed.js";
import { useGetPages } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { Money } from "../../parts/Money.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Empty, Failed, Loading } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { callsTexts as texts, reasons } from "../../texts/calls.js";
import { common } from "../../texts/common.js";
import { spaced } from "../../texts/words.js";
import { CallDrawer } from "./CallDrawer.js";
import { placeOf } from "./place.js";

const FILTERS = ["decision", "extension", "number", "area", "reason", "trunk", "hours"] as const;
type Filter = (typeof FILTERS)[number];
const TYPING_MS = 300;
const HOUR_MS = 3_600_000;

export default function CallsPage() {
  const [address, setAddress] = useSearchParams();
  const [shown, setShown] = useState<CallJson | null>(null);
  const [round, setRound] = useState(0);
  const of = (filter: Filter): string => address.get(filter) ?? "";
  const set = (filter: Filter, value: string): void =>
    setAddress(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === "") next.delete(filter);
        else next.set(filter, value);
        return next;
      },
      { replace: true },
    );
  const setSoon = useDebouncedCallback(set, TYPING_MS);
  const filtered = FILTERS.some((filter) => of(filter) !== "");
  const query = queryOf(of);
  const calls = useGetPages<CallsJson>(paths.calls, { ...query, limit: 100 });
  useLiveReread(["verdict"], [paths.calls]);
  const rows = calls.data?.pages.flatMap((page) => page.calls) ?? [];
  const typed = (filter: Filter, label: string, placeholder?: string) => (
    <TextInput
      key={`${filter}-${round}`}
      label={label}
      placeholder={placeholder}
      defaultValue={of(filter)}
      onChange={({ currentTarget }) => setSoon(filter, currentTarget.value.trim())}
      maxLength={80}
      autoComplete="off"
      spellCheck={false}
    />
  );
  return (
    <>
      <PageTitle
        title={texts.title}
        sub={texts.sub}
        actions={
          <Button
            component="a"
            href={withQuery(paths.callsCsv, query)}
            download="calls.csv"
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {texts.csv}
          </Button>
        }
      />
      <Card>
        <SimpleGrid cols={{ base: 2, sm: 4, lg: 7 }} spacing="sm">
          <NativeSelect
            label={texts.decision}
            value={of("decision")}
            onChange={({ currentTarget }) => set("decision", currentTarget.value)}
            data={[
              { value: "", label: texts.all },
              { value: "allow", label: texts.allowed },
              { value: "refuse", label: texts.refused },
            ]}
          />
          {typed("extension", texts.extension, "100")}
          {typed("number", texts.number, "+44")}
          {typed("area", texts.area, "GB")}
          <NativeSelect
            label={texts.reason}
            value={of("reason")}
            onChange={({ currentTarget }) => set("reason", currentTarget.value)}
            data={[
              { value: "", label: texts.all },
              ...Object.entries(reasons).map(([value, label]) => ({ value, label })),
            ]}
          />
          {typed("trunk", texts.trunk)}
          <NativeSelect
            label={texts.since}
            value={of("hours")}
            onChange={({ currentTarget }) => set("hours", currentTarget.value)}
            data={Object.entries(texts.spans).map(([value, label]) => ({ value, label }))}
          />
        </SimpleGrid>
        {filtered ? (
          <Button
            mt="sm"
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              setAddress({}, { replace: true });
              setRound(round + 1);
            }}
          >
            {texts.clear}
          </Button>
        ) : null}
      </Card>
      <Group h={16} />
      {calls.error !== null && calls.data === undefined ? (
        <Failed problem={calls.error} again={calls.refetch} />
      ) : calls.data === undefined ? (
        <Loading />
      ) : (
        <Card flush>
          {rows.length === 0 ? (
            <Empty title={filtered ? texts.noneTitle : texts.emptyTitle}>
              {filtered ? texts.noneText : texts.emptyText}
            </Empty>
          ) : (
            <CallTable calls={rows} onShow={setShown} />
          )}
          {calls.hasNextPage ? (
            <Group justify="center" p="md">
              <Button
                variant="default"
                loading={calls.isFetchingNextPage}
                onClick={() => void calls.fetchNextPage()}
              >
                {common.more}
              </Button>
            </Group>
          ) : null}
        </Card>
      )}
      <CallDrawer call={shown} onClose={() => setShown(null)} />
    </>
  );
}

function queryOf(of: (filter: Filter) => string) {
  const hours = Number(of("hours"));
  // To the minute, so that the same question keeps its answer for a while.
  const since =
    hours > 0 ? new Date(Math.floor(Date.now() / 60_000) * 60_000 - hours * HOUR_MS).toISOString() : "";
  return {
    decision: of("decision"),
    extension: of("extension"),
    number: of("number").replaceAll(/[\s().-]/g, ""),
    area: /^[a-z]{2}$/i.test(of("area")) ? of("area").toUpperCase() : of("area"),
    reason: of("reason"),
    trunk: of("trunk"),
    since,
  };
}

function CallTable({
  calls,
  onShow,
}: {
  readonly calls: readonly CallJson[];
  readonly onShow: (call: CallJson) => void;
}) {
  return (
    <Table className="rf-table" verticalSpacing={7} horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.when}</Table.Th>
          <Table.Th>{texts.from}</Table.Th>
          <Table.Th>{texts.to}</Table.Th>
          <Table.Th>{texts.verdict}</Table.Th>
          <Table.Th className="rf-right" visibleFrom="sm">
            {texts.price}
          </Table.Th>
          <Table.Th visibleFrom="md">{texts.trunk}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {calls.map((call) => (
          <Table.Tr key={call.id}>
            <Table.Td>
              <Time at={call.at} />
            </Table.Td>
            <Table.Td data-label={texts.from}>
              {call.from === null ? (
                <Text span fz="sm" c="dimmed">
                  {texts.unknownCaller}
                </Text>
              ) : (
                <span className="rf-wrap">{call.from}</span>
              )}
            </Table.Td>
            <Table.Td data-label={texts.to}>
              <button
                type="button"
                // What is no number is whatever somebody sent, as long as they liked.
                className={call.number === null ? "rf-row-button rf-wrap" : "rf-row-button rf-number"}
                onClick={() => onShow(call)}
              >
                {call.number ?? call.dialled}
              </button>
              <Text fz="xs" c="dimmed">
                {placeOf(call)}
              </Text>
            </Table.Td>
            <Table.Td data-label={texts.verdict}>
              <Group gap={6}>
                <Mark tone={call.decision === "allow" ? "good" : "warn"}>
                  {call.decision === "allow" ? texts.allowed : texts.refused}
                </Mark>
                <Text span fz="sm" visibleFrom="sm">
                  {reasons[call.reason] ?? spaced(call.reason)}
                </Text>
              </Group>
              <Text fz="xs" hiddenFrom="sm">
                {reasons[call.reason] ?? spaced(call.reason)}
              </Text>
            </Table.Td>
            <Table.Td className="rf-right" visibleFrom="sm">
              <Money usd={call.rate?.usdPerMinute ?? null} kind="price" />
            </Table.Td>
            <Table.Td visibleFrom="md">
              <span className="rf-wrap">{call.trunk ?? "—"}</span>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
