import { performance } from "node:perf_hooks";
import type { CallAttempt } from "../../domain/calling/limits-judge.js";
import type { CallRequest, Verdict } from "../../domain/calling/verdict.js";
import type { DialPlan } from "../../domain/policy.js";
import type { CallLogEntry, Clock, Log } from "../../guard/ports.js";
import { answerOf, digitsToDial, parseCheck, type Check, type WaitingCall } from "./check.js";
import type { CallControl } from "./session.js";

/** Who decides, by one policy. Takes no time worth speaking of, and waits for nothing. */
export interface Judge {
  readonly dialPlan: DialPlan;
  judge(request: CallRequest, call: CallAttempt): Verdict;
}

export interface DeskParts {
  /** Null while there is none: calls are sent back to the dialplan's fallback. */
  readonly judge: () => Judge | null;
  /** Whether an endpoint is a trunk: nobody's extension. */
  readonly isTrunk: (endpoint: string) => boolean;
  /** Resolves, soon, when a call that was allowed may go on; left out: at once. */
  readonly ready?: (channelId: string) => Promise<void>;
  /** What was decided, before the caller hears of it. Resolves, soon, when the call may go on; left out: at once. */
  readonly onDecided?: (entry: Omit<CallLogEntry, "id">) => Promise<void>;
  readonly onVerdict: (entry: Omit<CallLogEntry, "id">) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where calls that wait for a verdict are seen to, one at a time or a thousand. */
export class CallDesk {
  /** Calls that had to be left to the watchdog or sent back without a verdict. */
  unanswered = 0;
  private readonly underWay = new Set<string>();
  private sweeping = false;

  constructor(private readonly parts: DeskParts) {}

  /** Judges a call and lets it go on. Never rejects; a call that is seen to already is left alone. */
  async receive(call: WaitingCall, control: CallControl): Promise<void> {
    if (this.underWay.has(call.channelId)) return;
    this.underWay.add(call.channelId);
    try {
      await this.see(call, control);
    } catch (error) {
      this.unanswered++;
      this.parts.log.warn("call left to the watchdog", { channel: call.channelId, error: String(error) });
    } finally {
      this.underWay.delete(call.channelId);
    }
  }

  /** Sees to all calls that wait, also those that were never announced: they came while no websocket was there. */
  async sweep(control: CallControl): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      const calls = await control.waiting();
      await Promise.all(calls.map((call) => this.receive(call, control)));
    } catch (error) {
      this.parts.log.warn("waiting calls could not be listed", { error: String(error) });
    } finally {
      this.sweeping = false;
    }
  }

  private async see(call: WaitingCall, control: CallControl): Promise<void> {
    const begun = performance.now();
    const atMs = this.parts.clock.nowMs();
    const decision = this.decide(call, atMs);
    if (decision === null) {
      this.unanswered++;
      await control.release(call.channelId, null);
      return;
    }
    const { answer, verdict, check } = decision;
    const { trunk } = check.request;
    const payer = check.payer.how;
    const entry = { atMs, channelId: call.channelId, verdict, trunk, payer };
    try {
      await Promise.all([
        this.parts.onDecided?.({ ...entry, tookMs: performance.now() - begun }),
        verdict.decision === "allow" ? this.parts.ready?.(call.channelId) : null,
      ]);
      await control.release(call.channelId, answer);
    } finally {
      // What was decided is told even if the caller did not wait for it.
      this.parts.onVerdict({ ...entry, tookMs: performance.now() - begun });
    }
  }

  private decide(call: WaitingCall, atMs: number): { answer: string; verdict: Verdict; check: Check } | null {
    const check = parseCheck(call, this.parts.isTrunk);
    if (check === null) {
      this.parts.log.warn("a channel came into Stasis by another way than this edition of asterisk-conf", {
        channel: call.channelId,
      });
      return null;
    }
    const judge = this.parts.judge();
    if (judge === null) return null;
    try {
      const verdict = judge.judge(check.request, { channelId: call.channelId, atMs });
      return {
        answer: answerOf(check.token, verdict, digitsToDial(verdict, judge.dialPlan)),
        verdict,
        check,
      };
    } catch (error) {
      this.parts.log.error("a call could not be judged", { channel: call.channelId, error: String(error) });
      return null;
    }
  }
}
