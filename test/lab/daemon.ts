import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { StatusJson } from "../../src/http/contract.js";
import { type AsteriskVersion, runFolder } from "./lab.js";

const checkout = resolve(__dirname, "../..");

/** What a command printed and how it ended. */
export interface Told {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ringfence itself, beside a version's Asterisk, as built in dist. */
export const daemon = {
  start: (version: AsteriskVersion) => lab(version, "start"),
  stop: (version: AsteriskVersion) => lab(version, "stop"),
  /** SIGKILL. */
  kill: (version: AsteriskVersion) => lab(version, "kill"),
};

/** Runs the `ringfence` command against a version's daemon. Does not throw on a status other than 0. */
export function ringfence(version: AsteriskVersion, ...args: string[]): Promise<Told> {
  return run(process.execPath, [join(checkout, "dist/ringfence.js"), ...args], {
    ...process.env,
    RINGFENCE_SOCKET: `${runFolder(version)}/ringfence.sock`,
  });
}

/** The same with `--json`; throws unless the status is 0 or 1. */
export async function ringfenceJson<T>(version: AsteriskVersion, ...args: string[]): Promise<T> {
  const told = await ringfence(version, ...args, "--json");
  if (told.status > 1)
    throw new Error(`ringfence ${args.join(" ")}: exit ${told.status}: ${told.stderr}${told.stdout}`);
  return JSON.parse(told.stdout) as T;
}

/** Polls until `find` gives something; throws with `what` after `withinMs`. */
export async function eventually<T>(
  what: string,
  find: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await find();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until the daemon judges and shuts out, and knows Asterisk's accounts. */
export async function guardsUp(version: AsteriskVersion): Promise<void> {
  await eventually(
    "every guard is up",
    async () => {
      const { guards } = await ringfenceJson<StatusJson>(version, "status");
      return guards.every(({ name, vital, up }) => up || (!vital && name !== "accounts"));
    },
    30_000,
  );
}

/** Waits until the thread that judges calls is connected: until then a call is decided by the fallback. */
export async function callsAreJudged(version: AsteriskVersion): Promise<void> {
  await eventually(
    "calls are judged",
    async () => {
      const told = await ringfence(version, "status", "--json");
      if (told.status > 1) return false;
      const { guards } = JSON.parse(told.stdout) as StatusJson;
      return guards.find(({ name }) => name === "calls")?.up;
    },
    60_000,
  );
}

export function daemonLog(version: AsteriskVersion): string {
  return readFileSync(`${runFolder(version)}/ringfence.log`, "utf8");
}

async function lab(version: AsteriskVersion, command: string): Promise<void> {
  const told = await run(
    join(checkout, "scripts/lab"),
    ["daemon", command, "--asterisk", version],
    process.env,
  );
  if (told.status !== 0) throw new Error(`lab daemon ${command}: ${told.stderr}`);
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Told> {
  return new Promise((done, fail) => {
    execFile(file, args, { env, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") fail(new Error(error.message, { cause: error }));
      else done({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}
