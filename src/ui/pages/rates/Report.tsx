import { Alert, Stack, Text, Title } from "@mantine/core";
import type { DeckImportJson, DeckRiseJson } from "../../../http/contract.js";
import { Facts } from "../../parts/Facts.js";
import { count, dollars } from "../../parts/format.js";
import { ratesTexts as texts } from "../../texts/rates.js";

/** What an import did, or would do. */
export function Report({ report }: { readonly report: DeckImportJson }) {
  const { format, faults, rises, newlyBlocked } = report;
  const columns = Object.entries(format.columns).map(
    ([column, headings]) => `${column} = ${headings.join(", ")}`,
  );
  return (
    <Stack gap="sm">
      <Title order={3} fz="sm">
        {texts.report}
      </Title>
      <Facts
        facts={[
          [texts.columns, columns.join(" · ")],
          [texts.unused, format.unused.join(", ")],
          [texts.read, count(report.read)],
          [texts.kept, count(report.rows)],
          [texts.refusedRows, count(report.refusedRows)],
          [texts.changes, texts.changed(report.added, report.changed, report.removed)],
          [texts.overCap, count(report.dearerThanCap)],
          [texts.rises, count(rises.count)],
          [texts.blocked, count(newlyBlocked.count)],
        ]}
      />
      {faults.length === 0 ? null : (
        <Alert color="orange" title={texts.refusedRows}>
          {faults.slice(0, 10).map(({ line, message }) => (
            <Text key={line} fz="sm" className="rf-wrap">
              {texts.line(line)}: {message}
            </Text>
          ))}
        </Alert>
      )}
      <Rises title={texts.rises} rises={rises.biggest} />
      <Rises title={texts.blocked} rises={newlyBlocked.first} />
    </Stack>
  );
}

function Rises({ title, rises }: { readonly title: string; readonly rises: readonly DeckRiseJson[] }) {
  if (rises.length === 0) return null;
  return (
    <div>
      <Title order={3} fz="sm">
        {title}
      </Title>
      {rises.slice(0, 10).map(({ prefix, destination, usdPerMinuteBefore, usdPerMinute }) => (
        <Text key={prefix} fz="sm" className="rf-wrap">
          +{prefix} {destination}: {priceOf(usdPerMinuteBefore)} → {priceOf(usdPerMinute)}
        </Text>
      ))}
    </div>
  );
}

function priceOf(usd: string | null): string {
  return usd === null ? texts.noCalls : dollars(usd, "price");
}
