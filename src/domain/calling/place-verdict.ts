import type { CallingRules, NumberType, OpenArea, Policy, PrefixRule } from "../policy.js";
import { areaName, areaVerdict, formatAreaRule } from "./area-rule.js";
import { riskyPartOf } from "./high-risk.js";
import type { DialledNumber } from "./number.js";
import { formatPrefix, prefixRuleOf } from "./prefix-rule.js";
import type { RefuseReason, Scope } from "./verdict.js";

/** `rule` names what decided, for people. */
export type PlaceVerdict =
  | { readonly open: true; readonly rule: string }
  | {
      readonly open: false;
      readonly reason: Extract<RefuseReason, "area-closed" | "high-risk-range">;
      readonly rule: string;
      readonly detail: string;
    };

/** Whether an extension may call where a number is, whatever it costs: by a rule for its prefix, else by its area, and within
 *  an open area by what is known of its range. */
export function judgePlace(number: DialledNumber, policy: Policy, from: string | null): PlaceVerdict {
  const { openAreas, areaScope, prefixRules, prefixScope, highRisk } = placeRulesFor(policy, from);
  const digits = number.number.slice(1);
  const prefixRule = prefixRuleOf(digits, prefixRules);
  if (prefixRule !== null) return byPrefix(number, prefixRule, prefixScope);
  const list = `${whose(areaScope)} list`;
  const area = areaVerdict(number, openAreas);
  if (!area.open) {
    const rule = `${list}: ${listed(openAreas)}`;
    const detail = closedDetail(number, area.because, `(${rule})`);
    return { open: false, reason: "area-closed", rule, detail };
  }
  const risky = highRisk === "refuse" ? riskyPartOf(digits) : null;
  if (risky !== null && !isNamed(number, openAreas)) {
    const prefix = formatPrefix(risky.prefix);
    return {
      open: false,
      reason: "high-risk-range",
      rule: `high-risk range ${prefix}`,
      detail:
        `Refused: ${number.number} is in the high-risk range ${prefix} (${placeName(number)}: ${risky.why}), ` +
        `which is closed until ${prefix} itself is allowed.`,
    };
  }
  return { open: true, rule: `${list}: ${number.area ?? number.candidates.join(" ")}` };
}

export interface PlaceRules {
  readonly openAreas: readonly OpenArea[];
  readonly areaScope: Scope;
  readonly prefixRules: readonly PrefixRule[];
  readonly prefixScope: Scope;
  readonly highRisk: NonNullable<CallingRules["highRisk"]>;
}

/** An extension's own list takes the place of the global one; the list of areas and the list of prefixes each by itself. */
export function placeRulesFor(policy: Policy, from: string | null): PlaceRules {
  const own = from !== null && Object.hasOwn(policy.extensions, from) ? policy.extensions[from] : undefined;
  const ownScope: Scope = from === null ? "global" : { extension: from };
  const { calling } = policy;
  return {
    openAreas: own?.openAreas ?? calling.openAreas,
    areaScope: own?.openAreas === undefined ? "global" : ownScope,
    prefixRules: own?.prefixRules ?? calling.prefixRules ?? [],
    prefixScope: own?.prefixRules === undefined ? "global" : ownScope,
    highRisk: calling.highRisk ?? "refuse",
  };
}

function byPrefix(number: DialledNumber, { prefix, action }: PrefixRule, scope: Scope): PlaceVerdict {
  const text = formatPrefix(prefix);
  if (action === "allow") return { open: true, rule: `${whose(scope)} prefix ${text} allowed` };
  const rule = `${whose(scope)} prefix ${text} denied`;
  const detail = `Refused: ${number.number} (${placeName(number)}) begins with ${text}, which is denied (${rule}).`;
  return { open: false, reason: "area-closed", rule, detail };
}

/** Somebody opened numbers of this type by its name, here. */
function isNamed(number: DialledNumber, openAreas: readonly OpenArea[]): boolean {
  return openAreas.some(
    ({ area, types }) => area === number.area && types !== null && types.includes(number.numberType),
  );
}

function closedDetail(number: DialledNumber, because: "area" | "type" | "untold", list: string): string {
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

export function placeName(number: DialledNumber): string {
  return number.area === null ? `somewhere in +${number.callingCode}` : areaName(number.area);
}

/** Extension names come from Asterisk's configuration, and are still not trusted to be printable. */
export function scopeName(scope: Scope): string {
  if (scope === "global") return "global";
  return /^[\w.-]{1,40}$/.test(scope.extension) ? `extension ${scope.extension}` : "the extension";
}

/** `global`, `extension 100's`. */
export function whose(scope: Scope): string {
  return scope === "global" ? "global" : `${scopeName(scope)}'s`;
}
