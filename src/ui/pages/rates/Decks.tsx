import { Button, Group, MultiSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { DeckAfterJson, DecksJson, ExtensionsJson, TrunkDecksJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { Confirm } from "../../parts/Confirm.js";
import { Mark } from "../../parts/Mark.js";
import { Empty } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { SaveOrCancel } from "../../parts/SaveOrCancel.js";
import { common } from "../../texts/common.js";
import { ratesTexts as texts } from "../../texts/rates.js";

type Deck = DecksJson["decks"][number];

export function Decks({ decks }: { readonly decks: readonly Deck[] }) {
  const [removed, setRemoved] = useState<string | null>(null);
  const bringBack = useSend<DeckAfterJson>({ done: () => texts.done });
  return (
    <Card title={texts.decks}>
      {removed === null || decks.some(({ name }) => name === removed) ? null : (
        <Group gap="sm" mb="md" role="status">
          <Text fz="sm" className="rf-wrap">
            {texts.removed(removed)}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            loading={bringBack.isPending}
            onClick={() => bringBack.mutate({ method: "POST", path: paths.undoDeck(removed) })}
          >
            {texts.bringBack}
          </Button>
        </Group>
      )}
      {decks.length === 0 ? <Empty title={texts.noDeck}>{texts.noDeckText}</Empty> : null}
      <Stack>
        {decks.map((deck) => (
          <DeckRow key={deck.name} deck={deck} onRemoved={() => setRemoved(deck.name)} />
        ))}
      </Stack>
    </Card>
  );
}

function DeckRow({ deck, onRemoved }: { readonly deck: Deck; readonly onRemoved: () => void }) {
  const mayEdit = useMay("admin");
  const [asks, setAsks] = useState<"undo" | "remove" | null>(null);
  const [binding, setBinding] = useState(false);
  const change = useSend<DeckAfterJson>({ done: () => texts.done });
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
        {mayEdit ? (
          <Group gap={6} ml="auto">
            <Button
              size="compact-sm"
              variant="default"
              aria-expanded={binding}
              onClick={() => setBinding(!binding)}
            >
              {texts.bind}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              disabled={deck.previousAt === null}
              onClick={() => setAsks("undo")}
            >
              {texts.undo}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={texts.removeOf(deck.name)}
              disabled={deck.trunks.length > 0}
              title={deck.trunks.length > 0 ? texts.removeBound : undefined}
              onClick={() => setAsks("remove")}
            >
              {common.remove}
            </Button>
          </Group>
        ) : null}
      </Group>
      <Text fz="sm" c="dimmed" className="rf-wrap">
        {deck.trunks.length > 0
          ? texts.trunks(deck.trunks.join(", "))
          : deck.name === "default"
            ? texts.pricesOthers
            : texts.pricesNone(deck.name)}
      </Text>
      {binding ? <Trunks deck={deck} close={() => setBinding(false)} /> : null}
      <Confirm
        opened={asks === "undo"}
        title={texts.undo}
        verb={texts.undo}
        onClose={() => setAsks(null)}
        onConfirm={() => change.mutateAsync({ method: "POST", path: paths.undoDeck(deck.name) })}
      >
        {texts.undoText}
      </Confirm>
      <Confirm
        opened={asks === "remove"}
        title={texts.removeOf(deck.name)}
        verb={common.remove}
        grave
        onClose={() => setAsks(null)}
        onConfirm={async () => {
          // Ahead of the answer, with which this row is gone.
          onRemoved();
          await change.mutateAsync({ method: "DELETE", path: paths.deck(deck.name) });
        }}
      >
        {texts.removeText}
      </Confirm>
    </Stack>
  );
}

/** Which of Asterisk's trunks are priced by the deck. */
function Trunks({ deck, close }: { readonly deck: Deck; readonly close: () => void }) {
  const [wanted, setWanted] = useState<string[]>([...deck.trunks]);
  const found = useGet<ExtensionsJson>(paths.extensions, { kind: "trunk", limit: 500 }, { staleMs: 60_000 });
  const bind = useSend<TrunkDecksJson>({ done: () => texts.done });
  const names = found.data?.extensions.map(({ name }) => name) ?? [];
  const save = async (): Promise<void> => {
    const added = wanted.filter((name) => !deck.trunks.includes(name));
    const gone = deck.trunks.filter((name) => !wanted.includes(name));
    const send = (to: string | null, trunks: readonly string[]) =>
      bind.mutateAsync({ method: "POST", path: paths.trunkDecks, body: { deck: to, trunks } });
    if (gone.length > 0) await send(null, gone);
    if (added.length > 0) await send(deck.name, added);
    close();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // What went wrong is told by the sending itself, and the choice stays open.
        void save().catch(() => undefined);
      }}
    >
      <Group gap="xs" align="flex-end">
        <MultiSelect
          className="rf-grow"
          label={texts.bindLabel}
          placeholder={wanted.length === 0 ? texts.bindNone : ""}
          data={[...new Set([...names, ...deck.trunks])]}
          value={wanted}
          onChange={setWanted}
          nothingFoundMessage={texts.noTrunks}
          searchable
        />
        <SaveOrCancel busy={bind.isPending} onCancel={close} />
      </Group>
    </form>
  );
}
