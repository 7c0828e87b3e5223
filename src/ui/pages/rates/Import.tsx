import {
  Alert,
  Autocomplete,
  Button,
  Checkbox,
  FileInput,
  Group,
  Progress,
  SimpleGrid,
  Stack,
  Text,
} from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeckImportJson } from "../../../http/contract.js";
import { withQuery } from "../../api/client.js";
import { useLive } from "../../api/feed.js";
import { reread, tell } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay, useSession } from "../../api/session.js";
import { below } from "../../parts/below.js";
import { Card } from "../../parts/Card.js";
import { importTexts, ratesTexts as texts } from "../../texts/rates.js";
import { headingsOf, mapText } from "./headings.js";
import { type FileWishes, ImportMore, NO_WISHES } from "./ImportMore.js";
import { Report } from "./Report.js";
import { sendFile } from "./send-file.js";

/** How far an import is: its bytes go to the daemon, are read there, and then stored. Shares from 0 to 1. */
interface Way {
  readonly sent: number;
  readonly read: { readonly share: number; readonly rows: number } | null;
}

/** A file is checked first: what its columns mean, what can't be read, and what would change. */
export function Import({ decks }: { readonly decks: readonly string[] }) {
  const mayEdit = useMay("admin");
  const { csrf } = useSession();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [headings, setHeadings] = useState<readonly string[]>([]);
  const [name, setName] = useState("default");
  const [wishes, setWishes] = useState<FileWishes>(NO_WISHES);
  const [more, setMore] = useState(false);
  const [skipBad, setSkipBad] = useState(false);
  const [way, setWay] = useState<Way | null>(null);
  const [report, setReport] = useState<DeckImportJson | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useLive(["import"], ({ deck, share, rows }) => {
    if (deck === name) setWay((before) => (before === null ? null : { ...before, read: { share, rows } }));
  });

  const send = async (dryRun: boolean): Promise<void> => {
    if (file === null) return;
    setFault(null);
    setWay({ sent: 0, read: null });
    const { mapping, ...others } = wishes;
    const query = {
      dryRun: dryRun ? "1" : null,
      skipBad: skipBad ? "1" : null,
      map: mapText(mapping),
      ...others,
    };
    try {
      const path = withQuery(paths.deck(name.trim()), query);
      const answer = await sendFile<DeckImportJson>(path, file, csrf, (sent) =>
        setWay((before) => ({ sent, read: before?.read ?? null })),
      );
      setReport(answer);
      if (dryRun) return;
      tell(texts.imported2(name));
      setFile(null);
      setHeadings([]);
      setReport(null);
      setWishes(NO_WISHES);
      await reread(client, undefined);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setMore(true);
    } finally {
      setWay(null);
    }
  };
  const changed = (change: () => void): void => {
    change();
    setReport(null);
    setFault(null);
  };
  const choose = (next: File | null): void => {
    changed(() => setFile(next));
    setHeadings([]);
    setWishes({ ...wishes, mapping: {} });
    // A file that vanished meanwhile is told when it is sent.
    if (next !== null) void headingsOf(next).then(setHeadings, () => setHeadings([]));
  };
  return (
    <Card title={texts.importTitle}>
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <FileInput
            label={texts.file}
            description={texts.fileText}
            inputWrapperOrder={below}
            accept=".csv,.txt,text/csv"
            value={file}
            onChange={choose}
            disabled={!mayEdit}
            clearable
          />
          <Autocomplete
            label={texts.name}
            description={texts.nameText}
            inputWrapperOrder={below}
            value={name}
            maxLength={40}
            data={[...new Set(["default", ...decks])]}
            onChange={(next) => changed(() => setName(next))}
            disabled={!mayEdit}
          />
        </SimpleGrid>
        <Checkbox
          checked={skipBad}
          onChange={({ currentTarget }) => changed(() => setSkipBad(currentTarget.checked))}
          label={texts.skipBad}
          disabled={!mayEdit}
        />
        {more ? (
          <ImportMore
            wishes={wishes}
            headings={headings}
            onChange={(next) => changed(() => setWishes(next))}
          />
        ) : null}
        {way === null ? null : <OnItsWay way={way} />}
        {fault === null ? null : (
          <Alert color="red" role="alert" className="rf-wrap">
            {fault}
          </Alert>
        )}
        {report === null ? null : <Report report={report} />}
        <Group gap="xs">
          <Button
            variant={report === null ? "filled" : "default"}
            disabled={!mayEdit || file === null || way !== null}
            onClick={() => void send(true)}
          >
            {texts.check}
          </Button>
          {report === null ? null : (
            <Button
              disabled={way !== null || (report.refusedRows > 0 && !skipBad)}
              onClick={() => void send(false)}
            >
              {texts.go}
            </Button>
          )}
          <Button variant="subtle" aria-expanded={more} disabled={!mayEdit} onClick={() => setMore(!more)}>
            {importTexts.more}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function OnItsWay({ way: { sent, read } }: { readonly way: Way }) {
  const storing = read !== null && read.share >= 0.95;
  const words =
    sent < 1
      ? texts.sending
      : read === null
        ? texts.reading
        : storing
          ? importTexts.storing(read.rows)
          : importTexts.readSoFar(read.rows);
  return (
    <Stack gap={4}>
      <Text fz="sm" role="status">
        {words}
      </Text>
      <Progress
        value={(sent * 0.3 + (read?.share ?? 0) * 0.6) * 100}
        animated={sent >= 1}
        aria-label={texts.importTitle}
      />
    </Stack>
  );
}
