import type { Source } from "../address.js";
import { fingerprint } from "../text.js";

export const SHARES = 65_536;

export interface Evicted {
  readonly atMs: number;
  readonly share: number;
}

/** A number below SHARES that stands for a source: some share one. */
export function shareOf(source: Source): number {
  return fingerprint(source) % SHARES;
}

/** Who was sent what, in a fixed amount of memory: 28 bytes for each of `capacity` entries. A new one takes the place of the
 *  oldest. A nonce can't be guessed, so 53 bits of it are enough. */
export class NonceRing {
  private readonly nonces: Float64Array;
  private readonly sources: Float64Array;
  private readonly times: Float64Array;
  /** The entry to look at after this one, of those in the same bucket; -1: none. */
  private readonly following: Int32Array;
  private readonly buckets: Int32Array;
  /** How many entries the sources of one fingerprint have, about: some share a count. */
  private readonly shares = new Uint16Array(SHARES);
  private at = 0;
  private held = 0;

  constructor(private readonly capacity: number) {
    this.nonces = new Float64Array(capacity);
    this.sources = new Float64Array(capacity);
    this.times = new Float64Array(capacity);
    this.following = new Int32Array(capacity).fill(-1);
    this.buckets = new Int32Array(capacity).fill(-1);
  }

  /** Whether `source` holds as many entries as `most`; never says so of one that holds none, unless it shares its count. */
  isCrowdedBy(source: Source, most: number): boolean {
    return (this.shares[shareOf(source)] ?? 0) >= most;
  }

  /** Returns what went to make room, its source as the hash that `shareOf` makes of one; null where nothing did. */
  add(nonce: string, source: Source, atMs: number): Evicted | null {
    const gone = this.held === this.capacity ? this.drop(this.at) : null;
    const key = fingerprint(nonce);
    const owner = fingerprint(source);
    const bucket = key % this.capacity;
    this.nonces[this.at] = key;
    this.sources[this.at] = owner;
    this.times[this.at] = atMs;
    this.following[this.at] = this.buckets[bucket] ?? -1;
    this.buckets[bucket] = this.at;
    const share = owner % SHARES;
    this.shares[share] = (this.shares[share] ?? 0) + 1;
    this.at = (this.at + 1) % this.capacity;
    this.held = Math.min(this.held + 1, this.capacity);
    return gone;
  }

  /** Where the nonce went; null where nothing is known of it. */
  find(nonce: string, source: Source): "here" | "elsewhere" | null {
    const key = fingerprint(nonce);
    let found: "elsewhere" | null = null;
    for (let at = this.buckets[key % this.capacity] ?? -1; at >= 0; at = this.following[at] ?? -1) {
      if (this.nonces[at] !== key) continue;
      if (this.sources[at] === fingerprint(source)) return "here";
      found = "elsewhere";
    }
    return found;
  }

  private drop(at: number): Evicted {
    const bucket = (this.nonces[at] ?? 0) % this.capacity;
    const next = this.following[at] ?? -1;
    let before = this.buckets[bucket] ?? -1;
    if (before === at) this.buckets[bucket] = next;
    else {
      // The oldest is the last of its bucket.
      while (before >= 0 && this.following[before] !== at) before = this.following[before] ?? -1;
      if (before >= 0) this.following[before] = next;
    }
    const share = (this.sources[at] ?? 0) % SHARES;
    this.shares[share] = (this.shares[share] ?? 1) - 1;
    return { atMs: this.times[at] ?? 0, share };
  }
}
