import { isEmergency } from "../../domain/calling/emergency.js";
import type { CallRequest, Verdict } from "../../domain/calling/verdict.js";
import type { DialPlan } from "../../domain/policy.js";
import { payerOf, type PayerHints } from "./payer.js";

/** A channel that waits in Stasis. `args` are Stasis()'s own, from the dialplan, without the application's name. */
export interface WaitingCall {
  readonly channelId: string;
  readonly channelName: string;
  readonly args: readonly string[];
}

/** What the dialplan asks. `token` tells this check from earlier ones of the same channel. */
export interface Check {
  readonly token: string;
  readonly request: CallRequest;
}

/** Reads `check,TOKEN,DIGITS,FORWARDER,TRANSFERER,BLINDTRANSFER`, as asterisk-conf/extensions-ringfence.conf passes it; null where
 *  it is anything else, which only another dialplan can bring about. */
export function parseCheck(call: WaitingCall): Check | null {
  const [verb, token = "", digits = "", ...names] = call.args;
  if (verb !== "check" || !/^[0-9]{1,9}$/.test(token) || !/^[0-9*#+]{1,40}$/.test(digits)) return null;
  if (names.length > 3) return null;
  const [forwarder = "", transferer = "", blindTransfer = ""] = names;
  const hints: PayerHints = { forwarder, transferer, blindTransfer };
  return { token, request: { from: payerOf(call.channelName, hints), digits, trunk: null } };
}

/** `TOKEN:DECISION:REASON:NUMBER:DIGITS`, which the dialplan takes apart. It goes as an extension, of which Asterisk keeps 79
 *  characters: the longest answer has 60. `digits` are what is to be dialled if it is allowed. */
export function answerOf(token: string, verdict: Verdict, digits: string): string {
  const { decision, reason, number } = verdict;
  return `${token}:${decision}:${reason}:${number ?? ""}:${decision === "allow" ? digits : ""}`;
}

/** What an allowed call dials: E.164 without the plus. An emergency number is dialled as it is, without the outside prefix. */
export function digitsToDial(verdict: Verdict, dialPlan: DialPlan): string {
  if (verdict.number !== null) return verdict.number.slice(1);
  const { digits } = verdict;
  const { outsidePrefix } = dialPlan;
  if (outsidePrefix === null || isEmergency(digits, { ...dialPlan, outsidePrefix: null })) return digits;
  return digits.slice(outsidePrefix.length);
}
