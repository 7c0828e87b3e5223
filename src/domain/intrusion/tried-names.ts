import { roomier, widened } from "../columns.js";
import type { Attempt, AttemptKind } from "./attempt.js";
import { ageOf, isWithin, stampOf, StampLists, type StampPool } from "./stamps.js";

export const KINDS: readonly AttemptKind[] = [
  "unknown-account",
  "wrong-password",
  "acl-refused",
  "unidentified",
  "login",
];

/** How a try on a name is to be kept. */
export interface NameRules {
  /** No account of Asterisk's. */
  readonly unknown: boolean;
  /** Whether it counts against the source; what an allow-list refused at a known source is only remembered. */
  readonly counts: boolean;
  /** Names kept of one source; beyond, the one tried longest ago goes, and before all others one without proof. */
  readonly names: number;
  /** Tries kept of one name. */
  readonly tries: number;
  /** Names not tried for this long are dropped. */
  readonly keptMs: number;
}

/** The account names that sources tried. Each source's are a chain of entries, the one tried last first, and goes by
 *  the number of that; 0 is none. Columns rather than objects, for there may be a million. */
export class TriedNames {
  private texts: string[] = [""];
  private next = new Int32Array(64);
  private tries = new Uint32Array(64);
  private firsts = new Uint32Array(64);
  private lasts = new Uint32Array(64);
  private kinds = new Uint8Array(64);
  private unknown = new Uint8Array(64);
  /** Stamps of the latest tries that count. */
  private readonly stamps: StampLists;
  private free = 0;

  constructor(pool: StampPool) {
    this.stamps = new StampLists(pool);
  }

  /** Notes a try in the chain of `head`; returns the chain's new first. */
  note(head: number, attempt: Attempt, name: string, rules: NameRules): number {
    const { atMs } = attempt;
    let entry = this.find(head, name);
    if (entry === 0) entry = this.begin(this.makeRoom(head, rules.names), name, atMs);
    else if (entry !== head) this.putFirst(head, entry);
    this.tries[entry] = (this.tries[entry] ?? 0) + 1;
    this.kinds[entry] = (this.kinds[entry] ?? 0) | (1 << KINDS.indexOf(attempt.kind));
    this.unknown[entry] = rules.unknown ? 1 : 0;
    const last = stampOf(atMs, false);
    if (ageOf(this.lasts[entry] ?? 0, atMs) > 0) this.lasts[entry] = last;
    if (ageOf(this.firsts[entry] ?? 0, atMs) < 0) this.firsts[entry] = last;
    if (rules.counts) this.stamps.add(entry, atMs, attempt.proof === "returned", rules.tries, rules.keptMs);
    return entry;
  }

  /** Takes one try back; returns the chain's new first. */
  takeBack(head: number, name: string, atMs: number): number {
    const entry = this.find(head, name);
    if (entry === 0) return head;
    this.stamps.remove(entry, atMs);
    const left = (this.tries[entry] ?? 1) - 1;
    this.tries[entry] = left;
    if (left <= 0) return this.drop(head, entry);
    const latest = this.stamps.latest(entry);
    if (latest !== null && this.lasts[entry] === stampOf(atMs, false)) this.lasts[entry] = latest & ~1;
    return head;
  }

  prove(head: number, name: string, atMs: number): void {
    const entry = this.find(head, name);
    if (entry !== 0) this.stamps.prove(entry, atMs);
  }

  /** Drops one name; returns the chain's new first. */
  forget(head: number, name: string): number {
    const entry = this.find(head, name);
    return entry === 0 ? head : this.drop(head, entry);
  }

  /** Drops what was not tried within the window; returns the chain's new first. */
  prune(head: number, atMs: number, keptMs: number): number {
    let first = head;
    for (let entry = head; entry !== 0;) {
      const next = this.next[entry] ?? 0;
      if (isWithin(this.lasts[entry] ?? 0, atMs, keptMs)) this.stamps.clearIfPast(entry, atMs, keptMs);
      else first = this.drop(first, entry);
      entry = next;
    }
    return first;
  }

  clear(head: number): void {
    for (let entry = head; entry !== 0; entry = this.drop(entry, entry));
  }

  /** How many names were tried within the window. */
  countWithin(head: number, atMs: number, windowMs: number): number {
    let count = 0;
    for (let entry = head; entry !== 0; entry = this.next[entry] ?? 0) {
      if (isWithin(this.lasts[entry] ?? 0, atMs, windowMs)) count++;
    }
    return count;
  }

  /** How many names were tried within the window by somebody who has shown that it is they. */
  provenWithin(head: number, atMs: number, windowMs: number): number {
    let count = 0;
    for (let entry = head; entry !== 0; entry = this.next[entry] ?? 0) {
      if (this.isProvenWithin(entry, atMs, windowMs)) count++;
    }
    return count;
  }

  /** The same, one by one, with their tries of the last `backMs`. */
  *provenNames(head: number, atMs: number, windowMs: number, backMs: number): Iterable<ProvenName> {
    for (let entry = head; entry !== 0; entry = this.next[entry] ?? 0) {
      if (!this.isProvenWithin(entry, atMs, windowMs)) continue;
      yield { ...this.entry(entry, atMs, backMs), isUnknown: this.unknown[entry] === 1 };
    }
  }

