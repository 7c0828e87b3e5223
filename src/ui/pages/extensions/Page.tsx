import { Anchor, Group, NativeSelect, SimpleGrid, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { Link } from "react-router";
import type { ExtensionJson, ExtensionsJson } from "../../../http/contract.js";
import { useGetPages } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { dollars } from "../../parts/format.js";
import { Mark } from "../../parts/Mark.js";
import { More } from "../../parts/More.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Empty, Failed, Loading } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { extensionsTexts as texts } from "../../texts/extensions.js";

export default function ExtensionsPage() {
  const [filter, setFilter] = useState({ q: "", kind: "", registered: "" });
  const [asked] = useDebouncedValue(filter, 250);
  const found = useGetPages<ExtensionsJson>(paths.extensions, { ...asked, limit: 100 }, { cursor: "after" });
  const rows = found.data?.pages.flatMap((page) => page.extensions) ?? [];
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} />
      <Stack>
        <Card>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label={texts.find}
              placeholder={texts.placeholder}
              type="search"
              value={filter.q}
              onChange={({ currentTarget }) => setFilter({ ...filter, q: currentTarget.value })}
            />
            <NativeSelect
              label={texts.kind}
              value={filter.kind}
              onChange={({ currentTarget }) => setFilter({ ...filter, kind: currentTarget.value })}
              data={Object.entries(texts.kinds).map(([value, label]) => ({ value, label }))}
            />
            <NativeSelect
              label={texts.registered}
              value={filter.registered}
              onChange={({ currentTarget }) => setFilter({ ...filter, registered: currentTarget.value })}
              data={Object.entries(texts.states).map(([value, label]) => ({ value, label }))}
            />
          </SimpleGrid>
        </Card>
        {found.data === undefined ? (
          found.error === null ? (
            <Loading />
          ) : (
            <Failed problem={found.error} again={found.refetch} />
          )
        ) : (
          <Card flush title={texts.total(found.data.pages[0]?.total ?? 0)}>
            {rows.length === 0 ? (
              <Nobody
                filtered={Object.values(filter).some((value) => value !== "")}
                away={found.data.pages[0]?.asterisk === null}
              />
            ) : (
              <Rows extensions={rows} />
            )}
            <More
              has={found.hasNextPage}
              busy={found.isFetchingNextPage}
              onMore={() => void found.fetchNextPage()}
            />
          </Card>
        )}
      </Stack>
    </>
  );
}

function Nobody({ filtered, away }: { readonly filtered: boolean; readonly away: boolean }) {
  if (away) return <Empty title={texts.away}>{texts.awayText}</Empty>;
  return filtered ? (
    <Empty title={texts.none}>{texts.noneText}</Empty>
  ) : (
    <Empty title={texts.nobody}>{texts.nobodyText}</Empty>
  );
}

function Rows({ extensions }: { readonly extensions: readonly ExtensionJson[] }) {
  return (
    <Table className="rf-table" verticalSpacing={7} horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.name}</Table.Th>
          <Table.Th>{texts.phones}</Table.Th>
          <Table.Th>{texts.rules}</Table.Th>
          <Table.Th className="rf-right">{texts.spend}</Table.Th>
          <Table.Th>{texts.shut}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {extensions.map((each) => (
          <Table.Tr key={each.name}>
            <Table.Td>
              <Group gap={6}>
                <Anchor
                  component={Link}
                  to={`/extensions/${encodeURIComponent(each.name)}`}
                  className="rf-wrap"
                >
                  {each.name}
                </Anchor>
                {each.kind === "trunk" ? <Mark tone="quiet">{texts.trunk}</Mark> : null}
              </Group>
            </Table.Td>
            <Table.Td data-label={texts.phones}>
              <Phones extension={each} />
            </Table.Td>
            <Table.Td data-label={texts.rules}>
              <Text span fz="sm" c="dimmed">
                {ownWords(each)}
              </Text>
            </Table.Td>
            <Table.Td className="rf-right rf-number" data-label={texts.spend}>
              {dollars(each.spend.spentUsd)}
            </Table.Td>
            <Table.Td>
              <Group gap={4}>
                {each.blocks.length === 0 ? null : (
                  <Mark tone="warn">{texts.blocks(each.blocks.length)}</Mark>
                )}
                {each.lock === null ? null : <Mark tone="bad">{texts.locked}</Mark>}
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function Phones({ extension: { registrations, kind } }: { readonly extension: ExtensionJson }) {
  if (kind === "trunk") return <Text fz="sm">—</Text>;
  if (registrations === null || registrations.length === 0) {
    return (
      <Text fz="sm" c="dimmed">
        {registrations === null ? texts.notAsked : texts.notRegistered}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {registrations.map(({ address, addressIs, userAgent, since }, index) => (
        <div key={index}>
          {address === null ? common.unknown : <Address value={address} />}
          <Text fz="xs" c="dimmed" className="rf-wrap">
            {[userAgent, addressIs === "claimed" ? texts.claimed : null]
              .filter((word) => word !== null)
              .join(" · ")}
            {since === null ? null : (
              <>
                {userAgent === null && addressIs !== "claimed" ? "" : " · "}
                {texts.since} <Time at={since} />
              </>
            )}
          </Text>
        </div>
      ))}
    </Stack>
  );
}

function ownWords({ own, kind }: ExtensionJson): string {
  const names = (["areas", "prefixes", "cap", "allowList"] as const).filter((rule) => own[rule]);
  const words = [
    ...names.map((rule) => texts.own[rule]),
    ...(own.limits.length > 0 ? [texts.own.limits] : []),
  ];
  return words.length > 0 ? words.join(", ") : kind === "trunk" ? "—" : texts.inherits;
}
