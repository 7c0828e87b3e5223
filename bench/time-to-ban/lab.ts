import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";

const ROOT = join(__dirname, "../..");
/** A lab of its own beside those of people and tests. */
const NAME = process.env["RINGFENCE_LAB_NAME"] ?? "bench";
const ENV = { ...process.env, RINGFENCE_LAB_NAME: NAME };
const execute = promisify(execFile);

/** One neighbour instead of thousands, which overflow a host's table. */
const THROUGH_ATTACKER = ["via", "203.0.113.109", "dev", "eth0", "onlink"];

const UNHEARD =
  "table ip unheard { chain in { type filter hook prerouting priority -300; ip daddr 45.0.0.0/8 drop; }; }";

const PID_FILES = { asterisk: "pid", daemon: "daemon.pid" } as const;
const TICKS_PER_SECOND = 100;

type Host = "pbx" | "attacker" | "phones";

/** Real Asterisk 22 with Ringfence beside it, built anew; resolves once events are read. */
export async function labUp(): Promise<void> {
  await run("npm", ["run", "--silent", "build"]);
  await lab("down");
  // As Debian sets it up. Logging each step of the dialplan takes a third of a core at 200 calls/s.
  await lab("up", "--no-verbose");
  await lab("daemon", "start");
  const deadline = Date.now() + 30_000;
  while (!(await eventsAreRead())) {
    if (Date.now() > deadline) throw new Error("Ringfence reads no events of the lab's Asterisk");
    await new Promise((done) => setTimeout(done, 100));
  }
  await run("ip", ["-n", netns("pbx"), "route", "add", "45.0.0.0/8", ...THROUGH_ATTACKER]);
  await run("ip", ["-n", netns("attacker"), "route", "add", "local", "45.0.0.0/8", "dev", "eth0"]);
  // Nobody reads the answers to the flood, which would take as much of this machine as sending it does.
  await run("ip", ["netns", "exec", netns("attacker"), "nft", UNHEARD]);
}

export async function labDown(): Promise<void> {
  await lab("down");
}

/** One command of `ringfence` against the lab's daemon; resolves to what it printed. Throws unless its status is 0. */
export async function ringfence(...args: readonly string[]): Promise<string> {
  const socket = `/run/ringfence-lab/22${NAME}/ringfence.sock`;
  const argv = [join(ROOT, "dist/ringfence.js"), "--socket", socket, ...args];
  const { stdout } = await execute(process.execPath, argv, { env: ENV, maxBuffer: 256 << 20 });
  return stdout;
}

/** Starts a TypeScript file of this folder on a host of the lab. */
export function startOn(
  host: Host,
  file: string,
  args: readonly string[],
): ChildProcessByStdio<Writable, Readable, null> {
  const argv = ["netns", "exec", netns(host), process.execPath, join(ROOT, "bench/run.js"), file, ...args];
  return spawn("ip", argv, { stdio: ["pipe", "pipe", "inherit"] });
}

/** What the process printed, line by line as it comes. Throws where it fails. */
export async function* linesOf(
  child: ChildProcessByStdio<Writable, Readable, null>,
): AsyncGenerator<string, void> {
  const ended = new Promise<number | null>((done) => child.once("close", done));
  let rest = "";
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  const status = await ended;
  if (status !== 0) throw new Error(`a program in the lab ended with status ${status}`);
}

async function eventsAreRead(): Promise<boolean> {
  const socket = `/run/ringfence-lab/22${NAME}/ringfence.sock`;
  const argv = [join(ROOT, "dist/ringfence.js"), "status", "--socket", socket, "--json"];
  try {
    const { stdout } = await execute(process.execPath, argv, { env: ENV });
    const { guards } = JSON.parse(stdout) as { guards: { name: string; up: boolean }[] };
    return guards.some(({ name, up }) => name === "events" && up);
  } catch (error) {
    // Status 1: it is up, and something still misses.
    if (error instanceof Error && "code" in error && typeof error.code === "number") return false;
    throw error;
  }
}

/** The name of a host's network namespace. */
export function netns(host: Host): string {
  return `rf22${NAME}-${host}`;
}

/** Processor seconds that a process of the lab has used so far. */
export function cpuSecondsOf(process: "asterisk" | "daemon"): number {
  const run = `/run/ringfence-lab/22${NAME}`;
  const pid = readFileSync(join(run, PID_FILES[process]), "utf8").trim();
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // man 5 proc: utime and stime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function lab(...argv: string[]): Promise<void> {
  await run(join(ROOT, "scripts/lab"), [...argv, "--asterisk", "22"]);
}

async function run(file: string, argv: readonly string[]): Promise<void> {
  await execute(file, argv, { env: ENV, cwd: ROOT });
}
