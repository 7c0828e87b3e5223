import { NO_FINDINGS, type AccountTries, type BanEvidence, type Trigger } from "./ban.js";
import type { Neighbourhood } from "./neighbours.js";
import { rhythmOf } from "./pace.js";
import type { ForgedEvent, Service, Transport } from "./security-event.js";
import type { IntrusionSettings } from "./settings.js";
import { ACCOUNTS_KEPT, type Strikes } from "./strikes.js";
import { SERVICES, TRANSPORTS } from "./traces.js";
import type { TriedName } from "./tried-names.js";

/** The triggers that the judge finds by himself. */
export type JudgedTrigger = Exclude<Trigger, "by-hand" | "network">;

/** What is held against a source within the window of `windowMs`. `accounts` are hostile text, at most 20. */
export interface StrikesHeld {
  readonly attempts: number;
  readonly logins: number;
  /** Challenges that it left without an answer, within their own window. */
  readonly unanswered: number;
  readonly accounts: readonly string[];
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly services: readonly Service[];
  readonly transports: readonly Transport[];
  readonly tried: readonly AccountTries[];
  readonly ports: number | null;
  readonly aclNames: readonly string[];
  /** Attempts heard on accounts that are blocked for it: they count for nothing. */
  readonly afterBlock: number;
}

/** What a decision asks of a source beside its strikes. */
export interface EvidenceAsked {
  readonly trigger: JudgedTrigger;
  readonly atMs: number;
  /** When a password last succeeded from it; null: never heard of. */
  readonly lastSuccessAtMs: number | null;
  /** The account that alone is concerned; null: all. */
  readonly account: string | null;
  /** Packets of a flood; 0 where there is none. */
  readonly packets: number;
  /** What its neighbours have done, where that decided. */
  readonly neighbours?: Neighbourhood;
}

/** What a ban by `trigger` at `atMs` is based on. Names that the source wrote are in `accounts`, `tried` and `aclNames` only:
 *  the sentence can be shown anywhere. */
export function evidenceOf(
  strikes: Strikes,
  suspect: number,
  asked: EvidenceAsked,
  settings: IntrusionSettings,
): BanEvidence {
  const { trigger, atMs, account, lastSuccessAtMs } = asked;
  const windowMs = windowOf(trigger, settings);
  const all = held(strikes, suspect, atMs, windowMs, settings);
  const shown = account === null ? all : heldOfAccount(all, account);
  const names = account === null ? strikes.names.countWithin(strikes.nameHead(suspect), atMs, windowMs) : 1;
  const span = account === null ? spanOf(strikes, suspect, trigger, atMs, windowMs, shown) : shown;
  const summary = sentence(
    asked,
    { ...shown, ...span },
    names,
    strikes.calls.within(suspect, atMs, windowMs),
  );
  return { ...banEvidence({ ...shown, ...span }, summary), lastSuccessAtMs };
}

/** The same for lines forged by `forged`, with what was held against the source before. */
export function forgeryEvidence(
  strikes: Strikes,
  suspect: number,
  forged: ForgedEvent,
  lastSuccessAtMs: number | null,
  settings: IntrusionSettings,
): BanEvidence {
  const before = held(strikes, suspect, forged.atMs, settings.windowMs, settings);
  const failures = before.attempts + before.logins;
  const shown: StrikesHeld = {
    ...before,
    firstAtMs: before.firstAtMs ?? forged.atMs,
    lastAtMs: forged.atMs,
    services: SERVICES.filter((name) => name === forged.service || before.services.includes(name)),
    transports: TRANSPORTS.filter((name) => name === forged.transport || before.transports.includes(name)),
  };
  const after = failures > 0 ? `, after ${several(failures, "failed attempt")}` : "";
  const summary = `${FORGERIES[forged.form]}${over([forged.transport])}${after}`;
  return { ...banEvidence(shown, summary), lastSuccessAtMs };
}

