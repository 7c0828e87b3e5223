import type { Target } from "../domain/address.js";
import type { Ban, Block } from "../domain/intrusion/ban.js";
import { Devices } from "../domain/intrusion/devices.js";
import { TRANSACTION_MS } from "../domain/intrusion/legs.js";
import { Nonces } from "../domain/intrusion/nonces.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { Policy } from "../domain/policy.js";
import { Accounts } from "./accounts.js";
import { Causes } from "./causes.js";
import { nameText } from "./explain-words.js";
import { KnownSources } from "./known-sources.js";
import type { AccountStore, KnownAccount, KnownSourceStore, Log, Tell } from "./ports.js";
import { Protection } from "./protection.js";
import { Rehearsal, type Rehearsed } from "./rehearsal.js";
import { standingBy } from "./standing.js";

/** The lines that `ringfence replay --json` prints: public interface. Times are RFC 3339 in UTC; `accounts` are hostile text. */
export interface ReplayedBan {
  readonly action: "ban";
  readonly target: Target;
  readonly at: string;
  readonly cause: Ban["cause"];
  readonly standing: Ban["standing"];
  readonly proof: Ban["proof"];
  readonly attempts: number;
  readonly accounts: readonly string[];
  readonly until: string | null;
  readonly scope: Ban["scope"];
}

/** One account shut to one source. */
export interface ReplayedBlock extends Omit<ReplayedBan, "action" | "scope"> {
  readonly action: "block";
  readonly scope: "account";
}

/** What a person would have been told, where nothing was shut for it. `detail` may hold account names: hostile text. */
export interface ReplayedAlarm {
  readonly action: "alarm";
  readonly at: string;
  /** Such as `account-attacked`, `account-locked`, `network-proposed`. */
  readonly slug: string;
  /** The network that would have been proposed; null for all else. */
  readonly target: Target | null;
  readonly detail: string;
}

export type ReplayedDecision = ReplayedBan | ReplayedBlock;

export interface ReplaySummary {
  readonly summary: {
    /** Security events, forged ones included. */
    readonly events: number;
    readonly attempts: number;
    readonly bans: number;
    readonly blocks: number;
    /** Accounts that would have been shut to all but their known sources. */
    readonly locks: number;
    /** Networks that would have been proposed to be shut out whole. */
    readonly proposals: number;
    readonly alarms: number;
    /** Forged events, and what could not be read at all. */
    readonly malformed: number;
    readonly seconds: number;
  };
}

export type ReplayLine = ReplayedDecision | ReplaySummary;

export interface ReplayOptions {
  readonly policy: Policy;
  /** Never banned, beside loopback, IPv6 neighbours and the policy's never-ban list: trunks and own addresses, where they are known. */
  readonly protectedTargets?: readonly Target[];
  /** What is known of Asterisk's accounts; left out: nothing but what the events say. */
  readonly accounts?: {
    readonly present: readonly string[];
    readonly past: readonly KnownAccount[];
  };
  /** Hears the alarms, at the time of the events. */
  readonly tell?: Tell;
  /** Hears them as lines. */
  readonly onAlarm?: (alarm: ReplayedAlarm) => void;
}

export interface ReplayEnd {
  /** Messages or lines that the parser could make nothing of. */
  readonly unreadable: number;
  /** Wall time of the whole replay. */
  readonly seconds: number;
}

/** What would have been banned, and why: `evidence` goes the way it goes live, with the time of the events for a clock, known
 *  sources learnt from the events themselves, and no jitter, so that each replay gives the same lines.
 *  @param end is asked once, after the last piece of evidence */
export async function* replay(
  evidence: Iterable<Evidence> | AsyncIterable<Evidence>,
  options: ReplayOptions,
  end: () => ReplayEnd,
): AsyncGenerator<ReplayLine> {
  const run = new Replay(options);
  for await (const each of evidence) yield* run.observe(each);
  yield* run.finish();
  yield run.summary(end());
}

/** The same, piece by piece, for whoever has evidence in batches. */
export class Replay {
  private readonly decisions: ReplayedDecision[] = [];
  private readonly rehearsal: Rehearsal;
  private nowMs = 0;
  private tickedAtMs = 0;

