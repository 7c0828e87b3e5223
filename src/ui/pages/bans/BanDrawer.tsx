import { Drawer, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { BanJson, ShownBansJson, WhyJson } from "../../../http/contract.js";
import { useGet } from "../../api/hooks.js";
import { paths } from "../../api/paths.js";
import { useMay } from "../../api/session.js";
import { PlaceOf } from "../../parts/Address.js";
import { useFocusBack } from "../../parts/focus-back.js";
import { Mark } from "../../parts/Mark.js";
import { Failed, Loading } from "../../parts/states.js";
import { common } from "../../texts/common.js";
import { drawer as texts } from "../../texts/bans.js";
import { causeName, proofName, standingName } from "../../texts/words.js";
import { Advice } from "./Advice.js";
import { Until, isOver } from "./BanTable.js";
import { DrawerActions } from "./DrawerActions.js";
import { NoteField } from "./NoteField.js";
import { Timeline } from "./Timeline.js";

/** Everything about one address that is or was shut out: the story, what to do, what happened when, the evidence. */
export function BanDrawer({ target, onClose }: { readonly target: string; readonly onClose: () => void }) {
  const shown = useGet<ShownBansJson>(paths.ban(target), undefined, { everyMs: 15_000 });
  const why = useGet<WhyJson>(paths.why(target));
  const may = useMay("operator");
  const [asks, setAsks] = useState(false);
  useFocusBack();
  const inForce = shown.data?.inForce[0];
  const ban = inForce ?? shown.data?.history[0];
  const missing = shown.error?.status === 404;
  // Both, so that no sentence or button is there that the next moment takes away.
  const isLoading = shown.isPending || why.isPending;
  return (
    <Drawer
      opened
      onClose={onClose}
      closeOnEscape={!asks}
      position="right"
      size="lg"
      title={<span className="rf-drawer-title">{target}</span>}
      closeButtonProps={{ "aria-label": common.close }}
    >
      <Stack gap="lg">
        <div>
          <PlaceOf address={target} />
        </div>
        {isLoading ? <Loading /> : null}
        {shown.error === null || missing ? null : <Failed problem={shown.error} again={shown.refetch} />}
        {isLoading ? null : (
          <>
            <Stack gap={6}>
              {ban === undefined ? null : <Marks ban={ban} />}
              {inForce === undefined ? <Text fz="sm">{texts.notOut}</Text> : null}
              {why.data === undefined ? null : (
                <Text fw={600} className="rf-wrap">
                  {why.data.headline}
                </Text>
              )}
              {(why.data?.story ?? (ban === undefined ? [] : [ban.story ?? ban.summary])).map((sentence) => (
                <Text key={sentence} fz="sm" className="rf-wrap">
                  {sentence}
                </Text>
              ))}
              {shown.data?.relapse == null ? null : (
                <Text fz="sm" fw={550} className="rf-wrap">
                  {shown.data.relapse}
                </Text>
              )}
            </Stack>
            <Part title={texts.todo}>
              <Stack gap={4}>
                <Advice sentences={why.data?.advice ?? (ban === undefined ? [] : [ban.hint ?? ban.advice])} />
              </Stack>
              {may ? (
                <DrawerActions
                  target={target}
                  inForce={shown.data?.inForce ?? []}
                  onDone={onClose}
                  onAsk={setAsks}
                />
              ) : null}
            </Part>
          </>
        )}
        {ban === undefined || isLoading ? null : (
          <>
            <Part title={texts.timeline}>
              <Timeline ban={ban} history={shown.data?.history ?? []} />
            </Part>
            {may ? <NoteField key={ban.id} target={target} note={ban.note} /> : null}
            <details className="rf-details">
              <summary>{texts.raw}</summary>
              <pre className="rf-raw" tabIndex={0} aria-label={texts.raw}>
                {JSON.stringify(ban, null, 2)}
              </pre>
            </details>
          </>
        )}
      </Stack>
    </Drawer>
  );
}

function Marks({ ban }: { readonly ban: BanJson }) {
  return (
    <div className="rf-marks">
      <Mark tone={ban.standing === "known" ? "bad" : "warn"}>{causeName(ban.cause)}</Mark>
      <Mark tone="quiet">{standingName(ban.standing)}</Mark>
      <Mark tone="quiet">{proofName(ban.proof)}</Mark>
      {ban.cause === "by-hand" ? null : <Mark tone="quiet">{texts.confidence(ban.confidence)}</Mark>}
      {isOver(ban) ? null : (
        <Mark tone="quiet">
          {ban.until === null ? null : `${texts.outUntil} `}
          <Until ban={ban} />
        </Mark>
      )}
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <Title order={2} fz="sm" mb={6}>
        {title}
      </Title>
      {children}
    </section>
  );
}
