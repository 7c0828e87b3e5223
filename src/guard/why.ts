import { asSource, formatIp, parseIp, parseTarget, type Source, type Target } from "../domain/address.js";
import type { Ban, Standing } from "../domain/intrusion/ban.js";
import type { StrikesHeld } from "../domain/intrusion/evidence.js";
import type { Pinging } from "../domain/intrusion/pings.js";
import type { Policy } from "../domain/policy.js";
import { effectiveList } from "../domain/registration/allow-list.js";
import type { RefusedByList } from "./allow-lists-registrations.js";
import type { BlockBook } from "./blocks.js";
import type { FailingOn } from "./intrusion.js";
import type { Locks } from "./locks.js";
import {
  type AddressExplanation,
  type AddressFacts,
  explainAddress,
  explainExtension,
  type Explanation,
  type ExtensionExplanation,
  type RecentAttempts,
} from "./explain.js";
import type { CallsPaused, DeviceThere } from "./explain-here.js";
import type { CallLogStore, Clock, KnownSource, KnownSourceStore } from "./ports.js";

/** What of a source's strikes is shown. */
type Strikes = Pick<StrikesHeld, "attempts" | "logins" | "accounts" | "tried" | "firstAtMs" | "lastAtMs">;

/** Whom to ask. */
export interface WhyParts {
  readonly clock: Clock;
  readonly bans: {
    /** `inForce`: those that cover the target. `history`: all of exactly this target, newest first. */
    show(target: Target): { readonly inForce: readonly Ban[]; readonly history: readonly Ban[] };
  };
  readonly blocks: Pick<BlockBook, "inForceOf">;
  readonly locks: Pick<Locks, "lockOf">;
  /** Where an address is, and whose; null where nobody knows. */
  readonly placeOf: (target: Target) => AddressFacts["place"];
  /** Why the target is protected, as a sentence without its full stop; null where it is not. */
  readonly protectedBecause: (target: Target) => string | null;
  readonly describe: (source: Source) => {
    readonly standing: Standing;
    readonly strikes: Strikes;
    readonly attemptsLeft: number | null;
    readonly known: readonly KnownSource[];
  };
  readonly known: Pick<KnownSourceStore, "ofAccount">;
  /** What the mirror showed of the devices at a source. */
  readonly devicesAt: (source: Source) => readonly DeviceThere[];
  /** What is known of a source that does nothing but ping; null for all others. */
  readonly pingingAt: (source: Source) => Pinging | null;
  readonly failingOn: (account: string) => FailingOn;
  /** Until when calls of a source are refused, since a program places them; null: they are not. */
  readonly callsPausedUntilMs: (source: Source) => number | null;
  readonly policy: () => Policy;
  /** Whom an allow-list refused lately, newest first. */
  readonly refusedByList: (of: {
    readonly account?: string;
    readonly address?: string;
  }) => readonly RefusedByList[];
  readonly calls: Pick<CallLogStore, "list">;
  /** Asterisk's endpoints; null while it has not said. */
  readonly endpoints: () => readonly string[] | null;
  /** Whether Asterisk is known not to have an account; false while it can't be asked. */
  readonly lacks: (account: string) => boolean;
}

const CALLS_SHOWN = 20;
const LOOK_BACK_MS = 7 * 86_400_000;

/** What is known of an address, a network or an extension; null where nothing is. */
export function why(text: string, parts: WhyParts): Explanation | null {
  const parsed = parseTarget(text);
  return "target" in parsed ? ofAddress(parsed.target, text.trim(), parts) : ofExtension(text.trim(), parts);
}

function ofAddress(target: Target, text: string, parts: WhyParts): AddressExplanation | null {
  const { inForce, history } = parts.bans.show(target);
  const protectedBecause = parts.protectedBecause(target);
  const source = asSource(target);
  // Attempts and passwords belong to single sources; of a network its bans and its protection are known.
  const report = source === null ? null : parts.describe(source);
  const facts = {
    target,
    standing: protectedBecause === null ? (report?.standing ?? "stranger") : "protected",
    protectedBecause,
    inForce,
    history: history.filter(({ id }) => !inForce.some((ban) => ban.id === id)),
    blocks: source === null ? [] : parts.blocks.inForceOf({ source }),
    place: parts.placeOf(target),
    refusedByList: refusedAt(text, parts),
    known: report?.known ?? [],
    callsPaused: source === null ? null : pausedAt(source, report?.known ?? [], parts),
    unknownAccounts: unknownOf(report?.strikes.tried ?? [], parts.lacks),
    locks: (report?.strikes.accounts ?? []).flatMap((account) => parts.locks.lockOf(account) ?? []),
    devices: source === null ? [] : parts.devicesAt(source),
    pinging: source === null ? null : parts.pingingAt(source),
    recent: report === null ? NO_ATTEMPTS : recentOf(report.strikes, report.attemptsLeft),
  };
  return explainAddress(facts, parts.clock.nowMs());
}

