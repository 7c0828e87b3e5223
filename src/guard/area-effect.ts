import { areaName } from "../domain/calling/area-rule.js";
import type { CallRequest, Verdict } from "../domain/calling/verdict.js";
import type { Policy } from "../domain/policy.js";
import type { AreaChanges } from "./area-edits.js";
import type { CallLogStore, Clock, PlacedCall } from "./ports.js";
import type { Rules } from "./rules.js";
import type { RuleRefused } from "./rules/held.js";

export interface AreaEffectParts {
  readonly calls: {
    placed(...of: Parameters<CallLogStore["placed"]>): readonly PlacedCall[] | Promise<readonly PlacedCall[]>;
  };
  readonly judgeBy: (policy: Policy, request: CallRequest) => Verdict;
  /** Lets the daemon do other things. */
  readonly breathe: () => Promise<void>;
}

/** Calls of one extension to one number that a change would have decided otherwise. */
export interface ChangedCalls {
  readonly extension: string | null;
  readonly number: string;
  /** In English; null where the number's country can't be told. */
  readonly area: string | null;
  readonly calls: number;
  readonly lastAtMs: number;
  /** What the changed rules say. */
  readonly reason: string;
}

export interface EffectSide {
  readonly calls: number;
  readonly extensions: number;
  /** The most frequent first, at most 100. */
  readonly first: readonly ChangedCalls[];
}

export interface AreaEffect {
  readonly sinceMs: number;
  /** How many calls were looked at. */
  readonly looked: number;
  /** Older calls of the time were left out, since there are too many. */
  readonly cut: boolean;
  readonly wouldRefuse: EffectSide;
  readonly wouldAllow: EffectSide;
}

/** What a change of areas is tried on: four weeks, so that each weekday counts alike. */
const TRIED_ON_MS = 28 * 86_400_000;

/** What changes of areas would have made of the calls of the last 28 days; nothing is stored. `extension` null: the global rule. */
export async function effectOfChanges(
  changes: AreaChanges,
  extension: string | null,
  { rules, clock, ...parts }: AreaEffectParts & { readonly rules: AreaEffectRules; readonly clock: Clock },
): Promise<AreaEffect | RuleRefused> {
  const changed = rules.withAreaChanges(changes, extension);
  if ("refused" in changed) return changed;
  const sinceMs = clock.nowMs() - TRIED_ON_MS;
  return areaEffect({ before: rules.policy(), after: changed.policy, sinceMs }, parts);
}

type AreaEffectRules = Pick<Rules, "policy" | "withAreaChanges">;

/** What `after` would have made of the calls since then that `before` decides otherwise, both by the prices of today. Calls of
 *  which no number is known are left out. */
async function areaEffect(
  { before, after, sinceMs }: { readonly before: Policy; readonly after: Policy; readonly sinceMs: number },
  { calls, judgeBy, breathe }: AreaEffectParts,
): Promise<AreaEffect> {
  const judged: Shards<Verdict | null> = new Map();
  const sides = { allow: new Side(), refuse: new Side() };
  let looked = 0;
  let oldest: PlacedCall | null = null;
  for (;;) {
    const page: readonly PlacedCall[] = await calls.placed({ sinceMs, before: oldest, limit: CALLS_A_STEP });
    for (const call of page) {
      const key = JSON.stringify([call.extension, call.trunk, call.number]);
      const known = shardOf(judged, call.number);
      let verdict = known.get(key);
      if (verdict === undefined) known.set(key, (verdict = changed(call, before, after, judgeBy)));
      if (verdict !== null) sides[verdict.decision].count(key, call, verdict);
    }
    looked += page.length;
    oldest = page.at(-1) ?? null;
    const cut = looked >= MOST_CALLS;
    if (page.length === CALLS_A_STEP && !cut) await breathe();
    else {
      return {
        ...{ sinceMs, looked, cut: cut && page.length === CALLS_A_STEP },
        wouldRefuse: await sides.refuse.sum(breathe),
        wouldAllow: await sides.allow.sum(breathe),
      };
    }
  }
}

/** Two milliseconds of work. */
const CALLS_A_STEP = 200;
const MOST_CALLS = 1_000_000;
const MOST_SHOWN = 100;

/** The later verdict where the two differ. */
function changed(
  { extension, number, trunk }: PlacedCall,
  before: Policy,
  after: Policy,
  judgeBy: AreaEffectParts["judgeBy"],
): Verdict | null {
  const request = { from: extension, digits: number, trunk };
  const later = judgeBy(after, request);
  return judgeBy(before, request).decision === later.decision ? null : later;
}

/** A map of half a million entries holds everything up for 30 ms when it grows: this is a thousand small ones, by the last digits of
 *  the number. */
type Shards<T> = Map<string, Map<string, T>>;

function shardOf<T>(shards: Shards<T>, number: string): Map<string, T> {
  const name = number.slice(-3);
  let shard = shards.get(name);
  if (shard === undefined) shards.set(name, (shard = new Map<string, T>()));
  return shard;
}

type Counted = Omit<ChangedCalls, "calls"> & { calls: number };

/** The calls that would be decided otherwise in one way. */
class Side {
  private readonly shards: Shards<Counted> = new Map();

  count(key: string, { extension, number, atMs }: PlacedCall, { area, reason }: Verdict): void {
    const shard = shardOf(this.shards, number);
    const known = shard.get(key);
    if (known !== undefined) known.calls++;
    else {
      const name = area === null ? null : areaName(area);
      shard.set(key, { extension, number, area: name, calls: 1, lastAtMs: atMs, reason });
    }
  }

  async sum(breathe: AreaEffectParts["breathe"]): Promise<EffectSide> {
    const extensions = new Set<string | null>();
    let first: readonly ChangedCalls[] = [];
    let calls = 0;
    let sinceBreath = 0;
    for (const shard of this.shards.values()) {
      const here = [...shard.values()];
      for (const each of here) {
        calls += each.calls;
        extensions.add(each.extension);
      }
      first = [...first, ...here].sort(mostFirst).slice(0, MOST_SHOWN);
      sinceBreath += here.length;
      if (sinceBreath < SUMMED_A_STEP) continue;
      await breathe();
      sinceBreath = 0;
    }
    return { calls, extensions: extensions.size, first };
  }
}

/** Some milliseconds of work. */
const SUMMED_A_STEP = 2_000;

function mostFirst(a: ChangedCalls, b: ChangedCalls): number {
  return b.calls - a.calls || b.lastAtMs - a.lastAtMs;
}
