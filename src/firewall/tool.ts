import { execFile, spawn } from "node:child_process";
import { RingfenceError } from "../domain/error.js";

/** A program of the system that is run for each thing asked of it. */
export interface Tool {
  /** Path or name. */
  readonly binary: string;
  readonly deadlineMs: number;
}

const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;
const KEPT_OF_STDERR = 4_000;

/** nft keeps a history of what it is told in HOME; here it finds no place to. */
export function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", HOME: "/dev/null" };
}

/** Calls `late` after `ms`, unless it is cancelled. A main loop that was busy for so long finds the time over before it reads the
 *  answer that came meanwhile: so it reads first. */
export function unlessHeardAfter(ms: number, late: () => void): () => void {
  let reading: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (reading = setImmediate(late)), ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(reading);
  };
}

/** Runs it to its end and resolves to what it printed. `script` goes to its stdin. Rejects with a RingfenceError
 *  when it is missing, says no, or is not done by the deadline; what iptables-restore was told is then in force whole or not at
 *  all, what ipset was told up to some line, and only a listing can say which. */
export function runTool(tool: Tool, args: readonly string[], script = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: LARGEST_ANSWER_BYTES, env: environment() };
    let late = false;
    const child = execFile(tool.binary, args, options, (error, stdout, stderr) => {
      cancel();
      if (error === null) resolve(stdout);
      else reject(failure(tool, stderr, error, late));
    });
    const cancel = unlessHeardAfter(tool.deadlineMs, () => {
      late = true;
      child.kill("SIGKILL");
    });
    // It may end before it has read everything (EPIPE); its exit status, which follows, says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(script);
  });
}

/** Runs it to its end, and gives each piece of what it prints to `onText` as it comes; the deadline counts from the last piece.
 *  Rejects as `runTool` does, and where `signal` ends it. */
export function streamTool(
  tool: Tool,
  args: readonly string[],
  onText: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let stderr = "";
    let late = false;
    const child = spawn(tool.binary, args, { stdio: ["ignore", "pipe", "pipe"], env: environment() });
    const kill = (): void => void child.kill("SIGKILL");
    signal?.addEventListener("abort", kill);
    const wait = (): (() => void) =>
      unlessHeardAfter(tool.deadlineMs, () => {
        late = true;
        kill();
      });
    let cancel = wait();
    const over = (): void => {
      cancel();
      signal?.removeEventListener("abort", kill);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      cancel();
      cancel = wait();
      onText(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(0, KEPT_OF_STDERR);
    });
    child.once("error", (error) => {
      over();
      reject(failure(tool, stderr, error, false));
    });
    child.once("close", (code, signal) => {
      over();
      if (code === 0) resolve();
      else reject(failure(tool, stderr, new Error(`ended with ${code ?? signal ?? "nothing"}`), late));
    });
  });
}

function failure(tool: Tool, stderr: string, error: Error, late: boolean): RingfenceError {
  return new RingfenceError("firewall", sentenceFor(tool, stderr, error, late), { cause: error });
}

function sentenceFor(tool: Tool, stderr: string, error: Error, late: boolean): string {
  if (late) return `${tool.binary} was not done after ${tool.deadlineMs} ms`;
  const said = stderr.split("\n").find((line) => line.trim() !== "") ?? error.message;
  return `${tool.binary} failed: ${said.slice(0, 300)}`;
}
