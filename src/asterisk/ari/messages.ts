import type { Deck } from "../../domain/calling/deck.js";
import type { LedgerChange, LedgerState } from "../../domain/calling/ledger.js";
import type { Policy } from "../../domain/policy.js";
import type { CallEnd, CallLogEntry } from "../../guard/ports.js";
import type { CallServiceState } from "./serve.js";
import type { AriSettings } from "./settings.js";

/** What the main thread and the thread for calls say to each other. Everything in it can be cloned; a deck's tables are shared. */

/** What the thread begins with. */
export interface CallWorkerData {
  readonly ari: AriSettings;
  /** The file in which calls are noted when they are decided. */
  readonly journal: string;
  /** Goes up with each call that comes, in shared memory. */
  readonly calls: Int32Array<SharedArrayBuffer>;
}

export type ToCallWorker =
  | { readonly type: "policy"; readonly policy: Policy }
  | { readonly type: "decks"; readonly decks: readonly Deck[] }
  /** Endpoints that are nobody's extension. */
  | { readonly type: "trunks"; readonly trunks: readonly string[] }
  /** What limits are judged by from now on; without it none are judged. Comes before the policy. */
  | { readonly type: "ledger"; readonly state: LedgerState }
  /** Something that was not judged here changed the ledger: a call ended, a source is to be refused. */
  | { readonly type: "change"; readonly change: LedgerChange }
  /** So many of the verdicts that this thread told are in the call log. */
  | { readonly type: "kept"; readonly calls: number }
  /** Answered with a `state`. */
  | { readonly type: "ping" }
  | { readonly type: "stop" };

export type LogLevel = "error" | "warn" | "info" | "debug";

/** What happened to calls, in the order in which it did. */
export type CallHappening =
  | { readonly type: "verdict"; readonly entry: Omit<CallLogEntry, "id"> }
  /** A judged call changed the ledger; comes before its verdict. */
  | { readonly type: "change"; readonly change: LedgerChange }
  /** A call that was let through is over. */
  | { readonly type: "ended"; readonly end: CallEnd };

export type FromCallWorker =
  | { readonly type: "calls"; readonly happenings: readonly CallHappening[] }
  | { readonly type: "state"; readonly state: CallServiceState }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