/** What is held against a suspect within `windowMs`; -1 for one that nothing is held against. */
export function strikesHeld(
  strikes: Strikes,
  suspect: number,
  atMs: number,
  settings: IntrusionSettings,
): StrikesHeld {
  return suspect < 0 ? NONE : shortened(held(strikes, suspect, atMs, settings.windowMs, settings));
}

/** How long back what breaks this rule may lie. */
export function windowOf(trigger: JudgedTrigger, settings: IntrusionSettings): number {
  switch (trigger) {
    case "slow-attack":
      return settings.slowWindowMs;
    case "unanswered-challenges":
      return settings.unansweredWindowMs;
    case "call-attempts":
      return settings.callWindowMs;
    case "attempts":
    case "account-names":
    case "forged-headers":
    case "logins":
    case "account-failures":
    case "failing-accounts":
    case "flood":
      return settings.windowMs;
    case "neighbours":
      return settings.groupWindowMs;
  }
}

const NONE: StrikesHeld = {
  attempts: 0,
  logins: 0,
  unanswered: 0,
  accounts: [],
  firstAtMs: null,
  lastAtMs: null,
  services: [],
  transports: [],
  tried: [],
  ports: null,
  aclNames: [],
  afterBlock: 0,
};

const FORGERIES: Readonly<Record<ForgedEvent["form"], string>> = {
  "repeated-field": "A message with a forged header inside",
  "split-event": "A message with a whole forged event inside",
  "foreign-line": "A message with forged lines inside",
};

function held(
  strikes: Strikes,
  suspect: number,
  atMs: number,
  windowMs: number,
  settings: IntrusionSettings,
): StrikesHeld {
  const attempts = strikes.attempts.timesWithin(suspect, atMs, windowMs);
  const logins = strikes.logins.timesWithin(suspect, atMs, windowMs);
  const tried = [...strikes.names.entries(strikes.nameHead(suspect), atMs, windowMs)];
  tried.reverse().sort((a, b) => a.firstAtMs - b.firstAtMs);
  const times = [...attempts, ...logins, ...tried.flatMap((name) => [name.lastAtMs])];
  const empty = times.length === 0 && strikes.unanswered.sizeOf(suspect) === 0;
  return {
    attempts: attempts.length,
    logins: logins.length,
    unanswered: strikes.unanswered.within(suspect, atMs, settings.unansweredWindowMs),
    accounts: tried.map(({ name }) => name),
    ...firstAndLast(times),
    services: empty ? [] : strikes.traces.servicesOf(suspect),
    transports: empty ? [] : strikes.traces.transportsOf(suspect),
    tried: tried.map(accountTries),
    ports: strikes.traces.portsOf(suspect),
    aclNames: strikes.traces.aclNamesOf(suspect).slice(0, ACCOUNTS_KEPT),
    afterBlock: strikes.afterBlock(suspect),
  };
}

/** The same of one account alone, whatever else comes from there. */
function heldOfAccount(all: StrikesHeld, account: string): StrikesHeld {
  const tried = all.tried.filter(({ name }) => name === account);
  const only = tried[0];
  return {
    ...all,
    attempts: only?.tries ?? 0,
    logins: 0,
    accounts: [account],
    firstAtMs: only?.firstAtMs ?? null,
    lastAtMs: only?.lastAtMs ?? null,
    tried,
  };
}

/** From when to when what broke the rule happened. */
function spanOf(
  strikes: Strikes,
  suspect: number,
  trigger: JudgedTrigger,
  atMs: number,
  windowMs: number,
  { firstAtMs, lastAtMs }: StrikesHeld,
): Pick<StrikesHeld, "firstAtMs" | "lastAtMs"> {
  if (trigger === "flood") return { firstAtMs: firstAtMs ?? atMs, lastAtMs: atMs };
  if (trigger === "unanswered-challenges") {
    return firstAndLast(strikes.unanswered.timesWithin(suspect, atMs, windowMs));
  }
  if (trigger === "call-attempts") return firstAndLast(strikes.calls.timesWithin(suspect, atMs, windowMs));
  return { firstAtMs, lastAtMs };
}

