import { Button, Checkbox, Group, NativeSelect, Table, Text, VisuallyHidden } from "@mantine/core";
import { Link } from "react-router";
import { useEffect, useState } from "react";
import type { BanJson, BansJson } from "../../../http/contract.js";
import { useGetPages, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useFilters, useTypedFilter } from "../../api/search.js";
import { useMay } from "../../api/session.js";
import { PlaceOf } from "../../parts/Address.js";
import { Confirm } from "../../parts/Confirm.js";
import { Mark } from "../../parts/Mark.js";
import { More } from "../../parts/More.js";
import { SearchBox } from "../../parts/SearchBox.js";
import { Empty, Failed, Loading } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { bans as texts } from "../../texts/bans.js";
import { common } from "../../texts/common.js";
import { causeName, causeSlugs, standingName } from "../../texts/words.js";

const PAGE = 50;

/** Those who are shut out, the newest first; more are loaded as one scrolls. */
export function BanTable() {
  const [search, change] = useFilters();
  const [typed, type] = useTypedFilter("q");
  const [lifting, setLifting] = useState<string | null>(null);
  const may = useMay("operator");
  const filter = {
    search: search.get("q"),
    cause: search.get("cause"),
    standing: search.get("standing"),
    all: search.get("over") === "1" ? "1" : null,
  };
  const filtered = Object.values(filter).some((value) => value !== null);
  const pages = useGetPages<BansJson>(paths.bans, { ...filter, limit: PAGE });
  const lift = useSend({ touches: [paths.bans, paths.status, paths.overview] });
  const rows = pages.data?.pages.flatMap(({ bans }) => bans) ?? [];
  // One request searches so many bans only: a text that is rare is looked for until the page is full or all are through.
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  const searchesOn = filter.search !== null && hasNextPage && !isError && rows.length < PAGE;
  useEffect(() => {
    if (searchesOn && !isFetching) void fetchNextPage();
  }, [searchesOn, isFetching, fetchNextPage]);
  const clear = (): void => {
    type("");
    change({ q: null, cause: null, standing: null, over: null });
  };
  return (
    <>
      <Group mb="md" gap="sm" align="center">
        <SearchBox label={texts.search} value={typed} onChange={type} />
        <NativeSelect
          aria-label={texts.cause}
          value={filter.cause ?? ""}
          onChange={({ currentTarget }) => change({ cause: currentTarget.value })}
          data={[
            { value: "", label: texts.anyCause },
            ...causeSlugs.map((slug) => ({ value: slug, label: causeName(slug) })),
          ]}
        />
        <NativeSelect
          aria-label={texts.standing}
          value={filter.standing ?? ""}
          onChange={({ currentTarget }) => change({ standing: currentTarget.value })}
          data={[
            { value: "", label: texts.anyStanding },
            ...["known", "stranger"].map((slug) => ({ value: slug, label: standingName(slug) })),
          ]}
        />
        <Checkbox
          label={texts.over}
          checked={filter.all !== null}
          onChange={({ currentTarget }) => change({ over: currentTarget.checked ? "1" : null })}
        />
      </Group>
      {pages.error === null ? null : <Failed problem={pages.error} again={pages.refetch} />}
      {pages.isPending || (searchesOn && rows.length === 0) ? <Loading /> : null}
      {pages.isSuccess && !searchesOn && rows.length === 0 ? (
        <div className="rf-card">
          {filtered ? (
            <Empty
              title={texts.nothingTitle}
              action={
                <Button variant="default" size="xs" onClick={clear}>
                  {texts.clear}
                </Button>
              }
            >
              {texts.nothingText}
            </Empty>
          ) : (
            <Empty
              title={texts.noneTitle}
              action={
                <Button component={Link} to="/detection" variant="default" size="xs">
                  {texts.noneAction}
                </Button>
              }
            >
              {texts.noneText}
            </Empty>
          )}
        </div>
      ) : null}
      {rows.length === 0 ? null : (
        <div className="rf-card rf-card-table">
          <Table className="rf-table" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{texts.columns.target}</Table.Th>
                <Table.Th scope="col">{texts.columns.cause}</Table.Th>
                <Table.Th scope="col">{texts.columns.what}</Table.Th>
                <Table.Th scope="col">{texts.columns.since}</Table.Th>
                <Table.Th scope="col">{texts.columns.until}</Table.Th>
                <Table.Th scope="col">
                  <VisuallyHidden>{texts.lift}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((ban) => (
                <BanRow key={ban.id} ban={ban} onLift={may ? () => setLifting(ban.target) : null} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <More
        has={pages.hasNextPage}
        busy={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
      <Confirm
        opened={lifting !== null}
        title={texts.liftTitle(lifting ?? "")}
        verb={texts.lift}
        onClose={() => setLifting(null)}
        onConfirm={() => lift.mutateAsync({ method: "DELETE", path: paths.ban(lifting ?? "") })}
      >
        {texts.liftText}
      </Confirm>
    </>
  );
}

function BanRow({ ban, onLift }: { readonly ban: BanJson; readonly onLift: (() => void) | null }) {
  const [search] = useFilters();
  const query = search.toString();
  const over = isOver(ban);
  return (
    <Table.Tr>
      <Table.Td className="rf-cell-main">
        <Link
          className={`rf-link rf-address-link${ban.target.includes(":") ? "" : " rf-one-line"}`}
          // The list stays where it was scrolled to, below the drawer.
          preventScrollReset
          to={`/bans/${encodeURIComponent(ban.target)}${query === "" ? "" : `?${query}`}`}
        >
          {ban.target}
        </Link>
        <br />
        <PlaceOf address={ban.target} />
      </Table.Td>
      <Table.Td data-label={texts.columns.cause}>
        <Mark tone={ban.standing === "known" ? "bad" : "quiet"}>{causeName(ban.cause)}</Mark>
        {ban.standing === "known" ? (
          <Text fz="xs" c="dimmed" mt={2}>
            {standingName(ban.standing)}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td data-label={texts.columns.what} className="rf-cell-text">
        <Text fz="sm" lineClamp={2} title={ban.summary}>
          {ban.summary}
        </Text>
        {ban.note === null ? null : (
          <Text fz="xs" c="dimmed" lineClamp={1}>
            {ban.note}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={texts.columns.since} className="rf-cell-time">
        <Time at={ban.at} />
      </Table.Td>
      <Table.Td data-label={texts.columns.until} className="rf-cell-time">
        <Until ban={ban} />
      </Table.Td>
      <Table.Td className="rf-cell-action">
        {onLift === null || over ? null : (
          <Button
            size="compact-xs"
            variant="default"
            onClick={onLift}
            aria-label={`${texts.lift} ${ban.target}`}
          >
            {texts.lift}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

export function isOver({ liftedAt, until }: Pick<BanJson, "liftedAt" | "until">): boolean {
  return liftedAt !== null || (until !== null && Date.parse(until) <= Date.now());
}

export function Until({
  ban: { liftedBy, until, liftedAt },
}: {
  readonly ban: Pick<BanJson, "liftedBy" | "until" | "liftedAt">;
}) {
  if (liftedAt !== null)
    return (
      <Text span fz="sm" c="dimmed">
        {texts.lifted(liftedBy ?? common.unknown)}
      </Text>
    );
  if (until === null) return <>{texts.untilLifted}</>;
  return <Time at={until} />;
}
