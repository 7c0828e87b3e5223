import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { startDeckThread, type DeckThread } from "../src/deck-thread.js";
import { callCount } from "../src/pace.js";
import { rateOf, type Deck } from "../src/domain/calling/deck.js";
import type { E164 } from "../src/domain/calling/verdict.js";
import type { Benchmark, BenchOptions, Figure, Goal } from "./benchmark.js";
import { spreadOf } from "./measure.js";

/** A carrier's list is imported, then its prices of the next month, while other threads go on with their work. */
export const deck: Benchmark = {
  name: "deck",
  summary: "a million rows: import, memory, look-ups, and the pauses of the threads beside",
  async run({ size, say }: BenchOptions) {
    const rows = size === "tiny" ? 2_000 : 1_000_000;
    const folder = await mkdtemp(join(tmpdir(), "ringfence-bench-"));
    const caller = new Worker(join(__dirname, "deck/pauses.js"));
    const main = pausesHere();
    const handed: (readonly Deck[])[] = [];
    const thread = startDeckThread({
      calls: callCount(),
      database: join(folder, "ringfence.db"),
      onDecks: (all) => {
        handed.push(all);
        caller.postMessage(all);
      },
      rules: () => ({ capMicrosPerMinute: 250_000, feeInFirstMinute: true, withoutRate: "refuse" }),
      clock: { nowMs: () => Date.now() },
      random: Math.random,
      log: { error: say, warn: say, info: () => undefined, debug: () => undefined },
      workerFile: join(__dirname, "deck/worker.js"),
    });
    try {
      while (handed.length === 0) await pause(20);
      await pause(size === "tiny" ? 20 : 5_000);
      const idle = { here: main.take(), there: await pausesOf(caller) };
      const speeds: number[] = [];
      for (const factor of [1, 1.07]) {
        const file = join(folder, "list.csv");
        await writeFile(file, listOf(rows, factor));
        say(`importing ${rows} rows ...`);
        // What came before, writing the list among it, does not count.
        main.take();
        await pausesOf(caller);
        speeds.push(await timed(thread, file, rows));
      }
      const during = { here: main.take(), there: await pausesOf(caller) };
      return figuresOf(idle, during, speeds, handed.at(-1)?.[0]);
    } finally {
      main.stop();
      await thread.stop();
      await caller.terminate();
      await rm(folder, { recursive: true });
    }
  },
};

interface Pauses {
  readonly here: readonly number[];
  readonly there: readonly number[];
}

function figuresOf(idle: Pauses, during: Pauses, speeds: number[], made: Deck | undefined): Figure[] {
  if (made === undefined) throw new Error("no deck came out of the import");
  const bytes = Object.values(made).reduce(
    (sum: number, part: unknown) => sum + (ArrayBuffer.isView(part) ? part.byteLength : 0),
    0,
  );
  const figure = (
    what: string,
    unit: string,
    values: readonly number[],
    goal: Goal | null = null,
  ): Figure => ({
    what,
    unit,
    spread: spreadOf(values),
    goal,
  });
  const goal: Goal = { of: "max", at: "most", value: 20 };
  return [
    figure("import: read, compared, stored, in use", "rows/s", speeds),
    figure("memory that the threads share", "bytes/row", [bytes / made.rows]),
    figure("a look-up", "ns", lookUps(made)),
    figure("timer late in the main thread, idle", "ms", idle.here),
    figure("timer late in the main thread, importing", "ms", during.here, goal),
    figure("timer late in a thread for calls, idle", "ms", idle.there),
    figure("timer late in a thread for calls, importing", "ms", during.there, goal),
  ];
}

async function timed(thread: DeckThread, file: string, rows: number): Promise<number> {
  const begunMs = performance.now();
  const result = await thread.importFile(file, { name: "default", dryRun: false, by: "bench" });
  if ("refused" in result || result.rows !== rows) throw new Error("the list was not imported whole");
  return (rows / (performance.now() - begunMs)) * 1_000;
}

/** Nanoseconds, the mean of a thousand look-ups each. */
function lookUps(made: Deck): number[] {
  const numbers = Array.from({ length: 1_000 }, (_, n) => `+${prefixAt(n * 997)}5550` as E164);
  return Array.from({ length: 200 }, () => {
    const begunMs = performance.now();
    for (const number of numbers) rateOf(made, number);
    return ((performance.now() - begunMs) * 1e6) / numbers.length;
  });
}

/** Eight digits, spread over the world; each index another. */
function prefixAt(index: number): number {
  return 10_000_000 + ((index * 48_271) % 89_999_999);
}

const INCREMENTS = ["60/60", "30/6", "1/1", "6/6"];

function listOf(rows: number, factor: number): string {
  const lines = ["Destination,Prefix,Rate,Effective Date,Increment"];
  for (let n = 0; n < rows; n++) {
    const prefix = prefixAt(n);
    const price = (((n * 31) % 5_000) / 10_000) * factor;
    const destination = `"Country ${String(prefix).slice(0, 2)}, area ${String(prefix).slice(0, 4)}"`;
    lines.push(`${destination},${prefix},${price.toFixed(4)},2026-01-01,${INCREMENTS[n % 4] ?? ""}`);
  }
  return lines.join("\n");
}

function pausesHere() {
  let late: number[] = [];
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    late.push(Math.max(0, nowMs - lastMs - 1));
    lastMs = nowMs;
  }, 1);
  return {
    take: (): number[] => late.splice(0),
    stop: () => {
      clearInterval(timer);
      late = [];
    },
  };
}

function pausesOf(worker: Worker): Promise<number[]> {
  return new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage("tell");
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
