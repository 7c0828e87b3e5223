// Runs fail2ban in this process's network namespace until its set in the kernel holds so many addresses, or two minutes are over,
// and prints how long that took. It is the first process of its namespace, so that all ends with it, also when the benchmark is
// killed: then its stdin ends.
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Fail2banRun } from "./fail2ban.js";

const GIVEN_UP_S = 120;
const TICKS_PER_SECOND = 100;

async function main(config: string, guilty: number): Promise<void> {
  const files = ["-c", config, "-s", join(config, "socket"), "-p", join(config, "pid")];
  const startedMs = performance.now();
  const server = spawn("fail2ban-server", [...files, "-xf", "start"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  process.stdin.on("end", () => process.exit(1)).resume();
  const ended = new Promise((done) => server.once("close", done));
  let held = 0;
  let seconds = 0;
  while (held < guilty && seconds < GIVEN_UP_S && server.exitCode === null) {
    await sleep(250);
    held = await heldNow();
    seconds = (performance.now() - startedMs) / 1000;
  }
  if (server.exitCode !== null) throw new Error(`fail2ban-server ended with status ${server.exitCode}`);
  const told: Fail2banRun = { seconds, held, cpuSeconds: cpuSecondsOf(server.pid ?? 0) };
  server.kill("SIGKILL");
  await ended;
  process.stdout.write(JSON.stringify(told), () => process.exit(0));
}

async function heldNow(): Promise<number> {
  const { stdout } = await promisify(execFile)("nft", ["list", "ruleset"], { maxBuffer: 1 << 26 });
  return new Set(stdout.match(/\b45(?:\.\d+){3}\b/g)).size;
}

/** Of the process and its ended children: fields 14 to 17 of /proc/PID/stat (man 5 proc). */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

void main(process.argv[2] ?? "", Number(process.argv[3]));
