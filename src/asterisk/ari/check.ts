import { type Source, sourceOf } from "../../domain/address.js";
import { isEmergency } from "../../domain/calling/emergency.js";
import type { CallRequest, Verdict } from "../../domain/calling/verdict.js";
import type { DialPlan } from "../../domain/policy.js";
import { payerOf, type Payer, type PayerHints } from "../../domain/calling/payer.js";

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
  readonly payer: Payer;
}

/** How many `args` the dialplan gives: in its first edition, in its second, which tells the source, and in this one without and with
 *  an earlier call's names. */
const ARGUMENTS = [12, 13, 14, 23];

/** Reads `check,TOKEN,DIGITS,TRUNK,FORWARDER,TRANSFERER,BLIND,ATTENDED,ORIGIN,ORIGIN BLIND,ORIGIN ATTENDED,REDIRECTING,SOURCE` and,
 *  for a channel that a checked call made, that call's `CHANNEL,TRUNK,FORWARDER,…,REDIRECTING`, as
 *  asterisk-conf/extensions-ringfence.conf passes it; null where it is anything else, which only another dialplan can bring about, or
 *  an older edition of that file. */
export function parseCheck(call: WaitingCall, isTrunk: (endpoint: string) => boolean): Check | null {
  const [verb, token = "", digits = "", trunk = "", ...names] = call.args;
  if (verb !== "check" || !ARGUMENTS.includes(call.args.length)) return null;
  if (!/^[0-9]{1,9}$/.test(token) || !/^[0-9*#+]{1,40}$/.test(digits)) return null;
  const [address = "", earlierName = "", , ...earlierNames] = names.slice(8);
  const earlier = earlierName === "" ? null : { channelName: earlierName, hints: hintsOf(earlierNames) };
  const hints = { ...hintsOf(names), earlier };
  const payer = payerOf(call.channelName, hints, isTrunk);
  // Where the channel's packets come from says nothing of somebody else who sent the call on.
  const source =
    payer.how === "endpoint" && !call.channelName.startsWith("Local/") ? sourceAt(address) : null;
  const request = { from: payer.endpoint, digits, trunk: trunkOf(trunk), also: payer.also, source };
  return { token, request, payer };
}

/** Of `FORWARDER,TRANSFERER,BLIND,ATTENDED,ORIGIN,ORIGIN BLIND,ORIGIN ATTENDED,REDIRECTING`. */
function hintsOf(names: readonly string[]): PayerHints {
  const [forwarder = "", transferer = "", blindTransfer = "", attendedTransfer = ""] = names;
  const [origin = "", originBlind = "", originAttended = "", redirecting = ""] = names.slice(4);
  const originTransfer = originBlind === "" ? originAttended : originBlind;
  return { forwarder, transferer, blindTransfer, attendedTransfer, origin, originTransfer, redirecting };
}

/** Of `192.0.2.1:5060` and `[2001:db8::1]:5060`, with or without the port. */
function sourceAt(address: string): Source | null {
  const found = /^\[?([0-9a-fA-F:.]+?)\]?(?::\d{1,5})?$/.exec(address);
  return sourceOf(address) ?? (found === null ? null : sourceOf(found[1] ?? ""));
}

/** A trunk by a name that no deck can be bound to has the deck of all others. */
function trunkOf(text: string): string | null {
  return /^[\w.@+-]{1,80}$/.test(text) ? text : null;
}

/** `TOKEN:DECISION:REASON:NUMBER:DIGITS:SECONDS`, which the dialplan takes apart. It goes as an extension, of which Asterisk keeps
 *  79 characters: the longest answer has 69. `digits` are what is to be dialled if it is allowed, `SECONDS` how long the call may
 *  last, empty without a limit. */
export function answerOf(token: string, verdict: Verdict, digits: string): string {
  const { decision, reason, number } = verdict;
  const allowed = decision === "allow";
  // A limit of nothing would be none in the dialplan.
  const seconds = verdict.longestSeconds ?? null;
  const limit = seconds === null ? "" : Math.min(Math.max(1, Math.floor(seconds)), 999_999);
  return `${token}:${decision}:${reason}:${number ?? ""}:${allowed ? `${digits}:${limit}` : ":"}`;
}

/** What an allowed call dials: E.164 without the plus. An emergency number is dialled as it is, without the outside prefix. */
export function digitsToDial(verdict: Verdict, dialPlan: DialPlan): string {
  if (verdict.number !== null) return verdict.number.slice(1);
  const { digits } = verdict;
  const { outsidePrefix } = dialPlan;
  if (outsidePrefix === null || isEmergency(digits, { ...dialPlan, outsidePrefix: null })) return digits;
  return digits.slice(outsidePrefix.length);
}
