import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Compiled } from "../compiled.js";
import type { Wanted } from "./acl-run.js";
import { secrets } from "./addresses.js";
import { netns, runFolder, type AsteriskVersion } from "./lab.js";

const { host, port, user, password: secret } = secrets.ami;

/** What the lists' adapter says of what it did. */
export interface Report {
  inForce: string[];
  impossible: Record<string, string>;
  reloaded: string;
}
interface Said {
  value?: unknown;
  error?: { code: string; message: string };
}

/** The lists' adapter, running beside Asterisk as the daemon does. */
export class Beside {
  private readonly child: ChildProcess;
  private readonly waiting: ((said: Said) => void)[] = [];

  constructor(version: AsteriskVersion, compiled: Compiled) {
    const options = {
      ami: { host, port, user, secret },
      configDir: `${runFolder(version)}/etc`,
      trunks: ["carrier"],
    };
    const argv = [process.execPath, compiled.file("test/lab/acl-run.ts"), JSON.stringify(options)];
    this.child = spawn("ip", ["netns", "exec", netns(version, "pbx"), ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.child.stdout! });
    lines.on("line", (line) => this.waiting.shift()?.(JSON.parse(line) as Said));
  }

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

  apply(wanted: Wanted): Promise<Report> {
    return this.value("apply", wanted);
  }

  verify(): Promise<Report> {
    return this.value("verify");
  }

  async end(): Promise<void> {
    const gone = new Promise<void>((done) => this.child.once("close", () => done()));
    this.child.stdin!.end();
    await gone;
  }
}
