import { Checkbox, Stack, Table, Text } from "@mantine/core";
import type { RefusalJson, RefusalsJson } from "../../../http/contract.js";
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
  const change = (body: object): Promise<unknown> =>
    send.mutateAsync({ method: "PATCH", path: paths.refusals, body });
  return (
    <Loaded query={refusals}>
      {({ refusals: all, tellCaller }) => (
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
                {all.map((refusal) => (
                  <Row
                    key={refusal.reason}
                    refusal={refusal}
                    busy={send.isPending}
                    change={mayEdit ? (wish) => change({ refusals: { [refusal.reason]: wish } }) : null}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Card>
          <Card title={texts.messageTitle}>
            <Checkbox
              checked={tellCaller === "message"}
              disabled={!mayEdit || send.isPending}
              label={texts.message}
              description={texts.messageText}
              onChange={({ currentTarget }) =>
                send.mutate({
                  method: "PATCH",
                  path: paths.refusals,
                  body: { tellCaller: currentTarget.checked ? "message" : "no" },
                })
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
  readonly busy: boolean;
  /** Null gives the reason back to the configuration file or the default. Rejects where it was not done; the fault is shown already. */
  readonly change: ((wish: Wish | null) => Promise<unknown>) | null;
}

function Row({ refusal, busy, change }: RowProps) {
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
            { text: texts.takeBack, run: () => void change(null).catch(() => undefined) }
          : null
      }
      edit={
        change === null
          ? null
          : (close) => (
              <RefusalForm
                refusal={refusal}
                busy={busy}
                onCancel={close}
                // Where it fails the fault is shown, and the form stays open.
                onSave={(wish) => void change(wish).then(close, () => undefined)}
              />
            )
      }
    />
  );
}
