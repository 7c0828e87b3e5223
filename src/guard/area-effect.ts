import { areaName } from "../domain/calling/area-rule.js";
import type { CallRequest, Verdict } from "../domain/calling/verdict.js";
import type { Policy } from "../domain/policy.js";
import type { CallLogStore, PlacedCall } from "./ports.js";

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

/** What `after` would have made of the calls since then that `before` decides otherwise, both by the prices of today. Calls of
 *  which no number is known are left out. */
export async function areaEffect(
  { before, after, sinceMs }: { readonly before: Policy; readonly after: Policy; readonly sinceMs: number },
  { calls, judgeBy, breathe }: AreaEffectParts,
): Promise<AreaEffect> {
  const sides = { allow: new Map<string, ChangedCalls>(), refuse: new Map<string, ChangedCalls>() };
  const judged = new Map<string, Verdict | null>();
  let looked = 0;
  let oldest: PlacedCall | null = null;
  for (;;) {
    const page: readonly PlacedCall[] = await calls.placed({ sinceMs, before: oldest, limit: CALLS_A_STEP });
    for (const call of page) {
      const key = JSON.stringify([call.extension, call.trunk, call.number]);
      let verdict = judged.get(key);
      if (verdict === undefined) judged.set(key, (verdict = changed(call, before, after, judgeBy)));
      if (verdict !== null) count(sides[verdict.decision], key, call, verdict);
    }
    looked += page.length;
    oldest = page.at(-1) ?? null;
    const cut = looked >= MOST_CALLS;
    if (page.length === CALLS_A_STEP && !cut) await breathe();
    else {
      return {
        ...{ sinceMs, looked, cut: cut && page.length === CALLS_A_STEP },
        wouldRefuse: sideOf(sides.refuse),
        wouldAllow: sideOf(sides.allow),
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

function count(side: Map<string, ChangedCalls>, key: string, call: PlacedCall, verdict: Verdict): void {
  const known = side.get(key);
  side.set(key, {
    extension: call.extension,
    number: call.number,
    area: verdict.area === null ? null : areaName(verdict.area),
    calls: (known?.calls ?? 0) + 1,
    lastAtMs: known?.lastAtMs ?? call.atMs,
    reason: verdict.reason,
  });
}

function sideOf(side: ReadonlyMap<string, ChangedCalls>): EffectSide {
  const all = [...side.values()].sort((a, b) => b.calls - a.calls || b.lastAtMs - a.lastAtMs);
  return {
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    extensions: new Set(all.map(({ extension }) => extension)).size,
    first: all.slice(0, MOST_SHOWN),
  };
}
