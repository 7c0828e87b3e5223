import {
  ActionIcon,
  Alert,
  Button,
  Group,
  NativeSelect,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type {
  AllowListJson,
  AllowListPreviewJson,
  AllowListReadJson,
  ExtensionsJson,
  RefusedByListsJson,
} from "../../../http/contract.js";
import { request, type Problem } from "../../api/client.js";
import { tell, tellProblem, useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { Confirm } from "../../parts/Confirm.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { Stale } from "../../parts/Stale.js";
import { Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { listTexts as texts } from "../../texts/extensions.js";

export default function AllowListsPage() {
  const [address, setAddress] = useSearchParams();
  const extension = address.get("extension") ?? "";
  const list = useGet<AllowListJson>(paths.allowList, { extension });
  const names = useGet<ExtensionsJson>(
    paths.extensions,
    { kind: "extension", limit: 500 },
    { staleMs: 60_000 },
  );
  const listed = names.data?.extensions.map(({ name }) => name) ?? [];
  const all = [...new Set([...listed, ...(extension === "" ? [] : [extension])])];
  return (
    <>
      <PageTitle
        title={texts.title}
        sub={texts.sub}
        actions={
          <NativeSelect
            label={texts.whose}
            value={extension}
            onChange={({ currentTarget }) =>
              setAddress(currentTarget.value === "" ? {} : { extension: currentTarget.value })
            }
            data={[{ value: "", label: texts.everyone }, ...all]}
          />
        }
      />
      <ReadOnly needs="operator" />
      <Loaded query={list}>
        {(data) => (
          <Editor
            key={`${extension} ${data.policyVersion}`}
            list={data}
            extension={extension}
            reload={() => list.refetch()}
          />
        )}
      </Loaded>
    </>
  );
}

interface Row {
  readonly entry: string;
  readonly note: string;
  /** As a date field has it; empty: it stays. */
  readonly until: string;
}

const EMPTY: Row = { entry: "", note: "", until: "" };

function Editor({
  list,
  extension,
  reload,
}: {
  readonly list: AllowListJson;
  readonly extension: string;
  readonly reload: () => Promise<unknown>;
}) {
  const mayEdit = useMay("operator");
  const before = list.entries.map(({ entry, note, until }): Row => ({
    entry,
    note: note ?? "",
    until: until?.slice(0, 10) ?? "",
  }));
  const [on, setOn] = useState(list.on);
  const [rows, setRows] = useState<readonly Row[]>(before.length === 0 ? [EMPTY] : before);
  const [asks, setAsks] = useState(false);
  const [stale, setStale] = useState(false);
  const filled = rows.filter(({ entry }) => entry.trim() !== "");
  const changed = on !== list.on || JSON.stringify(filled) !== JSON.stringify(before);
  const whose = extension === "" ? {} : { extension };
  const wish = { ...whose, on, entries: filled.map((row) => wishOf(row, list)) };
  const [asked] = useDebouncedValue(JSON.stringify(wish), 250);
  const read = useQuery<AllowListReadJson, Problem>({
    queryKey: [paths.readAllowList, filled.map(({ entry }) => entry)],
    queryFn: ({ signal }) =>
      request("POST", paths.readAllowList, { body: { entries: filled.map(({ entry }) => entry) }, signal }),
    enabled: filled.length > 0,
    placeholderData: keepPreviousData,
  });
  const faulty = read.data?.entries.some(({ fault }) => fault !== null) ?? false;
  const preview = useQuery<AllowListPreviewJson, Problem>({
    queryKey: [paths.previewAllowList, asked],
    queryFn: ({ signal }) => request("POST", paths.previewAllowList, { body: JSON.parse(asked), signal }),
    enabled: changed && !faulty,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const refused = useGet<RefusedByListsJson>(paths.refusedByAllowList, { extension }, { everyMs: 15_000 });
  const send = useSend<AllowListJson>({ quiet: true });
  const out = changed ? (preview.data?.throwsOut ?? []) : [];
  const nobody = on && filled.length === 0;

  const save = async (forced = false): Promise<void> => {
    try {
      const body = { ...wish, ...(nobody && { nobody: true }) };
      await send.mutateAsync({
        method: "PUT",
        path: paths.allowList,
        body,
        ...(forced ? {} : { basedOn: list }),
      });
      tell(texts.saved);
    } catch (error) {
      if ((error as Problem).code === "stale") setStale(true);
      else tellProblem(error as Error);
    }
  };
  const once = useSend<AllowListJson>({ done: () => texts.saved });
  const change = (index: number, part: Partial<Row>): void =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const meaningOf = (row: Row) => {
    const at = filled.indexOf(row);
    return at < 0 ? undefined : read.data?.entries[at];
  };
  return (
    <Stack>
      {extension !== "" && list.scope === "global" ? <Text fz="sm">{texts.inherited}</Text> : null}
      {list.warnings.map((warning) => (
        <Alert key={warning} color="orange">
          {warning}
        </Alert>
      ))}
      <Card>
        <Stack gap="sm">
          <Switch
            checked={on}
            disabled={!mayEdit}
            onChange={({ currentTarget }) => setOn(currentTarget.checked)}
            label={on ? texts.on : texts.off}
          />
          <Text fz="xs" c="dimmed">
            {texts.formats}
          </Text>
          {rows.map((row, index) => {
            const told = meaningOf(row);
            return (
              <div key={index} className="rf-entry">
                <TextInput
                  aria-label={texts.entry}
                  placeholder="195.168.1.0/24"
                  value={row.entry}
                  disabled={!mayEdit}
                  error={told?.fault !== undefined && told.fault !== null}
                  maxLength={200}
                  spellCheck={false}
                  onChange={({ currentTarget }) => change(index, { entry: currentTarget.value })}
                  styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
                />
                <TextInput
                  aria-label={texts.note}
                  placeholder={texts.note}
                  value={row.note}
                  disabled={!mayEdit}
                  maxLength={500}
                  onChange={({ currentTarget }) => change(index, { note: currentTarget.value })}
                />
                <TextInput
                  type="date"
                  aria-label={texts.until}
                  value={row.until}
                  disabled={!mayEdit}
                  onChange={({ currentTarget }) => change(index, { until: currentTarget.value })}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  disabled={!mayEdit}
                  aria-label={texts.removeRow(row.entry)}
                  onClick={() => setRows(rows.length === 1 ? [EMPTY] : rows.filter((_, at) => at !== index))}
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
          })}
          <Group justify="space-between">
            <Button
              size="xs"
              variant="default"
              disabled={!mayEdit}
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => setRows([...rows, EMPTY])}
            >
              {texts.addRow}
            </Button>
            <Group gap="xs">
              {extension !== "" && list.scope === "own" ? (
                <Button
                  size="xs"
                  variant="default"
                  disabled={!mayEdit}
                  onClick={() => once.mutate({ method: "DELETE", path: paths.allowList, query: whose })}
                >
                  {texts.inherit}
                </Button>
              ) : null}
              <Button
                size="xs"
                variant="default"
                disabled={!mayEdit}
                onClick={() => once.mutate({ method: "POST", path: paths.undoAllowList, body: whose })}
              >
                {texts.undo}
              </Button>
            </Group>
          </Group>
        </Stack>
      </Card>
      {changed ? (
        <div className="rf-change-bar" role="region" aria-label={texts.unsaved}>
          <Stack gap={2} className="rf-grow">
            <Text fw={600} fz="sm" role="status">
              {nobody ? texts.nobody : out.length > 0 ? texts.out(out.length) : texts.nobodyOut}
            </Text>
            {out.slice(0, 5).map(({ extension: name, address, userAgent }, index) => (
              <Text key={index} fz="xs" className="rf-wrap">
                {[name, userAgent, address].filter((word) => word !== null).join(" · ")}
              </Text>
            ))}
            {preview.data?.you?.listed === false && on ? (
              <Text fz="xs" c="var(--rf-warn)">
                {texts.you(preview.data.you.address)}
              </Text>
            ) : null}
          </Stack>
          <Group gap="xs">
            <Button
              variant="default"
              onClick={() => {
                setOn(list.on);
                setRows(before.length === 0 ? [EMPTY] : before);
              }}
            >
              {common.discard}
            </Button>
            <Button
              disabled={!mayEdit || faulty}
              loading={send.isPending}
              onClick={() => (nobody || out.length > 0 ? setAsks(true) : void save())}
            >
              {common.save}
            </Button>
          </Group>
        </div>
      ) : null}
      <Confirm
        opened={asks}
        title={nobody ? texts.nobody : texts.out(out.length)}
        verb={nobody ? texts.nobodyGo : texts.outGo}
        grave
        onClose={() => setAsks(false)}
        onConfirm={() => save()}
      >
        {nobody ? texts.nobodyText : null}
        {out.map(({ extension: name, address, userAgent }, index) => (
          <div key={index} className="rf-wrap">
            {[name, userAgent, address].filter((word) => word !== null).join(" · ")}
          </div>
        ))}
      </Confirm>
      <Card title={texts.refusedTitle}>
        {(refused.data?.refused ?? []).length === 0 ? <Text fz="sm">{texts.refusedNone}</Text> : null}
        {(refused.data?.refused ?? []).map((each) => (
          <Group key={`${each.extension} ${each.address}`} gap="sm" justify="space-between">
            <Group gap="sm">
              <Text fz="sm" fw={600} className="rf-wrap">
                {each.extension}
              </Text>
              <Address value={each.address} />
              <Text fz="xs" c="dimmed">
                {texts.tries(each.count)}, <Time at={each.at} />
              </Text>
            </Group>
            <Button
              size="compact-sm"
              variant="default"
              disabled={!mayEdit}
              onClick={() =>
                once.mutate({
                  method: "POST",
                  path: paths.allowListEntries,
                  body: { ...whose, entry: each.address },
                })
              }
            >
              {texts.addThis}
            </Button>
          </Group>
        ))}
      </Card>
      <Stale
        opened={stale}
        onClose={() => setStale(false)}
        onReload={async () => {
          setStale(false);
          await reload();
        }}
        onKeep={async () => {
          setStale(false);
          await save(true);
        }}
      />
    </Stack>
  );
}

/** A date stands for its end, where the browser is; one that was not touched keeps its time. */
function wishOf({ entry, note, until }: Row, list: AllowListJson) {
  const held = list.entries.find((each) => each.entry === entry.trim())?.until ?? null;
  const same = held !== null && held.slice(0, 10) === until;
  return {
    entry: entry.trim(),
    note: note.trim() === "" ? null : note.trim(),
    until: until === "" ? null : same ? held : new Date(`${until}T23:59:59`).toISOString(),
  };
}
