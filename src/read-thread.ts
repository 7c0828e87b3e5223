import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { RingfenceError } from "./domain/error.js";
import type { Log } from "./guard/ports.js";
import type { ReadAnswer, ReadName, ReadQuestion, Reads } from "./reads.js";

export interface ReadThreadParts {
  /** Path of the database; the thread opens a connection of its own. */
  readonly database: string;
  readonly log: Log;
  /** The compiled src/read-worker.ts, unless a test has it elsewhere. */
  readonly workerFile?: string;
  readonly idleMs?: number;
}

/** Every search ends long before. */
const DEADLINE_MS = 60_000;
/** A thread takes some megabytes: where nobody looks at pages there is none. */
const IDLE_MS = 10 * 60_000;
/** Who asks more at a time waits for nothing that comes soon. */
const MOST_WAITING = 200;

interface Waiting {
  readonly resolve: (found: unknown) => void;
  readonly reject: (error: RingfenceError) => void;
}

/** Reads in a thread that begins with the first question and ends when nobody has asked for a while. What the thread can't do is
 *  an error of that question; a thread that dies is followed by a new one at the next. */
export class ReadThread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private stopped = false;
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly parts: ReadThreadParts) {}

  /** Throws RingfenceError: `store` where the database fails, `busy` where too many ask or the thread died. */
  async ask<Name extends ReadName>(
    name: Name,
    ...of: Parameters<Reads[Name]>
  ): Promise<ReturnType<Reads[Name]>> {
    if (this.stopped || this.waiting.size >= MOST_WAITING) {
      throw new RingfenceError("busy", "too much is asked for at a time: try again in a minute");
    }
    clearTimeout(this.idle);
    const worker = (this.worker ??= this.spawn());
    const id = ++this.asked;
    const impatient = setTimeout(() => void worker.terminate(), DEADLINE_MS);
    try {
      return (await new Promise<unknown>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject });
        worker.postMessage({ id, name, of } satisfies ReadQuestion);
      })) as ReturnType<Reads[Name]>;
    } finally {
      clearTimeout(impatient);
      this.waiting.delete(id);
      if (this.waiting.size === 0) this.endWhenIdle();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.idle);
    const { worker } = this;
    if (worker === null) return;
    // A search under way is given up: nothing is written here.
    await worker.terminate();
  }

  private endWhenIdle(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      const { worker } = this;
      this.worker = null;
      worker?.postMessage("stop");
    }, this.parts.idleMs ?? IDLE_MS);
    this.idle.unref();
  }

  private spawn(): Worker {
    const { parts } = this;
    const file = parts.workerFile ?? join(__dirname, "read-worker.js");
    const worker = new Worker(file, { name: "reads", workerData: { database: parts.database } });
    worker.on("message", (answer: ReadAnswer) => this.hear(answer));
    worker.on("error", (error) => parts.log.error("the reading thread died", { error }));
    worker.once("exit", () => {
      if (this.worker !== worker) return;
      this.worker = null;
      for (const { reject } of this.waiting.values()) {
        reject(new RingfenceError("busy", "the reading thread ended before it was done: try again"));
      }
    });
    return worker;
  }

  private hear(answer: ReadAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if ("found" in answer) waiting?.resolve(answer.found);
    else waiting?.reject(new RingfenceError(answer.code, answer.message));
  }
}
