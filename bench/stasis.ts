import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
/** Not among the areas that are open at install. */
const CLOSED = "18765550123";
const REFUSED_BY_THE_DIALPLAN = "*21";
const execute = promisify(execFile);

/** From StasisStart, as the daemon reads it, until Asterisk has taken the answer; for calls that are refused, one request each.
 *  Beside it what the phone waits, with the check and where the dialplan refuses by itself. */
export const stasis: Benchmark = {
  name: "stasis",
  summary: `with real Asterisk: the stay of ${CALLS_PER_SECOND} calls/s in Stasis, idle, under a flood, during an import`,
  needsRoot: true,
  async run({ size, say }: BenchOptions) {
    const calls = size === "tiny" ? 20 : CALLS_PER_SECOND * 10;
    const folder = await mkdtemp(join(tmpdir(), "ringfence-bench-"));
    const measure = (dialled = CLOSED): Promise<Stays> => stays(dialled, calls, folder);
    try {
      await labUp();
      // One phone that calls so often is a script to the daemon, and a flood to the kernel.
      await ringfence("never-ban", "add", "198.51.100.0/24");
      await ringfence("limits", "off", "attempts");
      say("stasis: warming up");
      await measure();
      say("stasis: idle");
      const idle = await measure();
      const alone = await measure(REFUSED_BY_THE_DIALPLAN);
      say(`stasis: under ${REGISTERS_PER_SECOND} REGISTERs/s`);
      const flood = await underFlood(measure, 0);
      const aloneUnderFlood = await underFlood(() => measure(REFUSED_BY_THE_DIALPLAN), 1_000_000);
      const file = join(folder, "list.csv");
      await writeFile(file, listOf(size === "tiny" ? 2_000 : 1_000_000));
      say("stasis: during an import");
      const imported = ringfence("rates", "import", file);
      const during = await measure();
      await imported;
      return [
        ...figuresOf("idle", idle.judged),
        ...figuresOf("under a flood", flood.judged),
        ...figuresOf("during an import", during.judged),
        heardOf("idle", idle),
        heardOf("idle, by the dialplan alone", alone),
        heardOf("under a flood", flood),
        heardOf("under a flood, by the dialplan alone", aloneUnderFlood),
        heardOf("during an import", during),
      ];
    } finally {
      await labDown();
      await rm(folder, { recursive: true });
    }
  },
};

/** Milliseconds, one a call. */
interface Stays {
  readonly judged: readonly number[];
  /** From INVITE with its password to 403, at the phone. */
  readonly heard: readonly number[];
}

function figuresOf(what: string, ms: readonly number[]): Figure[] {
  const spread = spreadOf(ms);
  return [
    { what, unit: "ms", spread, goal: GOALS.median },
    { what: `${what}, p99`, unit: "ms", spread, goal: GOALS.p99 },
  ];
}

function heardOf(what: string, { heard }: Stays): Figure {
  return { what: `INVITE → 403, ${what}`, unit: "ms", spread: spreadOf(heard), goal: null };
}

async function stays(dialled: string, calls: number, folder: string): Promise<Stays> {
  const since = new Date().toISOString();
  const scenario = join(__dirname, "../test/lab/sipp/call-refused.xml");
  const argv = ["netns", "exec", netns("phones"), "sipp", "-nostdin", "-sf", scenario, "-i", "198.51.100.10"];
  argv.push("-s", "100", "-ap", "secret-100", "-key", "dialled", dialled, "-m", `${calls}`);
  argv.push("-r", `${CALLS_PER_SECOND}`, "-l", "2000", "-timeout", "60", "-trace_rtt", "-rtt_freq", "1");
  // SIPp counts as failed what took too long; what was judged is in the call log.
  await execute("ip", [...argv, "192.0.2.1:5060"], { cwd: folder, maxBuffer: 64 << 20 }).catch(
    () => undefined,
  );
  const { calls: logged } = JSON.parse(
    await ringfence("calls", "--since", since, "--limit", `${calls}`, "--json"),
  ) as { calls: { tookMs: number }[] };
  return { judged: logged.map(({ tookMs }) => tookMs), heard: await responseTimes(folder) };
}

/** Those of SIPp's last run in a folder, whose file goes: `date;response time in ms;name`. */
async function responseTimes(folder: string): Promise<number[]> {
  const times: number[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith("_rtt.csv")) continue;
    const [, ...lines] = (await readFile(join(folder, name), "utf8")).trim().split("\n");
    times.push(...lines.map((line) => Number(line.split(";")[1])));
    await rm(join(folder, name));
  }
  return times;
}

/** @param firstSource sources of an earlier flood would be banned at their first packet */
async function underFlood<T>(work: () => Promise<T>, firstSource: number): Promise<T> {
  const flood = startOn("attacker", "bench/time-to-ban/flood.ts", [
    `${REGISTERS_PER_SECOND}`,
    `${firstSource}`,
  ]);
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
