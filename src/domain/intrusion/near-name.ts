/** Nobody has an account name longer than this; longer ones are near to nothing. */
export const LONGEST_NAME = 32;

/** Finds the real account that somebody may have meant: one letter too many, missing, wrong, or two neighbours swapped. */
export class NearNames {
  /** Every name under itself and under each text that one letter less makes of it: two names that differ by one slip meet
   *  under one of these, so that a look-up costs the length of the name, not the number of accounts. */
  private readonly byShorter = new Map<string, string[]>();

  constructor(names: Iterable<string>) {
    for (const name of names) this.add(name);
  }

  add(name: string): void {
    if (name.length === 0 || name.length > LONGEST_NAME) return;
    for (const key of keysOf(name)) {
      const there = this.byShorter.get(key);
      if (there === undefined) this.byShorter.set(key, [name]);
      else if (!there.includes(name)) there.push(name);
    }
  }

  /** The account one slip away from `name` (hostile text); of several, one with swapped letters first, then one of the same
   *  length, then the first in the alphabet. Null where there is none, or where `name` is itself one. */
  nearest(name: string): string | null {
    if (name.length < 2 || name.length > LONGEST_NAME) return null;
    let best: { readonly rank: number; readonly name: string } | null = null;
    for (const key of keysOf(name)) {
      for (const candidate of this.byShorter.get(key) ?? []) {
        if (candidate === name) return null;
        const rank = slipRank(name, candidate);
        if (rank === null) continue;
        if (best === null || rank < best.rank || (rank === best.rank && candidate < best.name)) {
          best = { rank, name: candidate };
        }
      }
    }
    return best?.name ?? null;
  }
}

/** How two different names differ by one slip: 0 swapped neighbours, 1 another letter, 2 a letter more or less; null where
 *  they differ by more. (Damerau's four slips, each at most once.) */
export function slipRank(a: string, b: string): 0 | 1 | 2 | null {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return null;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from++;
  let same = 0;
  while (same < short.length - from && short.at(-1 - same) === long.at(-1 - same)) same++;
  const differs = long.length - from - same;
  if (long.length > short.length) return short.length - from - same === 0 && differs === 1 ? 2 : null;
  if (differs === 1) return 1;
  const swapped = differs === 2 && a[from] === b[from + 1] && a[from + 1] === b[from];
  return swapped ? 0 : null;
}

function keysOf(name: string): ReadonlySet<string> {
  const keys = new Set([name]);
  for (let at = 0; at < name.length; at++) keys.add(name.slice(0, at) + name.slice(at + 1));
  return keys;
}
