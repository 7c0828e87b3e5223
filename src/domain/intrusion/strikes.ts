import type { Source } from "../address.js";
import { roomier, widened } from "../columns.js";
import { isProven, type Attempt } from "./attempt.js";
import type { Standing } from "./ban.js";
import type { Service, Transport } from "./security-event.js";
import type { IntrusionSettings } from "./settings.js";
import { LONGEST_WINDOW_MS, StampLists, StampPool } from "./stamps.js";
import { Suspects } from "./suspects.js";
import { Traces } from "./traces.js";
import { TriedNames } from "./tried-names.js";

export const TRACKED_SOURCES = 100_000;
export const ACCOUNTS_KEPT = 20;
/** Behind a known source are many phones. */
const ACCOUNTS_KEPT_OF_KNOWN = 64;
/** Tries kept of each name that a stranger tried: enough to tell how regular they come. */
const TRIES_KEPT = 12;

/** What a strike adds to what is known of its sender. */
interface Trace {
  readonly atMs: number;
  readonly service: Service;
  readonly transport: Transport;
}

/** The strikes of each source, in exact sliding windows and bounded memory. A strike counts from its moment up to, not
 *  including, its window's length later. Sources go by the numbers that `Suspects` gives them. */
export class Strikes {
  readonly suspects: Suspects;
  /** Failed attempts, of the slow attack's window too. */
  readonly attempts: StampLists;
  readonly logins: StampLists;
  /** Challenges that nobody answered. */
  readonly unanswered: StampLists;
  readonly calls: StampLists;
  readonly names: TriedNames;
  readonly traces: Traces;
  private nameHeads = new Int32Array(64);
  private afterBans = new Uint32Array(64);
  private afterBlocks = new Uint32Array(64);
  /** When an alarm was last raised of a source; few have any. */
  private readonly alarms = new Map<number, Map<string, number>>();
  /** The account tried last by those whose windows started anew since. */
  private readonly clearedAccounts = new Map<number, string>();

  constructor(limit = TRACKED_SOURCES) {
    const pool = new StampPool();
    this.attempts = new StampLists(pool);
    this.logins = new StampLists(pool);
    this.unanswered = new StampLists(pool);
    this.calls = new StampLists(pool);
    this.traces = new Traces(pool);
    this.names = new TriedNames(pool);
    this.suspects = new Suspects(limit, (suspect) => {
      this.wipe(suspect);
      this.alarms.delete(suspect);
    });
  }

  get size(): number {
    return this.suspects.size;
  }

  /** The number of `source`, -1 where nothing is held of it that is not past. */
  of(source: Source, atMs: number, settings: IntrusionSettings): number {
    const suspect = this.suspects.find(source);
    return suspect < 0 || this.isPast(suspect, atMs, settings) ? -1 : suspect;
  }

  /** What is held against `source` as of `atMs`; empty where nothing was. */
  obtain(source: Source, atMs: number, settings: IntrusionSettings): number {
    const found = this.suspects.find(source);
    if (found < 0) return this.begin(source, atMs, settings);
    if (this.isPast(found, atMs, settings)) {
      this.wipe(found);
      this.suspects.restart(found, atMs);
      return found;
    }
    this.dropPast(found, atMs, settings);
    return found;
  }

  /** Adds a failed attempt.
   *  @param unknown Asterisk has no such account */
  add(attempt: Attempt, standing: Standing, unknown: boolean, settings: IntrusionSettings): number {
    const suspect = this.obtain(attempt.source, attempt.atMs, settings);
    const proven = attempt.proof === "returned";
    if (attempt.kind === "login") {
      this.logins.add(suspect, attempt.atMs, proven, settings.loginAttempts, clamped(settings.windowMs));
    } else {
      const limit = Math.max(settings.attempts, settings.slowAttempts);
      this.attempts.add(suspect, attempt.atMs, proven, limit, attemptsKeptMs(settings));
    }
    this.note(suspect, attempt, standing, unknown, settings);
    return suspect;
  }

  /** Adds the account of an attempt that was added before without it. */
  name(attempt: Attempt, standing: Standing, unknown: boolean, settings: IntrusionSettings): number {
    const suspect = this.obtain(attempt.source, attempt.atMs, settings);
    if (attempt.proof === "returned") this.attempts.prove(suspect, attempt.atMs);
    this.note(suspect, attempt, standing, unknown, settings);
    return suspect;
  }

