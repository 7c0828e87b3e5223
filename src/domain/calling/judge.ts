import type { AreaCode, CallingRules, NumberType, OpenArea, Policy } from "../policy.js";
import { areaName, areaVerdict, formatAreaRule } from "./area-rule.js";
import { firstMinuteMicros } from "./cost.js";
import { askDeck, type Deck } from "./deck.js";
import { isEmergency } from "./emergency.js";
import { formatUsd } from "./money.js";
import { type DialledNumber, readDialled } from "./number.js";
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
    policyVersion: policy.version,
  };
  if (isEmergency(request.digits, policy.dialPlan)) {
    return allow("emergency", basis, `Allowed: ${request.digits} is an emergency number.`);
  }
  const reading = readDialled(request.digits, policy.dialPlan);
  if (!reading.understood) {
    return refuse("number-not-understood", basis, `Refused: ${reading.detail}.`);
  }
  const { number } = reading;
  const { openAreas, areaScope, cap } = rulesFor(policy, request.from);
  const known = { ...basis, number: number.number, area: number.area, numberType: number.numberType, cap };
  const area = areaVerdict(number, openAreas);
  if (!area.open) {
    return refuse("area-closed", known, closedDetail(number, area.because, openAreas, areaScope));
  }
  // Who can't be told has the global rules at their strictest: no price, no call.
  const withoutRate = request.from === null ? "refuse" : policy.calling.withoutRate;
  const calling = { ...policy.calling, withoutRate } satisfies CallingRules;
  return judgePrice(known, number, calling, decks, request.trunk);
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
    return refuse("no-rate", basis, `Refused: ${where} has no price: ${why}.`);
  }
  if (answer === null) {
    const why =
      deck === undefined
        ? `no rate deck named ${name} is loaded`
        : `the rate deck ${name} has no price for it`;
    return calling.withoutRate === "allow"
      ? allow("no-rate-allowed", basis, `Allowed: ${where} may be called without a known price; ${why}.`)
      : refuse("no-rate", basis, `Refused: ${where} has no known price: ${why}.`);
  }
  const { rate } = answer;
  const priced = { ...basis, rate };
  const { cap } = basis;
  const fee = rate.connectionMicros === 0 ? "" : ` and $${formatUsd(rate.connectionMicros)} to connect`;
  const cost = `${where} costs $${formatUsd(rate.microsPerMinute)} a minute${fee}`;
  if (cap === null) return allow("allowed", priced, `Allowed: ${cost}; no cap is set.`);
  const limit = `the cap of $${formatUsd(cap.microsPerMinute)} (${scopeName(cap.scope)})`;
  return firstMinuteMicros(rate, calling.feeInFirstMinute) > cap.microsPerMinute
    ? refuse("rate-over-cap", priced, `Refused: ${cost}, above ${limit}.`)
    : allow("allowed", priced, `Allowed: ${cost}, within ${limit}.`);
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
  readonly policyVersion: number;
}

function allow(reason: AllowReason, basis: Basis, detail: string): Verdict {
  return { decision: "allow", reason, ...basis, detail };
}

function refuse(reason: RefuseReason, basis: Basis, detail: string): Verdict {
  return { decision: "refuse", reason, ...basis, detail };
}

interface RulesInForce {
  readonly openAreas: readonly OpenArea[];
  readonly areaScope: Scope;
  readonly cap: Cap | null;
}

/** An extension's own rule takes the place of the global one, each by itself; a cap of null is a rule too: no cap. */
function rulesFor(policy: Policy, from: string | null): RulesInForce {
  const own = from !== null && Object.hasOwn(policy.extensions, from) ? policy.extensions[from] : undefined;
  const ownScope: Scope = from === null ? "global" : { extension: from };
  const micros =
    own?.capMicrosPerMinute === undefined ? policy.calling.capMicrosPerMinute : own.capMicrosPerMinute;
  const capScope = own?.capMicrosPerMinute === undefined ? "global" : ownScope;
  return {
    openAreas: own?.openAreas ?? policy.calling.openAreas,
    areaScope: own?.openAreas === undefined ? "global" : ownScope,
    cap: micros === null ? null : { microsPerMinute: micros, scope: capScope },
  };
}

function closedDetail(
  number: DialledNumber,
  because: "area" | "type" | "untold",
  openAreas: readonly OpenArea[],
  scope: Scope,
): string {
  const list = `(${scope === "global" ? "global" : possessive(scopeName(scope))} list: ${listed(openAreas)})`;
  switch (because) {
    case "area":
      return `Refused: ${placeName(number)} is not among the allowed areas ${list}.`;
    case "type":
      return `Refused: ${TYPE_NAMES[number.numberType]} in ${placeName(number)} are not among the allowed areas ${list}.`;
    case "untold":
      return (
        `Refused: ${number.number} is in no known range of +${number.callingCode}, which ` +
        `${number.candidates.length} countries share, and not all of them are allowed ${list}.`
      );
  }
}

const TYPE_NAMES: Readonly<Record<NumberType, string>> = {
  fixed: "fixed lines",
  mobile: "mobile phones",
  "fixed-or-mobile": "fixed lines and mobile phones",
  "toll-free": "toll-free numbers",
  premium: "premium numbers",
  "shared-cost": "shared-cost numbers",
  personal: "personal numbers",
  pager: "pagers",
  voip: "VoIP numbers",
  uan: "company numbers (UAN)",
  voicemail: "voicemail numbers",
  unknown: "numbers of unknown type",
};

const MOST_AREAS_LISTED = 12;

function listed(openAreas: readonly OpenArea[]): string {
  if (openAreas.length === 0) return "empty";
  const shown = openAreas.slice(0, MOST_AREAS_LISTED).map(formatAreaRule).join(", ");
  const more = openAreas.length - MOST_AREAS_LISTED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function placeName(number: DialledNumber): string {
  return number.area === null ? `somewhere in +${number.callingCode}` : areaName(number.area);
}

/** Extension names come from Asterisk's configuration, and are still not trusted to be printable. */
function scopeName(scope: Scope): string {
  if (scope === "global") return "global";
  return /^[\w.-]{1,40}$/.test(scope.extension) ? `extension ${scope.extension}` : "the extension";
}

function possessive(name: string): string {
  return `${name}'s`;
}
