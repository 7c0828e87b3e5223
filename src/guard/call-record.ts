import type { CallLogEntry, CallLogStore, Log, Tell } from "./ports.js";

export interface CallRecordParts {
  readonly store: Pick<CallLogStore, "add" | "addAll" | "has">;
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
    this.logged(entry);
    const isStored = this.stored(entry);
    this.parts.tell({ type: "verdict", verdict: entry.verdict });
    return isStored;
  }

  /** How many of them are stored. */
  addAll(entries: readonly Omit<CallLogEntry, "id">[]): number {
    for (const entry of entries) this.logged(entry);
    let stored = entries.length;
    try {
      this.parts.store.addAll(entries);
    } catch {
      // One that can't be stored must not take the others with it; what is wrong with it is said there.
      stored = entries.filter((entry) => this.stored(entry)).length;
    }
    for (const { verdict } of entries) this.parts.tell({ type: "verdict", verdict });
    return stored;
  }

  private stored(entry: Omit<CallLogEntry, "id">): boolean {
    const { store, log } = this.parts;
    try {
      store.add(entry);
      return true;
    } catch (error) {
      log.error("a call could not be written to the call log", { error, channelId: entry.channelId });
      return false;
    }
  }

  private logged({ verdict, channelId, tookMs }: Omit<CallLogEntry, "id">): void {
    const { from, number, area, reason, detail } = verdict;
    this.parts.log.info(verdict.decision === "allow" ? "call allowed" : "call refused", {
      from,
      number: number ?? verdict.digits,
      area,
      reason,
      detail,
      channelId,
      tookMs: Math.round(tookMs * 10) / 10,
    });
  }
}
