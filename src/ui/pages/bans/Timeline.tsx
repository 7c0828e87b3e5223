import { Text } from "@mantine/core";
import type { BanJson } from "../../../http/contract.js";
import { Time } from "../../parts/Time.js";
import { bans, drawer as texts } from "../../texts/bans.js";
import { isOver } from "./BanTable.js";

interface Moment {
  readonly at: string;
  readonly what: string;
  readonly tone: "quiet" | "bad" | "good";
}

/** What happened when, the earliest first. */
export function Timeline({ ban, history }: { readonly ban: BanJson; readonly history: readonly BanJson[] }) {
  const moments = [...momentsOf(ban), ...history.filter(({ id }) => id !== ban.id).flatMap(shutOut)].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
  return (
    <ol className="rf-timeline">
      {moments.map(({ at, what, tone }) => (
        <li key={`${at} ${what}`} className={`rf-moment-${tone}`}>
          <Text span fz="xs" c="dimmed">
            <Time at={at} />
          </Text>
          <Text fz="sm" className="rf-wrap">
            {what}
          </Text>
        </li>
      ))}
    </ol>
  );
}

function momentsOf(ban: BanJson): Moment[] {
  const tried = ban.tried.map(({ name, tries, firstAt, everySeconds }) => ({
    at: firstAt,
    what: texts.account(name, tries, everySeconds),
    tone: "quiet" as const,
  }));
  return [
    ...(ban.lastSuccessAt === null
      ? []
      : [{ at: ban.lastSuccessAt, what: texts.goodBefore, tone: "good" as const }]),
    ...(ban.firstAt === null || tried.length > 0
      ? []
      : [{ at: ban.firstAt, what: texts.firstSeen, tone: "quiet" as const }]),
    ...tried,
    ...shutOut(ban),
  ];
}

/** The beginning of a ban, and its end. */
function shutOut(ban: BanJson): Moment[] {
  const begin = ban.rung === 0 ? texts.shutOutByHand(ban.by) : texts.shutOut(ban.rung);
  const end: Moment[] =
    ban.liftedAt !== null
      ? [{ at: ban.liftedAt, what: bans.lifted(ban.liftedBy ?? ""), tone: "good" }]
      : ban.until !== null
        ? [{ at: ban.until, what: isOver(ban) ? texts.ended : texts.ends, tone: "good" }]
        : [];
  return [{ at: ban.at, what: begin, tone: "bad" }, ...end];
}
