import type { AreaCode, CallingRules, NumberType, Policy } from "../policy.js";
import { firstMinuteMicros } from "./cost.js";
import { askDeck, type Deck } from "./deck.js";
import { isEmergency } from "./emergency.js";
import { formatUsd } from "./money.js";
import { type DialledNumber, readDialled } from "./number.js";
import { judgePlace, placeName, scopeName, whose } from "./place-verdict.js";
import type { AllowReason, CallRequest, Cap, Rate, RefuseReason, Scope, Verdict } from "./verdict.js";

/** Ready decks by name. */
export type Decks = ReadonlyMap<string, Deck>;

/** The deck that prices the calls of trunks without a deck of their own. */
export const DEFAULT_DECK = "default";

/** Whether an extension may make a call at its price, and why: emergency, then the number, its area, its price. A call that was
 *  sent on by several must be allowed to each of them. */
export function judgeCall(policy: Policy, decks: Decks, request: CallRequest): Verdict {
  const verdict = judgeFor(policy, decks, request);
  if (verdict.decision === "refuse") return verdict;
  for (const from of request.also ?? []) {
    const other = judgeFor(policy, decks, { ...request, from });
    if (other.decision === "allow") continue;
    const who = from === null ? "somebody who can't be told" : scopeName({ extension: from });
    return { ...other, from: request.from, detail: `${other.detail} The call was sent on by ${who}.` };
  }
  return verdict;
}

function judgeFor(policy: Policy, decks: Decks, request: CallRequest): Verdict {
  const basis: Basis = {
    from: request.from,
    digits: request.digits.slice(0, MOST_DIGITS_KEPT),
    number: null,
    area: null,
    numberType: null,
    rate: null,
    cap: null,
    rule: null,
    policyVersion: policy.version,
  };
  if (isEmergency(request.digits, policy.dialPlan)) {
    const rule = `emergency numbers of ${policy.dialPlan.country}`;
    return allow("emergency", { ...basis, rule }, `Allowed: ${request.digits} is an emergency number.`);
  }
  const reading = readDialled(request.digits, policy.dialPlan);
  if (!reading.understood) {
    const rule = `dial plan of ${policy.dialPlan.country}`;
    return refuse("number-not-understood", { ...basis, rule }, `Refused: ${reading.detail}.`);
  }
  const { number } = reading;
  const cap = capFor(policy, request.from);
  const known = { ...basis, number: number.number, area: number.area, numberType: number.numberType, cap };
  const place = judgePlace(number, policy, request.from);
  if (!place.open) return refuse(place.reason, { ...known, rule: place.rule }, place.detail);
  // Who can't be told has the global rules at their strictest: no price, no call.
  const withoutRate = request.from === null ? "refuse" : policy.calling.withoutRate;
  const calling = { ...policy.calling, withoutRate } satisfies CallingRules;
  return judgePrice({ ...known, rule: place.rule }, number, calling, decks, request.trunk);
}

/** The deck that prices the calls of `trunk`: the one it is bound to, else that of its own name, else the default one. The deck may
 *  be missing; a trunk that is bound to a missing deck has no prices, rather than those of another carrier. */
export function deckNameFor(
  { trunkDecks }: Pick<CallingRules, "trunkDecks">,
  decks: ReadonlyMap<string, unknown>,
  trunk: string | null,
): string {
  if (trunk === null) return DEFAULT_DECK;
  const bound = Object.hasOwn(trunkDecks, trunk) ? trunkDecks[trunk] : undefined;
  return bound ?? (decks.has(trunk) ? trunk : DEFAULT_DECK);
}

function judgePrice(
  basis: Basis,
  number: DialledNumber,
  calling: CallingRules,
  decks: Decks,
  trunk: string | null,
): Verdict {
  const where = `${number.number} (${placeName(number)})`;
  if (decks.size === 0) {
    return allow(
      "no-deck",
      basis,
      `Allowed: ${where} is in an allowed area; no rate deck is loaded to price it.`,
    );
  }
  const name = deckNameFor(calling, decks, trunk);
  const deck = decks.get(name);
  const answer = deck === undefined ? null : askDeck(deck, number.number);
  if (answer !== null && "blocked" in answer) {
    const why = `the rate deck ${name} says that the carrier takes no calls to ${answer.blocked}`;
    return refuse("no-rate", { ...basis, rule: `deck ${name}` }, `Refused: ${where} has no price: ${why}.`);
  }
  if (answer === null) {
    const why =
      deck === undefined
        ? `no rate deck named ${name} is loaded`
        : `the rate deck ${name} has no price for it`;
    return calling.withoutRate === "allow"
      ? allow("no-rate-allowed", basis, `Allowed: ${where} may be called without a known price; ${why}.`)
      : refuse("no-rate", { ...basis, rule: NO_RATE_RULE }, `Refused: ${where} has no known price: ${why}.`);
  }
  const { rate } = answer;
  const priced = { ...basis, rate };
  const { cap } = basis;
  const fee = rate.connectionMicros === 0 ? "" : ` and $${formatUsd(rate.connectionMicros)} to connect`;
  const cost = `${where} costs $${formatUsd(rate.microsPerMinute)} a minute${fee}`;
  if (cap === null) return allow("allowed", priced, `Allowed: ${cost}; no cap is set.`);
  const limit = `the cap of $${formatUsd(cap.microsPerMinute)} (${scopeName(cap.scope)})`;
  return firstMinuteMicros(rate, calling.feeInFirstMinute) > cap.microsPerMinute
    ? refuse("rate-over-cap", { ...priced, rule: capRule(cap) }, `Refused: ${cost}, above ${limit}.`)
    : allow("allowed", priced, `Allowed: ${cost}, within ${limit}.`);
}

const NO_RATE_RULE = "calls without a known price are refused";

function capRule({ microsPerMinute, scope }: Cap): string {
  return `${whose(scope)} cap of $${formatUsd(microsPerMinute)}`;
}

/** Enough to show what was tried; hostile text may be as long as it likes. */
const MOST_DIGITS_KEPT = 64;

interface Basis {
  readonly from: string | null;
  readonly digits: string;
  readonly number: Verdict["number"];
  readonly area: AreaCode | null;
  readonly numberType: NumberType | null;
  readonly rate: Rate | null;
  readonly cap: Cap | null;
  readonly rule: string | null;
  readonly policyVersion: number;
}

function allow(reason: AllowReason, basis: Basis, detail: string): Verdict {
  return { decision: "allow", reason, ...basis, detail };
}

function refuse(reason: RefuseReason, basis: Basis, detail: string): Verdict {
  return { decision: "refuse", reason, ...basis, detail };
}

/** An extension's own cap takes the place of the global one; a cap of null is a rule too: no cap. */
function capFor(policy: Policy, from: string | null): Cap | null {
  const own = from !== null && Object.hasOwn(policy.extensions, from) ? policy.extensions[from] : undefined;
  const scope: Scope =
    from === null || own?.capMicrosPerMinute === undefined ? "global" : { extension: from };
  const micros =
    own?.capMicrosPerMinute === undefined ? policy.calling.capMicrosPerMinute : own.capMicrosPerMinute;
  return micros === null ? null : { microsPerMinute: micros, scope };
}
