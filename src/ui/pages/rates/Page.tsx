import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { DeckAfterJson, DecksJson, TrunkDecksJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { Confirm } from "../../parts/Confirm.js";
import { Mark } from "../../parts/Mark.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { Empty, Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { ratesTexts as texts } from "../../texts/rates.js";
import { Cap } from "./Cap.js";
import { Import } from "./Import.js";
import { Search } from "./Search.js";

type Deck = DecksJson["decks"][number];

export default function RatesPage() {
  const decks = useGet<DecksJson>(paths.decks);
  return (
    <>
      <PageTitle title={texts.title} sub={texts.sub} />
      <ReadOnly needs="admin" />
      <Loaded query={decks}>
        {({ decks: all }) => (
          <Stack>
            <Card title={texts.decks}>
              {all.length === 0 ? <Empty title={texts.noDeck}>{texts.noDeckText}</Empty> : null}
              <Stack>
                {all.map((deck) => (
                  <DeckRow key={deck.name} deck={deck} />
                ))}
              </Stack>
            </Card>
            <Cap deck={all.find(({ name }) => name === "default")?.name ?? all[0]?.name ?? null} />
            <Import />
            {all.length === 0 ? null : <Search decks={all.map(({ name }) => name)} />}
          </Stack>
        )}
      </Loaded>
    </>
  );
}

function DeckRow({ deck }: { readonly deck: Deck }) {
  const mayEdit = useMay("admin");
  const [asks, setAsks] = useState(false);
  const [trunks, setTrunks] = useState<string | null>(null);
  const undo = useSend<DeckAfterJson>({ done: () => texts.done });
  const bind = useSend<TrunkDecksJson>({ done: () => texts.done });
  const save = async (wanted: readonly string[]): Promise<void> => {
    const added = wanted.filter((name) => !deck.trunks.includes(name));
    const gone = deck.trunks.filter((name) => !wanted.includes(name));
    if (gone.length > 0) {
      await bind.mutateAsync({ method: "POST", path: paths.trunkDecks, body: { deck: null, trunks: gone } });
    }
    if (added.length > 0) {
      await bind.mutateAsync({
        method: "POST",
        path: paths.trunkDecks,
        body: { deck: deck.name, trunks: added },
      });
    }
    setTrunks(null);
  };
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <Text fw={600} className="rf-wrap">
          {deck.name}
        </Text>
        <Text fz="sm">{texts.rows(deck.rows)}</Text>
        <Text fz="sm" c="dimmed" className="rf-wrap">
          {texts.imported} <Time at={deck.importedAt} /> {texts.by(deck.importedBy)}
        </Text>
        {deck.old ? <Mark tone="warn">{texts.old}</Mark> : null}
        <Group gap={6} ml="auto">
          <Button
            size="compact-sm"
            variant="default"
            disabled={!mayEdit}
            onClick={() => setTrunks(deck.trunks.join(", "))}
          >
            {texts.bind}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!mayEdit || deck.previousAt === null}
            onClick={() => setAsks(true)}
          >
            {texts.undo}
          </Button>
        </Group>
      </Group>
      {deck.trunks.length === 0 ? null : (
        <Text fz="sm" c="dimmed" className="rf-wrap">
          {texts.trunks(deck.trunks.join(", "))}
        </Text>
      )}
      {trunks === null ? null : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save(
              trunks
                .split(",")
                .map((name) => name.trim())
                .filter((name) => name !== ""),
            );
          }}
        >
          <Group gap="xs" align="flex-end">
            <TextInput
              className="rf-grow"
              label={texts.bindLabel}
              value={trunks}
              onChange={({ currentTarget }) => setTrunks(currentTarget.value)}
            />
            <Button type="submit" loading={bind.isPending}>
              {common.save}
            </Button>
            <Button variant="default" onClick={() => setTrunks(null)}>
              {common.cancel}
            </Button>
          </Group>
        </form>
      )}
      <Confirm
        opened={asks}
        title={texts.undo}
        verb={texts.undo}
        onClose={() => setAsks(false)}
        onConfirm={() => undo.mutateAsync({ method: "POST", path: paths.undoDeck(deck.name) })}
      >
        {texts.undoText}
      </Confirm>
    </Stack>
  );
}
