import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export interface ChildOptions {
  /** In a network namespace of its own, with a firewall of its own, and ended with all that it started. Needs root. */
  readonly isolated?: boolean;
  readonly nodeOptions?: readonly string[];
}

/** Runs a TypeScript file of the project in a process of its own; resolves to the JSON that it printed. */
export async function inChild<T>(
  file: string,
  args: readonly string[],
  { isolated = false, nodeOptions = [] }: ChildOptions = {},
): Promise<T> {
  const argv = [process.execPath, ...nodeOptions, join(__dirname, "run.js"), file, ...args];
  const [command = "", ...rest] = isolated
    ? ["unshare", "-npf", "--kill-child", "--mount-proc", ...argv]
    : argv;
  const { stdout } = await promisify(execFile)(command, rest, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as T;
}
