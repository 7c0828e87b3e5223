import type { DeckPrices } from "./deck-pricer.js";
import type { Deck } from "./domain/calling/deck.js";
import type { ErrorCode } from "./domain/error.js";
import type { DeckInfo } from "./guard/ports.js";
import type { CallCount } from "./pace.js";
import type { DeckImport, FileSettings, ImportRequest, RatesRefused } from "./guard/rates.js";

/** What the import thread begins with. */
export interface DeckWorkerData {
  readonly database: string;
  readonly calls: CallCount;
}

/** Another deck of the same name in force from now on, or none. */
export interface DeckChange {
  readonly what: "undo" | "remove";
  readonly name: string;
  readonly by: string;
  readonly atMs: number;
}

/** What the main thread and the import thread say to each other. */
export type ToDeckWorker =
  | {
      readonly type: "import";
      readonly file: string;
      readonly request: ImportRequest;
      readonly settings: FileSettings;
    }
  | { readonly type: "change"; readonly change: DeckChange }
  | { readonly type: "stop" };

/** The deck as it is after a change; null where there is none any more. */
export interface DeckAfter {
  readonly deck: DeckInfo | null;
}

export type DeckResult = DeckImport | DeckAfter | RatesRefused;

export type FromDeckWorker =
  /** All decks there are: after the start, after each change, and when a price begins or ends. */
  | { readonly type: "decks"; readonly decks: readonly Deck[] }
  /** What a deck asks for each area, some time after the deck itself. */
  | { readonly type: "prices"; readonly deck: string; readonly prices: DeckPrices }
  /** How much of the file under way is read, from 0 to 1. */
  | { readonly type: "read"; readonly deck: string; readonly share: number; readonly rows: number }
  | { readonly type: "done"; readonly result: DeckResult }
  /** What was asked for broke. */
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string }
  | {
      readonly type: "log";
      readonly level: "error" | "warn" | "info";
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
