import { Readable, Writable } from "node:stream";
import type {
  CompareLine,
  ConfigReport,
  Io,
  Offline,
  ReplayLine,
  SetupReport,
} from "../../../src/cli/context.js";
import { runCli } from "../../../src/cli/program.js";
import { NOW } from "../../http/support/services.js";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Keeps what is written to it. */
export class Kept extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** Stands in for the pieces that the bin wires. */
export class FakeOffline implements Offline {
  readonly asked: unknown[] = [];
  report: ConfigReport = { faults: [], lines: [], warnings: [] };
  setupReport: SetupReport = {
    configFile: "/etc/ringfence/ringfence.yaml",
    makesConfig: false,
    folder: "/etc/asterisk",
    steps: [],
    wrote: [],
    unit: null,
  };
  lines: ReplayLine[] = [];
  differences: CompareLine[] = [];

  readonly version = "1.2.3";

  run(configFile: string, how: Parameters<Offline["run"]>[1]): Promise<void> {
    this.asked.push({ run: configFile, ...how });
    return Promise.resolve();
  }

  checkConfig(configFile: string): ReturnType<Offline["checkConfig"]> {
    this.asked.push({ check: configFile });
    return Promise.resolve(this.report);
  }

  checkBackup(file: string): Promise<void> {
    this.asked.push({ checkBackup: file });
    return Promise.resolve();
  }

  restore(file: string, configFile: string): ReturnType<Offline["restore"]> {
    this.asked.push({ restore: file, configFile });
    return Promise.resolve({ database: "/var/lib/ringfence/ringfence.db", kept: null, schema: 1, newest: 1 });
  }

  setup(
    configFile: string,
    how: { readonly write: boolean; readonly systemd: boolean },
  ): ReturnType<Offline["setup"]> {
    this.asked.push({ setup: configFile, ...how });
    return Promise.resolve(this.setupReport);
  }

  async *replay(wish: Parameters<Offline["replay"]>[0]): AsyncGenerator<ReplayLine> {
    this.asked.push(wish);
    await Promise.resolve();
    yield* this.lines;
  }

  async *compare(wish: Parameters<Offline["compare"]>[0]): AsyncGenerator<CompareLine> {
    this.asked.push(wish);
    await Promise.resolve();
    yield* this.differences;
  }
}

export interface Around {
  readonly socket?: string;
  readonly input?: string | Readable;
  readonly env?: Record<string, string>;
  readonly offline?: Offline;
  readonly colours?: boolean;
  readonly out?: Writable;
}

/** Runs one command line against the socket, in this process. */
export async function ringfence(argv: readonly string[], around: Around = {}): Promise<Ran> {
  const out = new Kept();
  const err = new Kept();
  const input = around.input ?? "";
  const io: Io = {
    input: typeof input === "string" ? Readable.from([Buffer.from(input)]) : input,
    out: around.out ?? out,
    err,
    env: { ...(around.socket === undefined ? {} : { RINGFENCE_SOCKET: around.socket }), ...around.env },
    user: "alice",
    colours: around.colours ?? false,
    nowMs: () => NOW,
  };
  const status = await runCli(argv, io, around.offline ?? new FakeOffline());
  return { status, out: out.text, err: err.text };
}
