import type { Source } from "../address.js";
import type { AreaCode } from "../policy.js";
import { costMicros } from "./cost.js";
import { DAY_MS, SpendWindow, type Spending } from "./spend-window.js";
import type { E164, Rate } from "./verdict.js";

/** Whose calls those are that nobody is known to pay for: they share one account. No endpoint has this name. */
export const UNTOLD = "";

export interface RunningCall {
  readonly channelId: string;
  /** `UNTOLD` where the payer can't be told. */
  readonly extension: string;
  readonly number: E164;
  readonly international: boolean;
  /** When it was let through. */
  readonly startedAtMs: number;
  /** What is set aside for it. */
  readonly reservedMicros: number;
  /** How long, from the answer on, that pays for it: topped up while it runs. Null or left out: no matter how long. */
  readonly paidSeconds?: number | null;
  /** The dialplan ends it then; null: never. */
  readonly longestSeconds: number | null;
  /** Null: its cost can't be reckoned. */
  readonly rate: Rate | null;
  /** When the far side answered; null or left out: not yet. */
  readonly answeredAtMs?: number | null;
  /** Channels of the far side that answered. */
  readonly legs?: readonly string[];
}

/** Everything that changes a ledger. Plain data: it is posted between threads and stored. */
export type LedgerChange =
  /** `counted` false: it was refused for coming too fast, and does not prolong that. */
  | {
      readonly type: "attempt";
      readonly extension: string;
      readonly source: Source | null;
      readonly atMs: number;
      readonly counted: boolean;
    }
  | { readonly type: "dialled"; readonly call: RunningCall }
  /** The far side answered, `legId` being its channel. */
  | { readonly type: "answered"; readonly channelId: string; readonly legId: string; readonly atMs: number }
  /** What is set aside from now on, in all. */
  | {
      readonly type: "topped-up";
      readonly channelId: string;
      readonly reservedMicros: number;
      readonly paidSeconds: number | null;
    }
  /** `startedAtMs`: of the call that is meant, since a channel may have begun its next one; left out: whichever runs. */
  | {
      readonly type: "settled";
      readonly channelId: string;
      readonly startedAtMs?: number;
      readonly micros: number;
      readonly endedAtMs: number;
    }
  | { readonly type: "country"; readonly extension: string; readonly area: AreaCode; readonly atMs: number }
  | { readonly type: "source"; readonly extension: string; readonly source: Source; readonly atMs: number }
  | { readonly type: "pause"; readonly source: Source; readonly untilMs: number };

/** All that a ledger holds, as plain data. */
export interface LedgerState {
  readonly running: readonly RunningCall[];
  /** Calls of the last 24 hours that are over and cost something. */
  readonly settled: readonly SettledCall[];
  /** Of the last minute. */
  readonly attempts: readonly { readonly extension: string; readonly atMs: number }[];
  readonly countries: readonly { readonly extension: string; readonly area: AreaCode }[];
  /** In the order in which they were first seen. */
  readonly sources: readonly { readonly extension: string; readonly source: Source }[];
  readonly pauses: readonly { readonly source: Source; readonly untilMs: number }[];
}

export interface SettledCall {
  readonly extension: string;
  readonly startedAtMs: number;
  readonly micros: number;
}

export const NO_HISTORY: LedgerState = {
  running: [],
  settled: [],
  attempts: [],
  countries: [],
  sources: [],
  pauses: [],
};

export const ATTEMPT_WINDOW_MS = 60_000;
/** A device on the move has many addresses; the longest known are forgotten first. */
export const MOST_SOURCES = 1_000;
/** How long a call may ring before it is answered, at the very most. */
const RINGING_MS = 15 * 60_000;

interface Held {
  call: RunningCall;
  readonly ofExtension: Spending;
  readonly ofSystem: Spending;
}

interface Account {
  readonly window: SpendWindow;
  readonly running: Set<string>;
  international: number;
  attempts: number[];
  readonly countries: Set<AreaCode>;
  readonly sources: Set<Source>;
}

/** Who has spent what, which calls run, and what each extension has done before. Changes only by `apply`, so that two ledgers
 *  which are told the same are the same. */
export class Ledger {
  private readonly accounts = new Map<string, Account>();
  private readonly system = new SpendWindow();
  private readonly held = new Map<string, Held>();
  private readonly pauses = new Map<Source, number>();
  /** For `state`: what is past a day is left out there. */
  private settled: SettledCall[] = [];

  constructor(state: LedgerState = NO_HISTORY) {
    for (const { extension, startedAtMs, micros } of state.settled) this.keep(extension, startedAtMs, micros);
    for (const call of state.running) this.apply({ type: "dialled", call });
    for (const attempt of state.attempts) this.account(attempt.extension).attempts.push(attempt.atMs);
    for (const { extension, area } of state.countries) this.account(extension).countries.add(area);
    for (const { extension, source } of state.sources) this.account(extension).sources.add(source);
    for (const { source, untilMs } of state.pauses) this.pauses.set(source, untilMs);
  }