  constructor(private readonly options: ReplayOptions) {
    const { policy, protectedTargets = [], accounts } = options;
    const clock = { nowMs: () => this.nowMs };
    const protection = new Protection({ own: [], configured: protectedTargets, log: SILENT });
    protection.setNeverBan(policy.neverBan);
    const known = new KnownSources({
      store: NO_STORE,
      knownMs: () => policy.intrusion.knownMs,
      after: () => () => undefined,
      clock,
      log: SILENT,
    });
    const book = new Accounts({ store: accountStoreOf(accounts?.past ?? []), clock, log: SILENT });
    void book.start();
    if (accounts !== undefined) {
      book.use({ accounts: accounts.present.map((name) => ({ name, authNames: [] })) });
    }
    this.rehearsal = new Rehearsal({
      settings: () => policy.intrusion,
      standingOf: standingBy(
        (source) => protection.isProtected(source),
        (source) => known.isKnown(source),
      ),
      known,
      accounts: book,
      causes: new Causes({
        accounts: book,
        lastSuccessAtMs: (account, source) => known.lastSuccessAtMs(account, source),
        deviceOf: () => null,
      }),
      protection,
      nonces: new Nonces(),
      devices: new Devices(),
      clock,
      random: () => 0.5,
      onRehearsed: (what) => this.take(what),
      log: SILENT,
    });
  }

  /** The decisions that this piece of evidence brings, and those that came due until then. */
  observe(evidence: Evidence): readonly ReplayedDecision[] {
    // Events may trade places by a millisecond; time does not run backwards for that.
    const nowMs = Math.max(this.nowMs, evidence.atMs);
    this.passUntil(nowMs);
    this.nowMs = nowMs;
    this.rehearsal.observe(evidence);
    return this.taken();
  }

  /** The decisions that come after the last piece of evidence: those on challenges that nobody has answered. */
  finish(): readonly ReplayedDecision[] {
    this.passUntil(this.nowMs + QUIET_MS);
    return this.taken();
  }

  summary({ unreadable, seconds }: ReplayEnd): ReplaySummary {
    const { events, attempts, bans, blocks, locks, proposals, alarms, forgeries } = this.rehearsal.counts();
    const malformed = forgeries + unreadable;
    return { summary: { events, attempts, bans, blocks, locks, proposals, alarms, malformed, seconds } };
  }

  private taken(): readonly ReplayedDecision[] {
    return this.decisions.length === 0 ? NONE : this.decisions.splice(0);
  }

  private take(what: Rehearsed): void {
    switch (what.action) {
      case "ban":
        this.decisions.push(banLine(what.ban));
        return;
      case "block":
        this.decisions.push(blockLine(what.block));
        return;
      case "lock": {
        const { account, sources, untilMs } = what.lock;
        const until = timeText(untilMs);
        const detail = `${nameText(account)}, which ${sources} sources tried, would have been shut to all but its known sources until ${until}.`;
        this.options.onAlarm?.(this.alarmLine("account-locked", null, detail));
        return;
      }
      case "proposal": {
        const { network, sources } = what.proposal;
        const detail = `${sources.length} sources of ${network} were shut out: the network would have been proposed.`;
        this.options.onAlarm?.(this.alarmLine("network-proposed", network, detail));
        return;
      }
      case "alarm":
        this.options.tell?.({ type: "alarm", slug: what.slug, detail: what.detail });
        this.options.onAlarm?.(this.alarmLine(what.slug, null, what.detail));
        return;
    }
  }

  private alarmLine(slug: string, target: Target | null, detail: string): ReplayedAlarm {
    return { action: "alarm", at: timeText(this.nowMs), slug, target, detail };
  }

  /** Time passes as it does live, where somebody looks every few seconds whether challenges were answered. */
  private passUntil(atMs: number): void {
    if (atMs < this.tickedAtMs + TICK_MS) return;
    const lastMs = Math.min(atMs, this.nowMs + QUIET_MS);
    for (let tickMs = this.tickedAtMs + TICK_MS; tickMs <= lastMs; tickMs += TICK_MS) {
      this.nowMs = Math.max(this.nowMs, tickMs);
      this.rehearsal.tick();
    }
    this.tickedAtMs = atMs;
  }
}

/** As `fence.ts` has it. */
const TICK_MS = 5_000;
/** After so long without an event no challenge is in doubt: a transaction and a tick. */
const QUIET_MS = TRANSACTION_MS + TICK_MS;
const NONE: readonly ReplayedDecision[] = [];
const quiet = () => undefined;
const SILENT: Log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const NO_STORE: KnownSourceStore = {
  remember: quiet,
  since: () => [],
  ofSource: () => [],
  ofAccount: () => [],
};
function accountStoreOf(past: readonly KnownAccount[]): AccountStore {
  return { load: () => [...past], saw: quiet };
}

function banLine(ban: Ban): ReplayedBan {
  return { action: "ban", target: ban.target, ...commonOf(ban), scope: ban.scope };
}

function blockLine(block: Block): ReplayedBlock {
  return {
    action: "block",
    target: block.source,
    ...commonOf(block),
    accounts: [block.account],
    scope: "account",
  };
}

function commonOf({ fromMs, cause, standing, proof, evidence, untilMs }: Ban | Block) {
  return {
    at: timeText(fromMs),
    cause,
    standing,
    proof,
    attempts: evidence.attempts,
    accounts: evidence.accounts,
    until: untilMs === null ? null : timeText(untilMs),
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
