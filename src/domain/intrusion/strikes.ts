import type { Source } from "../address.js";
import type { Attempt } from "./attempt.js";
import type { Service, Transport } from "./security-event.js";
import type { IntrusionSettings } from "./settings.js";
import { Suspects, type Suspect, type TriedName } from "./suspects.js";

export const TRACKED_SOURCES = 100_000;
export const ACCOUNTS_KEPT = 20;
export const SERVICES: readonly Service[] = ["pjsip", "sip", "iax2", "ami", "http", "other"];
export const TRANSPORTS: readonly Transport[] = ["udp", "tcp", "tls", "ws", "wss", "unknown"];

/** How many strikes of a sort lie within the window, and how many of these came with proof of who sent them. */
export interface Count {
  readonly all: number;
  readonly proven: number;
}

export interface Tally {
  readonly attempts: Count;
  readonly logins: Count;
  readonly names: Count;
}

/** A sender over these has shown that it receives what is sent to it; a UDP packet bears any address. */
export function isProven(transport: Transport): boolean {
  return transport !== "udp" && transport !== "unknown";
}

/** The strikes of each source, in exact sliding windows and bounded memory. A strike counts from its moment up to, not
 *  including, `windowMs` later. */
export class Strikes {
  private readonly suspects: Suspects;

  constructor(limit = TRACKED_SOURCES) {
    this.suspects = new Suspects(limit);
  }

  get size(): number {
    return this.suspects.size;
  }

  of(source: Source): Suspect | null {
    return this.suspects.get(source);
  }

  add(attempt: Attempt, settings: IntrusionSettings): Suspect {
    const suspect = this.obtain(attempt.source, attempt.atMs, settings);
    const stamp = stampOf(attempt);
    if (attempt.kind === "login") insert((suspect.logins ??= []), stamp, settings.loginAttempts);
    else insert(suspect.attempts, stamp, settings.attempts);
    this.note(suspect, attempt, settings);
    return suspect;
  }

  /** Adds the account of an attempt that was added before without it. */
  name(attempt: Attempt, settings: IntrusionSettings): Suspect {
    const suspect = this.obtain(attempt.source, attempt.atMs, settings);
    this.note(suspect, attempt, settings);
    return suspect;
  }

  /** Removes the attempt of this time, and its account's name unless that was tried since. */
  takeBack(source: Source, atMs: number, account: string | null): void {
    const suspect = this.suspects.get(source);
    if (suspect === null) return;
    const at = suspect.attempts.findLastIndex((stamp) => timeOf(stamp) === atMs);
    if (at >= 0) suspect.attempts.splice(at, 1);
    suspect.names =
      suspect.names?.filter(({ name, atMs: tried }) => name !== account || tried > atMs) ?? null;
    this.suspects.reorder(suspect);
  }

  /** An attempt of a source that is banned already: the drop takes some milliseconds. No strike. */
  countAfterBan(
    attempt: { readonly source: Source; readonly atMs: number },
    settings: IntrusionSettings,
  ): void {
    const suspect = this.suspects.obtain(attempt.source, attempt.atMs, settings.windowMs);
    suspect.afterBan++;
    suspect.lastAtMs = Math.max(suspect.lastAtMs, attempt.atMs);
    this.suspects.reorder(suspect);
  }

  /** The windows of `source` start anew. */
  clear(source: Source): void {
    const suspect = this.suspects.get(source);
    if (suspect === null) return;
    suspect.attempts.length = 0;
    suspect.logins = suspect.names = suspect.alarms = null;
    suspect.services = suspect.transports = suspect.afterBan = 0;
    this.suspects.reorder(suspect);
  }

  /** What is held against `source` as of `atMs`; empty where nothing was. */
  obtain(source: Source, atMs: number, settings: IntrusionSettings): Suspect {
    const suspect = this.suspects.obtain(source, atMs, settings.windowMs);
    prune(suspect, atMs, settings.windowMs);
    return suspect;
  }

