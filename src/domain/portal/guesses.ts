import type { Source } from "../address.js";

/** How often PINs may be got wrong before no more are looked at. Figures of our own: a source has enough for a person's slips, an
 *  extension and the whole system for what many sources together may guess of six digits in a day: 1 in 33,000 for an extension. */
export const GUESSES = {
  source: { failures: 5, windowMs: 15 * 60_000 },
  sourceDay: { failures: 20, windowMs: 24 * 3_600_000 },
  extension: { failures: 30, windowMs: 24 * 3_600_000 },
  all: { failures: 300, windowMs: 3_600_000 },
} as const;

interface Limit {
  readonly failures: number;
  readonly windowMs: number;
}

/** Counts wrong PINs. A source where the extension has worked counts by itself alone, so that nobody elsewhere can shut its owner out
 *  by guessing. */
export class Guesses {
  private readonly sources = new Failures(20_000);
  private readonly extensions = new Failures(20_000);
  private readonly all = new Failures(1);

  /** How long no PIN of `extension` is looked at from `source`; 0: it may try.
   *  @param isHome whether the extension's password has succeeded from there */
  waitMs(source: Source, extension: string, isHome: boolean, nowMs: number): number {
    const { sources, extensions, all } = this;
    const own = Math.max(
      sources.waitMs(source, GUESSES.source, nowMs),
      sources.waitMs(source, GUESSES.sourceDay, nowMs),
    );
    if (isHome) return own;
    return Math.max(
      own,
      extensions.waitMs(extension, GUESSES.extension, nowMs),
      all.waitMs("", GUESSES.all, nowMs),
    );
  }

  /** To be called before the PIN is looked at, so that many at once are not all let through; `right` takes it back. */
  count(source: Source, extension: string, isHome: boolean, nowMs: number): void {
    this.sources.add(source, GUESSES.sourceDay, nowMs);
    if (isHome) return;
    this.extensions.add(extension, GUESSES.extension, nowMs);
    this.all.add("", GUESSES.all, nowMs);
  }

  /** What was counted last was right. */
  right(source: Source, extension: string, isHome: boolean): void {
    this.sources.takeBack(source);
    if (isHome) return;
    this.extensions.takeBack(extension);
    this.all.takeBack("");
  }
}

/** Times of failures by key. Of more keys than there is room for, the one that was quiet longest is forgotten. */
class Failures {
  private readonly times = new Map<string, number[]>();

  constructor(private readonly most: number) {}

  add(key: string, { failures, windowMs }: Limit, nowMs: number): void {
    const kept = (this.times.get(key) ?? []).filter((atMs) => nowMs - atMs < windowMs);
    this.times.delete(key);
    this.times.set(key, [...kept, nowMs].slice(-failures));
    const [oldest] = this.times.keys();
    if (this.times.size > this.most && oldest !== undefined) this.times.delete(oldest);
  }

  takeBack(key: string): void {
    this.times.get(key)?.pop();
  }

  waitMs(key: string, { failures, windowMs }: Limit, nowMs: number): number {
    const within = (this.times.get(key) ?? []).filter((atMs) => nowMs - atMs < windowMs);
    const oldest = within.at(-failures);
    return oldest === undefined ? 0 : oldest + windowMs - nowMs;
  }
}
