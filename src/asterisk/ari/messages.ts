import type { Deck } from "../../domain/calling/deck.js";
import type { Policy } from "../../domain/policy.js";
import type { CallLogEntry } from "../../guard/ports.js";
import type { CallServiceState } from "./serve.js";

/** What the main thread and the thread for calls say to each other. Everything in it can be cloned; a deck's tables are shared. */

export type ToCallWorker =
  | { readonly type: "policy"; readonly policy: Policy }
  | { readonly type: "decks"; readonly decks: readonly Deck[] }
  /** Endpoints that are nobody's extension. */
  | { readonly type: "trunks"; readonly trunks: readonly string[] }
  /** Answered with a `state`. */
  | { readonly type: "ping" }
  | { readonly type: "stop" };

export type LogLevel = "error" | "warn" | "info" | "debug";

export type FromCallWorker =
  | { readonly type: "verdict"; readonly entry: Omit<CallLogEntry, "id"> }
  | { readonly type: "state"; readonly state: CallServiceState }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
