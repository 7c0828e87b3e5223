import { Text } from "@mantine/core";
import type { OverviewJson } from "../../../http/contract.js";
import { count, dollars } from "../../parts/format.js";
import { overview as texts } from "../../texts/overview.js";

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  readonly now: number;
  /** Null: Ringfence has not run for so long, and there is nothing to compare with. */
  readonly before: number | null;
}

/** Four figures, each beside the same time before. */
export function Figures({
  overview: { totals, before },
  hours,
}: {
  readonly overview: OverviewJson;
  readonly hours: number;
}) {
  const figures: readonly Figure[] = [
    {
      name: texts.attempts,
      value: count(totals.attempts),
      text: texts.attemptsText,
      now: totals.attempts,
      before: before?.attempts ?? null,
    },
    {
      name: texts.shutOut,
      value: count(totals.bans),
      text: texts.shutOutText(totals.blocks),
      now: totals.bans,
      before: before?.bans ?? null,
    },
    {
      name: texts.refused,
      value: count(totals.callsRefused),
      text: texts.refusedText(totals.callsAllowed),
      now: totals.callsRefused,
      before: before?.callsRefused ?? null,
    },
    {
      name: texts.money,
      value: dollars(totals.usdRefused),
      text: texts.moneyText,
      now: Number(totals.usdRefused),
      before: before === null ? null : Number(before.usdRefused),
    },
  ];
  return (
    <dl className="rf-figures">
      {figures.map(({ name, value, text, now, before: earlier }) => (
        <div key={name} className="rf-card rf-figure">
          <Text component="dt" fz="sm" fw={550}>
            {name}
          </Text>
          <dd>
            <span className="rf-figure-value">{value}</span>
            {earlier !== null && (
              <Text fz="xs" c="dimmed" fw={550}>
                {change(now, earlier, hours)}
              </Text>
            )}
            <Text fz="xs" c="dimmed" mt={4}>
              {text}
            </Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** `3 times the day before`, `12 % fewer than …`: no figure where there was nothing. */
function change(now: number, before: number, hours: number): string {
  if (now === before) return texts.same;
  if (before === 0 || now > before * 10)
    return `was ${count(Math.round(before * 100) / 100)} ${texts.before(hours)}`;
  const percent = Math.round((Math.abs(now - before) / before) * 100);
  if (percent === 0) return texts.same;
  return `${percent} % ${now > before ? "more" : "less"} than ${texts.before(hours)}`;
}
