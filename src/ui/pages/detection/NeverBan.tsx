import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { ImportedJson, NeverBanJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Address } from "../../parts/Address.js";
import { Card } from "../../parts/Card.js";
import { Empty, Loaded } from "../../parts/states.js";
import { common } from "../../texts/common.js";
import { detection as texts } from "../../texts/detection.js";

export function NeverBan() {
  const list = useGet<NeverBanJson>(paths.neverBan);
  const may = useMay("admin");
  return (
    <Stack>
      <Text c="dimmed" fz="sm" maw="48rem">
        {texts.neverIntro}
      </Text>
      {may ? <Add /> : null}
      <Loaded query={list}>{(data) => <Entries list={data} />}</Loaded>
      {may ? <Import /> : null}
    </Stack>
  );
}

function Add() {
  const form = useForm({ initialValues: { target: "", note: "" } });
  const send = useSend({
    touches: [paths.neverBan, paths.bans, paths.status],
    done: () => texts.neverAdded(form.values.target.trim()),
    quiet: true,
  });
  return (
    <form
      onSubmit={form.onSubmit(({ target, note }) => {
        const body = { target: target.trim(), ...(note.trim() === "" ? {} : { note: note.trim() }) };
        send.mutate({ method: "POST", path: paths.neverBan, body }, { onSuccess: () => form.reset() });
      })}
    >
      <Group align="flex-start" gap="sm">
        <TextInput
          label={texts.neverTarget}
          required
          withAsterisk={false}
          error={send.error?.message}
          {...form.getInputProps("target")}
        />
        <TextInput
          className="rf-grow"
          label={texts.neverNote}
          maxLength={200}
          {...form.getInputProps("note")}
        />
        <Button type="submit" mt={25} loading={send.isPending}>
          {common.add}
        </Button>
      </Group>
    </form>
  );
}

function Entries({ list: { neverBan, notes } }: { readonly list: NeverBanJson }) {
  const may = useMay("admin");
  const remove = useSend({ touches: [paths.neverBan] });
  if (neverBan.length === 0) {
    return (
      <div className="rf-card">
        <Empty title={texts.neverNone}>{texts.neverNoneText}</Empty>
      </div>
    );
  }
  return (
    <ul className="rf-card rf-items">
      {neverBan.map((target) => (
        <li key={target}>
          <div className="rf-grow">
            <Address value={target} />
            <Text fz="sm" c="dimmed" className="rf-wrap">
              {notes[target]}
            </Text>
          </div>
          {may ? (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`${common.remove} ${target}`}
              onClick={() => remove.mutate({ method: "DELETE", path: paths.neverBanEntry(target) })}
            >
              {common.remove}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Import() {
  const [text, setText] = useState("");
  const check = useSend<ImportedJson>();
  const take = useSend<ImportedJson>({
    touches: [paths.neverBan, paths.bans, paths.status],
    done: () => texts.imported,
  });
  const raw = { data: text, type: "text/plain" };
  const found = check.data;
  return (
    <Card title={texts.import}>
      <Stack gap="sm" align="flex-start">
        <Textarea
          w="100%"
          label={texts.importText}
          autosize
          minRows={3}
          maxRows={12}
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            check.reset();
          }}
        />
        {found === undefined ? (
          <Button
            variant="default"
            disabled={text.trim() === ""}
            loading={check.isPending}
            onClick={() =>
              check.mutate({ method: "POST", path: paths.importNeverBan, query: { dryRun: 1 }, raw })
            }
          >
            {texts.importCheck}
          </Button>
        ) : (
          <>
            {found.present.length === 0 ? null : (
              <Text fz="sm">{texts.importPresent(found.present.length)}</Text>
            )}
            {found.refused.length === 0 ? null : (
              <Alert color="orange" w="100%">
                {found.refused.slice(0, 20).map(({ line, text: bad, message }) => (
                  <Text key={line} fz="sm" className="rf-wrap">
                    {texts.importLine(line, bad, message)}
                  </Text>
                ))}
              </Alert>
            )}
            <Button
              disabled={found.added.length === 0}
              loading={take.isPending}
              onClick={() =>
                take.mutate(
                  { method: "POST", path: paths.importNeverBan, raw },
                  {
                    onSuccess: () => {
                      setText("");
                      check.reset();
                    },
                  },
                )
              }
            >
              {texts.importGo(found.added.length)}
            </Button>
          </>
        )}
      </Stack>
    </Card>
  );
}
