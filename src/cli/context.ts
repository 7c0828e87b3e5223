import type { Readable, Writable } from "node:stream";
import type { Command } from "commander";
import { Client } from "./client.js";
import type { Printer } from "./printer.js";

/** The process around the command, so that tests can be one. */
export interface Io {
  readonly input: Readable;
  readonly out: Writable;
  readonly err: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who runs the command, for the daemon's audit. */
  readonly user: string;
  readonly colours: boolean;
  nowMs(): number;
}

export interface ConfigFault {
  /** Counted from 1; null where no place in the file is to blame. */
  readonly line: number | null;
  readonly column: number | null;
  /** Such as `ami.port`; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
}

/** No faults: the file is good, and `warnings` are what to think of all the same. */
export interface ConfigReport {
  readonly faults: readonly ConfigFault[];
  /** The faults as lines for people. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

export interface ReplayWish {
  readonly format: "ami" | "security-log";
  readonly file: string;
  readonly policy: string | null;
  /** A file with the accounts that Asterisk had, one a line. Left out: nothing but what the recording says is known of them. */
  readonly accounts?: string;
  /** Alarms are lines too. */
  readonly alarms?: boolean;
}

/** A line of `replay --json`: DESIGN's form. */
export type ReplayLine = ReplayDecision | ReplayAlarm | { readonly summary: ReplaySummary };

/** A line of `replay --compare`. */
export type CompareLine =
  (ReplayDecision & { readonly only: "policy" | "compare" }) | { readonly comparison: ReplayComparison };

export interface ReplayAlarm {
  readonly action: "alarm";
  readonly at: string;
  readonly slug: string;
  readonly target: string | null;
  readonly detail: string;
}

export interface ReplayComparison {
  readonly onlyPolicy: number;
  readonly onlyCompare: number;
  readonly both: number;
  readonly sooner: number;
  readonly later: number;
  readonly policy: ReplaySummary;
  readonly compare: ReplaySummary;
}

export interface ReplayDecision {
  readonly action: "ban" | "block";
  readonly target: string;
  readonly at: string;
  readonly cause: string;
  readonly attempts: number;
  readonly accounts: readonly string[];
  readonly until: string | null;
}

export interface ReplaySummary {
  readonly events: number;
  readonly attempts: number;
  readonly bans: number;
  readonly blocks: number;
  readonly locks: number;
  readonly proposals: number;
  readonly alarms: number;
  readonly malformed: number;
  readonly seconds: number;
}

export interface RestoreReport {
  /** The file that was replaced. */
  readonly database: string;
  /** Where what stood there before is now; null: nothing did. */
  readonly kept: string | null;
  readonly schema: number;
  /** What the next start makes of the schema. */
  readonly newest: number;
}

export interface SetupReport {
  readonly configFile: string;
  /** There was no config file: it was made, or would be. */
  readonly makesConfig: boolean;
  /** Asterisk's configuration folder; null where no config file says it. */
  readonly folder: string | null;
  /** As it is now, after what was written. `text`: what is to be added to the file. */
  readonly steps: readonly {
    readonly file: string;
    readonly what: string;
    readonly state: "done" | "missing" | "by-hand";
    readonly text: string | null;
  }[];
  readonly wrote: readonly string[];
  /** The unit of systemd; null where nobody asked for it. */
  readonly unit: UnitReport | null;
}

/** `text`: of `missing`, the whole unit as it should be; of `by-hand`, the line that should stand in it. */
export interface UnitReport {
  readonly file: string;
  readonly state: "done" | "missing" | "by-hand";
  readonly text: string | null;
  /** It was written now. */
  readonly wrote: boolean;
}

/** The commands that need no daemon; the bin wires them. */
export interface Offline {
  readonly version: string;
  /** Runs until it is stopped. `flush`: then nobody is shut out any longer, whatever the config says. */
  run(configFile: string, how: { readonly flush: boolean }): Promise<void>;
  checkConfig(configFile: string): Promise<ConfigReport>;
  /** Throws, with a sentence for people, where a file is no whole database of Ringfence's. */
  checkBackup(file: string): Promise<void>;
  /** Throws where a daemon runs or the backup is no good; then nothing has changed. */
  restore(file: string, configFile: string): Promise<RestoreReport>;
  /** What Asterisk on this machine needs, and with `systemd` what starts the daemon; `write`: and what can be written is. */
  setup(
    configFile: string,
    how: { readonly write: boolean; readonly systemd: boolean },
  ): Promise<SetupReport>;
  replay(wish: ReplayWish): AsyncIterable<ReplayLine>;
  compare(wish: ReplayWish & { readonly compare: string }): AsyncIterable<CompareLine>;
}

/** What every command works with. */
export interface Context {
  readonly io: Io;
  readonly printer: Printer;
  readonly offline: Offline;
  /** The status to end with, where nothing is thrown. */
  exitStatus: number;
}

export const DEFAULT_SOCKET = "/run/ringfence/ringfence.sock";
export const DEFAULT_CONFIG = "/etc/ringfence/ringfence.yaml";

export function clientOf(context: Context, command: Command): Client {
  const { socket } = command.optsWithGlobals<{ socket?: string }>();
  return new Client(socket ?? context.io.env.RINGFENCE_SOCKET ?? DEFAULT_SOCKET, context.io.user);
}

/** Adds `--json`, which every command has that answers something. */
export function answering(command: Command): Command {
  return command.option("--json", "print JSON, one document a line");
}

/** Adds an example to the help. */
export function example(command: Command, ...lines: string[]): Command {
  return command.addHelpText(
    "after",
    `\nExample:\n${lines.map((line) => `  $ ringfence ${line}`).join("\n")}`,
  );
}
