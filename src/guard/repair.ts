import type { Target } from "../domain/address.js";
import type { BanInForce } from "../domain/intrusion/ban.js";
import type { HeldShut } from "./ports.js";

export interface Repair {
  /** Not held, though they should be. */
  readonly missing: readonly BanInForce[];
  /** Held with another end than they have. */
  readonly wrongEnd: readonly BanInForce[];
  /** Held without a ban, in this listing and in the one before. */
  readonly open: readonly Target[];
  /** Held without a ban, in this listing: to be given to the next `planRepair`. */
  readonly suspects: ReadonlySet<Target>;
}

export interface Comparison {
  readonly inForce: readonly BanInForce[];
  readonly held: readonly HeldShut[];
  readonly nowMs: number;
  /** The suspects of the listing before. */
  readonly suspects: ReadonlySet<Target>;
  /** Being changed while the listing was made, which therefore says nothing of them. */
  readonly unsettled: ReadonlySet<Target>;
}

/** Backends tell ends in whole seconds, and a long listing takes some. */
const END_TOLERANCE_MS = 5_000;
/** A ban about to end may have left the kernel already. */
const ALMOST_OVER_MS = 1_000;

/** What it takes to make the kernel hold what it should. A listing may lie by leaving rows out, and putting in what is in
 *  already harms nobody; but nothing is taken out on the word of one listing. */
export function planRepair({ inForce, held, nowMs, suspects, unsettled }: Comparison): Repair {
  const heldByTarget = new Map(held.map((each) => [each.target, each]));
  const missing: BanInForce[] = [];
  const wrongEnd: BanInForce[] = [];
  const wanted = new Set<Target>();
  for (const ban of inForce) {
    wanted.add(ban.target);
    if (unsettled.has(ban.target)) continue;
    const leftMs = ban.untilMs === null ? null : ban.untilMs - nowMs;
    if (leftMs !== null && leftMs < ALMOST_OVER_MS) continue;
    const holding = heldByTarget.get(ban.target);
    if (holding === undefined) missing.push(ban);
    else if (!endsAgree(leftMs, holding.expiresInMs)) wrongEnd.push(ban);
  }
  const surplus = held
    .filter(({ target, expiresInMs }) => {
      const goesByItself = expiresInMs !== null && expiresInMs <= END_TOLERANCE_MS;
      return !goesByItself && !wanted.has(target) && !unsettled.has(target);
    })
    .map(({ target }) => target);
  return {
    missing,
    wrongEnd,
    open: surplus.filter((target) => suspects.has(target)),
    suspects: new Set(surplus),
  };
}

function endsAgree(leftMs: number | null, heldMs: number | null): boolean {
  if (leftMs === null || heldMs === null) return leftMs === heldMs;
  return Math.abs(leftMs - heldMs) <= END_TOLERANCE_MS;
}
