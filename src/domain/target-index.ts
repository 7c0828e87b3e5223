import { contains, networkOf, networkOfTarget, type Network, type Target } from "./address.js";

/** A value for each target, found again by what a target covers or is covered by. Covering costs one look-up for each
 *  prefix length in use, however many targets there are. */
export class TargetIndex<T> {
  /** By prefix length, then by the network's first address. */
  private readonly lengths = { 4: new Map<number, Map<bigint, T>>(), 6: new Map<number, Map<bigint, T>>() };

  get(target: Target): T | null {
    const { family, bits, base } = networkOfTarget(target);
    return this.lengths[family].get(bits)?.get(base) ?? null;
  }

  set(target: Target, value: T): void {
    const { family, bits, base } = networkOfTarget(target);
    const sameLength = this.lengths[family].get(bits);
    if (sameLength === undefined) this.lengths[family].set(bits, new Map([[base, value]]));
    else sameLength.set(base, value);
  }

  delete(target: Target): void {
    const { family, bits, base } = networkOfTarget(target);
    const sameLength = this.lengths[family].get(bits);
    if (sameLength?.delete(base) === true && sameLength.size === 0) this.lengths[family].delete(bits);
  }

  /** The values of `target` itself and of every network around it, narrowest first. */
  covering(target: Target): T[] {
    const network = networkOfTarget(target);
    const ip = { family: network.family, value: network.base };
    const found: { bits: number; value: T }[] = [];
    for (const [bits, values] of this.lengths[network.family]) {
      if (bits > network.bits) continue;
      const value = values.get(networkOf(ip, bits).base);
      if (value !== undefined) found.push({ bits, value });
    }
    return found.sort((a, b) => b.bits - a.bits).map(({ value }) => value);
  }

  /** The values of targets within `target`, but not of `target` itself. Looks at all narrower ones: not for hot paths. */
  within(target: Target): T[] {
    const outer = networkOfTarget(target);
    const found: T[] = [];
    for (const [bits, values] of this.lengths[outer.family]) {
      if (bits <= outer.bits) continue;
      for (const [base, value] of values) {
        const inner: Network = { family: outer.family, base, bits };
        if (contains(outer, inner)) found.push(value);
      }
    }
    return found;
  }

  *values(): Generator<T> {
    for (const family of [4, 6] as const) {
      for (const sameLength of this.lengths[family].values()) yield* sameLength.values();
    }
  }
}
