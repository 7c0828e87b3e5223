import { contains, networkOfTarget, type Source, type Target } from "../domain/address.js";
import type { After, Clock, KnownSource, KnownSourceStore, Log, Stop } from "./ports.js";

const WRITE_AFTER_MS = 5_000;
const FORGET_EVERY_MS = 24 * 3_600_000;

export interface KnownSourcesParts {
  readonly store: KnownSourceStore;
  /** How long a source stays known, at this moment. */
  readonly knownMs: () => number;
  readonly after: After;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sources from which a password succeeded lately. A success counts at once in memory and is written with others, every few
 *  seconds at most. */
export class KnownSources {
  private readonly lastAtMs = new Map<Target, number>();
  private readonly unwritten = new Map<string, KnownSource>();
  private cancelWrite: (() => void) | null = null;
  private forgotAtMs = 0;

  constructor(private readonly parts: KnownSourcesParts) {}

  /** Loads what earlier runs saw. Stopping writes what is not written yet. */
  start(): Stop {
    const nowMs = this.parts.clock.nowMs();
    this.forgotAtMs = nowMs;
    for (const { source, lastAtMs } of this.parts.store.since(nowMs - this.parts.knownMs())) {
      this.lastAtMs.set(source, Math.max(lastAtMs, this.lastAtMs.get(source) ?? 0));
    }
    return () => {
      this.cancelWrite?.();
      this.cancelWrite = null;
      this.write();
      return Promise.resolve();
    };
  }

  /** Of a network nothing is known: passwords succeed from addresses. */
  isKnown(source: Target): boolean {
    const lastAtMs = this.lastAtMs.get(source);
    return lastAtMs !== undefined && this.parts.clock.nowMs() - lastAtMs < this.parts.knownMs();
  }

  /** A password for `account` succeeded from `source`. */
  saw(source: Source, account: string, atMs: number): void {
    this.lastAtMs.set(source, Math.max(atMs, this.lastAtMs.get(source) ?? 0));
    // A source holds no line break, so the key is unambiguous.
    const key = `${source}\n${account}`;
    const seen = this.unwritten.get(key);
    this.unwritten.set(key, {
      source,
      account,
      firstAtMs: Math.min(atMs, seen?.firstAtMs ?? atMs),
      lastAtMs: Math.max(atMs, seen?.lastAtMs ?? atMs),
      successes: (seen?.successes ?? 0) + 1,
    });
    this.writeLater();
  }

  /** Which accounts succeeded from `source`, when and how often. */
  of(source: Source): KnownSource[] {
    this.write();
    return this.parts.store.ofSource(source);
  }

  /** From where `account` succeeded within the time that a source is known for. */
  sourcesOf(account: string): Source[] {
    this.write();
    const sinceMs = this.parts.clock.nowMs() - this.parts.knownMs();
    return this.parts.store
      .ofAccount(account)
      .filter(({ lastAtMs }) => lastAtMs > sinceMs)
      .map(({ source }) => source);
  }

  /** A known source within `network`; null where there is none. Looks at all of them: not for hot paths. */
  knownWithin(network: Target): Target | null {
    const outer = networkOfTarget(network);
    for (const source of this.lastAtMs.keys()) {
      if (contains(outer, networkOfTarget(source)) && this.isKnown(source)) return source;
    }
    return null;
  }

  private writeLater(): void {
    this.cancelWrite ??= this.parts.after(WRITE_AFTER_MS, () => {
      this.cancelWrite = null;
      this.write();
      this.forgetExpired();
    });
  }

  /** What the store does not take is kept for the next time: known sources must survive a full disk. */
  private write(): void {
    if (this.unwritten.size === 0) return;
    try {
      this.parts.store.remember([...this.unwritten.values()]);
      this.unwritten.clear();
    } catch (error) {
      this.parts.log.error("known sources could not be stored; trying again", {
        error,
        waiting: this.unwritten.size,
      });
      this.writeLater();
    }
  }

  private forgetExpired(): void {
    const nowMs = this.parts.clock.nowMs();
    if (nowMs - this.forgotAtMs < FORGET_EVERY_MS) return;
    this.forgotAtMs = nowMs;
    for (const source of this.lastAtMs.keys()) if (!this.isKnown(source)) this.lastAtMs.delete(source);
  }
}
