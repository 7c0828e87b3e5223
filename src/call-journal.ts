import { readFileSync, truncateSync, writeSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import type { CallJournal, DecidedCall, Log } from "./guard/ports.js";

/** Calls that were decided and are perhaps not in the call log yet, a line each: what is decided is written here by the thread that
 *  decides, before the caller hears of it, and the main thread stores it when it gets to it. Whatever ends the process between, the
 *  next one finds the call here, and the money that was set aside for it. Not flushed to the disk: a power cut takes the calls
 *  with it. */

/** Of each line, so that a later edition knows what it reads. */
const EDITION = 1;
/** Some 20,000 calls. So many are not waiting unless the store is broken, and then the disk is wanted for other things. */
const MOST_BYTES = 16 << 20;
/** A file system that is busy holds up even a write that is only buffered. */
const MOST_WAIT_MS = 20;
/** After a write that took so long, others write for a while. */
const SLOW_MS = 5;
const SLOW_FOR_MS = 60_000;

/** Where the calls of a database wait. */
export function journalOf(database: string): string {
  return `${database}-calls`;
}

/** The writing side. No call waits for a disk that is slow, full or broken: that is said, once, and the call goes on. */
export class CallJournalFile implements CallJournal {
  private readonly file: Promise<FileHandle | null>;
  /** Once it is open, and while it is not being emptied. */
  private opened: number | null = null;
  private slowUntilMs = 0;
  private bytes = 0;
  private written = 0;
  /** Writes that are under way. */
  private pending = 0;
  private isBroken = false;
  /** Something was there already that could not be stored: it stays for whoever starts next. */
  private hasOthers = false;
  /** What is written must not be cut off with what is not needed any more. */
  private emptied: Promise<unknown> = Promise.resolve();

  constructor(
    path: string,
    private readonly log: Log,
  ) {
    this.file = this.attempt(async () => {
      const file = await open(path, "a", 0o600);
      this.hasOthers = (await file.stat()).size > 0;
      this.opened = file.fd;
      return file;
    });
  }

  write(call: DecidedCall): Promise<void> {
    this.written++;
    const line = Buffer.from(`${JSON.stringify([EDITION, call])}\n`);
    if (this.bytes + line.length > MOST_BYTES) {
      this.broken("too many calls wait for the call log");
      return Promise.resolve();
    }
    this.bytes += line.length;
    if (this.opened !== null && this.pending === 0 && performance.now() >= this.slowUntilMs) {
      this.writeAtOnce(this.opened, line);
      return Promise.resolve();
    }
    return atMost(MOST_WAIT_MS, this.inTheBackground(line));
  }

  kept(calls: number): void {
    if (this.hasOthers || this.bytes === 0 || this.pending > 0 || calls < this.written) return;
    this.bytes = 0;
    const { opened } = this;
    this.opened = null;
    this.emptied = this.attempt(async () => (await this.file)?.truncate()).finally(
      () => (this.opened = opened),
    );
  }

  async close(): Promise<void> {
    await this.emptied;
    this.opened = null;
    await (await this.file)?.close();
  }

  /** A buffered write takes some microseconds; to have it made by another thread takes twenty times that. */
  private writeAtOnce(file: number, line: Buffer): void {
    const begun = performance.now();
    try {
      writeSync(file, line);
      this.isBroken = false;
    } catch (error) {
      this.broken(String(error));
    }
    const now = performance.now();
    if (now - begun > SLOW_MS) this.slowUntilMs = now + SLOW_FOR_MS;
  }

  private async inTheBackground(line: Buffer): Promise<void> {
    this.pending++;
    await this.attempt(async () => {
      await this.emptied;
      const file = await this.file;
      if (file === null) return;
      await file.write(line);
      this.isBroken = false;
    });
    this.pending--;
  }

  private async attempt<T>(deed: () => Promise<T>): Promise<T | null> {
    try {
      return await deed();
    } catch (error) {
      this.broken(String(error));
      return null;
    }
  }

  private broken(error: string): void {
    if (!this.isBroken)
      this.log.error(
        "calls can't be noted ahead of the call log; one may be missing there if the daemon dies",
        {
          error,
        },
      );
    this.isBroken = true;
  }
}

function atMost(ms: number, job: Promise<unknown>): Promise<void> {
  return new Promise((done) => {
    const impatient = setTimeout(done, ms);
    void job.then(() => {
      clearTimeout(impatient);
      done();
    });
  });
}

/** Hands over what a thread that is gone has left, and forgets it once `store` has taken all of it. */
export function recoverCalls(path: string, store: (call: DecidedCall) => boolean, log: Log): void {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    log.error("calls that were decided before can't be read", { path, error: String(error) });
    return;
  }
  const lines = text.split("\n");
  // What is behind the last line break was being written.
  lines.pop();
  const stored = (call: DecidedCall): boolean => {
    try {
      return store(call);
    } catch (error) {
      log.error("a call that was decided before could not be stored", { error: String(error) });
      return false;
    }
  };
  let isStored = true;
  for (const line of lines) {
    const call = decidedCall(line);
    if (call === null) log.warn("a line about a call that was decided before can't be read", { path });
    else isStored = stored(call) && isStored;
  }
  if (isStored && text !== "") truncateSync(path);
}

function decidedCall(line: string): DecidedCall | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return Array.isArray(parsed) && parsed[0] === EDITION ? (parsed[1] as DecidedCall) : null;
  } catch {
    // Half of a line, of a disk that was full.
    return null;
  }
}