  private note(suspect: Suspect, attempt: Attempt, settings: IntrusionSettings): void {
    if (attempt.account !== null) noteName(suspect, attempt, attempt.account, settings);
    suspect.lastAtMs = Math.max(suspect.lastAtMs, attempt.atMs);
    suspect.lastKind = attempt.kind;
    suspect.lastAccount = attempt.account;
    suspect.services |= 1 << SERVICES.indexOf(attempt.service);
    suspect.transports |= 1 << TRANSPORTS.indexOf(attempt.transport);
    this.suspects.reorder(suspect);
  }
}

/** What of it lies within the window that ends at `atMs`; drops the rest. */
export function tallyOf(suspect: Suspect, atMs: number, settings: IntrusionSettings): Tally {
  prune(suspect, atMs, settings.windowMs);
  const names = suspect.names ?? [];
  return {
    attempts: countOf(suspect.attempts),
    logins: countOf(suspect.logins ?? []),
    names: {
      all: names.length,
      proven: names.filter(({ provenAtMs }) => isWithin(provenAtMs, atMs, settings.windowMs)).length,
    },
  };
}

/** A strike in one number: its time doubled, and one more where it is proven. Numbers sort by time and take 8 bytes. */
function stampOf({ atMs, transport }: Attempt): number {
  return atMs * 2 + (isProven(transport) ? 1 : 0);
}

export function timeOf(stamp: number): number {
  return Math.floor(stamp / 2);
}

function countOf(stamps: readonly number[]): Count {
  return { all: stamps.length, proven: stamps.filter((stamp) => stamp % 2 === 1).length };
}

/** Keeps the order and, of more than `limit`, the latest. */
function insert(stamps: number[], stamp: number, limit: number): void {
  let at = stamps.length;
  while (at > 0 && (stamps[at - 1] ?? 0) > stamp) at--;
  if (at === stamps.length) stamps.push(stamp);
  else stamps.splice(at, 0, stamp);
  if (stamps.length > limit) stamps.splice(0, stamps.length - limit);
}

function noteName(suspect: Suspect, attempt: Attempt, name: string, settings: IntrusionSettings): void {
  const provenAtMs = isProven(attempt.transport) ? attempt.atMs : -Infinity;
  const names = (suspect.names ??= []);
  const found = names.find((tried) => tried.name === name);
  if (found !== undefined) {
    found.atMs = Math.max(found.atMs, attempt.atMs);
    found.provenAtMs = Math.max(found.provenAtMs, provenAtMs);
    return;
  }
  if (names.length >= Math.max(ACCOUNTS_KEPT, settings.accountNames + 1)) {
    names.splice(names.indexOf(names.reduce((a, b) => (b.atMs < a.atMs ? b : a))), 1);
  }
  names.push({ name, atMs: attempt.atMs, provenAtMs });
}

function prune(suspect: Suspect, atMs: number, windowMs: number): void {
  pruneStamps(suspect.attempts, atMs, windowMs);
  if (suspect.logins !== null) pruneStamps(suspect.logins, atMs, windowMs);
  const isPast = (tried: TriedName) => !isWithin(tried.atMs, atMs, windowMs);
  if (suspect.names?.some(isPast)) suspect.names = suspect.names.filter((tried) => !isPast(tried));
  if (suspect.attempts.length === 0 && !suspect.names?.length && !suspect.logins?.length) {
    suspect.services = suspect.transports = 0;
  }
}

function pruneStamps(stamps: number[], atMs: number, windowMs: number): void {
  const counts = (stamp: number | undefined) =>
    stamp === undefined || isWithin(timeOf(stamp), atMs, windowMs);
  if (counts(stamps[0]) && counts(stamps.at(-1))) return;
  stamps.splice(0, stamps.length, ...stamps.filter(counts));
}

/** What lies as far ahead is as irrelevant as what lies behind: somebody set the clock. */
function isWithin(thenMs: number, atMs: number, windowMs: number): boolean {
  return Math.abs(atMs - thenMs) < windowMs;
}
