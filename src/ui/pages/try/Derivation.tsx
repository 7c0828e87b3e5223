import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { TriedJson } from "../../../http/contract.js";
import { Card } from "../../parts/Card.js";
import { dollars } from "../../parts/format.js";
import { Mark } from "../../parts/Mark.js";
import { Money } from "../../parts/Money.js";
import { Reading } from "../../parts/Reading.js";
import { tryTexts as texts } from "../../texts/try.js";
import { spaced } from "../../texts/words.js";

/** The verdict as a sentence, and below it the steps that led to it. */
export function Derivation({ tried, from }: { readonly tried: TriedJson; readonly from: string }) {
  const { verdict, reading, place, rates, limits, spends } = tried;
  const allowed = verdict.decision === "allow";
  const rulesAt = from === "" ? "/areas" : `/areas?extension=${encodeURIComponent(from)}`;
  return (
    <Stack>
      <div className={`rf-verdict rf-verdict-${allowed ? "good" : "warn"}`}>
        <Mark tone={allowed ? "good" : "warn"}>{allowed ? texts.allowed : texts.refused}</Mark>
        <Text fz="lg" fw={600} className="rf-wrap">
          {verdict.detail.replace(/^(Refused|Allowed): /, "")}
        </Text>
      </div>
      <Card>
        <ol className="rf-steps">
          <Step title={texts.reading}>
            <Reading reading={reading} />
          </Step>
          {reading.is === "number" ? (
            <>
              <Step title={texts.place}>
                <Text fz="sm">
                  {[reading.areaName, reading.numberType === null ? null : spaced(reading.numberType)]
                    .filter((word) => word !== null)
                    .join(" · ")}
                </Text>
                {place === null ? null : (
                  <Group gap="xs">
                    <Mark tone={place.open ? "good" : "warn"}>{place.open ? texts.open : texts.closed}</Mark>
                    <Text fz="sm" c="dimmed">
                      {place.rule}
                    </Text>
                    <Anchor
                      component={Link}
                      fz="sm"
                      to={`${rulesAt}${rulesAt.includes("?") ? "&" : "?"}find=${encodeURIComponent(reading.areaName ?? "")}`}
                    >
                      {texts.toRule}
                    </Anchor>
                  </Group>
                )}
              </Step>
              <Step title={texts.price}>
                {rates.length === 0 ? <Text fz="sm">{texts.noRate}</Text> : null}
                {rates.map((rate) => (
                  <Group key={rate.deck} gap="xs">
                    <Text fz="sm">
                      {rate.deck}: {rate.destination} (+{rate.prefix}){" "}
                      <Money usd={rate.usdPerMinute} kind="price" /> {texts.perMinute}
                      {Number(rate.usdToConnect) === 0
                        ? ""
                        : texts.toConnect(dollars(rate.usdToConnect, "price"))}
                    </Text>
                    {verdict.rate?.deck === rate.deck ? <Mark tone="quiet">{texts.counts}</Mark> : null}
                  </Group>
                ))}
              </Step>
              <Step title={texts.cap}>
                {verdict.cap === null ? (
                  <Text fz="sm">{texts.noCap}</Text>
                ) : (
                  <Group gap="xs">
                    <Text fz="sm">
                      <Money usd={verdict.cap.usdPerMinute} kind="price" /> {texts.perMinute},{" "}
                      {texts.capOf(verdict.cap.scope)}
                    </Text>
                    {verdict.rate === null ? null : (
                      <Mark tone={verdict.reason === "rate-over-cap" ? "warn" : "good"}>
                        {verdict.reason === "rate-over-cap" ? texts.above : texts.within}
                      </Mark>
                    )}
                    <Anchor
                      component={Link}
                      fz="sm"
                      to={from === "" ? "/rates" : `/extensions/${encodeURIComponent(from)}`}
                    >
                      {texts.toRule}
                    </Anchor>
                  </Group>
                )}
              </Step>
              <Step title={texts.limits}>
                {spends.map((spend) => (
                  <Text fz="sm" key={spend.extension ?? ""}>
                    {spend.extension ?? texts.system}:{" "}
                    {texts.spent(
                      dollars(spend.spentUsd),
                      spend.limitUsd === null ? null : dollars(spend.limitUsd),
                    )}
                  </Text>
                ))}
                <Text fz="sm" c="dimmed">
                  {limits
                    .filter(({ name }) => !name.includes("spend"))
                    .map(({ name, value }) => `${spaced(name)} ${value}`)
                    .join(" · ")}
                </Text>
              </Step>
            </>
          ) : null}
          {reading.is === "emergency" ? <Step title={texts.place}>{texts.emergency}</Step> : null}
        </ol>
      </Card>
    </Stack>
  );
}

function Step({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <li>
      <Title order={2} fz="sm">
        {title}
      </Title>
      <Stack gap={4} mt={4} fz="sm">
        {children}
      </Stack>
    </li>
  );
}
