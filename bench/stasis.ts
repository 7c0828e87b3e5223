import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Benchmark, BenchOptions, Figure, Goal } from "./benchmark.js";
import { spreadOf } from "./measure.js";
import { labDown, labUp, linesOf, netns, ringfence, startOn } from "./time-to-ban/lab.js";

const CALLS_PER_SECOND = 200;
const REGISTERS_PER_SECOND = 5_000;
const GOALS = {
  median: { of: "median", at: "most", value: 2 },
  p99: { of: "p99", at: "most", value: 10 },
} as const satisfies Record<string, Goal>;
const execute = promisify(execFile);

/** From StasisStart, as the daemon reads it, until Asterisk has taken the answer; for calls that are refused, one request each. */
export const stasis: Benchmark = {
  name: "stasis",
  summary: `with real Asterisk: the stay of ${CALLS_PER_SECOND} calls/s in Stasis, idle, under a flood, during an import`,
  needsRoot: true,
  async run({ size, say }: BenchOptions) {
    const calls = size === "tiny" ? 20 : CALLS_PER_SECOND * 10;
    const folder = await mkdtemp(join(tmpdir(), "ringfence-bench-"));
    try {
      await labUp();
      // One phone that calls so often is a script to the daemon, and a flood to the kernel.
      await ringfence("never-ban", "add", "198.51.100.0/24");
      await ringfence("limits", "off", "attempts");
      say("stasis: warming up");
      await stays(100);
      say("stasis: idle");
      const idle = await stays(calls);
      say(`stasis: under ${REGISTERS_PER_SECOND} REGISTERs/s`);
      const flood = await underFlood(() => stays(calls));
      const file = join(folder, "list.csv");
      await writeFile(file, listOf(size === "tiny" ? 2_000 : 1_000_000));
      say("stasis: during an import");
      const imported = ringfence("rates", "import", file);
      const during = await stays(calls);
      await imported;
      return [
        ...figuresOf("idle", idle),
        ...figuresOf("under a flood", flood),
        ...figuresOf("during an import", during),
      ];
    } finally {
      await labDown();
      await rm(folder, { recursive: true });
    }
  },
};

function figuresOf(what: string, ms: readonly number[]): Figure[] {
  const spread = spreadOf(ms);
  return [
    { what, unit: "ms", spread, goal: GOALS.median },
    { what: `${what}, p99`, unit: "ms", spread, goal: GOALS.p99 },
  ];
}

/** Milliseconds, one a call that was judged. */
async function stays(calls: number): Promise<number[]> {
  const since = new Date().toISOString();
  const scenario = join(__dirname, "../test/lab/sipp/call-refused.xml");
  const argv = ["netns", "exec", netns("phones"), "sipp", "-nostdin", "-sf", scenario, "-i", "198.51.100.10"];
  argv.push("-s", "100", "-ap", "secret-100", "-key", "dialled", "18765550123", "-m", `${calls}`);
  argv.push("-r", `${CALLS_PER_SECOND}`, "-l", "2000", "-timeout", "60", "192.0.2.1:5060");
  // SIPp counts as failed what took too long; what was judged is in the call log.
  await execute("ip", argv, { maxBuffer: 64 << 20 }).catch(() => undefined);
  const { calls: logged } = JSON.parse(
    await ringfence("calls", "--since", since, "--limit", `${calls}`, "--json"),
  ) as { calls: { tookMs: number }[] };
  return logged.map(({ tookMs }) => tookMs);
}

async function underFlood<T>(work: () => Promise<T>): Promise<T> {
  const flood = startOn("attacker", "bench/time-to-ban/flood.ts", [`${REGISTERS_PER_SECOND}`]);
  const lines = linesOf(flood);
  await lines.next();
  try {
    return await work();
  } finally {
    flood.stdin.end();
    while (!(await lines.next()).done);
  }
}

function listOf(rows: number): string {
  const lines = ["prefix,destination,price"];
  for (let row = 0; row < rows; row++) lines.push(`${44_000_000 + row},UK,0.0${(row % 90) + 10}`);
  return `${lines.join("\n")}\n`;
}