  /** A settlement of a call that does not run changes nothing: an end may be told twice. */
  apply(change: LedgerChange): void {
    switch (change.type) {
      case "attempt":
        if (change.counted) this.attempted(change.extension, change.atMs);
        return;
      case "dialled":
        this.dialled(change.call);
        return;
      case "answered":
        this.answered(change.channelId, change.legId, change.atMs);
        return;
      case "topped-up":
        this.toppedUp(change.channelId, change.reservedMicros, change.paidSeconds);
        return;
      case "settled":
        this.settle(change.channelId, change.micros, change.startedAtMs);
        return;
      case "country":
        this.account(change.extension).countries.add(change.area);
        return;
      case "source":
        this.addSource(change.extension, change.source);
        return;
      case "pause":
        this.pauses.set(change.source, change.untilMs);
    }
  }

  /** What the end of a call changes; null for a call that does not run. A begun second is a whole one, as carriers bill.
   *  @param answeredAtMs null: nobody answered, and it costs nothing */
  settlement(channelId: string, answeredAtMs: number | null, endedAtMs: number): LedgerChange | null {
    const call = this.held.get(channelId)?.call;
    if (call === undefined) return null;
    const micros = answeredAtMs === null ? 0 : costOf(call, endedAtMs - answeredAtMs);
    return { type: "settled", channelId, startedAtMs: call.startedAtMs, micros, endedAtMs };
  }

  /** Settles what should have ended long ago and whose end nobody told: at its longest, since it may have lasted. */
  overdue(nowMs: number): LedgerChange[] {
    return [...this.held.values()]
      .filter(({ call }) => {
        const longestMs = call.longestSeconds === null ? DAY_MS : call.longestSeconds * 1_000;
        return nowMs - call.startedAtMs > longestMs + RINGING_MS;
      })
      .map(({ call }) => ({
        type: "settled",
        channelId: call.channelId,
        startedAtMs: call.startedAtMs,
        micros: Math.max(call.reservedMicros, costOf(call, (call.longestSeconds ?? 0) * 1_000)),
        endedAtMs: nowMs,
      }));
  }

  /** Micro-dollars of the last 24 hours with all that is reserved; `extension` null: of the whole system. */
  committed(extension: string | null, nowMs: number): number {
    if (extension === null) return this.system.spent(nowMs);
    return this.accounts.get(extension)?.window.spent(nowMs) ?? 0;
  }

  /** Micro-dollars of the last 24 hours, of running calls only what they cost if they ended now. Looks at every running call. */
  spent(extension: string | null, nowMs: number): number {
    const ids = extension === null ? this.held.keys() : (this.accounts.get(extension)?.running ?? []);
    let micros = this.committed(extension, nowMs);
    for (const id of ids) {
      const call = this.held.get(id)?.call;
      if (call === undefined) continue;
      const sinceMs = call.answeredAtMs ?? call.startedAtMs;
      micros -= call.reservedMicros - Math.min(call.reservedMicros, costOf(call, nowMs - sinceMs));
    }
    return micros;
  }

  runningCall(channelId: string): RunningCall | null {
    return this.held.get(channelId)?.call ?? null;
  }

  /** Those of one extension, or all. */
  running(extension: string | null): RunningCall[] {
    const all = [...this.held.values()].map(({ call }) => call);
    return extension === null ? all : all.filter((call) => call.extension === extension);
  }

  runningInternational(extension: string): number {
    return this.accounts.get(extension)?.international ?? 0;
  }

  /** Attempts that counted within the minute before `nowMs`. */
  attempts(extension: string, nowMs: number): number {
    const account = this.accounts.get(extension);
    return account === undefined ? 0 : recent(account, nowMs).length;
  }

  hasCalled(extension: string, area: AreaCode): boolean {
    return this.accounts.get(extension)?.countries.has(area) ?? false;
  }

  /** `never`: it has called from nowhere that is known. */
  calledFrom(extension: string, source: Source): "before" | "elsewhere" | "never" {
    const sources = this.accounts.get(extension)?.sources;
    if (sources === undefined || sources.size === 0) return "never";
    return sources.has(source) ? "before" : "elsewhere";
  }

  /** Until when the calls of a source are refused; null: they are not. */
  pausedUntil(source: Source, nowMs: number): number | null {
    const untilMs = this.pauses.get(source);
    if (untilMs === undefined) return null;
    if (untilMs > nowMs) return untilMs;
    this.pauses.delete(source);
    return null;
  }

  /** Extensions that have spent something or call now. */
  spenders(nowMs: number): string[] {
    return [...this.accounts]
      .filter(([, { window, running }]) => running.size > 0 || window.spent(nowMs) > 0)
      .map(([extension]) => extension);
  }

