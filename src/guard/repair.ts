import type { Target } from "../domain/address.js";
import type { BanInForce } from "../domain/intrusion/ban.js";
import type { HeldShut } from "./ports.js";
import { inSlices } from "./slices.js";

/** What of a ban the kernel needs to know. */
export type ShutBan = Pick<BanInForce, "target" | "untilMs" | "scope">;

export interface Repair {
  /** Not held, though they should be. */
  readonly missing: readonly ShutBan[];
  /** Held with another end or another scope than they have. */
  readonly different: readonly ShutBan[];
  /** Held without a ban, in this listing and in the one before. */
  readonly open: readonly Target[];
  /** Held without a ban, in this listing: to be given to the next `planRepair`. */
  readonly suspects: ReadonlySet<Target>;
  readonly inForce: number;
}

export interface Comparison {
  readonly inForce: Iterable<ShutBan>;
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
 *  already harms nobody; but nothing is taken out on the word of one listing. Works in slices: among 100,000 bans it would
 *  keep the main loop for a tenth of a second. */
export async function planRepair(comparison: Comparison): Promise<Repair> {
  const { inForce, held, nowMs, suspects, unsettled } = comparison;
  /** What no ban has asked for yet. */
  const unasked = new Map<Target, HeldShut>();
  await inSlices(held, (each) => unasked.set(each.target, each));

  const missing: ShutBan[] = [];
  const different: ShutBan[] = [];
  let count = 0;
  await inSlices(inForce, (ban) => {
    count += 1;
    const holding = unasked.get(ban.target);
    unasked.delete(ban.target);
    if (unsettled.has(ban.target)) return;
    const leftMs = ban.untilMs === null ? null : ban.untilMs - nowMs;
    if (leftMs !== null && leftMs < ALMOST_OVER_MS) return;
    if (holding === undefined) missing.push(ban);
    else if (holding.scope !== ban.scope || !endsAgree(leftMs, holding.expiresInMs)) different.push(ban);
  });

  const surplus = new Set<Target>();
  await inSlices(unasked.values(), ({ target, expiresInMs }) => {
    const goesByItself = expiresInMs !== null && expiresInMs <= END_TOLERANCE_MS;
    if (!goesByItself && !unsettled.has(target)) surplus.add(target);
  });
  return {
    missing,
    different,
    open: [...surplus].filter((target) => suspects.has(target)),
    suspects: surplus,
    inForce: count,
  };
}

function endsAgree(leftMs: number | null, heldMs: number | null): boolean {
  if (leftMs === null || heldMs === null) return leftMs === heldMs;
  return Math.abs(leftMs - heldMs) <= END_TOLERANCE_MS;
}
