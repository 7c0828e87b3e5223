import type { After, AsteriskControl, AsteriskFacts, Log, Stop, Trunk, TrunkStore } from "./ports.js";
import { Upkeep } from "./upkeep.js";

/** An admin may add a trunk at any time without a reload that we see; host names of carriers move. */
const AGAIN_MS = 5 * 60_000;

export interface TrunkWatchParts {
  readonly control: Pick<AsteriskControl, "facts">;
  readonly store: TrunkStore;
  /** Told at once what was last seen, and again after each change. */
  readonly onTrunks: (trunks: readonly Trunk[]) => void;
  /** Told all that Asterisk said, each time. */
  readonly onFacts?: (facts: AsteriskFacts) => void;
  readonly after: After;
  readonly log: Log;
}

/** Keeps the trunks that must never be shut out in step with Asterisk's own configuration. */
export class TrunkWatch {
  private facts: AsteriskFacts | null = null;
  private trunks: readonly Trunk[] = [];
  private readonly waiting: (() => void)[] = [];

  private readonly upkeep: Upkeep;

  constructor(private readonly parts: TrunkWatchParts) {
    this.upkeep = new Upkeep({
      work: () => this.read(),
      onFailure: (error, inMs) =>
        parts.log.warn("Asterisk did not say which trunks it has; trying again", { error, inMs }),
      againMs: AGAIN_MS,
      after: parts.after,
    });
  }

  start(): Stop {
    this.use(this.parts.store.load());
    this.refresh();
    return this.upkeep.stop;
  }

  /** Reads anew; called at each reload and restart of Asterisk. */
  refresh(): void {
    this.upkeep.ask();
  }

  /** What Asterisk said last; null before its first answer. */
  latest(): AsteriskFacts | null {
    return this.facts;
  }

  /** Asterisk's trunks as it said last, or as it did in the last run. */
  latestTrunks(): readonly Trunk[] {
    return this.trunks;
  }

  /** By its name in Asterisk. */
  isTrunk(endpoint: string): boolean {
    return this.trunks.some((trunk) => trunk.endpoint === endpoint);
  }

  /** Asterisk's endpoints; null before its first answer. */
  endpoints(): readonly string[] | null {
    return this.facts?.endpoints ?? null;
  }

  /** Resolves once trunks are known: from Asterisk, or from the last run. Nobody may be judged before that. */
  async known(): Promise<void> {
    if (this.facts !== null || this.trunks.length > 0) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private async read(): Promise<void> {
    this.facts = await this.parts.control.facts();
    this.parts.onFacts?.(this.facts);
    const trunks = this.facts.trunks.map((trunk) => this.withOldTargets(trunk));
    if (JSON.stringify(trunks) !== JSON.stringify(this.trunks)) {
      this.parts.store.save(trunks);
      this.use(trunks);
      this.parts.log.info("trunks found in Asterisk are protected", { trunks });
    }
    this.waiting.splice(0).forEach((resolve) => resolve());
  }

  /** A trunk without a single address is one whose names could not be resolved: where it was last is better than nowhere. */
  private withOldTargets(trunk: Trunk): Trunk {
    if (trunk.targets.length > 0) return trunk;
    return this.trunks.find(({ endpoint }) => endpoint === trunk.endpoint) ?? trunk;
  }

  private use(trunks: readonly Trunk[]): void {
    this.trunks = trunks;
    this.parts.onTrunks(trunks);
  }
}
