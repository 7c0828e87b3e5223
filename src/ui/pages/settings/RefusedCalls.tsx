import { Button, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import type { RefusalJson, RefusalsJson } from "../../../http/contract.js";
import { useGet, useSend } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { Card } from "../../parts/Card.js";
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
  const [open, setOpen] = useState(false);
  const { reason, cause, announcement, standard, setBy } = refusal;
  const name = reason === "default" ? texts.everyOther : (reasons[reason] ?? spaced(reason));
  const answer = texts.causes[cause];
  const close = (): void => setOpen(false);
  return (
    <>
      <Table.Tr>
        <Table.Td className="rf-rule-name">
          {name}
          <Text fz="xs" c="dimmed">
            {texts.why[reason]}
          </Text>
        </Table.Td>
        <Table.Td data-label={texts.holds}>
          <Group gap={6}>
            <span className="rf-wrap">
              {answer === undefined ? texts.cause(cause) : `${answer} (${texts.cause(cause).toLowerCase()})`}
              {", "}
              {announcement === null
                ? texts.silent
                : texts.plays(announcement === "standard" ? standard : announcement)}
            </span>
            {setBy === "rule" ? <Mark tone="good">{texts.ownMark}</Mark> : null}
            {setBy === "file" ? <Mark tone="quiet">{texts.fileMark}</Mark> : null}
          </Group>
        </Table.Td>
        <Table.Td className="rf-rule-edit">
          {change === null ? null : (
            <Group gap={4} wrap="nowrap" justify="flex-end">
              {setBy === "rule" ? (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={texts.takeBackOf(name)}
                  // The fault is shown already.
                  onClick={() => void change(null).catch(() => undefined)}
                >
                  {texts.takeBack}
                </Button>
              ) : null}
              <Button
                size="compact-sm"
                variant="default"
                aria-label={texts.editOf(name)}
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {texts.edit}
              </Button>
            </Group>
          )}
        </Table.Td>
      </Table.Tr>
      {open && change !== null ? (
        <Table.Tr>
          <Table.Td colSpan={3}>
            <RefusalForm
              refusal={refusal}
              busy={busy}
              onCancel={close}
              // Where it fails the fault is shown, and the form stays open.
              onSave={(wish) => void change(wish).then(close, () => undefined)}
            />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </>
  );
}
