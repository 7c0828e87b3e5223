import { Box, Button, Group, Table, Text } from "@mantine/core";
import { useState } from "react";
import type { AuditEntryJson, AuditJson } from "../../../http/contract.js";
import { useLiveReread } from "../../api/feed.js";
import { useGetPages, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useFilters, useTypedFilter } from "../../api/search.js";
import { useMay } from "../../api/session.js";
import { Confirm } from "../../parts/Confirm.js";
import { More } from "../../parts/More.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { SearchBox } from "../../parts/SearchBox.js";
import { Empty, Failed, Loading } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { audit as texts } from "../../texts/audit.js";
import { differencesOf } from "./difference.js";

const PAGE = 50;

export default function AuditPage() {
  const [search] = useFilters();
  const [typed, type] = useTypedFilter("q");
  const [undoing, setUndoing] = useState<AuditEntryJson | null>(null);
  const subject = search.get("q");
  const pages = useGetPages<AuditJson>(paths.audit, { subject, limit: PAGE });
  const undo = useSend({ done: () => texts.undone });
  const may = useMay("admin");
  useLiveReread(["policy"], [paths.audit]);
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} />
      <Box mb="md">
        <SearchBox label={texts.search} value={typed} onChange={type} />
      </Box>
      {pages.error === null ? null : <Failed problem={pages.error} again={pages.refetch} />}
      {pages.isPending ? <Loading /> : null}
      {pages.isSuccess && entries.length === 0 ? (
        <div className="rf-card">
          {subject === null ? (
            <Empty title={texts.none}>{texts.noneText}</Empty>
          ) : (
            <Empty title={texts.nothing} />
          )}
        </div>
      ) : null}
      {entries.length === 0 ? null : (
        <ul className="rf-card rf-items">
          {entries.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              onUndo={may && entry.subject === "policy" ? () => setUndoing(entry) : null}
            />
          ))}
        </ul>
      )}
      <More
        has={pages.hasNextPage}
        busy={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
      <Confirm
        opened={undoing !== null}
        title={texts.undoTitle}
        verb={texts.undo}
        onClose={() => setUndoing(null)}
        onConfirm={() =>
          undo.mutateAsync({ method: "POST", path: paths.undoChange(undoing?.id ?? 0), body: {} })
        }
      >
        <Text fz="sm" fw={600} mb="xs" className="rf-wrap">
          {undoing?.change}
        </Text>
        {texts.undoText}
      </Confirm>
    </>
  );
}

function Entry({ entry, onUndo }: { readonly entry: AuditEntryJson; readonly onUndo: (() => void) | null }) {
  const differences = differencesOf(entry.before, entry.after);
  return (
    <li>
      <div className="rf-grow">
        <Text fz="sm" className="rf-wrap">
          <strong>{entry.subject}</strong>: {entry.change}
        </Text>
        <Text fz="xs" c="dimmed">
          <Time at={entry.at} /> {texts.by(entry.by)}
        </Text>
        {differences.length === 0 ? null : (
          <details className="rf-details">
            <summary>{texts.details}</summary>
            <div className="rf-scroll" tabIndex={0} role="region" aria-label={texts.details}>
              <Table fz="xs" mt={6}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{texts.field}</Table.Th>
                    <Table.Th scope="col">{texts.before}</Table.Th>
                    <Table.Th scope="col">{texts.after}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {differences.map(({ field, before, after }) => (
                    <Table.Tr key={`${field} ${before ?? ""} ${after ?? ""}`}>
                      <Table.Td>{field}</Table.Td>
                      <Table.Td className="rf-wrap">{before === null ? "—" : <del>{before}</del>}</Table.Td>
                      <Table.Td className="rf-wrap">{after === null ? "—" : <ins>{after}</ins>}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          </details>
        )}
      </div>
      {onUndo === null ? null : (
        <Group>
          <Button
            size="compact-xs"
            variant="default"
            onClick={onUndo}
            aria-label={`${texts.undo}: ${entry.change}`}
          >
            {texts.undo}
          </Button>
        </Group>
      )}
    </li>
  );
}
