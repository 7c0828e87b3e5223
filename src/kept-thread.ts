import { Worker, type WorkerOptions } from "node:worker_threads";
import { backoffMs, type Backoff } from "./guard/backoff.js";
import type { Clock, Log, Random } from "./guard/ports.js";

/** What every thread understands. One that is pinged answers with any message. */
export type ToKeptThread = { readonly type: "ping" } | { readonly type: "stop" };

export interface KeptThreadParts<FromThread> {
  /** For people: `the thread for calls`. */
  readonly called: string;
  /** The compiled file that it runs. */
  readonly file: string;
  readonly options: WorkerOptions;
  /** A new one runs: it is to be told what it has to know. */
  readonly onStart: () => void;
  readonly onMessage: (message: FromThread) => void;
  /** It hangs or died, and why. */
  readonly onFault: (error: string) => void;
  /** It has ended; another will follow unless it was stopped. */
  readonly onEnd: () => void;
  /** Null: it may be at work for minutes without a word. */
  readonly heartbeat: Heartbeat | null;
  /** Whoever lived this long was sound, whatever ended it. */
  readonly soundMs: number;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Beats are counted and not time: while the main thread is blocked none are sent, and none are missed. */
export interface Heartbeat {
  readonly everyMs: number;
  /** A thread that has let so many pass is hung. */
  readonly most: number;
}

/** More of them while it loads its code, on a machine that is busy. */
const STARTING_BEATS = 60;
const STOP_MS = 2_000;

/** Runs a thread, and puts a new one in its place whenever it dies or hangs. */
export class KeptThread<To extends { readonly type: string }, FromThread> {
  /** How often another had to take its place. */
  respawns = 0;
  private worker: Worker | null = null;
  private spawnedMs = 0;
  private failures = 0;
  private stopped = false;
  private waiting: NodeJS.Timeout | undefined;

  constructor(private readonly parts: KeptThreadParts<FromThread>) {}

  get isUp(): boolean {
    return this.worker !== null;
  }

  /** When the one that runs was started. Unix milliseconds. */
  get sinceMs(): number {
    return this.spawnedMs;
  }

  /** Starts the first. */
  spawn(): void {
    const { parts } = this;
    this.spawnedMs = parts.clock.nowMs();
    const worker = new Worker(parts.file, parts.options);
    this.worker = worker;
    for (const stream of [worker.stdout, worker.stderr]) {
      if (parts.options.stdout !== true) break;
      stream.on("data", (chunk: Buffer) =>
        parts.log.debug(`${parts.called} printed`, { text: chunk.toString("utf8").slice(0, 500) }),
      );
    }
    let missed = -STARTING_BEATS;
    const { heartbeat } = parts;
    const beat =
      heartbeat === null
        ? undefined
        : setInterval(() => {
            if (++missed <= heartbeat.most) {
              this.send({ type: "ping" });
              return;
            }
            parts.log.error(`${parts.called} hangs and is replaced`);
            parts.onFault("the thread hung");
            void worker.terminate();
          }, heartbeat.everyMs);
    worker.on("message", (message: FromThread) => {
      missed = 0;
      parts.onMessage(message);
    });
    worker.on("error", (error) => {
      parts.log.warn(`${parts.called} died`, { error: String(error) });
      parts.onFault(String(error));
    });
    worker.once("exit", () => {
      clearInterval(beat);
      this.bury();
    });
    parts.onStart();
  }

  /** Says something to the one that runs; nothing where none does, since `onStart` tells the next. */
  tell(message: To): void {
    this.worker?.postMessage(message);
  }

  /** Ends the one that runs, and lets another follow. */
  replace(): void {
    void this.worker?.terminate();
  }

  /** Lets it end by itself, and ends it after two seconds. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.waiting);
    const { worker } = this;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    this.send({ type: "stop" });
    const impatient = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(impatient);
  }

  private send(message: ToKeptThread): void {
    this.worker?.postMessage(message);
  }

  private bury(): void {
    const { parts } = this;
    this.worker = null;
    parts.onEnd();
    if (this.stopped) return;
    const isSound = parts.clock.nowMs() - this.spawnedMs >= parts.soundMs;
    this.failures = isSound ? 1 : this.failures + 1;
    this.respawns++;
    this.waiting = setTimeout(() => this.spawn(), backoffMs(parts.backoff, this.failures, parts.random));
  }
}
