import { Anchor, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Link, useParams } from "react-router";
import type { AreasJson, CapJson, ExtensionWholeJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { dollars } from "../../parts/format.js";
import { Mark } from "../../parts/Mark.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { common } from "../../texts/common.js";
import { extensionsTexts as texts, listTexts } from "../../texts/extensions.js";
import { spaced } from "../../texts/words.js";
import { Phones } from "./Page.js";

export default function ExtensionPage() {
  const { name = "" } = useParams();
  const one = useGet<ExtensionWholeJson>(paths.extension(name));
  return (
    <>
      <Anchor component={Link} to="/extensions" fz="sm">
        {texts.back}
      </Anchor>
      <PageTitle
        title={name}
        actions={
          <>
            <Button component={Link} variant="default" to={`/calls?extension=${encodeURIComponent(name)}`}>
              {texts.calls}
            </Button>
            <Button component={Link} variant="default" to={`/try?from=${encodeURIComponent(name)}`}>
              {texts.tryIt}
            </Button>
          </>
        }
      />
      <Loaded query={one}>{(whole) => <Whole whole={whole} />}</Loaded>
    </>
  );
}

function Whole({ whole }: { readonly whole: ExtensionWholeJson }) {
  return (
    <Stack>
      {whole.inAsterisk ? null : <Text fz="sm">{texts.missing}</Text>}
      {whole.fault === null ? null : <Mark tone="warn">{whole.fault}</Mark>}
      <Card title={texts.phonesTitle}>
        <Phones extension={whole} />
      </Card>
      <Card title={texts.rulesTitle} flush>
        <Rules whole={whole} />
      </Card>
      <Card title={texts.shutTitle}>
        {whole.blocks.length === 0 && whole.lock === null ? <Text fz="sm">{texts.nothing}</Text> : null}
        {whole.lock === null ? null : <Mark tone="bad">{texts.locked}</Mark>}
        {whole.blocks.map((block) => (
          <Group key={block.id} gap="sm">
            <Address value={block.source} />
            <Text fz="sm" className="rf-wrap">
              {block.summary}
            </Text>
          </Group>
        ))}
      </Card>
      <Card title={texts.known}>
        {whole.known.length === 0 ? <Text fz="sm">{texts.nothing}</Text> : null}
        {whole.known.map(({ source, lastAt, successes }) => (
          <Group key={source} gap="sm">
            <Address value={source} />
            <Text fz="xs" c="dimmed">
              {texts.times(successes)}, <Time at={lastAt} />
            </Text>
          </Group>
        ))}
      </Card>
      {whole.refusedLately.length === 0 ? null : (
        <Card title={texts.refused}>
          {whole.refusedLately.map(({ address, at, count }) => (
            <Group key={address} gap="sm">
              <Address value={address} />
              <Text fz="xs" c="dimmed">
                {listTexts.tries(count)}, <Time at={at} />
              </Text>
            </Group>
          ))}
        </Card>
      )}
    </Stack>
  );
}

function Rules({ whole }: { readonly whole: ExtensionWholeJson }) {
  const { areas, cap, limits, allowList, own, name } = whole;
  const of = encodeURIComponent(name);
  const rows: readonly [name: string, own: boolean, here: ReactNode, all: ReactNode, edit: ReactNode][] = [
    [
      texts.areasName,
      own.areas,
      areaWords(areas.inForce),
      areaWords(areas.global),
      <Anchor key="edit" component={Link} to={`/areas?extension=${of}`} fz="sm">
        {texts.edit}
      </Anchor>,
    ],
    [texts.prefixesName, own.prefixes, prefixWords(areas.inForce), prefixWords(areas.global), null],
    [
      texts.capName,
      own.cap,
      capWords(cap.inForce),
      capWords(cap.global),
      <CapEditor key="edit" name={name} />,
    ],
    [
      texts.listName,
      own.allowList,
      allowList.inForce.on ? texts.entries(allowList.inForce.entries.length) : texts.off,
      allowList.global.on ? texts.entries(allowList.global.entries.length) : texts.off,
      <Anchor key="edit" component={Link} to={`/allow-lists?extension=${of}`} fz="sm">
        {texts.edit}
      </Anchor>,
    ],
    ...limits.inForce.map((limit): (typeof rows)[number] => [
      spaced(limit.name),
      limit.scope !== "global",
      limit.value,
      limits.global.find((each) => each.name === limit.name)?.value ?? "",
      null,
    ]),
  ];
  return (
    <Table className="rf-table" verticalSpacing={7} horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{texts.rule}</Table.Th>
          <Table.Th>{texts.holds}</Table.Th>
          <Table.Th>{texts.everyone}</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([rule, isOwn, here, all, edit]) => (
          <Table.Tr key={rule}>
            <Table.Td>{rule}</Table.Td>
            <Table.Td>
              <Group gap={6}>
                <span className="rf-wrap">{here}</span>
                {isOwn ? <Mark tone="quiet">{texts.ownMark}</Mark> : null}
              </Group>
            </Table.Td>
            <Table.Td className="rf-wrap">{all}</Table.Td>
            <Table.Td>{edit}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function CapEditor({ name }: { readonly name: string }) {
  const [value, setValue] = useState<string | null>(null);
  const send = useSend<CapJson>({ done: () => texts.saved });
  if (!useMay("admin")) return null;
  if (value === null) {
    return (
      <Button size="compact-sm" variant="subtle" onClick={() => setValue("")}>
        {texts.edit}
      </Button>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const body = { usdPerMinute: value.trim(), extension: name };
        send.mutate({ method: "PUT", path: paths.cap, body }, { onSuccess: () => setValue(null) });
      }}
    >
      <Group gap={6} wrap="nowrap">
        <TextInput
          size="xs"
          w={110}
          aria-label={texts.setCap}
          placeholder="0.2500"
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
          autoFocus
        />
        <Button size="xs" type="submit" loading={send.isPending}>
          {common.save}
        </Button>
      </Group>
    </form>
  );
}

function areaWords({ areas }: AreasJson): string {
  if (areas.length === 0) return common.none;
  const shown = areas
    .slice(0, 12)
    .map(({ area, types }) => (types === null ? area : `${area} (${types.join(", ")})`));
  return `${shown.join(", ")}${areas.length > 12 ? ` + ${areas.length - 12}` : ""}`;
}

function prefixWords({ prefixes }: AreasJson): string {
  if (prefixes.length === 0) return common.none;
  return prefixes
    .map(({ prefix, action }) => `${prefix} ${action === "allow" ? "open" : "closed"}`)
    .join(", ");
}

function capWords({ usdPerMinute }: CapJson): string {
  return usdPerMinute === null ? texts.noCap : dollars(usdPerMinute, "price");
}
