import type { Target } from "../domain/address.js";
import type { Ban, NewBan } from "../domain/intrusion/ban.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { Policy } from "../domain/policy.js";
import { Intrusion, type IntrusionParts } from "./intrusion.js";
import { KnownSources } from "./known-sources.js";
import type { KnownSourceStore, Log } from "./ports.js";
import { Protection } from "./protection.js";
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

export interface ReplaySummary {
  readonly summary: {
    /** Security events, forged ones included. */
    readonly events: number;
    readonly attempts: number;
    readonly bans: number;
    readonly blocks: number;
    /** Forged events, and what could not be read at all. */
    readonly malformed: number;
    readonly seconds: number;
  };
}

export type ReplayLine = ReplayedBan | ReplaySummary;

export interface ReplayOptions {
  readonly policy: Policy;
  /** Never banned, beside loopback, IPv6 neighbours and the policy's never-ban list: trunks and own addresses, where they are known. */
  readonly protectedTargets?: readonly Target[];
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
  yield run.summary(end());
}

/** The same, piece by piece, for whoever has evidence in batches. */
export class Replay {
  private readonly book = new ReplayBook(() => this.nowMs);
  private readonly intrusion: Intrusion;
  private nowMs = 0;

  constructor({ policy, protectedTargets = [] }: ReplayOptions) {
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
    this.intrusion = new Intrusion({
      settings: () => policy.intrusion,
      standingOf: standingBy(
        (source) => protection.isProtected(source),
        (source) => known.isKnown(source),
      ),
      known,
      bans: this.book,
      clock,
      random: () => 0.5,
      tell: () => undefined,
      log: SILENT,
    });
  }

  /** The bans that this piece of evidence brings. */
  observe(evidence: Evidence): readonly ReplayedBan[] {
    // Events may trade places by a millisecond; time does not run backwards for that.
    this.nowMs = Math.max(this.nowMs, evidence.atMs);
    const before = this.book.made.length;
    this.intrusion.observe(evidence);
    return this.book.made.length === before ? NONE : this.book.made.slice(before).map(lineOf);
  }

  summary({ unreadable, seconds }: ReplayEnd): ReplaySummary {
    const { events, attempts, forgeries } = this.intrusion.counts();
    return {
      summary: {
        events,
        attempts,
        bans: this.book.made.length,
        blocks: 0,
        malformed: forgeries + unreadable,
        seconds,
      },
    };
  }
}

const NONE: readonly ReplayedBan[] = [];
const quiet = () => undefined;
const SILENT: Log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
const NO_STORE: KnownSourceStore = {
  remember: quiet,
  since: () => [],
  ofSource: () => [],
  ofAccount: () => [],
};
function lineOf(ban: Ban): ReplayedBan {
  return {
    action: "ban",
    target: ban.target,
    at: timeText(ban.fromMs),
    cause: ban.cause,
    standing: ban.standing,
    proof: ban.proof,
    attempts: ban.evidence.attempts,
    accounts: ban.evidence.accounts,
    until: ban.untilMs === null ? null : timeText(ban.untilMs),
    scope: ban.scope,
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

type Bans = IntrusionParts["bans"];

/** The bans of one replay. They end by the clock of the events. */
class ReplayBook implements Bans {
  readonly made: Ban[] = [];
  private readonly byTarget = new Map<Target, Ban[]>();

  constructor(private readonly nowMs: () => number) {}

  banOf(target: Target): Ban | null {
    const latest = this.byTarget.get(target)?.[0];
    return latest !== undefined && (latest.untilMs === null || latest.untilMs > this.nowMs()) ? latest : null;
  }

  historyOf(target: Target): Ban[] {
    return this.byTarget.get(target) ?? [];
  }

  ban(plan: NewBan): Ban {
    const ban: Ban = { ...plan, id: this.made.length + 1, liftedAtMs: null, liftedBy: null };
    this.made.push(ban);
    this.byTarget.set(ban.target, [ban, ...this.historyOf(ban.target)]);
    return ban;
  }
}
