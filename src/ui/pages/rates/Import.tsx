import {
  Alert,
  Button,
  Checkbox,
  FileInput,
  Group,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeckImportJson, DeckRiseJson } from "../../../http/contract.js";
import { withQuery } from "../../api/client.js";
import { reread, tell } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay, useSession } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { Facts } from "../../parts/Facts.js";
import { count, dollars } from "../../parts/format.js";
import { ratesTexts as texts } from "../../texts/rates.js";
import { sendFile } from "./send-file.js";

/** A file is checked first: what its columns mean, what can't be read, and what would change. */
/** Inputs of one line stand in one line, however long what is said of them. */
const BELOW: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

export function Import() {
  const mayEdit = useMay("admin");
  const { csrf } = useSession();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("default");
  const [map, setMap] = useState("");
  const [skipBad, setSkipBad] = useState(false);
  /** Of the bytes; null: nothing is sent. */
  const [sent, setSent] = useState<number | null>(null);
  const [report, setReport] = useState<DeckImportJson | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  const send = async (dryRun: boolean): Promise<void> => {
    if (file === null) return;
    setFault(null);
    setSent(0);
    const query = { dryRun: dryRun ? "1" : null, skipBad: skipBad ? "1" : null, map: map.trim() };
    try {
      const answer = await sendFile<DeckImportJson>(withQuery(paths.deck(name), query), file, csrf, setSent);
      setReport(answer);
      if (dryRun) return;
      tell(texts.imported2(name));
      setFile(null);
      setReport(null);
      await reread(client, undefined);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setSent(null);
    }
  };
  const changed = (change: () => void): void => {
    change();
    setReport(null);
    setFault(null);
  };
  return (
    <Card title={texts.importTitle}>
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <FileInput
            label={texts.file}
            description={texts.fileText}
            inputWrapperOrder={BELOW}
            accept=".csv,.txt,text/csv"
            value={file}
            onChange={(next) => changed(() => setFile(next))}
            disabled={!mayEdit}
            clearable
          />
          <TextInput
            label={texts.name}
            description={texts.nameText}
            inputWrapperOrder={BELOW}
            value={name}
            maxLength={40}
            onChange={({ currentTarget }) => changed(() => setName(currentTarget.value))}
            disabled={!mayEdit}
          />
          <TextInput
            label={texts.map}
            description={texts.mapText}
            inputWrapperOrder={BELOW}
            value={map}
            onChange={({ currentTarget }) => changed(() => setMap(currentTarget.value))}
            disabled={!mayEdit}
          />
        </SimpleGrid>
        <Checkbox
          checked={skipBad}
          onChange={({ currentTarget }) => changed(() => setSkipBad(currentTarget.checked))}
          label={texts.skipBad}
          disabled={!mayEdit}
        />
        {sent === null ? null : (
          <Stack gap={4}>
            <Text fz="sm" role="status">
              {sent < 1 ? texts.sending : texts.reading}
            </Text>
            <Progress value={sent * 100} animated={sent >= 1} aria-label={texts.sending} />
          </Stack>
        )}
        {fault === null ? null : (
          <Alert color="red" role="alert" className="rf-wrap">
            {fault}
          </Alert>
        )}
        {report === null ? null : <Report report={report} />}
        <Group gap="xs">
          <Button
            variant={report === null ? "filled" : "default"}
            disabled={!mayEdit || file === null || sent !== null}
            onClick={() => void send(true)}
          >
            {texts.check}
          </Button>
          {report === null ? null : (
            <Button
              disabled={sent !== null || (report.refusedRows > 0 && !skipBad)}
              onClick={() => void send(false)}
            >
              {texts.go}
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  );
}

function Report({ report }: { readonly report: DeckImportJson }) {
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
