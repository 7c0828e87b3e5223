import { type Options, transformFileSync } from "@swc/core";
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Ran } from "./run.js";

const ROOT = join(__dirname, "../../..");

const OPTIONS: Options = {
  jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  module: { type: "commonjs" },
};

/** The real bin, compiled for the moment into a folder of its own. */
export interface Bin {
  start(argv: readonly string[], env?: Record<string, string>): ChildProcess;
  run(argv: readonly string[], env?: Record<string, string>, input?: string): Promise<Ran>;
  remove(): void;
}

export function compileBin(): Bin {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bin-"));
  const src = join(ROOT, "src");
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    const from = join(src, name);
    if (statSync(from).isDirectory() || name.endsWith(".d.ts")) continue;
    const to = join(folder, "dist", name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(to), { recursive: true });
    if (!name.endsWith(".ts")) copyFileSync(from, to);
    else writeFileSync(to, transformFileSync(from, OPTIONS).code);
  }
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  const start: Bin["start"] = (argv, env = {}) =>
    spawn(process.execPath, [join(folder, "dist", "ringfence.js"), ...argv], {
      env: { PATH: process.env.PATH, NODE_PATH: join(ROOT, "node_modules"), ...env },
    });
  return {
    start,
    run: (argv, env, input = "") =>
      new Promise((resolve, reject) => {
        const child = start(argv, env);
        let [out, err] = ["", ""];
        child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
        child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
        child.stdin?.on("error", () => undefined).end(input);
        child.once("error", reject);
        child.once("close", (status) => resolve({ status: status ?? -1, out, err }));
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
