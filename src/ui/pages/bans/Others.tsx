import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { BlocksJson, LocksJson, ProposalsJson } from "../../../http/contract.js";
import { useGet, useGetPages, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useFilters, useTypedFilter } from "../../api/search.js";
import { useMay } from "../../api/session.js";
import { Address } from "../../parts/Address.js";
import { Mark } from "../../parts/Mark.js";
import { plainName } from "../../parts/format.js";
import { More } from "../../parts/More.js";
import { Empty, Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { bans as texts } from "../../texts/bans.js";
import { causeName } from "../../texts/words.js";
import { Until } from "./BanTable.js";

/** Accounts that are shut at one address. */
export function Blocks() {
  const [text, setText] = useTypedFilter("q");
  const [search] = useFilters();
  const wanted = search.get("q");
  const pages = useGetPages<BlocksJson>(paths.blocks, { search: wanted, limit: 100 });
  const lift = useSend({ touches: [paths.blocks, paths.status, paths.overview] });
  const may = useMay("operator");
  return (
    <>
      <TextInput
        type="search"
        aria-label={texts.searchBlocks}
        placeholder={texts.searchBlocks}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        maxLength={100}
        maw="26rem"
        mb="md"
      />
      <Loaded query={pages}>
        {(data) => (
          <Items
            empty={
              wanted === null ? (
                <Empty title={texts.blocksNone}>{texts.blocksNoneText}</Empty>
              ) : (
                <Empty title={texts.nothingTitle}>{texts.blocksNothing}</Empty>
              )
            }
            items={data.pages
              .flatMap(({ blocks }) => blocks)
              .map((block) => ({
                key: `${block.account} ${block.source}`,
                head: (
                  <>
                    <strong className="rf-wrap">{plainName(block.account)}</strong>{" "}
                    {texts.blockAt.toLowerCase()} <Address value={block.source} link />
                  </>
                ),
                marks: (
                  <Mark tone={block.standing === "known" ? "bad" : "quiet"}>{causeName(block.cause)}</Mark>
                ),
                text: [block.summary, block.hint ?? block.advice, block.notInForce],
                time: <Until ban={block} />,
                actions: may ? (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`${texts.lift} ${block.account}`}
                    onClick={() =>
                      lift.mutate({ method: "DELETE", path: paths.block(block.account, block.source) })
                    }
                  >
                    {texts.lift}
                  </Button>
                ) : null,
              }))}
          />
        )}
      </Loaded>
      <More
        has={pages.hasNextPage}
        busy={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
    </>
  );
}

/** Accounts that are shut to all but their known sources. */
export function Locks() {
  const locks = useGet<LocksJson>(paths.locks);
  const lift = useSend({ touches: [paths.locks, paths.status, paths.overview] });
  const may = useMay("operator");
  return (
    <Loaded query={locks}>
      {(data) => (
        <Items
          empty={<Empty title={texts.locksNone}>{texts.locksNoneText}</Empty>}
          items={data.locks.map((lock) => ({
            key: String(lock.id),
            head: <strong className="rf-wrap">{plainName(lock.account)}</strong>,
            marks: null,
            text: [texts.lockSources(lock.sources), lock.notInForce],
            time: <Time at={lock.until} />,
            actions: may ? (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${texts.lift} ${lock.account}`}
                onClick={() => lift.mutate({ method: "DELETE", path: paths.lock(lock.account) })}
              >
                {texts.lift}
              </Button>
            ) : null,
          }))}
        />
      )}
    </Loaded>
  );
}

/** Networks that a person is to decide on. */
export function Proposals() {
  const proposals = useGet<ProposalsJson>(paths.proposals);
  const touches = [paths.proposals, paths.bans, paths.status, paths.overview];
  const accept = useSend({ touches, done: () => texts.accepted });
  const dismiss = useSend({ touches, done: () => texts.dismissed });
  const may = useMay("operator");
  return (
    <Loaded query={proposals}>
      {(data) => (
        <Items
          empty={<Empty title={texts.proposalsNone}>{texts.proposalsNoneText}</Empty>}
          items={data.proposals.map(({ network, at, sources, attempts }) => ({
            key: network,
            head: <Address value={network} />,
            marks: null,
            text: [texts.proposal(sources.length, attempts), sources.join(", ")],
            time: <Time at={at} />,
            actions: may ? (
              <>
                <Button
                  size="compact-xs"
                  onClick={() =>
                    accept.mutate({ method: "POST", path: paths.acceptProposal(network), body: {} })
                  }
                >
                  {texts.accept}
                </Button>
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => dismiss.mutate({ method: "POST", path: paths.dismissProposal(network) })}
                >
                  {texts.dismiss}
                </Button>
              </>
            ) : null,
          }))}
        />
      )}
    </Loaded>
  );
}

interface Item {
  readonly key: string;
  readonly head: ReactNode;
  readonly marks: ReactNode;
  readonly text: readonly (string | null)[];
  readonly time: ReactNode;
  readonly actions: ReactNode;
}

function Items({ items, empty }: { readonly items: readonly Item[]; readonly empty: ReactNode }) {
  if (items.length === 0) return <div className="rf-card">{empty}</div>;
  return (
    <ul className="rf-card rf-items">
      {items.map(({ key, head, marks, text, time, actions }) => (
        <li key={key}>
          <div className="rf-grow">
            <Group gap={8}>
              <span>{head}</span>
              {marks}
            </Group>
            {text
              .filter((line) => line !== null)
              .map((line) => (
                <Text key={line} fz="sm" c="dimmed" className="rf-wrap">
                  {line}
                </Text>
              ))}
          </div>
          <Text span fz="sm" c="dimmed">
            {time}
          </Text>
          <Group gap="xs">{actions}</Group>
        </li>
      ))}
    </ul>
  );
}
