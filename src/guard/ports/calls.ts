import type { LedgerChange, LedgerState } from "../../domain/calling/ledger.js";
import type { E164, PayerKind, Verdict } from "../../domain/calling/verdict.js";

export interface CallLogEntry {
  readonly id: number;
  readonly atMs: number;
  /** Asterisk's channel id: a decision taken twice for one channel is one entry. */
  readonly channelId: string;
  readonly verdict: Verdict;
  readonly trunk: string | null;
  /** How it was worked out that `verdict.from` pays; null or left out where nobody asked. */
  readonly payer?: PayerKind | null;
  /** From StasisStart to the answer. */
  readonly tookMs: number;
}

/** A call as it was decided, and what that changed in the ledger. `tookMs` is that of the deciding alone. */
export interface DecidedCall {
  readonly entry: Omit<CallLogEntry, "id">;
  readonly changes: readonly LedgerChange[];
}

/** Keeps what was decided from before the caller hears of it until it is in the call log. */
export interface CallJournal {
  /** Resolves when it is written, or would have to wait too long. */
  write(call: DecidedCall): Promise<void>;
  /** So many of those that were written are stored. */
  kept(calls: number): void;
  close(): Promise<void>;
}

export interface CallFilter {
  readonly refusedOnly: boolean;
  readonly sinceMs: number | null;
  readonly limit: number;
  readonly decision?: Verdict["decision"] | null;
  /** Before then. */
  readonly untilMs?: number | null;
  readonly extension?: string | null;
  /** Beginning of the number: with `+` of its E.164, else of what was dialled. */
  readonly numberPrefix?: string | null;
  readonly area?: string | null;
  readonly reason?: string | null;
  readonly trunk?: string | null;
  /** Only what the newest-first list has behind this entry. */
  readonly beforeId?: number | null;
}

/** A call whose number is known: enough to judge it again. */
export interface PlacedCall {
  readonly id: number;
  readonly atMs: number;
  readonly extension: string | null;
  readonly number: E164;
  readonly trunk: string | null;
}

export interface CallLogStore {
  /** Ignored where `channelId` and digits are already there. */
  add(entry: Omit<CallLogEntry, "id">): void;
  /** The same of several: all or none. */
  addAll(entries: readonly Omit<CallLogEntry, "id">[]): void;
  /** Whether a decision about these digits on this channel is there. */
  has(channelId: string, digits: string): boolean;
  /** Newest first. */
  list(filter: CallFilter): CallLogEntry[];
  /** Newest first; emergency calls and those without a number left out. @param before only what comes behind this one */
  placed(of: {
    readonly sinceMs: number;
    readonly before: Pick<PlacedCall, "id" | "atMs"> | null;
    readonly limit: number;
  }): PlacedCall[];
  count(sinceMs: number): { allowed: number; refused: number };
}

/** A call that the dialplan decided by itself. */
export interface MissedCall {
  /** Under which Asterisk keeps it. */
  readonly key: string;
  readonly channelId: string;
  readonly atMs: number;
  /** `strange`: what was dialled is no number, and was refused. */
  readonly kind: "allow" | "refuse" | "emergency" | "strange";
  /** Empty where it was strange. */
  readonly digits: string;
  readonly trunk: string | null;
  readonly from: string | null;
  readonly payer: PayerKind;
}

export interface MissedCalls {
  /** The oldest first, and the keys of what can't be read. */
  list(): Promise<{ readonly calls: readonly MissedCall[]; readonly unreadable: readonly string[] }>;
  /** One that is gone already is no error. */
  forget(key: string): Promise<void>;
}

/** A call that was let through is over; no other is told of. One that ended while nobody listened is told afterwards. The same end
 *  may be told twice. */
export interface CallEnd {
  /** That of the entry in the call log. */
  readonly channelId: string;
  /** When the called side answered; null: it never did. Unix milliseconds. */
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number;
  /** Nobody saw it end: both times are the ones that cost most. */
  readonly unseen?: boolean;
}

/** Of the spend of an extension, or of the whole system where that is null, `percent` of the limit was told as reached. */
export interface SpendWarning {
  readonly extension: string | null;
  /** 0: nothing to tell any more. */
  readonly percent: number;
}

/** What the ledger of calls must not forget. */
export interface SpendStore {
  load(nowMs: number): LedgerState;
  /** All or none of them. */
  add(changes: readonly LedgerChange[]): void;
  warned(): SpendWarning[];
  warn(warning: SpendWarning): void;
}
