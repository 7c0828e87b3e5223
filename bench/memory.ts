import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compileProject } from "../test/compiled.js";
import type { Benchmark, BenchOptions, Figure } from "./benchmark.js";
import { spreadOf } from "./measure.js";
import type { MemoryUse } from "./memory/child.js";
import { invalidAccount } from "./traffic/ami-flood.js";

/** Node's options for the process that is measured; `ringfence run` decides on its own. */
const NODE_OPTIONS = (process.env["RINGFENCE_BENCH_NODE_OPTIONS"] ?? "")
  .split(" ")
  .filter((text) => text !== "");
const MB = 2 ** 20;
const NAMES_THAT_BAN = 9;

export const memory: Benchmark = {
  name: "memory",
  summary:
    "resident set of the attack flow with 100,000 bans held and 100,000 sources tracked, and under a flood",
  needsRoot: true,
  async run(options) {
    const sources = options.size === "tiny" ? 50 : 100_000;
    const use = await measure(sources, options);
    if (use.bans < sources) throw new Error(`${use.bans} bans for ${sources} sources that earned one`);
    const figure = (what: string, bytes: number, isGoal: boolean): Figure => ({
      what,
      unit: "MB",
      spread: spreadOf([bytes / MB]),
      goal: isGoal ? { of: "median", at: "most", value: 150 } : null,
    });
    return [
      figure("at the start", use.start, false),
      figure(`at rest, ${sources.toLocaleString("en-US")} of each`, use.rest, true),
      figure("the most under a flood from other sources", use.floodMost, true),
      figure("at the end of it", use.floodEnd, false),
    ];
  },
};

/** A process of its own that nothing else was loaded into, with a kernel's firewall of its own. */
async function measure(sources: number, { say }: BenchOptions): Promise<MemoryUse> {
  const compiled = compileProject("bench/memory/child.ts", "bench/fence.ts");
  try {
    const argv = ["-n", process.execPath, ...NODE_OPTIONS, compiled.file("bench/memory/child.ts"), "kernel"];
    const env = { ...process.env, ...(await serviceEnvironment()) };
    const child = spawn("unshare", argv, { stdio: ["pipe", "pipe", "inherit"], env });
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
    const rested = once(child.stdout, "data");
    const ended = once(child, "close");
    say(`memory: ${sources.toLocaleString("en-US")} bans, then as many sources that are only watched`);
    for (const chunk of attempts(0, sources, NAMES_THAT_BAN)) await write(child.stdin, chunk);
    for (const chunk of attempts(sources, sources, 3)) await write(child.stdin, chunk);
    await write(child.stdin, Buffer.from([0xff]));
    await Promise.race([rested, ended]);
    say("memory: a flood from other sources");
    for (let round = 0; round < 3; round++) {
      for (const chunk of attempts(sources * (2 + round), sources, 4)) await write(child.stdin, chunk);
    }
    child.stdin.end();
    const [status] = (await ended) as [number];
    if (status !== 0) throw new Error(`the process that was measured ended with status ${status}`);
    return JSON.parse(told.slice(told.indexOf("{"))) as MemoryUse;
  } finally {
    compiled.remove();
  }
}

/** What the service's unit file sets. */
async function serviceEnvironment(): Promise<NodeJS.ProcessEnv> {
  const unit = await readFile(join(__dirname, "../scripts/ringfence.service"), "utf8");
  const settings = /^Environment=(.+)$/m.exec(unit)?.[1] ?? "";
  return Object.fromEntries(settings.split(" ").map((setting) => setting.split("=") as [string, string]));
}

/** `each` attempts of every one of `count` sources, each in another name, source by source. Time goes on with the clock, so that
 *  bans are in force. */
function* attempts(first: number, count: number, each: number): Generator<Buffer> {
  let text = "";
  for (let source = first; source < first + count; source++) {
    for (let name = 0; name < each; name++) text += invalidAccount(source, name, Date.now());
    if (text.length > 60_000) {
      yield Buffer.from(text, "latin1");
      text = "";
    }
  }
  yield Buffer.from(text, "latin1");
}

async function write(to: NodeJS.WritableStream, bytes: Buffer): Promise<void> {
  if (bytes.length > 0 && !to.write(bytes)) await once(to, "drain");
}
