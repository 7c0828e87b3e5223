import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type {
  AreaEffectJson,
  AreaNodeJson,
  AreasJson,
  AreaTreeJson,
  ExtensionsJson,
} from "../../../http/contract.js";
import { request, type Problem } from "../../api/client.js";
import { tell, tellProblem, useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { ReadOnly } from "../../parts/ReadOnly.js";
import { Stale } from "../../parts/Stale.js";
import { Loaded } from "../../parts/states.js";
import { WorldMap } from "../../parts/WorldMap.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { common } from "../../texts/common.js";
import { changesOf, openness, wholly, type Wishes, wish } from "./changes.js";
import { Effect } from "./Effect.js";
import { Tree } from "./Tree.js";

export default function AreasPage() {
  const [address, setAddress] = useSearchParams();
  const extension = address.get("extension") ?? "";
  const tree = useGet<AreaTreeJson>(paths.areaTree, { extension }, { keep: true });
  const names = useGet<ExtensionsJson>(
    paths.extensions,
    { kind: "extension", limit: 500 },
    { staleMs: 60_000 },
  );
  const listed = names.data?.extensions.map(({ name }) => name) ?? [];
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
            data={[
              { value: "", label: texts.everyone },
              ...[...new Set([...listed, ...(extension === "" ? [] : [extension])])].map((value) => ({
                value,
                label: texts.ofExtension(value),
              })),
            ]}
          />
        }
      />
      <ReadOnly needs="admin" />
      <Loaded query={tree}>
        {(data) => (
          <Areas
            key={`${extension} ${data.extension}`}
            tree={data}
            find={address.get("find") ?? ""}
            reload={async () => {
              await tree.refetch();
            }}
          />
        )}
      </Loaded>
    </>
  );
}

function Areas({
  tree,
  find: first,
  reload,
}: {
  readonly tree: AreaTreeJson;
  readonly find: string;
  readonly reload: () => Promise<void>;
}) {
  const mayEdit = useMay("admin");
  const [wishes, setWishes] = useState<Wishes>(new Map());
  const [find, setFind] = useState(first);
  const [stale, setStale] = useState(false);
  const groups = [...tree.continents, { slug: "special", name: texts.special, countries: tree.special }];
  const nodes = groups.flatMap(({ countries }) => countries);
  const byCode = new Map(nodes.map((node) => [node.code, node]));
  const changes = changesOf(nodes, wishes);
  const extension = tree.extension === null ? {} : { extension: tree.extension };
  const [asked] = useDebouncedValue(changes, 250);
  const many = wishes.size;
  const effect = useQuery<AreaEffectJson, Problem>({
    queryKey: [paths.areaEffect, tree.extension, JSON.stringify(asked), tree.policyVersion],
    queryFn: ({ signal }) => request("POST", paths.areaEffect, { body: { ...extension, ...asked }, signal }),
    enabled: asked.allow.length + asked.deny.length > 0,
    staleTime: 30_000,
  });
  const send = useSend<AreasJson>({ quiet: true });
  const save = async (body: object, forced = false): Promise<void> => {
    try {
      await send.mutateAsync({
        method: "PUT",
        path: paths.areas,
        body,
        ...(forced ? {} : { basedOn: tree }),
      });
      setWishes(new Map());
      setStale(false);
      tell(texts.saved);
    } catch (error) {
      if ((error as Problem).code === "stale") setStale(true);
      else tellProblem(error as Error);
    }
  };
  const said = (node: AreaNodeJson): string => `${node.name}: ${texts.words[openness(node, wishes)]}`;
  return (
    <>
      {tree.extension === null ? null : (
        <Group mb="md" gap="sm">
          <Text fz="sm">{tree.scope === "global" ? texts.inherited : texts.own}</Text>
          {tree.scope === "global" || !mayEdit ? null : (
            <Button size="xs" variant="default" onClick={() => void save({ ...extension, inherit: true })}>
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
          <Card>
            <WorldMap
              label={texts.mapLabel}
              tone={(code) => {
                const node = byCode.get(code);
                return node === undefined ? undefined : `rf-area-${openness(node, wishes)}`;
              }}
              tell={(code) => {
                const node = byCode.get(code);
                return node === undefined ? code : said(node);
              }}
              onPick={(code) => {
                const node = byCode.get(code);
                if (node === undefined) return;
                setFind(node.name);
                if (mayEdit) setWishes(wish(wishes, node, wholly(node, openness(node, wishes) !== "open")));
              }}
            />
            <div className="rf-map-legend">
              {(["open", "partly", "closed"] as const).map((state) => (
                <span key={state}>
                  <svg width="18" height="14" aria-hidden>
                    <rect x="1" y="1" width="16" height="12" className={`rf-area-${state}`} />
                  </svg>
                  {texts.words[state]}
                </span>
              ))}
            </div>
          </Card>
        </div>
      </div>
      {many === 0 ? null : (
        <div className="rf-change-bar" role="region" aria-label={texts.changes(many)}>
          <Text fw={600} fz="sm">
            {texts.changes(many)}
          </Text>
          <Effect effect={effect} />
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={() => setWishes(new Map())}>
              {common.discard}
            </Button>
            <Button loading={send.isPending} onClick={() => void save({ ...extension, ...changes })}>
              {common.save}
            </Button>
          </Group>
        </div>
      )}
      <Stale
        opened={stale}
        onClose={() => setStale(false)}
        onReload={async () => {
          setWishes(new Map());
          setStale(false);
          await reload();
        }}
        onKeep={async () => {
          await reload();
          await save({ ...extension, ...changes }, true);
        }}
      />
    </>
  );
}
