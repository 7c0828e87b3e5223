import type { Target } from "../domain/address.js";
import type { Decision } from "../domain/intrusion/decision.js";
import { differenceOf } from "./decision-difference.js";

export interface Tally {
  /** Sources, or accounts at a source, that the shadow alone would have shut out, and how many of them are known sources. */
  readonly more: number;
  readonly moreKnown: number;
  /** Those that live alone shut out. */
  readonly fewer: number;
  readonly both: number;
}

/** One source, or one account at a source: the first decision of each side; null where it took none. */
export interface ShadowResult {
  readonly target: Target;
  readonly account: string | null;
  readonly live: Decision | null;
  readonly shadow: Decision | null;
}

export interface ShadowResults {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bans: Tally;
  readonly blocks: Tally;
  /** The tallies in words. */
  readonly summary: string;
  /** Newest first. */
  readonly results: readonly ShadowResult[];
}

/** @param live what the machine decided, and `shadow` what it would have, both in the order taken */
export function compareWithLive(
  live: readonly Decision[],
  shadow: readonly Decision[],
  span: { readonly fromMs: number; readonly toMs: number },
): ShadowResults {
  const { onlyFirst, onlySecond, both } = differenceOf(live, shadow);
  const results: ShadowResult[] = [
    ...onlyFirst.map((decision) => resultOf(decision, null)),
    ...onlySecond.map((decision) => resultOf(null, decision)),
    ...both.map(([one, other]) => resultOf(one, other)),
  ].flat();
  const newest = ({ live: one, shadow: other }: ShadowResult) => Math.max(one?.atMs ?? 0, other?.atMs ?? 0);
  const tally = (isOf: (decision: Decision) => boolean): Tally => {
    const more = onlySecond.filter(isOf);
    return {
      more: more.length,
      moreKnown: more.filter(({ standing }) => standing === "known").length,
      fewer: onlyFirst.filter(isOf).length,
      both: both.filter(([decision]) => isOf(decision)).length,
    };
  };
  const bans = tally(({ account }) => account === null);
  const blocks = tally(({ account }) => account !== null);
  return {
    ...span,
    bans,
    blocks,
    summary: summaryOf(bans, blocks),
    results: results.sort((a, b) => newest(b) - newest(a)),
  };
}

function resultOf(live: Decision | null, shadow: Decision | null): ShadowResult[] {
  const decision = live ?? shadow;
  return decision === null ? [] : [{ target: decision.target, account: decision.account, live, shadow }];
}

/** *"would have banned 14 more (2 of them known sources), 3 fewer"* */
function summaryOf(bans: Tally, blocks: Tally): string {
  const known = bans.moreKnown === 0 ? "" : ` (${bans.moreKnown} of them known sources)`;
  const banned = `would have banned ${bans.more} more${known}, ${bans.fewer} fewer`;
  if (blocks.more + blocks.fewer === 0) return banned;
  return `${banned}; would have blocked ${blocks.more} more, ${blocks.fewer} fewer`;
}
