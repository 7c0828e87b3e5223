import { Anchor, Button, Group, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link, useParams } from "react-router";
import type { ExtensionWholeJson, SpendJson } from "../../../http/contract.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { dollars } from "../../parts/format.js";
import { Mark } from "../../parts/Mark.js";
import { PageTitle } from "../../parts/PageTitle.js";
import { Loaded } from "../../parts/states.js";
import { Time } from "../../parts/Time.js";
import { listTexts } from "../../texts/allow-lists.js";
import { extensionsTexts as texts } from "../../texts/extensions.js";
import { Phones } from "./Page.js";
import { Pin } from "./Pin.js";
import { Rules } from "./Rules.js";

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
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Card title={texts.phonesTitle}>
          <Phones extension={whole} />
        </Card>
        <Card title={texts.money}>
          <Spend spend={whole.spend} />
        </Card>
        <Card title={texts.known}>
          <Text fz="xs" c="dimmed" mb={4}>
            {texts.knownText}
          </Text>
          {whole.known.length === 0 ? <Text fz="sm">{texts.nothing}</Text> : null}
          {whole.known.map(({ source, lastAt, successes }) => (
            <Group key={source} gap="sm">
              <Address value={source} link />
              <Text fz="xs" c="dimmed">
                {texts.times(successes)}, <Time at={lastAt} />
              </Text>
            </Group>
          ))}
          {whole.knownInAll === whole.known.length ? null : (
            <Text fz="xs" c="dimmed" mt={4}>
              {texts.older(whole.knownInAll - whole.known.length)}
            </Text>
          )}
        </Card>
        <Card title={texts.shutTitle}>
          {whole.blocks.length === 0 && whole.lock === null ? <Text fz="sm">{texts.nothing}</Text> : null}
          {whole.lock === null ? null : <Mark tone="bad">{texts.locked}</Mark>}
          {whole.blocks.map((block) => (
            <Group key={block.id} gap="sm">
              <Address value={block.source} link />
              <Text fz="sm" className="rf-wrap">
                {block.summary}
              </Text>
            </Group>
          ))}
        </Card>
      </SimpleGrid>
      <Card title={texts.rulesTitle} flush>
        <Rules whole={whole} />
      </Card>
      {whole.kind === "extension" ? <Pin extension={whole.name} /> : null}
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

function Spend({ spend }: { readonly spend: SpendJson }) {
  const { spentUsd, reservedUsd, limitUsd, runningCalls } = spend;
  const share = limitUsd === null || Number(limitUsd) === 0 ? 0 : Number(spentUsd) / Number(limitUsd);
  return (
    <Stack gap={6}>
      <Text fz="sm" className="rf-number">
        {texts.spent(dollars(spentUsd), limitUsd === null ? null : dollars(limitUsd))}
      </Text>
      {limitUsd === null ? null : (
        <Progress value={Math.min(100, share * 100)} aria-label={texts.money} color="fence" />
      )}
      {runningCalls === 0 ? null : (
        <Text fz="xs" c="dimmed">
          {texts.reserved(dollars(reservedUsd), runningCalls)}
        </Text>
      )}
    </Stack>
  );
}
