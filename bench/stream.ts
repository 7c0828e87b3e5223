import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepHeapSmall } from "../src/small-heap.js";
import type { Benchmark, BenchOptions, Figure, Goal } from "./benchmark.js";
import { repeat, spreadOf } from "./measure.js";
import { asteriskManager, decide, parse, readOnly, type Reader } from "./stream/readers.js";
import { amiFlood, type Traffic } from "./traffic/ami-flood.js";
import { amiMix } from "./traffic/ami-mix.js";

const GOAL: Goal = { of: "median", at: "least", value: 150_000 };

export const stream: Benchmark = {
  name: "stream",
  summary: "AMI bytes from a socket to decisions, events per second of one core",
  async run(options) {
    // As the daemon reads them.
    keepHeapSmall();
    const events = options.size === "tiny" ? 500 : 200_000;
    const mix = await figuresOf("recorded mix", amiMix(events), options);
    const sources = Math.min(50_000, events / 2);
    const flood = amiFlood({ events, sources, guilty: Math.max(1, sources / 20) });
    return [...mix, ...(await figuresOf(`flood of ${sources} sources`, flood, options))];
  },
};

async function figuresOf(name: string, traffic: Traffic, options: BenchOptions): Promise<Figure[]> {
  const server = await serve(traffic.bytes);
  try {
    const speedOf = async (reader: Reader, runs: number): Promise<number[]> =>
      repeat({ warmUps: 1, runs: options.size === "tiny" ? 1 : runs }, () =>
        eventsPerSecond(reader, server.port, traffic.events),
      );
    const figure = (what: string, values: readonly number[], goal: Goal | null = null): Figure => ({
      what: `${name}: ${what}`,
      unit: "events/s",
      spread: spreadOf(values),
      goal,
    });
    const decided = figure("bytes → decisions", await speedOf(decide, 7), GOAL);
    const parsed = figure("bytes → events", await speedOf(parse, 7));
    const manager = figure("asterisk-manager", await speedOf(asteriskManager, 3));
    const read = figure("read, not parsed", await speedOf(readOnly, 5));
    const times = (other: Figure): string =>
      `decisions are ${(decided.spread.median / other.spread.median).toPrecision(2)} times that`;
    return [decided, parsed, { ...manager, note: times(manager) }, { ...read, note: times(read) }];
  } finally {
    server.stop();
  }
}

/** Counts processor time of this process, collector and kernel included, and not the time that others on a busy machine take
 *  from it. Throws where the reader did not see every event: a figure for losing some would mean nothing. */
async function eventsPerSecond(reader: Reader, port: number, events: number): Promise<number> {
  const before = process.cpuUsage();
  const read = await reader(port);
  const { user, system } = process.cpuUsage(before);
  if (read.events !== null && read.events < events) {
    throw new Error(`the reader saw ${read.events} of ${events} events`);
  }
  return events / ((user + system) / 1e6);
}

async function serve(bytes: Buffer): Promise<{ port: number; stop: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const file = join(folder, "stream.ami");
  writeFileSync(file, bytes);
  const child = spawn(process.execPath, [join(__dirname, "run.js"), "bench/stream/serve.ts", file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  rmSync(folder, { recursive: true });
  return { port: Number(line.toString()), stop: () => child.stdin.end() };
}
