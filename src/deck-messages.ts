import type { Deck } from "./domain/calling/deck.js";
import type { ErrorCode } from "./domain/error.js";
import type { DeckImport, ImportRequest, RatesRefused } from "./guard/rates.js";

/** What the main thread and the import thread say to each other. */
export type ToDeckWorker =
  | { readonly type: "import"; readonly file: string; readonly request: ImportRequest }
  | { readonly type: "stop" };

export type FromDeckWorker =
  /** All decks there are: after the start, and after each import. */
  | { readonly type: "decks"; readonly decks: readonly Deck[] }
  | { readonly type: "imported"; readonly result: DeckImport | RatesRefused }
  /** The import broke. */
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string }
  | {
      readonly type: "log";
      readonly level: "error" | "warn" | "info";
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
