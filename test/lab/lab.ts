import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { addresses, passwordOf } from "./addresses.js";

export { addresses, passwordOf, pbxFromMachine, secrets } from "./addresses.js";

export type AsteriskVersion = "16" | "22";

/** For what is judged otherwise where Asterisk mirrors its SIP messages to the daemon. */
export const labsWithAndWithoutMirror: readonly (readonly [AsteriskVersion, "with HEP" | "without HEP"])[] = [
  ["22", "with HEP"],
  ["22", "without HEP"],
  ["16", "with HEP"],
  ["16", "without HEP"],
];
export type Host = "pbx" | "phones" | "attacker" | "carrier";

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface SippOutcome extends Outcome {
  successful: number;
  failed: number;
}

export interface SippOptions {
  /** The scenario's own address; it must be one of the host's. */
  from: string;
  port?: number;
  /** Where the requests go; the PBX unless told otherwise, by the family of `from`. */
  to?: string;
  transport?: "udp" | "tcp";
  /** Account and password for the digest. The password is the lab's own unless given. */
  account?: string;
  password?: string;
  dialled?: string;
  /** A file beside the scenarios, or an absolute path. */
  accountsFile?: string;
  calls?: number;
  callsPerSecond?: number;
  /** How long a call waits for the next message before it counts as failed: a caller shut out hears nothing. */
  patienceMs?: number;
  timeoutMs?: number;
}

/** A command of the lab went wrong, or took too long. The message carries what it said. */
export class LabError extends Error {
  constructor(
    command: readonly string[],
    reason: string,
    readonly outcome: Outcome,
  ) {
    super(`${command.join(" ")}: ${reason}\n${lastLines(outcome.stderr)}\n${lastLines(outcome.stdout)}`);
    this.name = "LabError";
  }
}

const folder = __dirname;
/** Empty for the lab that people use; see `scripts/lab --help`. */
const labName = process.env["RINGFENCE_LAB_NAME"] ?? "";
const labScript = resolve(folder, "../../scripts/lab");

/** Brings a version up; does nothing when it is up. The first time fetches Asterisk, which takes a minute or more. Asterisk
 *  mirrors SIP by HEP unless `hep` is false; 22 has the configuration wizard if `wizard` is true only. */
export async function labUp(
  version: AsteriskVersion,
  how: { hep?: boolean; wizard?: boolean } = {},
): Promise<void> {
  const options = [...(how.hep === false ? ["--no-hep"] : []), ...(how.wizard === true ? ["--wizard"] : [])];
  await lab(["up", "--asterisk", version, ...options], 15 * 60_000);
}

export async function labDown(version: AsteriskVersion): Promise<void> {
  await lab(["down", "--asterisk", version], 60_000);
}

export async function startAsterisk(version: AsteriskVersion): Promise<void> {
  await lab(["start", "--asterisk", version], 90_000);
}

export async function stopAsterisk(version: AsteriskVersion): Promise<void> {
  await lab(["stop", "--asterisk", version], 60_000);
}

/** SIGKILL: what a crash looks like from outside. */
export async function killAsterisk(version: AsteriskVersion): Promise<void> {
  await lab(["kill", "--asterisk", version], 30_000);
}

export async function restartAsterisk(version: AsteriskVersion): Promise<void> {
  await lab(["restart", "--asterisk", version], 120_000);
}

/** One command of Asterisk's console; gives what it printed. */
export async function asteriskCli(version: AsteriskVersion, command: string): Promise<string> {
  return (await lab(["cli", "--asterisk", version, command], 30_000)).stdout;
}

/** Where a run keeps Asterisk's files, on this machine: `etc`, `log`, `lib`, `spool` and `console.log`. */
export function runFolder(version: AsteriskVersion): string {
  return `/run/ringfence-lab/${version}${labName}`;
}

/** The network namespace of a host. */
export function netns(version: AsteriskVersion, host: Host): string {
  return `rf${version}${labName}-${host}`;
}

/** Runs a program on a host of the lab; throws when it fails or takes too long. */
export async function execIn(
  version: AsteriskVersion,
  host: Host,
  argv: readonly string[],
  options: { timeoutMs?: number; input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const outcome = await run(inHost(version, host, argv), { timeoutMs: 30_000, ...options });
  if (outcome.exitCode !== 0) throw new LabError(argv, `exit ${outcome.exitCode} on ${host}`, outcome);
  return outcome;
}

/** Starts a program on a host of the lab and leaves it running: the caller ends it. */
export function spawnIn(
  version: AsteriskVersion,
  host: Host,
  argv: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): ChildProcess {
  const [command, ...rest] = inHost(version, host, argv);
  return spawn(command as string, rest, { stdio: ["ignore", "pipe", "pipe"], ...options });
}

/** Runs a scenario of test/lab/sipp to its end. Calls that fail are counted, not thrown: a banned caller's calls do. */
export async function sipp(
  version: AsteriskVersion,
  host: Host,
  scenario: string,
  options: SippOptions,
): Promise<SippOutcome> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const argv = sippArguments(scenario, options, timeoutMs);
  const outcome = await run(inHost(version, host, argv), { timeoutMs: timeoutMs + 10_000 });
  const successful = lastCount(outcome.stdout, "Successful call");
  const failed = lastCount(outcome.stdout, "Failed call");
  // 0: all calls went as the scenario says; 1: some did not; 97: its time was up. Anything else is a broken run.
  if (![0, 1, 97].includes(outcome.exitCode) || successful === undefined || failed === undefined) {
    throw new LabError(argv, `exit ${outcome.exitCode} on ${host}`, outcome);
  }
  return { ...outcome, successful, failed };
}

