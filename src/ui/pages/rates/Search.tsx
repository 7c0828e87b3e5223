import { Button, Group, NativeSelect, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { DeckPageJson } from "../../../http/contract.js";
import { useGetPages } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Card } from "../../parts/Card.js";
import { Mark } from "../../parts/Mark.js";
import { Money } from "../../parts/Money.js";
import { Failed } from "../../parts/states.js";
import { common } from "../../texts/common.js";
import { ratesTexts as texts } from "../../texts/rates.js";

/** What stands in a deck. */
export function Search({ decks }: { readonly decks: readonly string[] }) {
  const [deck, setDeck] = useState(decks[0] ?? "");
  const [find, setFind] = useState("");
  const [q] = useDebouncedValue(find.trim(), 250);
  const found = useGetPages<DeckPageJson>(paths.deckRates(deck), { q, limit: 50 }, { cursor: "after" });
  const rates = found.data?.pages.flatMap((page) => page.rates) ?? [];
  return (
    <Card title={texts.search}>
      <Group gap="xs" align="flex-end">
        <TextInput
          className="rf-grow"
          label={texts.find}
          placeholder="+44 / Jamaica"
          type="search"
          value={find}
          maxLength={100}
          onChange={({ currentTarget }) => setFind(currentTarget.value)}
        />
        <NativeSelect
          label={texts.name}
          value={deck}
          onChange={({ currentTarget }) => setDeck(currentTarget.value)}
          data={[...decks]}
        />
      </Group>
      {found.error === null ? null : <Failed problem={found.error} again={found.refetch} />}
      <Table className="rf-table" mt="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.prefix}</Table.Th>
            <Table.Th>{texts.destination}</Table.Th>
            <Table.Th className="rf-right">{texts.price}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rates.map(({ prefix, destination, usdPerMinute, overCap }) => (
            <Table.Tr key={prefix}>
              <Table.Td className="rf-number">{prefix}</Table.Td>
              <Table.Td className="rf-wrap">
                {destination} {overCap ? <Mark tone="warn">{texts.over}</Mark> : null}
              </Table.Td>
              <Table.Td className="rf-right">
                {usdPerMinute === null ? texts.noCalls : <Money usd={usdPerMinute} kind="price" />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rates.length === 0 && found.data !== undefined ? <Text fz="sm">{texts.nothing}</Text> : null}
      {found.hasNextPage ? (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            {common.more}
          </Button>
        </Group>
      ) : null}
    </Card>
  );
}
