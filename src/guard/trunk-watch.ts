import type { After, AsteriskControl, AsteriskFacts, Log, Stop, Trunk, TrunkStore } from "./ports.js";

/** An admin may add a trunk at any time without a reload that we see; host names of carriers move. */
const AGAIN_MS = 5 * 60_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

export interface TrunkWatchParts {
  readonly control: Pick<AsteriskControl, "facts">;
  readonly store: TrunkStore;
  /** Told at once what was last seen, and again after each change. */
  readonly onTrunks: (trunks: readonly Trunk[]) => void;
  readonly after: After;
  readonly log: Log;
}

/** Keeps the trunks that must never be shut out in step with Asterisk's own configuration. */
export class TrunkWatch {
  private facts: AsteriskFacts | null = null;
  private trunks: readonly Trunk[] = [];
  private failures = 0;
  private cancel: () => void = () => undefined;
  private reading: Promise<void> | null = null;
  private readAgain = false;
  private stopped = false;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly parts: TrunkWatchParts) {}

  start(): Stop {
    this.use(this.parts.store.load());
    this.refresh();
    return async () => {
      this.stopped = true;
      this.cancel();
      await this.reading;
    };
  }

  /** Reads anew; called at each reload and restart of Asterisk. While a reading is under way, one more follows it. */
  refresh(): void {
    if (this.stopped) return;
    if (this.reading !== null) {
      this.readAgain = true;
      return;
    }
    this.cancel();
    this.reading = this.read().finally(() => {
      this.reading = null;
      if (!this.readAgain) return;
      this.readAgain = false;
      this.refresh();
    });
  }

  /** What Asterisk said last; null before its first answer. */
  latest(): AsteriskFacts | null {
    return this.facts;
  }

  /** Resolves once trunks are known: from Asterisk, or from the last run. Nobody may be judged before that. */
  async known(): Promise<void> {
    if (this.facts !== null || this.trunks.length > 0) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private async read(): Promise<void> {
    try {
      this.facts = await this.parts.control.facts();
      this.failures = 0;
      const trunks = this.facts.trunks.map((trunk) => this.withOldTargets(trunk));
      if (JSON.stringify(trunks) !== JSON.stringify(this.trunks)) {
        this.parts.store.save(trunks);
        this.use(trunks);
        this.parts.log.info("trunks found in Asterisk are protected", { trunks });
      }
      this.waiting.splice(0).forEach((resolve) => resolve());
      this.later(AGAIN_MS);
    } catch (error) {
      const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? AGAIN_MS;
      this.failures += 1;
      this.parts.log.warn("Asterisk did not say which trunks it has; trying again", { error, inMs: wait });
      this.later(wait);
    }
  }

  /** A trunk without a single address is one whose names could not be resolved: where it was last is better than nowhere. */
  private withOldTargets(trunk: Trunk): Trunk {
    if (trunk.targets.length > 0) return trunk;
    return this.trunks.find(({ endpoint }) => endpoint === trunk.endpoint) ?? trunk;
  }

  private later(ms: number): void {
    if (!this.stopped) this.cancel = this.parts.after(ms, () => this.refresh());
  }

  private use(trunks: readonly Trunk[]): void {
    this.trunks = trunks;
    this.parts.onTrunks(trunks);
  }
}
