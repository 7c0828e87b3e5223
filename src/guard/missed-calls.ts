import { readDialled } from "../domain/calling/number.js";
import type { Verdict } from "../domain/calling/verdict.js";
import type { Policy } from "../domain/policy.js";
import { who } from "./limits.js";
import type { After, CallLogEntry, Log, MissedCall, MissedCalls, Stop, Tell } from "./ports.js";
import { Upkeep } from "./upkeep.js";

/** Emergency calls are among them, which people want to hear of soon. */
const AGAIN_MS = 5_000;

export interface MissedCallBookParts {
  readonly missed: MissedCalls;
  /** Whether it is stored. */
  readonly record: (entry: Omit<CallLogEntry, "id">) => boolean;
  readonly policy: () => Policy;
  readonly tell: Tell;
  readonly after: After;
  readonly log: Log;
}

/** Fetches what the dialplan decided by itself (emergency calls always, others while no daemon answered) into the call log, and
 *  then out of Asterisk's database. */
export class MissedCallBook {
  private readonly upkeep: Upkeep;

  constructor(private readonly parts: MissedCallBookParts) {
    this.upkeep = new Upkeep({
      work: () => this.fetch(),
      onFailure: (error, inMs) =>
        parts.log.debug("calls that Asterisk decided alone could not be fetched; trying again", {
          error,
          inMs,
        }),
      againMs: AGAIN_MS,
      after: parts.after,
    });
  }

  start(): Stop {
    this.upkeep.ask();
    return this.upkeep.stop;
  }

  private async fetch(): Promise<void> {
    const { missed, record, tell, policy, log } = this.parts;
    const { calls, unreadable } = await missed.list();
    for (const key of unreadable) {
      log.warn("a call that Asterisk decided alone can't be read, and is forgotten", { key });
      await missed.forget(key);
    }
    for (const call of calls) {
      const verdict = verdictOf(call, policy());
      const { channelId, atMs, trunk, payer } = call;
      // The store is broken: it stays where it is until it can be kept.
      if (!record({ channelId, atMs, trunk, payer, verdict, tookMs: 0 })) return;
      if (call.kind === "emergency") {
        const detail = `${call.from === null ? "Somebody" : who(call.from)} called the emergency number ${call.digits}.`;
        log.warn("emergency call", { from: call.from, digits: call.digits, channelId });
        tell({ type: "alarm", slug: "emergency-call", detail });
      }
      await missed.forget(call.key);
    }
  }
}

/** What is known of the number is noted; nothing was judged by it. */
function verdictOf({ kind, digits, from }: MissedCall, policy: Policy): Verdict {
  const reading = kind === "allow" || kind === "refuse" ? readDialled(digits, policy.dialPlan) : null;
  const place =
    reading?.understood === true
      ? {
          number: reading.number.number,
          area: reading.number.area,
          numberType: reading.number.numberType,
        }
      : { number: null, area: null, numberType: null };
  const basis = { ...place, from, digits, rate: null, cap: null, policyVersion: policy.version };
  switch (kind) {
    case "allow":
      return {
        ...basis,
        decision: "allow",
        reason: "fallback",
        rule: "the fallback in the dialplan",
        detail: "Allowed by the dialplan's fallback: no verdict came in time.",
      };
    case "refuse":
      return {
        ...basis,
        decision: "refuse",
        reason: "fallback",
        rule: "the fallback in the dialplan",
        detail: "Refused by the dialplan's fallback: no verdict came in time.",
      };
    case "emergency":
      return {
        ...basis,
        decision: "allow",
        reason: "emergency",
        rule: `emergency numbers of ${policy.dialPlan.country}`,
        detail: `Allowed: ${digits} is an emergency number.`,
      };
    case "strange":
      return {
        ...basis,
        decision: "refuse",
        reason: "number-not-understood",
        rule: "digits, * and # alone are numbers",
        detail: "Refused: what was dialled holds more than digits, or too many of them.",
      };
  }
}
