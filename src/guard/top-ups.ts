import { type Ledger, type LedgerChange, type RunningCall, UNTOLD } from "../domain/calling/ledger.js";
import { limitsFor } from "../domain/calling/limits.js";
import { endsAtMs, topUpOf } from "../domain/calling/slice.js";
import type { Policy } from "../domain/policy.js";
import type { Clock, Log } from "./ports.js";

export interface TopUpParts {
  readonly ledger: Ledger;
  readonly policy: () => Policy;
  /** Told of every change made to the ledger. */
  readonly onChange: (change: LedgerChange) => void;
  /** Ends a call: the channel that was judged, and those of its far side. */
  readonly hangUp: (call: RunningCall) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;
/** A call that could not be ended is tried again after that. */
const AGAIN_MS = 5_000;

/** Sets more aside for calls that run while there is money, and ends them when there is none. */
export class TopUps {
  private readonly triedMs = new Map<string, number>();

  constructor(private readonly parts: TopUpParts) {}

  /** Gives the milliseconds after which to look again. */
  look(): number {
    const { ledger, policy, onChange, clock } = this.parts;
    const nowMs = clock.nowMs();
    const rules = policy();
    let nextMs = LOOK_MS;
    const running = ledger.running(null);
    for (const call of running) {
      const limits = limitsFor(rules, call.extension === UNTOLD ? null : call.extension);
      const change = topUpOf(call, limits, ledger, nowMs);
      if (change !== null) {
        ledger.apply(change);
        onChange(change);
      }
      const waitMs = endsAtMs(ledger.runningCall(call.channelId) ?? call) - nowMs;
      if (waitMs <= 0) this.end(call, nowMs);
      else nextMs = Math.min(nextMs, waitMs);
    }
    for (const channelId of this.triedMs.keys()) {
      if (ledger.runningCall(channelId) === null) this.triedMs.delete(channelId);
    }
    return nextMs;
  }

  private end(call: RunningCall, nowMs: number): void {
    const { hangUp, log } = this.parts;
    const { channelId, extension } = call;
    const triedMs = this.triedMs.get(channelId);
    if (triedMs !== undefined && nowMs - triedMs < AGAIN_MS) return;
    this.triedMs.set(channelId, nowMs);
    if (triedMs === undefined) {
      log.info("a call is ended: its time or its money is used up", { channel: channelId, extension });
    }
    hangUp(call).catch((error: unknown) => {
      log.warn("a call whose time or money is used up could not be ended; trying again", {
        channel: channelId,
        error: String(error),
      });
    });
  }
}
