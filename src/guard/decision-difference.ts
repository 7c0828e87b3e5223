import { asSource, type Target } from "../domain/address.js";
import { TargetIndex } from "../domain/target-index.js";

/** What is compared of a ban (`account` null) or a block. */
export interface Compared {
  readonly target: Target;
  readonly account: string | null;
}

export interface Difference<T> {
  /** The first decision on each that only one side took. */
  readonly onlyFirst: readonly T[];
  readonly onlySecond: readonly T[];
  readonly both: readonly (readonly [T, T])[];
}

/** What two ways of judging decided, each source (or account at a source) once, by its first decision. Who is shut out by one side
 *  alone and by the other with its whole network is no difference.
 *  @param first in the order taken */
export function differenceOf<T extends Compared>(first: Iterable<T>, second: Iterable<T>): Difference<T> {
  const [a, b] = [decided(first), decided(second)];
  const both: (readonly [T, T])[] = [];
  for (const [key, decision] of a.byKey) {
    const other = b.byKey.get(key);
    if (other !== undefined) both.push([decision, other]);
  }
  return { onlyFirst: missingIn(b, a), onlySecond: missingIn(a, b), both };
}

interface Decided<T> {
  readonly byKey: ReadonlyMap<string, T>;
  readonly networks: TargetIndex<T>;
}

function decided<T extends Compared>(decisions: Iterable<T>): Decided<T> {
  const byKey = new Map<string, T>();
  const networks = new TargetIndex<T>();
  for (const decision of decisions) {
    const key = keyOf(decision);
    if (byKey.has(key)) continue;
    byKey.set(key, decision);
    if (decision.account === null && asSource(decision.target) === null)
      networks.set(decision.target, decision);
  }
  return { byKey, networks };
}

function missingIn<T extends Compared>(there: Decided<T>, here: Decided<T>): T[] {
  return [...here.byKey]
    .filter(
      ([key, { target, account }]) =>
        !there.byKey.has(key) && !(account === null && there.networks.covering(target).length > 0),
    )
    .map(([, decision]) => decision);
}

function keyOf({ target, account }: Compared): string {
  return account === null ? target : `${target}\n${account}`;
}
