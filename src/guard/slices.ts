/** Some milliseconds of work. */
const SLICE = 2_000;

/** Calls `each` for all of `items`, and lets the main loop do other things every now and then. */
export async function inSlices<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    each(item);
    done += 1;
    if (done % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** About the longest that anything else should wait. */
const TURN_MS = 8;

/** For work of many pieces in the main loop: `if (turns.isDue()) await turns.next()` ahead of each lets the loop do what else came. */
export class Turns {
  private sinceMs = performance.now();

  isDue(): boolean {
    return performance.now() - this.sinceMs > TURN_MS;
  }

  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.sinceMs = performance.now();
  }
}
