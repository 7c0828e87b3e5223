import { Button, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AreaChangesJson, AreaEffectJson, AreasJson, AreaTreeJson } from "../../../http/contract.js";
import { request, type Problem } from "../../api/client.js";
import { useBase, useGuardedSave } from "../../api/guarded-save.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Stale } from "../../parts/Stale.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { ChangeBar } from "./ChangeBar.js";
import { changesOf, changeWords, openness, wholly, type Wishes, wish } from "./changes.js";
import type { PrefixWishes } from "./changes-prefixes.js";
import { HighRisk } from "./HighRisk.js";
import { AreaMap } from "./Map.js";
import { Prefixes } from "./Prefixes.js";
import { Tree } from "./Tree.js";

interface EditorProps {
  readonly tree: AreaTreeJson;
  readonly find: string;
  readonly reload: () => Promise<void>;
}

/** Areas, prefixes and ranges known for fraud; nothing holds before it is saved. */
export function Editor({ tree, find: first, reload }: EditorProps) {
  const mayEdit = useMay("admin");
  const [wishes, setWishes] = useState<Wishes>(new Map());
  const [prefixes, setPrefixes] = useState<PrefixWishes>(new Map());
  const [highRiskWish, setHighRisk] = useState<AreaTreeJson["highRisk"] | null>(null);
  const [find, setFind] = useState(first);
  const whose = tree.extension === null ? {} : { extension: tree.extension };
  const lists = useGet<AreasJson>(paths.areas, whose);
  const groups = [...tree.continents, { slug: "special", name: texts.special, countries: tree.special }];
  const nodes = groups.flatMap(({ countries }) => countries);
  const discard = (): void => {
    setWishes(new Map());
    setPrefixes(new Map());
    setHighRisk(null);
  };
  const asks = highRiskWish === tree.highRisk ? null : highRiskWish;
  const body: AreaChangesJson = {
    ...whose,
    ...changesOf(nodes, wishes, prefixes),
    ...(asks === null ? {} : { highRisk: asks }),
  };
  const words = changeWords(nodes, wishes, prefixes, asks);
  const base = useBase(tree, words.length > 0);
  const effect = useEffectOf(tree, body, words.length > 0);
  const { save, saving, stale, forgetStale } = useGuardedSave({
    path: paths.areas,
    basedOn: base,
    saved: texts.saved,
    onSaved: discard,
  });
  return (
    <>
      {tree.extension === null ? null : (
        <Group mb="md" gap="sm">
          <Text fz="sm">{tree.scope === "global" ? texts.inherited : texts.own}</Text>
          {(tree.scope === "global" && tree.prefixScope === "global") || !mayEdit ? null : (
            <Button size="xs" variant="default" onClick={() => void save({ ...whose, inherit: true })}>
              {texts.inherit}
            </Button>
          )}
        </Group>
      )}
      <div className="rf-areas">
        <Stack gap="sm">
          <TextInput
            label={texts.find}
            placeholder={texts.placeholder}
            value={find}
            onChange={({ currentTarget }) => setFind(currentTarget.value)}
            type="search"
          />
          <Tree groups={groups} wishes={wishes} onWish={setWishes} find={find} mayEdit={mayEdit} />
          <Text fz="xs" c="dimmed">
            {tree.deck === null
              ? texts.noDeck
              : tree.pricesReady
                ? texts.pricesOf(tree.deck)
                : texts.pricesWait}
          </Text>
        </Stack>
        <div className="rf-areas-map">
          <AreaMap
            byCode={new Map(nodes.map((node) => [node.code, node]))}
            wishes={wishes}
            onPick={(node) => {
              setFind(node.name);
              if (mayEdit) setWishes(wish(wishes, node, wholly(node, openness(node, wishes) !== "open")));
            }}
          />
        </div>
      </div>
      <SimpleGrid cols={{ base: 1, md: 2 }} mt="md">
        <Prefixes
          stored={lists.data?.prefixes ?? []}
          wishes={prefixes}
          onWish={setPrefixes}
          mayEdit={mayEdit}
        />
        {tree.extension === null ? (
          <HighRisk value={asks ?? tree.highRisk} onChange={setHighRisk} mayEdit={mayEdit} />
        ) : null}
      </SimpleGrid>
      {words.length === 0 ? null : (
        <ChangeBar
          words={words}
          overtaken={base.policyVersion !== tree.policyVersion}
          effect={effect}
          saving={saving}
          onSave={() => void save(body)}
          onDiscard={discard}
        />
      )}
      <Stale
        opened={stale}
        onClose={forgetStale}
        onReload={async () => {
          discard();
          forgetStale();
          await reload();
        }}
        onKeep={async () => {
          await reload();
          await save(body, { overTheirs: true });
        }}
      />
    </>
  );
}

/** What the changes would have made of the calls of late, soon after the last of them. */
function useEffectOf(tree: AreaTreeJson, body: AreaChangesJson, changed: boolean) {
  const [asked] = useDebouncedValue(JSON.stringify(body), 250);
  return useQuery<AreaEffectJson, Problem>({
    queryKey: [paths.areaEffect, asked, tree.policyVersion],
    queryFn: ({ signal }) =>
      request("POST", paths.areaEffect, { body: JSON.parse(asked) as unknown, signal }),
    enabled: changed && asked === JSON.stringify(body),
    staleTime: 30_000,
  });
}
