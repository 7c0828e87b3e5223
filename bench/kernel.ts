import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Benchmark, BenchOptions, Figure } from "./benchmark.js";
import { spreadOf } from "./measure.js";
import type { KernelTimes } from "./kernel/run.js";

const run = promisify(execFile);

/** From a decision to its ban in force, without Asterisk; and what comparing costs, which goes on beside it. */
export const kernel: Benchmark = {
  name: "kernel",
  summary: "one decided ban to its element in the kernel, and the keeper's comparison",
  needsLab: true,
  async run({ size, say }: BenchOptions) {
    const name = `rfbench-${process.pid}`;
    await run("ip", ["netns", "add", name]);
    try {
      const figures: Figure[] = [];
      for (const held of size === "tiny" ? [0, 100] : [0, 100_000]) {
        say(`with ${held} bans held ...`);
        const inside = [
          "netns",
          "exec",
          name,
          process.execPath,
          join(__dirname, "run.js"),
          "bench/kernel/run.ts",
        ];
        const { stdout } = await run("ip", [...inside, String(held), size === "tiny" ? "20" : "1000"]);
        figures.push(...figuresOf(held, JSON.parse(stdout) as KernelTimes));
      }
      return figures;
    } finally {
      await run("ip", ["netns", "del", name]);
    }
  },
};

function figuresOf(held: number, times: KernelTimes): Figure[] {
  const figure = (what: string, values: readonly number[], goal: Figure["goal"] = null): Figure => ({
    what: `${held} held: ${what}`,
    unit: "ms",
    spread: spreadOf(values),
    goal,
  });
  return [
    figure("a ban, by the session", times.bySessionMs, { of: "p99", at: "most", value: 20 }),
    figure("a ban, by a process of its own", times.byProcessMs),
    figure("all of them restored", times.restoreMs),
    figure("listed and compared", times.listMs),
    // The first is the restoring.
    figure("main loop blocked, restoring once and comparing", times.blockedMs, {
      of: "max",
      at: "most",
      value: 20,
    }),
  ];
}
