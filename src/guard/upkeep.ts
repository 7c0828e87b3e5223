import type { After, Stop } from "./ports.js";

const RETRY_MS = [1_000, 2_000, 5_000, 10_000];
const LAST_RETRY_MS = 30_000;

export interface UpkeepParts {
  readonly work: () => Promise<void>;
  /** Told of each failure, and when the work is tried again. */
  readonly onFailure: (error: unknown, inMs: number) => void;
  /** The work is done again this long after it went well; null: only when asked for. */
  readonly againMs: number | null;
  readonly after: After;
}

/** Work against Asterisk that has to go well after each change: one run at a time, one more if it was asked for meanwhile, and
 *  again with growing pauses while it fails. */
export class Upkeep {
  private failures = 0;
  private cancel: () => void = () => undefined;
  private running: Promise<void> | null = null;
  private onceMore = false;
  private stopped = false;

  constructor(private readonly parts: UpkeepParts) {}

  ask(): void {
    if (this.stopped) return;
    if (this.running !== null) {
      this.onceMore = true;
      return;
    }
    this.cancel();
    this.running = this.run().finally(() => {
      this.running = null;
      if (!this.onceMore) return;
      this.onceMore = false;
      this.ask();
    });
  }

  readonly stop: Stop = async () => {
    this.stopped = true;
    this.cancel();
    await this.running;
  };

  private async run(): Promise<void> {
    const { work, onFailure, againMs } = this.parts;
    try {
      await work();
      this.failures = 0;
      if (againMs !== null) this.later(againMs);
    } catch (error) {
      const wait = RETRY_MS[this.failures] ?? LAST_RETRY_MS;
      this.failures += 1;
      onFailure(error, wait);
      this.later(wait);
    }
  }

  private later(ms: number): void {
    if (!this.stopped) this.cancel = this.parts.after(ms, () => this.ask());
  }
}
