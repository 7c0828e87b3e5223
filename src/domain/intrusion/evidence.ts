import type { BanEvidence } from "./ban.js";
import type { ForgedEvent } from "./security-event.js";
import { ACCOUNTS_KEPT, SERVICES, TRANSPORTS, tallyOf, timeOf, type Tally } from "./strikes.js";
import type { IntrusionSettings } from "./settings.js";
import type { Suspect } from "./suspects.js";

/** The triggers that come from counting within a window. */
export type WindowTrigger = "attempts" | "account-names" | "logins";

/** What is known of `suspect` as it stands at `atMs`, for a decision by `trigger`. Names that the source wrote are in
 *  `accounts` only: the sentence can be shown anywhere. */
export function evidenceOf(
  suspect: Suspect,
  trigger: WindowTrigger,
  atMs: number,
  settings: IntrusionSettings,
): BanEvidence {
  const facts = factsOf(suspect, tallyOf(suspect, atMs, settings));
  return { ...facts, summary: sentence(suspect, trigger, facts) };
}

/** The same for lines forged by `forged`, with what was held against the source before. */
export function forgeryEvidence(
  suspect: Suspect,
  forged: ForgedEvent,
  settings: IntrusionSettings,
): BanEvidence {
  const before = factsOf(suspect, tallyOf(suspect, forged.atMs, settings));
  return {
    ...before,
    firstAtMs: before.firstAtMs ?? forged.atMs,
    lastAtMs: forged.atMs,
    services: [...new Set([...before.services, forged.service])],
    transports: [...new Set([...before.transports, forged.transport])],
    summary:
      `${FORGERIES[forged.form]}${overTransports([forged.transport])}` +
      (before.attempts > 0 ? `, after ${several(before.attempts, "failed attempt")}` : ""),
  };
}

const FORGERIES: Readonly<Record<ForgedEvent["form"], string>> = {
  "repeated-field": "A message with a forged header inside",
  "split-event": "A message with a whole forged event inside",
  "foreign-line": "A message with forged lines inside",
};

type Facts = Omit<BanEvidence, "summary">;

function factsOf(suspect: Suspect, tally: Tally): Facts {
  const names = suspect.names ?? [];
  const times = [
    ...[...suspect.attempts, ...(suspect.logins ?? [])].map(timeOf),
    ...names.map(({ atMs }) => atMs),
  ];
  return {
    attempts: tally.attempts.all + tally.logins.all,
    accounts: names.slice(-ACCOUNTS_KEPT).map(({ name }) => name),
    firstAtMs: times.length === 0 ? null : Math.min(...times),
    lastAtMs: times.length === 0 ? null : Math.max(...times),
    services: SERVICES.filter((_, bit) => (suspect.services & (1 << bit)) !== 0),
    transports: TRANSPORTS.filter((_, bit) => (suspect.transports & (1 << bit)) !== 0),
  };
}

function sentence(suspect: Suspect, trigger: WindowTrigger, facts: Facts): string {
  const how = `${span(facts)}${overTransports(facts.transports)}`;
  const names = suspect.names?.length ?? 0;
  switch (trigger) {
    case "attempts":
      return names === 0
        ? `${several(suspect.attempts.length, "failed attempt")} without an account name${how}`
        : `${several(suspect.attempts.length, "failed attempt")} on ${several(names, "account")}${how}`;
    case "account-names":
      return `${several(names, "account name")} tried${how}`;
    case "logins": {
      const services = facts.services.filter((service) => service === "ami" || service === "http");
      const where = services.map((service) => service.toUpperCase()).join(" and ");
      return `${several(suspect.logins?.length ?? 0, "failed login")} to ${where}${how}`;
    }
  }
}

function several(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function span({ firstAtMs, lastAtMs }: Facts): string {
  const ms = (lastAtMs ?? 0) - (firstAtMs ?? 0);
  if (ms < 1_000) return " within a second";
  if (ms < 120_000) return ` in ${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? ` in ${Math.round(ms / 60_000)} min` : ` in ${Math.round(ms / 3_600_000)} h`;
}

function overTransports(transports: readonly string[]): string {
  const known = transports.filter((transport) => transport !== "unknown").map((name) => name.toUpperCase());
  return known.length === 0 ? "" : ` over ${known.join(" and ")}`;
}