  /** Whether it is no account of Asterisk's, as of the last try on it. */
  isUnknown(head: number, name: string): boolean {
    return this.unknown[this.find(head, name)] === 1;
  }

  /** Tries on `name` within the window that count. */
  triesWithin(head: number, name: string, atMs: number, windowMs: number): number {
    const entry = this.find(head, name);
    return entry === 0 || this.stamps.sizeOf(entry) === 0 ? 0 : this.stamps.within(entry, atMs, windowMs);
  }

  provenTriesWithin(head: number, name: string, atMs: number, windowMs: number): number {
    const entry = this.find(head, name);
    return entry === 0 ? 0 : this.stamps.provenWithin(entry, atMs, windowMs);
  }

  /** When the first of the tries within the window was. Unix milliseconds; `atMs` where there is none. */
  firstTryWithin(head: number, name: string, atMs: number, windowMs: number): number {
    return this.stamps.timesWithin(this.find(head, name), atMs, windowMs)[0] ?? atMs;
  }

  /** The name tried last; null where there is none. */
  lastOf(head: number): string | null {
    return head === 0 ? null : (this.texts[head] ?? null);
  }

  /** Each name tried within the window, the one tried last first. */
  *entries(head: number, atMs: number, windowMs: number): Iterable<TriedName> {
    for (let entry = head; entry !== 0; entry = this.next[entry] ?? 0) {
      if (isWithin(this.lasts[entry] ?? 0, atMs, windowMs)) yield this.entry(entry, atMs, windowMs);
    }
  }

  private isProvenWithin(entry: number, atMs: number, windowMs: number): boolean {
    const proven = this.stamps.latest(entry, true);
    return proven !== null && isWithin(proven, atMs, windowMs);
  }

  private entry(entry: number, atMs: number, windowMs: number): TriedName {
    const timesMs = this.stamps.timesWithin(entry, atMs, windowMs);
    const first = this.firsts[entry] ?? 0;
    // Where every try is within the window, those no longer held count too.
    const all = isWithin(first, atMs, windowMs);
    return {
      name: this.texts[entry] ?? "",
      tries: all ? (this.tries[entry] ?? 0) : Math.max(1, timesMs.length),
      firstAtMs: all ? atMs - ageOf(first, atMs) : (timesMs[0] ?? atMs - ageOf(this.lasts[entry] ?? 0, atMs)),
      lastAtMs: atMs - ageOf(this.lasts[entry] ?? 0, atMs),
      timesMs,
      kinds: KINDS.filter((_, bit) => ((this.kinds[entry] ?? 0) & (1 << bit)) !== 0),
    };
  }

  private find(head: number, name: string): number {
    let entry = head;
    while (entry !== 0 && this.texts[entry] !== name) entry = this.next[entry] ?? 0;
    return entry;
  }

  private putFirst(head: number, entry: number): void {
    this.next[this.beforeIn(head, entry)] = this.next[entry] ?? 0;
    this.next[entry] = head;
  }

  /** Drops the one tried longest ago, which is the last; one without proof before those with it. */
  private makeRoom(head: number, most: number): number {
    let count = 0;
    let last = head;
    for (let entry = head; entry !== 0; entry = this.next[entry] ?? 0) {
      count++;
      last = entry;
    }
    if (count < most) return head;
    let unproven = 0;
    for (let entry = head; entry !== 0; entry = this.next[entry] ?? 0) {
      if (this.stamps.latest(entry, true) === null) unproven = entry;
    }
    return this.drop(head, unproven === 0 ? last : unproven);
  }

  private begin(next: number, name: string, atMs: number): number {
    let entry = this.free;
    if (entry === 0) {
      entry = this.texts.length;
      if (entry >= this.next.length) this.grow();
      this.texts.push(name);
    } else {
      this.free = this.next[entry] ?? 0;
      this.texts[entry] = name;
    }
    this.next[entry] = next;
    this.tries[entry] = 0;
    this.kinds[entry] = 0;
    this.firsts[entry] = this.lasts[entry] = stampOf(atMs, false);
    return entry;
  }

  private drop(head: number, gone: number): number {
    const next = this.next[gone] ?? 0;
    if (head !== gone) this.next[this.beforeIn(head, gone)] = next;
    this.stamps.clear(gone);
    this.texts[gone] = "";
    this.next[gone] = this.free;
    this.free = gone;
    return head === gone ? next : head;
  }

  private beforeIn(head: number, entry: number): number {
    let before = head;
    while (before !== 0 && this.next[before] !== entry) before = this.next[before] ?? 0;
    return before;
  }

  private grow(): void {
    const size = roomier(this.next.length);
    this.next = widened(this.next, new Int32Array(size));
    this.tries = widened(this.tries, new Uint32Array(size));
    this.firsts = widened(this.firsts, new Uint32Array(size));
    this.lasts = widened(this.lasts, new Uint32Array(size));
    this.kinds = widened(this.kinds, new Uint8Array(size));
    this.unknown = widened(this.unknown, new Uint8Array(size));
  }
}

/** The tries on one name. `name` is hostile text; `timesMs` are those of the latest tries, in order. */
export interface TriedName {
  readonly name: string;
  readonly tries: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly timesMs: readonly number[];
  readonly kinds: readonly AttemptKind[];
}

export interface ProvenName extends TriedName {
  /** No account of Asterisk's. */
  readonly isUnknown: boolean;
}