function ofExtension(extension: string, parts: WhyParts): ExtensionExplanation | null {
  const nowMs = parts.clock.nowMs();
  const policy = parts.policy();
  const known = parts.known.ofAccount(extension);
  // An extension may be named like something that every object has.
  const own = Object.hasOwn(policy.extensions, extension) ? policy.extensions[extension] : undefined;
  const shutOut = known.flatMap(({ source }) => parts.bans.show(source).inForce);
  const refused = parts.calls.list({
    refusedOnly: true,
    sinceMs: nowMs - LOOK_BACK_MS,
    extension,
    limit: CALLS_SHOWN,
  });
  const facts = {
    extension,
    exists: parts.endpoints()?.includes(extension) ?? null,
    known,
    blocks: parts.blocks.inForceOf({ account: extension }),
    lock: parts.locks.lockOf(extension),
    failingOn: parts.failingOn(extension),
    shutOut: shutOut.filter((ban, index) => shutOut.findIndex(({ id }) => id === ban.id) === index),
    areas: own?.openAreas ?? policy.calling.openAreas,
    areasScope: own?.openAreas === undefined ? ("global" as const) : { extension },
    cap: {
      microsPerMinute:
        own?.capMicrosPerMinute === undefined ? policy.calling.capMicrosPerMinute : own.capMicrosPerMinute,
      scope: own?.capMicrosPerMinute === undefined ? ("global" as const) : { extension },
    },
    allowList: effectiveList(policy.registration.allowList, own?.allowList),
    refusedByList: parts.refusedByList({ account: extension }),
    refused,
  };
  return explainExtension(facts, nowMs);
}

/** A list goes by the address itself, and of IPv6 not by its /64. */
function refusedAt(text: string, parts: WhyParts): readonly RefusedByList[] {
  const ip = parseIp(text);
  return ip === null ? [] : parts.refusedByList({ address: formatIp(ip) });
}

/** The call log does not say from where a call came: of the extensions known there, those whose calls were refused for this. */
function pausedAt(source: Source, known: readonly KnownSource[], parts: WhyParts): CallsPaused | null {
  const untilMs = parts.callsPausedUntilMs(source);
  if (untilMs === null) return null;
  const sinceMs = parts.clock.nowMs() - PAUSED_LOOK_BACK_MS;
  const reason = "call-script";
  const refused = parts.calls.list({ refusedOnly: true, sinceMs, reason, limit: PAUSED_CALLS });
  const extensions = [...new Set(refused.map(({ verdict }) => verdict.from))];
  return {
    untilMs,
    refused: extensions.flatMap((extension) => {
      if (extension === null || !known.some(({ account }) => account === extension)) return [];
      const calls = refused.filter(({ verdict }) => verdict.from === extension);
      return [{ extension, calls: calls.length, lastAtMs: calls[0]?.atMs ?? sinceMs }];
    }),
  };
}

const PAUSED_LOOK_BACK_MS = 3_600_000;
const PAUSED_CALLS = 1_000;

/** A name that failed at the manager or the web server is none of a phone. */
function unknownOf(tried: Strikes["tried"], lacks: WhyParts["lacks"]): readonly string[] {
  return tried
    .filter(({ name, kinds }) => kinds.includes("unknown-account") && lacks(name))
    .map(({ name }) => name);
}

const NO_ATTEMPTS: RecentAttempts = {
  count: 0,
  accounts: [],
  tried: [],
  firstAtMs: null,
  lastAtMs: null,
  left: null,
};

function recentOf(strikes: Strikes, left: number | null): RecentAttempts {
  const { attempts, logins, accounts, tried, firstAtMs, lastAtMs } = strikes;
  return { count: attempts + logins, accounts, tried, firstAtMs, lastAtMs, left };
}