  /** An attempt added before turns out to come from whom it seems to come from. The number of its source, -1 where it is not
   *  held any more. */
  prove(source: Source, atMs: number, account: string | null): number {
    const suspect = this.suspects.find(source);
    if (suspect < 0 || !this.attempts.prove(suspect, atMs)) return -1;
    if (account !== null) this.names.prove(this.nameHead(suspect), account, atMs);
    return suspect;
  }

  /** Removes the attempt of this time, and its account's try. */
  takeBack(source: Source, atMs: number, account: string | null): void {
    const suspect = this.suspects.find(source);
    if (suspect < 0 || !this.attempts.remove(suspect, atMs)) return;
    if (account !== null) {
      this.nameHeads[suspect] = this.names.takeBack(this.nameHead(suspect), account, atMs);
    }
    this.reorder(suspect);
  }

  /** Adds a challenge, sent at `trace.atMs`, that nobody answered. */
  addUnanswered(source: Source, trace: Trace, settings: IntrusionSettings): number {
    const suspect = this.obtain(source, trace.atMs, settings);
    const { unansweredChallenges, unansweredWindowMs } = settings;
    const proven = isProven(trace.transport);
    this.unanswered.add(suspect, trace.atMs, proven, unansweredChallenges, clamped(unansweredWindowMs));
    this.trace(suspect, trace);
    return suspect;
  }

  addCall(source: Source, atMs: number, settings: IntrusionSettings): number {
    const suspect = this.obtain(source, atMs, settings);
    this.calls.add(suspect, atMs, false, settings.callAttempts, clamped(settings.callWindowMs));
    this.suspects.heard(suspect, atMs);
    this.reorder(suspect);
    return suspect;
  }

  /** An attempt of a source that is banned already: the drop takes some milliseconds. No strike. */
  countAfterBan(source: Source, atMs: number, settings: IntrusionSettings): void {
    const suspect = this.obtain(source, atMs, settings);
    this.afterBans[suspect] = this.afterBan(suspect) + 1;
    this.suspects.heard(suspect, atMs);
    this.reorder(suspect);
  }

  /** An attempt on an account that is blocked for its source already. No strike: a block must not extend itself. */
  countAfterBlock(source: Source, atMs: number, settings: IntrusionSettings): void {
    const suspect = this.obtain(source, atMs, settings);
    this.afterBlocks[suspect] = this.afterBlock(suspect) + 1;
    this.suspects.heard(suspect, atMs);
    this.reorder(suspect);
  }

  /** The windows of `source` start anew. */
  clear(source: Source): void {
    const suspect = this.suspects.find(source);
    if (suspect < 0) return;
    const account = this.lastAccount(suspect);
    this.wipeStrikes(suspect);
    // What it did last is still of interest: it may be about to do it again.
    this.traces.wipeToLast(suspect);
    this.alarms.delete(suspect);
    if (account !== null) this.clearedAccounts.set(suspect, account);
    this.reorder(suspect);
  }

  /** The tries of `source` on this account start anew. */
  clearAccount(source: Source, account: string): void {
    const suspect = this.suspects.find(source);
    if (suspect >= 0) this.nameHeads[suspect] = this.names.forget(this.nameHead(suspect), account);
  }

  /** Whether an alarm of this slug is due, which it is once in `everyMs` for a source; and then it counts as raised. */
  isAlarmDue(suspect: number, slug: string, atMs: number, everyMs: number): boolean {
    const raised = this.alarms.get(suspect);
    if (Math.abs(atMs - (raised?.get(slug) ?? -Infinity)) < everyMs) return false;
    if (raised === undefined) this.alarms.set(suspect, new Map([[slug, atMs]]));
    else raised.set(slug, atMs);
    return true;
  }

  nameHead(suspect: number): number {
    return this.nameHeads[suspect] ?? 0;
  }

  lastAccount(suspect: number): string | null {
    if (!this.traces.wasNamed(suspect)) return null;
    return this.names.lastOf(this.nameHead(suspect)) ?? this.clearedAccounts.get(suspect) ?? null;
  }

  /** Attempts heard since it was banned. */
  afterBan(suspect: number): number {
    return this.afterBans[suspect] ?? 0;
  }

