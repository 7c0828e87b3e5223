import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Compiled } from "../compiled.js";
import { netns, type AsteriskVersion } from "./lab.js";

interface Said {
  value?: unknown;
  error?: { code: string; message: string };
}

/** A part of the daemon, running beside Asterisk as the daemon does: a file below test/lab that ends with `answerFrom`. */
export class Beside {
  private readonly child: ChildProcess;
  private readonly waiting: ((said: Said) => void)[] = [];

  constructor(version: AsteriskVersion, compiled: Compiled, file: string, options: object) {
    const argv = [process.execPath, compiled.file(file), JSON.stringify(options)];
    this.child = spawn("ip", ["netns", "exec", netns(version, "pbx"), ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.child.stdout! });
    lines.on("line", (line) => this.waiting.shift()?.(JSON.parse(line) as Said));
  }

  /** `[method, …arguments]`. */
  tell(...request: unknown[]): Promise<Said> {
    return new Promise((done) => {
      this.waiting.push(done);
      this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    });
  }

  async value<T>(...request: unknown[]): Promise<T> {
    const said = await this.tell(...request);
    if (said.error !== undefined) throw new Error(`${said.error.code}: ${said.error.message}`);
    return said.value as T;
  }

  /** The program ends of itself once its input does. */
  async end(): Promise<void> {
    const gone = new Promise<void>((done) => this.child.once("close", () => done()));
    this.child.stdin!.end();
    await gone;
  }
}
