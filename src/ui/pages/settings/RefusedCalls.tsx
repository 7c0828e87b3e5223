import { Checkbox, Stack, Table, Text } from "@mantine/core";
import type { RefusalJson, RefusalsJson } from "../../../http/contract.js";
import { Problem } from "../../api/client.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
import { EditRow } from "../../parts/EditRow.js";
import { Mark } from "../../parts/Mark.js";
import { Loaded } from "../../parts/states.js";
import { reasons } from "../../texts/calls.js";
import { refusalsTexts as texts } from "../../texts/refusals.js";
import { spaced } from "../../texts/words.js";
import { RefusalForm, type Wish } from "./RefusalForm.js";

/** How refused calls end, by reason, and whether the caller is told why. */
export function RefusedCalls() {
  const mayEdit = useMay("admin");
  const refusals = useGet<RefusalsJson>(paths.refusals);
  const send = useSend<RefusalsJson>({ done: () => texts.saved });
  const change = (body: object, basedOn: RefusalsJson): Promise<unknown> =>
    send
      .mutateAsync({ method: "PATCH", path: paths.refusals, body, basedOn })
      .catch(async (error: unknown) => {
        // Somebody else changed the rules: what they are now is shown, and a second try is one that has seen it.
        if (error instanceof Problem && error.code === "stale") await refusals.refetch();
        throw error;
      });
  return (
    <Loaded query={refusals}>
      {(seen) => (
        <Stack>
          <Card title={texts.title} flush>
            <Text fz="sm" c="dimmed" px="md" pt="sm" maw="46rem">
              {texts.text}
            </Text>
            <Table className="rf-table" verticalSpacing={7} horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{texts.reason}</Table.Th>
                  <Table.Th>{texts.holds}</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {seen.refusals.map((refusal) => (
                  <Row
                    key={refusal.reason}
                    refusal={refusal}
                    busy={send.isPending}
                    seen={seen}
                    change={
                      mayEdit
                        ? (wish, basedOn) => change({ refusals: { [refusal.reason]: wish } }, basedOn)
                        : null
                    }
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Card>
          <Card title={texts.messageTitle}>
            <Checkbox
              checked={seen.tellCaller === "message"}
              disabled={!mayEdit || send.isPending}
              label={texts.message}
              description={texts.messageText}
              onChange={({ currentTarget }) =>
                // The fault is shown already.
                void change({ tellCaller: currentTarget.checked ? "message" : "no" }, seen).catch(
                  () => undefined,
                )
              }
            />
          </Card>
        </Stack>
      )}
    </Loaded>
  );
}

interface RowProps {
  readonly refusal: RefusalJson;
  /** What it is shown from. */
  readonly seen: RefusalsJson;
  readonly busy: boolean;
  /** Null gives the reason back to the configuration file or the default. Rejects where it was not done; the fault is shown already. */
  readonly change: ((wish: Wish | null, basedOn: RefusalsJson) => Promise<unknown>) | null;
}

function Row({ refusal, seen, busy, change }: RowProps) {
  const { reason, cause, announcement, standard, setBy } = refusal;
  const name = reason === "default" ? texts.everyOther : (reasons[reason] ?? spaced(reason));
  const answer = texts.causes[cause];
  const ends = answer === undefined ? texts.cause(cause) : `${answer} (${texts.cause(cause).toLowerCase()})`;
  const says =
    announcement === null ? texts.silent : texts.plays(announcement === "standard" ? standard : announcement);
  return (
    <EditRow
      name={name}
      why={texts.why[reason]}
      holds={`${ends}, ${says}`}
      holdsLabel={texts.holds}
      mark={
        <>
          {setBy === "rule" ? <Mark tone="good">{texts.ownMark}</Mark> : null}
          {setBy === "file" ? <Mark tone="quiet">{texts.fileMark}</Mark> : null}
        </>
      }
      takeBack={
        change !== null && setBy === "rule"
          ? // The fault is shown already.
            { text: texts.takeBack, run: () => void change(null, seen).catch(() => undefined) }
          : null
      }
      edit={
        change === null
          ? null
          : (close) => (
              <RefusalForm
                refusal={refusal}
                seen={seen}
                busy={busy}
                onCancel={close}
                // Where it fails the fault is shown, and the form stays open.
                onSave={(wish, basedOn) => void change(wish, basedOn).then(close, () => undefined)}
              />
            )
      }
    />
  );
}