  /** Attempts heard on accounts that were blocked for it. */
  afterBlock(suspect: number): number {
    return this.afterBlocks[suspect] ?? 0;
  }

  private begin(source: Source, atMs: number, settings: IntrusionSettings): number {
    const suspect = this.suspects.begin(source, atMs, keptMs(settings));
    if (suspect >= this.nameHeads.length) this.grow();
    this.traces.provide(suspect);
    return suspect;
  }

  private isPast(suspect: number, atMs: number, settings: IntrusionSettings): boolean {
    return Math.abs(atMs - this.suspects.lastAtMs(suspect)) >= keptMs(settings);
  }

  /** One list may stand still while another grows. */
  private dropPast(suspect: number, atMs: number, settings: IntrusionSettings): void {
    const longestMs = keptMs(settings);
    this.attempts.clearIfPast(suspect, atMs, longestMs);
    this.logins.clearIfPast(suspect, atMs, longestMs);
    this.unanswered.clearIfPast(suspect, atMs, longestMs);
    this.calls.clearIfPast(suspect, atMs, longestMs);
    const head = this.nameHead(suspect);
    if (head !== 0) this.nameHeads[suspect] = this.names.prune(head, atMs, attemptsKeptMs(settings));
  }

  private note(
    suspect: number,
    attempt: Attempt,
    standing: Standing,
    unknown: boolean,
    settings: IntrusionSettings,
  ): void {
    if (attempt.account !== null)
      this.noteName(suspect, attempt, attempt.account, standing, unknown, settings);
    this.traces.note(suspect, attempt);
    this.trace(suspect, attempt);
  }

  private noteName(
    suspect: number,
    attempt: Attempt,
    name: string,
    standing: Standing,
    unknown: boolean,
    settings: IntrusionSettings,
  ): void {
    const isKnown = standing === "known";
    const kept = isKnown ? ACCOUNTS_KEPT_OF_KNOWN : ACCOUNTS_KEPT;
    this.nameHeads[suspect] = this.names.note(this.nameHead(suspect), attempt, name, {
      unknown,
      // A phone that an allow-list refuses at an address where others work is no guesser.
      counts: !(isKnown && attempt.kind === "acl-refused"),
      names: Math.max(kept, settings.accountNames + 1, settings.failingAccounts),
      tries: isKnown ? Math.max(TRIES_KEPT, settings.blockAttempts) : TRIES_KEPT,
      keptMs: attemptsKeptMs(settings),
    });
  }

  private trace(suspect: number, { atMs, service, transport }: Trace): void {
    this.suspects.heard(suspect, atMs);
    this.traces.noteWay(suspect, service, transport);
    this.reorder(suspect);
  }

  private reorder(suspect: number): void {
    const strikes =
      this.attempts.sizeOf(suspect) +
      this.logins.sizeOf(suspect) +
      this.unanswered.sizeOf(suspect) +
      this.calls.sizeOf(suspect);
    this.suspects.reorder(suspect, strikes);
  }

  private wipe(suspect: number): void {
    this.wipeStrikes(suspect);
    this.traces.wipe(suspect);
  }

  private wipeStrikes(suspect: number): void {
    this.attempts.clear(suspect);
    this.logins.clear(suspect);
    this.unanswered.clear(suspect);
    this.calls.clear(suspect);
    this.names.clear(this.nameHead(suspect));
    this.clearedAccounts.delete(suspect);
    this.nameHeads[suspect] = this.afterBans[suspect] = this.afterBlocks[suspect] = 0;
  }

  private grow(): void {
    const size = roomier(this.nameHeads.length);
    this.nameHeads = widened(this.nameHeads, new Int32Array(size));
    this.afterBans = widened(this.afterBans, new Uint32Array(size));
    this.afterBlocks = widened(this.afterBlocks, new Uint32Array(size));
  }
}

/** The time for which anything is held against a source. */
function keptMs(settings: IntrusionSettings): number {
  const { unansweredWindowMs, callWindowMs } = settings;
  return clamped(Math.max(attemptsKeptMs(settings), unansweredWindowMs, callWindowMs));
}

function attemptsKeptMs({ windowMs, slowWindowMs }: IntrusionSettings): number {
  return clamped(Math.max(windowMs, slowWindowMs));
}

function clamped(windowMs: number): number {
  return Math.min(windowMs, LONGEST_WINDOW_MS);
}
