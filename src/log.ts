import { appendFile } from "node:fs";
import { Writable } from "node:stream";
import { createLogger, format, transports } from "winston";
import { logLine, terminalLine } from "./log-line.js";
import type { Log } from "./guard/ports.js";

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Where the log goes. `terminal`: lines for people instead of JSON. */
export interface LogDestination {
  readonly stream: Writable;
  readonly terminal: boolean;
}

export interface ClosableLog extends Log {
  /** Resolves when everything logged so far has left the process, or at the latest after two seconds. */
  close(): Promise<void>;
}

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 } as const;
const CLOSE_MS = 2_000;

/** Standard output, or a file (mode 0640). The file is opened for each batch of lines, so that it may be renamed or removed at
 *  any time, and writing goes on when a full disk has room again; lines in between are lost. */
export function logDestination(file: string | null): LogDestination {
  if (file === null) return { stream: process.stdout, terminal: process.stdout.isTTY };
  const tell = teller();
  const append = (text: string, done: () => void) =>
    appendFile(file, text, { mode: 0o640 }, (error) => {
      tell(error);
      done();
    });
  const stream = new Writable({
    decodeStrings: false,
    write: (line: string, _, done) => append(line, done),
    writev: (lines, done) => append(lines.map(({ chunk }) => String(chunk)).join(""), done),
  });
  return { stream, terminal: false };
}

/** Logs `level` and what is graver. A disabled level costs one comparison. A destination that fails (a full disk, a closed pipe) is
 *  told on standard error, once, and stops nothing. */
export function createLog(level: LogLevel, { stream, terminal }: LogDestination): ClosableLog {
  const line = terminal ? terminalLine : logLine;
  const logger = createLogger({
    level,
    levels: LEVELS,
    format: format.printf(({ level: of, message, fields }) =>
      line(Date.now(), of, String(message), fieldsOf(fields)),
    ),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types it as an interface
    transports: [new transports.Stream({ stream, eol: "\n" })],
  });
  stream.on("error", teller());

  const at = (of: LogLevel): Log["info"] =>
    LEVELS[of] > LEVELS[level]
      ? nothing
      : (message, fields) => void logger.log({ level: of, message, fields });

  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    close: () => drained(stream),
  };
}

function nothing(): void {
  // This level is not logged.
}

function fieldsOf(fields: unknown): Readonly<Record<string, unknown>> {
  return typeof fields === "object" && fields !== null ? (fields as Record<string, unknown>) : {};
}

/** Tells on standard error that the log cannot be written, once until it can be again. */
function teller(): (error: Error | null) => void {
  let told = false;
  return (error) => {
    if (error !== null && !told) {
      const fields = { why: error.message };
      process.stderr.write(`${logLine(Date.now(), "error", "the log cannot be written", fields)}\n`);
    }
    told = error !== null;
  };
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, CLOSE_MS);
    const done = () => {
      clearTimeout(deadline);
      resolve();
    };
    // Standard output is not ours to end.
    if (stream === process.stdout) stream.write("", done);
    else stream.end(done);
  });
}
