import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { backoffMs, type Backoff } from "./guard/backoff.js";
import type { DeckPrices } from "./deck-pricer.js";
import type { DeckAfter, DeckResult, FromDeckWorker, ToDeckWorker } from "./deck-messages.js";
import type { Deck } from "./domain/calling/deck.js";
import { RingfenceError } from "./domain/error.js";
import type { Clock, Log, Random } from "./guard/ports.js";
import type { PriceRules } from "./guard/deck-changes.js";
import type { DeckImport, FileSettings, RatesRefused } from "./guard/rates.js";

export interface DeckThreadParts {
  /** Path of the database; the thread opens a connection of its own. */
  readonly database: string;
  /** All decks there are, in shared memory: once after the start, after each change, and when a price begins or ends. */
  readonly onDecks: (decks: readonly Deck[]) => void;
  /** What a deck asks for each area: some time after each time that the deck was handed out anew. */
  readonly onPrices?: (deck: string, prices: DeckPrices) => void;
  /** How much of the file of an import is read: `share` from 0 to 1. */
  readonly onRead?: (read: { readonly deck: string; readonly share: number; readonly rows: number }) => void;
  /** The global rules of the moment, for the report of an import. */
  readonly rules: () => PriceRules;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The compiled src/deck-worker.ts, unless a test has it elsewhere. */
  readonly workerFile?: string;
}

export interface DeckThread {
  /** Puts the CSV file in the place of the deck `name`; with `dryRun` it only says what would change. One import at a time. Throws
   *  RingfenceError where the store or the thread breaks; the deck is then the one before or the new one, whole. */
  importFile(
    file: string,
    how: {
      readonly name: string;
      readonly dryRun: boolean;
      readonly by: string;
      readonly settings?: FileSettings;
    },
  ): Promise<DeckImport | RatesRefused>;
  /** Brings back the deck before the last import, or one that was taken away; a second undo takes the first one back. */
  undo(name: string, by: string): Promise<DeckAfter | RatesRefused>;
  /** Takes a deck away. */
  remove(name: string, by: string): Promise<DeckAfter | RatesRefused>;
  stop(): Promise<void>;
}

/** A million rows take some ten seconds. */
const IMPORT_MS = 15 * 60_000;
const STOP_MS = 2_000;
/** Who lived this long was sound, whatever ended it. */
const SOUND_MS = 60_000;
const BACKOFF: Backoff = { firstMs: 500, mostMs: 30_000 };

/** Starts the thread that imports rate decks. When it dies, the decks that were handed out stay in use, and a new thread takes
 *  its place. */
export function startDeckThread(parts: DeckThreadParts): DeckThread {
  const thread = new Thread(parts);
  thread.spawn();
  return thread;
}

interface UnderWay {
  resolve(result: DeckResult): void;
  reject(error: RingfenceError): void;
}

const isImport = (result: DeckResult): result is DeckImport => "format" in result;
const isAfter = (result: DeckResult): result is DeckAfter => "deck" in result;

class Thread implements DeckThread {
  private worker: Worker | null = null;
  private underWay: UnderWay | null = null;
  private failures = 0;
  private stopped = false;
  private waiting: NodeJS.Timeout | undefined;

  constructor(private readonly parts: DeckThreadParts) {}

  importFile(
    file: string,
    { name, dryRun, by, settings = {} }: Parameters<DeckThread["importFile"]>[1],
  ): Promise<DeckImport | RatesRefused> {
    const { capMicrosPerMinute, feeInFirstMinute, withoutRate } = this.parts.rules();
    const rules = { capMicrosPerMinute, feeInFirstMinute, withoutRate };
    const request = { name, dryRun, by, atMs: this.parts.clock.nowMs(), rules };
    return this.ask({ type: "import", file, request, settings }, isImport);
  }

  undo(name: string, by: string): Promise<DeckAfter | RatesRefused> {
    const change = { what: "undo", name, by, atMs: this.parts.clock.nowMs() } as const;
    return this.ask({ type: "change", change }, isAfter);
  }

  remove(name: string, by: string): Promise<DeckAfter | RatesRefused> {
    const change = { what: "remove", name, by, atMs: this.parts.clock.nowMs() } as const;
    return this.ask({ type: "change", change }, isAfter);
  }

  /** One request at a time; the thread answers in their order. */
  private async ask<T extends DeckResult>(
    message: ToDeckWorker,
    isAnswer: (result: DeckResult) => result is T,
  ): Promise<T | RatesRefused> {
    if (this.underWay !== null) {
      return { refused: "refused", message: "another import is under way: try again when it is done" };
    }
    const { worker } = this;
    if (worker === null) {
      throw new RingfenceError("busy", "the import thread is starting anew: try again in a minute");
    }
    const impatient = setTimeout(() => void worker.terminate(), IMPORT_MS);
    try {
      const result = await new Promise<DeckResult>((resolve, reject) => {
        this.underWay = { resolve, reject };
        worker.postMessage(message);
      });
      if ("refused" in result) return result;
      if (isAnswer(result)) return result;
      throw new RingfenceError("internal", "the import thread answered something else");
    } finally {
      clearTimeout(impatient);
      this.underWay = null;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.waiting);
    const { worker } = this;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage({ type: "stop" } satisfies ToDeckWorker);
    // An import under way is given up; what it has written is cleared away at the next start.
    const impatient = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(impatient);
  }

  spawn(): void {
    const { parts } = this;
    const file = parts.workerFile ?? join(__dirname, "deck-worker.js");
    const worker = new Worker(file, { name: "decks", workerData: { database: parts.database } });
    this.worker = worker;
    worker.on("message", (message: FromDeckWorker) => this.hear(message));
    worker.on("error", (error) => parts.log.error("the import thread died", { error }));
    const spawnedMs = parts.clock.nowMs();
    worker.once("exit", () => this.bury(parts.clock.nowMs() - spawnedMs));
  }

  private bury(livedMs: number): void {
    this.worker = null;
    this.underWay?.reject(
      new RingfenceError(
        "internal",
        "the import thread ended before the import was done: nothing was changed",
      ),
    );
    if (this.stopped) return;
    this.failures = livedMs >= SOUND_MS ? 1 : this.failures + 1;
    this.waiting = setTimeout(() => this.spawn(), backoffMs(BACKOFF, this.failures, this.parts.random));
  }

  private hear(message: FromDeckWorker): void {
    switch (message.type) {
      case "decks":
        this.parts.onDecks(message.decks);
        break;
      case "prices":
        this.parts.onPrices?.(message.deck, message.prices);
        break;
      case "read":
        this.parts.onRead?.({ deck: message.deck, share: message.share, rows: message.rows });
        break;
      case "done":
        this.underWay?.resolve(message.result);
        break;
      case "failed":
        this.underWay?.reject(new RingfenceError(message.code, message.message));
        break;
      case "log":
        this.parts.log[message.level](message.message, message.fields);
        break;
    }
  }
}
