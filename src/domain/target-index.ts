import {
  asSource,
  contains,
  ipv4NetworkOf,
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
  /** By prefix length, narrowest first, then by the network's first address: for IPv4 a number, since each event of a flood looks
   *  here. */
  private v4 = new Map<number, Map<number, T>>();
  private v6 = new Map<number, Map<bigint, T>>();
  private networks = 0;

  get size(): number {
    return this.sources.size + this.networks;
  }

  get(target: Target): T | null {
    const source = this.sources.get(target);
    if (source !== undefined || this.networks === 0) return source ?? null;
    const v4 = ipv4NetworkOf(target);
    if (v4 !== null) return this.v4.get(v4.bits)?.get(v4.base) ?? null;
    const { bits, base } = networkOfTarget(target);
    return this.v6.get(bits)?.get(base) ?? null;
  }

  set(target: Target, value: T): void {
    if (asSource(target) !== null) {
      this.sources.set(target, value);
      return;
    }
    const v4 = ipv4NetworkOf(target);
    const { bits, base } = networkOfTarget(target);
    const lengths = this.v4.size + this.v6.size;
    const isNew = v4 === null ? put(this.v6, bits, base, value) : put(this.v4, v4.bits, v4.base, value);
    if (isNew) this.networks++;
    if (this.v4.size + this.v6.size === lengths) return;
    this.v4 = narrowestFirst(this.v4);
    this.v6 = narrowestFirst(this.v6);
  }

  delete(target: Target): void {
    if (this.sources.delete(target) || this.networks === 0) return;
    const v4 = ipv4NetworkOf(target);
    const { bits, base } = networkOfTarget(target);
    if (v4 === null ? take(this.v6, bits, base) : take(this.v4, v4.bits, v4.base)) this.networks--;
  }

  /** The values of `target` itself and of every network around it, narrowest first. */
  covering(target: Target): T[] {
    const source = this.sources.get(target);
    const found = source === undefined ? [] : [source];
    if (this.networks === 0) return found;
    const v4 = ipv4NetworkOf(target);
    if (v4 !== null) {
      for (const [bits, values] of this.v4) {
        if (bits > v4.bits) continue;
        const value = values.get(bits === 0 ? 0 : (v4.base & (-1 << (32 - bits))) >>> 0);
        if (value !== undefined) found.push(value);
      }
      return found;
    }
    if (this.v6.size === 0) return found;
    const network = networkOfTarget(target);
    const ip = { family: network.family, value: network.base };
    for (const [bits, values] of this.v6) {
      if (bits > network.bits) continue;
      const value = values.get(networkOf(ip, bits).base);
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** The values of targets within `target`, but not of `target` itself. Looks at all narrower ones: not for hot paths, but for a
   *  source, within which there is nothing. */
  within(target: Target): T[] {
    if (ipv4NetworkOf(target)?.bits === SOURCE_BITS[4]) return [];
    const outer = networkOfTarget(target);
    if (outer.bits >= SOURCE_BITS[outer.family]) return [];
    const found: T[] = [];
    for (const [source, value] of this.sources) {
      if (contains(outer, networkOfTarget(source))) found.push(value);
    }
    for (const [bits, base, value] of this.eachNetwork(outer.family)) {
      const inner: Network = { family: outer.family, base, bits };
      if (bits > outer.bits && contains(outer, inner)) found.push(value);
    }
    return found;
  }

  *values(): Generator<T> {
    yield* this.sources.values();
    for (const family of [4, 6] as const) for (const [, , value] of this.eachNetwork(family)) yield value;
  }

  private *eachNetwork(family: 4 | 6): Generator<[bits: number, base: bigint, value: T]> {
    for (const [bits, values] of family === 4 ? this.v4 : this.v6) {
      for (const [base, value] of values) yield [bits, BigInt(base), value];
    }
  }
}

/** Whether it is new there. */
function put<B, T>(lengths: Map<number, Map<B, T>>, bits: number, base: B, value: T): boolean {
  const sameLength = lengths.get(bits);
  const isNew = sameLength?.has(base) !== true;
  if (sameLength === undefined) lengths.set(bits, new Map([[base, value]]));
  else sameLength.set(base, value);
  return isNew;
}

/** Whether it was there. */
function take<B, T>(lengths: Map<number, Map<B, T>>, bits: number, base: B): boolean {
  const sameLength = lengths.get(bits);
  if (sameLength?.delete(base) !== true) return false;
  if (sameLength.size === 0) lengths.delete(bits);
  return true;
}

function narrowestFirst<V>(lengths: Map<number, V>): Map<number, V> {
  return new Map([...lengths].sort(([a], [b]) => b - a));
}
