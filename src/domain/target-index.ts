import {
  asSource,
  contains,
  networkOf,
  networkOfTarget,
  type Network,
  SOURCE_BITS_V6,
  type Target,
} from "./address.js";

const SOURCE_BITS = { 4: 32, 6: SOURCE_BITS_V6 } as const;

/** A value for each target, found again by what a target covers or is covered by. A source is found by its text alone;
 *  networks cost one look-up for each prefix length in use, however many there are. */
export class TargetIndex<T> {
  /** Most targets are single sources: their text is the key, so that they cost no memory of their own. */
  private readonly sources = new Map<Target, T>();
  /** By prefix length, then by the network's first address. */
  private readonly lengths = { 4: new Map<number, Map<bigint, T>>(), 6: new Map<number, Map<bigint, T>>() };
  private networks = 0;

  get size(): number {
    return this.sources.size + this.networks;
  }

  get(target: Target): T | null {
    const source = this.sources.get(target);
    if (source !== undefined || this.networks === 0) return source ?? null;
    const { family, bits, base } = networkOfTarget(target);
    return this.lengths[family].get(bits)?.get(base) ?? null;
  }

  set(target: Target, value: T): void {
    if (asSource(target) !== null) {
      this.sources.set(target, value);
      return;
    }
    const { family, bits, base } = networkOfTarget(target);
    const sameLength = this.lengths[family].get(bits);
    if (sameLength?.has(base) !== true) this.networks++;
    if (sameLength === undefined) this.lengths[family].set(bits, new Map([[base, value]]));
    else sameLength.set(base, value);
  }

  delete(target: Target): void {
    if (this.sources.delete(target) || this.networks === 0) return;
    const { family, bits, base } = networkOfTarget(target);
    const sameLength = this.lengths[family].get(bits);
    if (sameLength?.delete(base) !== true) return;
    this.networks--;
    if (sameLength.size === 0) this.lengths[family].delete(bits);
  }

  /** The values of `target` itself and of every network around it, narrowest first. */
  covering(target: Target): T[] {
    const source = this.sources.get(target);
    const itself = source === undefined ? [] : [source];
    if (this.networks === 0) return itself;
    const network = networkOfTarget(target);
    const ip = { family: network.family, value: network.base };
    const found: { bits: number; value: T }[] = [];
    for (const [bits, values] of this.lengths[network.family]) {
      if (bits > network.bits) continue;
      const value = values.get(networkOf(ip, bits).base);
      if (value !== undefined) found.push({ bits, value });
    }
    return [...itself, ...found.sort((a, b) => b.bits - a.bits).map(({ value }) => value)];
  }

  /** The values of targets within `target`, but not of `target` itself. Looks at all narrower ones: not for hot paths. */
  within(target: Target): T[] {
    const outer = networkOfTarget(target);
    if (outer.bits >= SOURCE_BITS[outer.family]) return [];
    const found: T[] = [];
    for (const [source, value] of this.sources) {
      if (contains(outer, networkOfTarget(source))) found.push(value);
    }
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
    yield* this.sources.values();
    for (const family of [4, 6] as const) {
      for (const sameLength of this.lengths[family].values()) yield* sameLength.values();
    }
  }
}
