import { NO_FINDINGS, type BanEvidence } from "./ban.js";
import type { ForgedEvent, Service, Transport } from "./security-event.js";
import type { IntrusionSettings } from "./settings.js";
import { ACCOUNTS_KEPT, SERVICES, TRANSPORTS, tallyOf, timeOf } from "./strikes.js";
import type { Suspect } from "./suspects.js";

/** The triggers that come from counting within a window. */
export type WindowTrigger = "attempts" | "account-names" | "logins";

/** What is held against a source within the window. `accounts` are hostile text, at most 20. */
export interface StrikesHeld {
  readonly attempts: number;
  readonly logins: number;
  readonly accounts: readonly string[];
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly services: readonly Service[];
  readonly transports: readonly Transport[];
}

/** What a ban by `trigger` at `atMs` is based on. Names that the source wrote are in `accounts` only: the sentence can be
 *  shown anywhere. */
export function evidenceOf(
  suspect: Suspect,
  trigger: WindowTrigger,
  atMs: number,
  settings: IntrusionSettings,
): BanEvidence {
  const held = strikesHeld(suspect, atMs, settings);
  return banEvidence(held, sentence(trigger, held, suspect.names?.length ?? 0));
}

/** The same for lines forged by `forged`, with what was held against the source before. */
export function forgeryEvidence(
  suspect: Suspect,
  forged: ForgedEvent,
  settings: IntrusionSettings,
): BanEvidence {
  const before = strikesHeld(suspect, forged.atMs, settings);
  const failures = before.attempts + before.logins;
  const held: StrikesHeld = {
    ...before,
    firstAtMs: before.firstAtMs ?? forged.atMs,
    lastAtMs: forged.atMs,
    services: [...new Set([...before.services, forged.service])],
    transports: [...new Set([...before.transports, forged.transport])],
  };
  const after = failures > 0 ? `, after ${several(failures, "failed attempt")}` : "";
  return banEvidence(held, `${FORGERIES[forged.form]}${over([forged.transport])}${after}`);
}

export function strikesHeld(suspect: Suspect | null, atMs: number, settings: IntrusionSettings): StrikesHeld {
  if (suspect === null) return NONE;
  const tally = tallyOf(suspect, atMs, settings);
  const names = suspect.names ?? [];
  const times = [
    ...[...suspect.attempts, ...(suspect.logins ?? [])].map(timeOf),
    ...names.map((tried) => tried.atMs),
  ];
  return {
    attempts: tally.attempts.all,
    logins: tally.logins.all,
    accounts: names.slice(-ACCOUNTS_KEPT).map(({ name }) => name),
    firstAtMs: times.length === 0 ? null : Math.min(...times),
    lastAtMs: times.length === 0 ? null : Math.max(...times),
    services: SERVICES.filter((_, bit) => (suspect.services & (1 << bit)) !== 0),
    transports: TRANSPORTS.filter((_, bit) => (suspect.transports & (1 << bit)) !== 0),
  };
}

const NONE: StrikesHeld = {
  attempts: 0,
  logins: 0,
  accounts: [],
  firstAtMs: null,
  lastAtMs: null,
  services: [],
  transports: [],
};

const FORGERIES: Readonly<Record<ForgedEvent["form"], string>> = {
  "repeated-field": "A message with a forged header inside",
  "split-event": "A message with a whole forged event inside",
  "foreign-line": "A message with forged lines inside",
};

function banEvidence({ attempts, logins, ...held }: StrikesHeld, summary: string): BanEvidence {
  return { ...NO_FINDINGS, ...held, attempts: attempts + logins, summary };
}

function sentence(trigger: WindowTrigger, held: StrikesHeld, names: number): string {
  const how = `${span(held)}${over(held.transports)}`;
  switch (trigger) {
    case "attempts":
      return names === 0
        ? `${several(held.attempts, "failed attempt")} without an account name${how}`
        : `${several(held.attempts, "failed attempt")} on ${several(names, "account")}${how}`;
    case "account-names":
      return `${several(names, "account name")} tried${how}`;
    case "logins": {
      const services = held.services.filter((service) => service === "ami" || service === "http");
      const where = services.map((service) => service.toUpperCase()).join(" and ");
      return `${several(held.logins, "failed login")} to ${where}${how}`;
    }
  }
}

function several(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function span({ firstAtMs, lastAtMs }: StrikesHeld): string {
  const ms = (lastAtMs ?? 0) - (firstAtMs ?? 0);
  if (ms < 1_000) return " within a second";
  if (ms < 120_000) return ` in ${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? ` in ${Math.round(ms / 60_000)} min` : ` in ${Math.round(ms / 3_600_000)} h`;
}

function over(transports: readonly Transport[]): string {
  const known = transports.filter((transport) => transport !== "unknown").map((name) => name.toUpperCase());
  return known.length === 0 ? "" : ` over ${known.join(" and ")}`;
}