/** Starts an answering scenario (carrier-answer, phone-answer): serves until `stop`. */
export function sippServe(
  version: AsteriskVersion,
  host: Host,
  scenario: string,
  options: { from: string; port?: number },
): { stop(): Promise<void> } {
  const argv = [
    "sipp",
    "-nostdin",
    "-sf",
    scenarioFile(scenario),
    "-i",
    options.from,
    "-p",
    `${options.port ?? 5060}`,
  ];
  const child = spawnIn(version, host, argv);
  child.stdout?.resume();
  child.stderr?.resume();
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  return {
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Sends one SIP request byte for byte; see test/lab/sip-send.mjs for the arguments. Gives the answer's first line. */
export async function sendSip(
  version: AsteriskVersion,
  host: Host,
  argv: readonly string[],
): Promise<string> {
  const sender = join(folder, "sip-send.mjs");
  return (await execIn(version, host, [process.execPath, sender, ...argv])).stdout.trim();
}

function sippArguments(scenario: string, options: SippOptions, timeoutMs: number): string[] {
  const isV6 = options.from.includes(":");
  const to = options.to ?? (isV6 ? addresses.pbx6 : addresses.pbx);
  const account = options.account ?? "100";
  const argv = ["sipp", "-nostdin", "-sf", scenarioFile(scenario), "-i", options.from];
  argv.push("-s", account, "-ap", options.password ?? passwordOf(account));
  argv.push("-m", `${options.calls ?? 1}`, "-r", `${options.callsPerSecond ?? 20}`);
  argv.push("-timeout", `${Math.ceil(timeoutMs / 1000)}`, "-recv_timeout", `${options.patienceMs ?? 5000}`);
  if (options.port !== undefined) argv.push("-p", `${options.port}`);
  if (options.transport === "tcp") argv.push("-t", "t1");
  if (options.dialled !== undefined) argv.push("-key", "dialled", options.dialled);
  if (options.accountsFile !== undefined) argv.push("-inf", resolve(folder, "sipp", options.accountsFile));
  argv.push(to.includes(":") ? `[${to}]:5060` : `${to}:5060`);
  return argv;
}

function scenarioFile(scenario: string): string {
  return join(folder, "sipp", `${scenario}.xml`);
}

/** SIPp prints its statistics again and again: the last figure of the last line counts. */
export function lastCount(stdout: string, label: string): number | undefined {
  const line = stdout
    .split("\n")
    .filter((text) => text.includes(label))
    .at(-1);
  const figure = line?.split("|").at(-1)?.trim();
  return figure === undefined || !/^\d+$/.test(figure) ? undefined : Number(figure);
}

async function lab(argv: readonly string[], timeoutMs: number): Promise<Outcome> {
  const outcome = await run([labScript, ...argv], { timeoutMs });
  if (outcome.exitCode !== 0)
    throw new LabError(["scripts/lab", ...argv], `exit ${outcome.exitCode}`, outcome);
  return outcome;
}

function inHost(version: AsteriskVersion, host: Host, argv: readonly string[]): string[] {
  return ["ip", "netns", "exec", netns(version, host), ...argv];
}

function run(
  argv: readonly string[],
  options: { timeoutMs: number; input?: string; env?: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const [command, ...rest] = argv;
  return new Promise((done, fail) => {
    const child = execFile(
      command as string,
      rest,
      {
        timeout: options.timeoutMs,
        killSignal: "SIGKILL",
        maxBuffer: 64 << 20,
        env: options.env ?? process.env,
      },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (error?.killed === true) {
          fail(new LabError(argv, `no end after ${options.timeoutMs} ms`, { exitCode: -1, stdout, stderr }));
        } else if (typeof exitCode !== "number") {
          fail(new LabError(argv, error?.message ?? "not run", { exitCode: -1, stdout, stderr }));
        } else {
          done({ exitCode, stdout, stderr });
        }
      },
    );
    // A program that ends without reading its input is no fault.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-12).join("\n");
}
