import { Alert, Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { AllowListJson, AllowListPreviewJson, AllowListReadJson } from "../../../http/contract.js";
import { request, type Problem } from "../../api/client.js";
import { useGuardedSave } from "../../api/guarded-save.js";
import { useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { Stale } from "../../parts/Stale.js";
import { listTexts as texts } from "../../texts/allow-lists.js";
import { Entries } from "./Entries.js";
import { Refused } from "./Refused.js";
import { emptyRow, filledOf, type Row, rowsOf, sameRows, wishOf } from "./rows.js";
import { Unsaved } from "./Unsaved.js";

interface EditorProps {
  /** The list when the editing began is the one that is edited, whatever is read later. */
  readonly read: AllowListJson;
  /** Empty: everyone's. */
  readonly extension: string;
  /** Begins anew with what was read last. */
  readonly renew: () => void;
  readonly reload: () => Promise<void>;
}

export function Editor({ read, extension, renew, reload }: EditorProps) {
  const mayEdit = useMay("operator");
  const [list] = useState(read);
  const [on, setOn] = useState(list.on);
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(list));
  const filled = filledOf(rows);
  const changed = on !== list.on || !sameRows(rows, rowsOf(list));
  const nobody = on && filled.length === 0;
  const whose = extension === "" ? {} : { extension };
  const wish = { ...whose, on, entries: filled.map((row) => wishOf(row, list)) };
  const { faulty, toldOf } = useReading(filled);
  const preview = usePreview(wish, changed && !faulty);
  const { save, saving, stale, forgetStale } = useGuardedSave({
    path: paths.allowList,
    basedOn: list,
    saved: texts.saved,
    onSaved: renew,
  });
  const body = { ...wish, ...(nobody && { nobody: true }) };
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
          <Entries rows={rows} toldOf={toldOf} onChange={setRows} mayEdit={mayEdit} />
          {mayEdit ? (
            <Group justify="space-between">
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconPlus size={14} aria-hidden />}
                  onClick={() => setRows([...rows, emptyRow()])}
                >
                  {texts.addRow}
                </Button>
                <Mine
                  you={preview.data?.you ?? null}
                  onAdd={(address) => setRows([...filledOf(rows), emptyRow(address)])}
                />
              </Group>
              <WholeList list={list} extension={extension} renew={renew} />
            </Group>
          ) : null}
        </Stack>
      </Card>
      {changed ? (
        <Unsaved
          preview={preview.data}
          on={on}
          nobody={nobody}
          faulty={faulty || !mayEdit}
          saving={saving}
          onSave={() => save(body)}
          onDiscard={() => {
            setOn(list.on);
            setRows(rowsOf(list));
          }}
        />
      ) : null}
      <Refused extension={extension} mayEdit={mayEdit} onAdded={renew} />
      <Stale
        opened={stale}
        onClose={forgetStale}
        onReload={async () => {
          forgetStale();
          await reload();
        }}
        onKeep={() => save(body, { overTheirs: true })}
      />
    </Stack>
  );
}

/** The admin's own address, where it would not be on the list. */
function Mine({
  you,
  onAdd,
}: {
  readonly you: AllowListPreviewJson["you"];
  readonly onAdd: (address: string) => void;
}) {
  if (you === null || you.listed) return null;
  return (
    <Button size="xs" variant="subtle" onClick={() => onAdd(you.address)}>
      {texts.addMine(you.address)}
    </Button>
  );
}

/** What is done to the list as a whole. */
function WholeList({
  list,
  extension,
  renew,
}: Pick<EditorProps, "extension" | "renew"> & { readonly list: AllowListJson }) {
  const change = useSend<AllowListJson>({ done: () => texts.saved });
  const whose = extension === "" ? {} : { extension };
  return (
    <Group gap="xs">
      {extension !== "" && list.scope === "own" ? (
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            change.mutate({ method: "DELETE", path: paths.allowList, query: whose }, { onSuccess: renew })
          }
        >
          {texts.inherit}
        </Button>
      ) : null}
      <Button
        size="xs"
        variant="default"
        onClick={() =>
          change.mutate({ method: "POST", path: paths.undoAllowList, body: whose }, { onSuccess: renew })
        }
      >
        {texts.undo}
      </Button>
    </Group>
  );
}

/** How each entry is understood, or what is wrong with it. */
function useReading(filled: readonly Row[]) {
  const entries = filled.map(({ entry }) => entry);
  const read = useQuery<AllowListReadJson, Problem>({
    queryKey: [paths.readAllowList, entries],
    queryFn: ({ signal }) => request("POST", paths.readAllowList, { body: { entries }, signal }),
    enabled: filled.length > 0,
    placeholderData: keepPreviousData,
  });
  const told = read.data?.entries ?? [];
  return {
    faulty: told.some(({ fault }) => fault !== null),
    toldOf: (row: Row) => {
      const at = filled.findIndex(({ id }) => id === row.id);
      return at < 0 ? undefined : told[at];
    },
  };
}

/** Who would be thrown out, soon after the last change. */
function usePreview(wish: object, enabled: boolean) {
  const [asked] = useDebouncedValue(JSON.stringify(wish), 250);
  return useQuery<AllowListPreviewJson, Problem>({
    queryKey: [paths.previewAllowList, asked],
    queryFn: ({ signal }) =>
      request("POST", paths.previewAllowList, { body: JSON.parse(asked) as unknown, signal }),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
