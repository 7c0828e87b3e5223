import { Button, Modal, Stack, Table, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { AreaEffectJson, EffectSideJson } from "../../../http/contract.js";
import type { Problem } from "../../api/client.js";
import { Time } from "../../parts/Time.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { callsTexts } from "../../texts/calls.js";
import { common } from "../../texts/common.js";

/** What the changes would have done, in a sentence, and the calls behind it. */
export function Effect({ effect }: { readonly effect: UseQueryResult<AreaEffectJson, Problem> }) {
  const [shown, setShown] = useState(false);
  if (effect.error !== null) return <Text fz="sm">{effect.error.message}</Text>;
  if (effect.data === undefined) return <Text fz="sm">{common.loading}</Text>;
  const { wouldRefuse, wouldAllow, cut } = effect.data;
  return (
    <>
      <Text fz="sm" role="status">
        {texts.wouldRefuse(wouldRefuse.calls, wouldRefuse.extensions)}
        {wouldAllow.calls === 0 ? "" : `, ${texts.wouldAllow(wouldAllow.calls)}`}
        {cut ? `, ${texts.cut}` : ""}
      </Text>
      {wouldRefuse.calls + wouldAllow.calls === 0 ? null : (
        <Button size="compact-sm" variant="subtle" onClick={() => setShown(true)}>
          {texts.show}
        </Button>
      )}
      <Modal
        opened={shown}
        onClose={() => setShown(false)}
        title={texts.effectTitle}
        size="lg"
        closeButtonProps={{ "aria-label": common.close }}
      >
        <Stack>
          <Side title={texts.refusedList} side={wouldRefuse} />
          <Side title={texts.allowedList} side={wouldAllow} />
        </Stack>
      </Modal>
    </>
  );
}

function Side({ title, side }: { readonly title: string; readonly side: EffectSideJson }) {
  if (side.calls === 0) return null;
  return (
    <section>
      <Title order={3} fz="sm">
        {title}
      </Title>
      <Table className="rf-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{callsTexts.from}</Table.Th>
            <Table.Th>{texts.number}</Table.Th>
            <Table.Th className="rf-right">{texts.calls}</Table.Th>
            <Table.Th>{texts.last}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {side.first.map(({ extension, number, area, calls, lastAt }) => (
            <Table.Tr key={`${extension} ${number}`}>
              <Table.Td>{extension ?? callsTexts.unknownCaller}</Table.Td>
              <Table.Td>
                {number}
                <Text fz="xs" c="dimmed">
                  {area}
                </Text>
              </Table.Td>
              <Table.Td className="rf-right">{calls}</Table.Td>
              <Table.Td>
                <Time at={lastAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