function firstAndLast(times: readonly number[]): { firstAtMs: number | null; lastAtMs: number | null } {
  if (times.length === 0) return { firstAtMs: null, lastAtMs: null };
  return { firstAtMs: Math.min(...times), lastAtMs: Math.max(...times) };
}

function accountTries({ name, tries, firstAtMs, lastAtMs, timesMs, kinds }: TriedName): AccountTries {
  return { name, tries, firstAtMs, lastAtMs, ...rhythmOf(timesMs), kinds };
}

/** Of more names, those that came last. */
function shortened(held: StrikesHeld): StrikesHeld {
  return { ...held, accounts: held.accounts.slice(-ACCOUNTS_KEPT), tried: held.tried.slice(-ACCOUNTS_KEPT) };
}

function banEvidence(held: StrikesHeld, summary: string): BanEvidence {
  const { attempts, logins, firstAtMs, lastAtMs, services, transports, ports, aclNames } = held;
  const { accounts, tried } = shortened(held);
  return {
    ...NO_FINDINGS,
    attempts: attempts + logins,
    accounts,
    firstAtMs,
    lastAtMs,
    services,
    transports,
    summary,
    tried,
    ports,
    aclNames,
  };
}

function sentence(
  { trigger, atMs, packets, neighbours }: EvidenceAsked,
  shown: StrikesHeld,
  names: number,
  calls: number,
): string {
  const how = `${span(shown)}${over(shown.transports)}`;
  switch (trigger) {
    case "attempts":
    case "slow-attack":
      return names === 0
        ? `${several(shown.attempts, "failed attempt")} without an account name${how}`
        : `${several(shown.attempts, "failed attempt")} on ${several(names, "account")}${how}`;
    case "account-names":
      return `${several(names, "account name")} tried${how}`;
    case "failing-accounts":
      return `${several(names, "account")} failed${how}`;
    case "account-failures":
      return `${several(shown.attempts, "failed attempt")} on one account${how}`;
    case "unanswered-challenges":
      return `${several(shown.unanswered, "challenge")} left without an answer${how}`;
    case "call-attempts":
      return `${several(calls, "call attempt")}${how}`;
    case "flood":
      return `A flood: ${several(packets, "packet")} beyond what one source may send`;
    case "forged-headers":
      return `A message with forged lines inside${how}`;
    case "neighbours": {
      if (neighbours === undefined) return `${several(shown.attempts, "failed attempt")}${how}`;
      const { network, tries, sources, firstAtMs } = neighbours;
      const when = span({ firstAtMs, lastAtMs: atMs });
      return `${several(tries, "failed attempt")} by ${several(sources, "source")} of ${network}${when}, of which this is one`;
    }
    case "logins": {
      const names = { ami: "AMI", http: "HTTP", web: "the web UI" } as const;
      const where = Object.entries(names)
        .flatMap(([service, name]) => (shown.services.some((each) => each === service) ? [name] : []))
        .join(" and ");
      return `${several(shown.logins, "failed login")} to ${where}${how}`;
    }
  }
}

function several(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function span({ firstAtMs, lastAtMs }: Pick<StrikesHeld, "firstAtMs" | "lastAtMs">): string {
  const ms = (lastAtMs ?? 0) - (firstAtMs ?? 0);
  if (ms < 1_000) return " within a second";
  if (ms < 120_000) return ` in ${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? ` in ${Math.round(ms / 60_000)} min` : ` in ${Math.round(ms / 3_600_000)} h`;
}

function over(transports: readonly Transport[]): string {
  const known = transports.filter((transport) => transport !== "unknown").map((name) => name.toUpperCase());
  return known.length === 0 ? "" : ` over ${known.join(" and ")}`;
}
