import { Button, Code, Drawer, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import type { CallJson } from "../../../http/contract.js";
import { withQuery } from "../../api/client.js";
import { Facts } from "../../parts/Facts.js";
import { Mark } from "../../parts/Mark.js";
import { Money } from "../../parts/Money.js";
import { Time } from "../../parts/Time.js";
import { callsTexts as texts } from "../../texts/calls.js";
import { common } from "../../texts/common.js";
import { placeOf } from "./place.js";

/** One call with all that its verdict was based on. */
export function CallDrawer({
  call,
  onClose,
}: {
  readonly call: CallJson | null;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened={call !== null}
      onClose={onClose}
      position="right"
      size="md"
      title={texts.details}
      closeButtonProps={{ "aria-label": common.close }}
    >
      {call === null ? null : <Details call={call} />}
    </Drawer>
  );
}

function Details({ call }: { readonly call: CallJson }) {
  const { rate, cap } = call;
  return (
    <Stack>
      <Stack gap={6} align="flex-start">
        <Mark tone={call.decision === "allow" ? "good" : "warn"}>
          {call.decision === "allow" ? texts.allowed : texts.refused}
        </Mark>
        <Text className="rf-wrap">{call.detail}</Text>
      </Stack>
      <Facts
        facts={[
          [texts.when, <Time key="at" at={call.at} exactly />],
          [texts.from, call.from ?? texts.unknownCaller],
          [texts.payer, call.payer === null ? null : (texts.payers[call.payer] ?? call.payer)],
          [texts.dialled, <Code key="dialled">{call.dialled}</Code>],
          [texts.e164, call.number === null ? null : <Code key="number">{call.number}</Code>],
          [texts.where, placeOf(call)],
          [texts.rule, call.rule],
          [
            texts.rate,
            rate === null ? null : (
              <span key="rate">
                <Money usd={rate.usdPerMinute} kind="price" /> {texts.perMinute} ({rate.deck}, +{rate.prefix})
              </span>
            ),
          ],
          [
            texts.cap,
            cap === null ? null : (
              <span key="cap">
                <Money usd={cap.usdPerMinute} kind="price" /> ({cap.scope})
              </span>
            ),
          ],
          [texts.trunk, call.trunk],
          [texts.channel, call.channel],
          [texts.took, texts.milliseconds(call.tookMs)],
          [texts.policy, texts.version(call.policyVersion)],
        ]}
      />
      <Group gap="xs">
        <Button
          component={Link}
          variant="default"
          to={withQuery("/try", { from: call.from, number: call.dialled, trunk: call.trunk })}
        >
          {texts.tryIt}
        </Button>
        {call.from === null ? null : (
          <Button component={Link} variant="default" to={`/extensions/${encodeURIComponent(call.from)}`}>
            {texts.openExtension}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
