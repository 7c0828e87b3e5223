import { join } from "node:path";
import type { DeckPrices } from "./deck-pricer.js";
import type { DeckAfter, DeckResult, DeckWorkerData, FromDeckWorker, ToDeckWorker } from "./deck-messages.js";
import type { Deck } from "./domain/calling/deck.js";
import { RingfenceError } from "./domain/error.js";
import type { Clock, Log, Random } from "./guard/ports.js";
import type { PriceRules } from "./guard/deck-changes.js";
import type { DeckImport, FileSettings, RatesRefused } from "./guard/rates.js";
import { KeptThread } from "./kept-thread.js";
import type { CallCount } from "./pace.js";

export interface DeckThreadParts {
  /** Path of the database; the thread opens a connection of its own. */
  readonly database: string;
  /** Goes up with each call that comes: imports then take their time. */
  readonly calls: CallCount;
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

/** Starts the thread that imports rate decks. When it dies, the decks that were handed out stay in use, and a new thread takes
 *  its place. */
export function startDeckThread(parts: DeckThreadParts): DeckThread {
  return new Thread(parts);
}

interface UnderWay {
  resolve(result: DeckResult): void;
  reject(error: RingfenceError): void;
}

const isImport = (result: DeckResult): result is DeckImport => "format" in result;
const isAfter = (result: DeckResult): result is DeckAfter => "deck" in result;

class Thread implements DeckThread {
  private readonly thread: KeptThread<ToDeckWorker, FromDeckWorker>;
  private underWay: UnderWay | null = null;

  constructor(private readonly parts: DeckThreadParts) {
    const { clock, random, log } = parts;
    this.thread = new KeptThread({
      called: "the import thread",
      file: parts.workerFile ?? join(__dirname, "deck-worker.js"),
      options: {
        name: "decks",
        workerData: { database: parts.database, calls: parts.calls } satisfies DeckWorkerData,
      },
      onStart: () => undefined,
      onMessage: (message) => this.hear(message),
      onFault: () => undefined,
      onEnd: () => this.giveUp(),
      heartbeat: null,
      soundMs: 60_000,
      backoff: { firstMs: 500, mostMs: 30_000 },
      clock,
      random,
      log,
    });
    this.thread.spawn();
  }

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
    if (!this.thread.isUp) {
      throw new RingfenceError("busy", "the import thread is starting anew: try again in a minute");
    }
    const impatient = setTimeout(() => this.thread.replace(), IMPORT_MS);
    try {
      const result = await new Promise<DeckResult>((resolve, reject) => {
        this.underWay = { resolve, reject };
        this.thread.tell(message);
      });
      if ("refused" in result) return result;
      if (isAnswer(result)) return result;
      throw new RingfenceError("internal", "the import thread answered something else");
    } finally {
      clearTimeout(impatient);
      this.underWay = null;
    }
  }

  /** An import under way is given up; what it has written is cleared away at the next start. */
  stop(): Promise<void> {
    return this.thread.stop();
  }

  private giveUp(): void {
    this.underWay?.reject(
      new RingfenceError(
        "internal",
        "the import thread ended before the import was done: nothing was changed",
      ),
    );
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
