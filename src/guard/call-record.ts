import type { CallLogEntry, CallLogStore, Log, Tell } from "./ports.js";

export interface CallRecordParts {
  readonly store: Pick<CallLogStore, "add" | "has">;
  readonly tell: Tell;
  readonly log: Log;
}

/** Writes down what was decided about calls. The answer has been given by then: a store that fails costs the record, which is
 *  said, and never the call. */
export class CallRecord {
  constructor(private readonly parts: CallRecordParts) {}

  /** Whether a decision about it is stored. */
  has({ channelId, verdict }: Omit<CallLogEntry, "id">): boolean {
    return this.parts.store.has(channelId, verdict.digits);
  }

  /** Whether it is stored. */
  add(entry: Omit<CallLogEntry, "id">): boolean {
    const { store, tell, log } = this.parts;
    const { verdict, channelId, tookMs } = entry;
    const { from, number, area, reason, detail } = verdict;
    log.info(verdict.decision === "allow" ? "call allowed" : "call refused", {
      from,
      number: number ?? verdict.digits,
      area,
      reason,
      detail,
      channelId,
      tookMs: Math.round(tookMs * 10) / 10,
    });
    let isStored = true;
    try {
      store.add(entry);
    } catch (error) {
      isStored = false;
      log.error("a call could not be written to the call log", { error, channelId });
    }
    tell({ type: "verdict", verdict });
    return isStored;
  }
}