  state(nowMs: number): LedgerState {
    this.settled = this.settled.filter(({ startedAtMs }) => startedAtMs > nowMs - DAY_MS);
    const accounts = [...this.accounts];
    const each = <T, R>(
      pick: (account: Account) => Iterable<T>,
      make: (extension: string, item: T) => R,
    ): R[] =>
      accounts.flatMap(([extension, account]) => [...pick(account)].map((item) => make(extension, item)));
    return {
      running: this.running(null),
      settled: this.settled,
      attempts: each(
        (account) => recent(account, nowMs),
        (extension, atMs) => ({ extension, atMs }),
      ),
      countries: each(
        ({ countries }) => countries,
        (extension, area) => ({ extension, area }),
      ),
      sources: each(
        ({ sources }) => sources,
        (extension, source) => ({ extension, source }),
      ),
      pauses: [...this.pauses]
        .filter(([, untilMs]) => untilMs > nowMs)
        .map(([source, untilMs]) => ({ source, untilMs })),
    };
  }

  private attempted(extension: string, atMs: number): void {
    const account = this.account(extension);
    account.attempts = recent(account, atMs);
    account.attempts.push(atMs);
  }

  private dialled(call: RunningCall): void {
    // One channel makes one call at a time.
    this.settle(call.channelId, 0);
    const account = this.account(call.extension);
    const { startedAtMs, reservedMicros } = call;
    account.running.add(call.channelId);
    if (call.international) account.international++;
    this.held.set(call.channelId, {
      call,
      ofExtension: account.window.add(startedAtMs, reservedMicros, true),
      ofSystem: this.system.add(startedAtMs, reservedMicros, true),
    });
  }

  private answered(channelId: string, legId: string, atMs: number): void {
    const held = this.held.get(channelId);
    if (held === undefined) return;
    const { answeredAtMs, legs = [] } = held.call;
    held.call = { ...held.call, answeredAtMs: answeredAtMs ?? atMs, legs: [...new Set([...legs, legId])] };
  }

  private toppedUp(channelId: string, reservedMicros: number, paidSeconds: number | null): void {
    const held = this.held.get(channelId);
    if (held === undefined) return;
    held.call = { ...held.call, reservedMicros, paidSeconds };
    this.accounts.get(held.call.extension)?.window.reserve(held.ofExtension, reservedMicros);
    this.system.reserve(held.ofSystem, reservedMicros);
  }

  private settle(channelId: string, micros: number, startedAtMs?: number): void {
    const held = this.held.get(channelId);
    if (held === undefined || (startedAtMs ?? held.call.startedAtMs) !== held.call.startedAtMs) return;
    const { call, ofExtension, ofSystem } = held;
    const account = this.account(call.extension);
    this.held.delete(channelId);
    account.running.delete(channelId);
    if (call.international) account.international--;
    account.window.settle(ofExtension, micros);
    this.system.settle(ofSystem, micros);
    this.note(call.extension, call.startedAtMs, micros);
  }

  private keep(extension: string, startedAtMs: number, micros: number): void {
    this.account(extension).window.add(startedAtMs, micros, false);
    this.system.add(startedAtMs, micros, false);
    this.note(extension, startedAtMs, micros);
  }

  private note(extension: string, startedAtMs: number, micros: number): void {
    if (micros === 0) return;
    this.settled.push({ extension, startedAtMs, micros });
    if (this.settled.length % 10_000 > 0) return;
    this.settled = this.settled.filter((each) => each.startedAtMs > startedAtMs - DAY_MS);
  }

  private addSource(extension: string, source: Source): void {
    const { sources } = this.account(extension);
    sources.add(source);
    for (const oldest of sources) {
      if (sources.size <= MOST_SOURCES) break;
      sources.delete(oldest);
    }
  }

  private account(extension: string): Account {
    let account = this.accounts.get(extension);
    if (account === undefined) {
      account = {
        window: new SpendWindow(),
        running: new Set(),
        international: 0,
        attempts: [],
        countries: new Set(),
        sources: new Set(),
      };
      this.accounts.set(extension, account);
    }
    return account;
  }
}

/** What a call costs that lasts `ms`; at least a begun second's worth. */
function costOf({ rate }: RunningCall, ms: number): number {
  if (rate === null) return 0;
  return costMicros(rate, Math.min(LONGEST_COUNTED_SECONDS, Math.max(0, Math.ceil(ms / 1_000))));
}

/** A month; longer than that is a clock that was set. */
const LONGEST_COUNTED_SECONDS = 30 * 86_400;

/** Attempts of the future are those of a clock that was set back, and count no longer than others. */
function recent({ attempts }: Account, nowMs: number): number[] {
  return attempts.filter((atMs) => Math.abs(nowMs - atMs) < ATTEMPT_WINDOW_MS);
}
