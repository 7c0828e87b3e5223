import { performance } from "node:perf_hooks";

/** So much work at a time: less would be spent on asking. */
const WORK_MS = 2;
/** Work takes a third of the time while calls come. */
const REST_PER_WORK = 2;
const LONGEST_REST_MS = 20;
/** How long after the last call others still come. */
const LULL_MS = 250;
const ROWS_AT_A_TIME = 256;

const never = new Int32Array(new SharedArrayBuffer(4));

/** How many calls have come, in memory that threads share; only that it changes is of interest. */
export type CallCount = Int32Array<SharedArrayBuffer>;

export function callCount(): CallCount {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Lets calls go first, for a thread that works for seconds on what nobody waits for: the system's own order of threads (nice) holds within the
 *  daemon alone, and Asterisk would wait for the processor beside it. */
export class Pace {
  private seen = 0;
  private calledMs = -Infinity;
  private sinceMs = performance.now();
  /** How often it has rested. */
  rests = 0;

  constructor(private readonly calls: CallCount) {}

  /** To be called every millisecond or so of work, and never while others wait for what this thread holds. Puts the thread to sleep while
   *  calls come. */
  breathe(): void {
    const nowMs = performance.now();
    const workedMs = nowMs - this.sinceMs;
    if (workedMs < WORK_MS) return;
    const calls = Atomics.load(this.calls, 0);
    if (calls !== this.seen) this.calledMs = nowMs;
    this.seen = calls;
    if (nowMs - this.calledMs < LULL_MS) {
      this.rests++;
      Atomics.wait(never, 0, 0, Math.min(workedMs * REST_PER_WORK, LONGEST_REST_MS));
    }
    this.sinceMs = performance.now();
  }

  /** The same rows, which whoever goes through them does at this pace. */
  *paced<T>(rows: Iterable<T>): Generator<T> {
    let count = 0;
    for (const row of rows) {
      if (++count % ROWS_AT_A_TIME === 0) this.breathe();
      yield row;
    }
  }
}
