// Holds what a long attack leaves behind, and prints how much memory that takes: AMI bytes come in through stdin, phase by phase.
import { keepHeapSmall } from "../../src/small-heap.js";

/** Bytes of the resident set. */
export interface MemoryUse {
  readonly start: number;
  /** With all sources tracked and all bans held, once things are quiet. */
  readonly rest: number;
  /** The highest since then, and at the end, of a flood from new sources. */
  readonly floodMost: number;
  readonly floodEnd: number;
  readonly bans: number;
  readonly events: number;
}

/** A byte that no AMI stream has, in the place of a pause. */
const PAUSE = 0xff;
const QUIET_MS = 7_000;
const SAMPLE_MS = 50;

async function main(backend: "kernel" | "dry-run"): Promise<void> {
  // Ahead of all that is loaded, as `ringfence run` does: a heap that has grown stays.
  keepHeapSmall();
  const { isEvidence } = await import("../../src/asterisk/ami/items.js");
  const { AmiParser } = await import("../../src/asterisk/ami/parser.js");
  const { openFence } = await import("../fence.js");
  const fence = await openFence(backend);
  const parser = new AmiParser((item) => {
    if (isEvidence(item)) fence.observe(item);
  });
  const start = process.memoryUsage.rss();
  let rest = 0;
  let floodMost = 0;
  const sample = setInterval(() => {
    if (rest > 0) floodMost = Math.max(floodMost, process.memoryUsage.rss());
  }, SAMPLE_MS);
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    if (chunk.at(-1) === PAUSE) {
      fence.bans.inOneGo(() => parser.push(chunk.subarray(0, -1)));
      parser.settle();
      await fence.enforced();
      await new Promise((done) => setTimeout(done, QUIET_MS));
      rest = process.memoryUsage.rss();
      if (process.env["RINGFENCE_BENCH_HEAP"] !== undefined) process.stderr.write(`${heap()}\n`);
      process.stdout.write("rested\n");
    } else {
      fence.bans.inOneGo(() => parser.push(chunk));
    }
  }
  parser.end();
  clearInterval(sample);
  const floodEnd = process.memoryUsage.rss();
  await fence.enforced();
  const bans = fence.bans.inForce().length;
  const use: MemoryUse = { start, rest, floodMost, floodEnd, bans, events: parser.counts.security };
  await fence.firewall.remove();
  await fence.close();
  process.stdout.write(JSON.stringify(use));
}

function heap(): string {
  const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)}`;
  const before = process.memoryUsage();
  globalThis.gc?.();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return `rss ${mb(before.rss)} heap ${mb(before.heapUsed)}/${mb(before.heapTotal)}, collected: rss ${mb(rss)} heap ${mb(heapUsed)}/${mb(heapTotal)} external ${mb(external)}`;
}

void main(process.argv[2] === "kernel" ? "kernel" : "dry-run");
