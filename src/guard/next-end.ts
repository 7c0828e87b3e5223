import type { After, Clock } from "./ports.js";

/** Timers hold 24.8 days at most. */
const LONGEST_MS = 24 * 3_600_000;

/** Wakes at the next of several ends: for what does not end by itself. */
export class NextEnd {
  private cancel: () => void = () => undefined;

  constructor(
    private readonly parts: { readonly clock: Clock; readonly after: After; readonly job: () => void },
  ) {}

  /** @param ends Unix milliseconds, null for what has no end; takes the place of what was set before */
  set(ends: Iterable<number | null>): void {
    this.cancel();
    this.cancel = () => undefined;
    let next = Infinity;
    for (const end of ends) if (end !== null && end < next) next = end;
    if (next === Infinity) return;
    const waitMs = Math.min(Math.max(next - this.parts.clock.nowMs(), 0), LONGEST_MS);
    this.cancel = this.parts.after(waitMs, this.parts.job);
  }

  stop(): void {
    this.cancel();
    this.cancel = () => undefined;
  }
}
