import type { CallRequest, Verdict } from "../../domain/calling/verdict.js";
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

/** `TOKEN:DECISION:REASON:NUMBER:DIGITS`, which the dialplan takes apart: one variable, so that no call can be seen with half an
 *  answer. DIGITS is what is to be dialled. */
export function answerOf(token: string, verdict: Verdict): string {
  const number = verdict.number ?? "";
  const digits = number === "" ? verdict.digits : number.slice(1);
  return verdict.decision === "allow"
    ? `${token}:allow:${verdict.reason}:${number}:${digits}`
    : `${token}:refuse:${verdict.reason}:${number}:`;
}
