import type { AreaCode, NumberType } from "../policy.js";
import { digitLanguage, reachOf } from "./digit-language.js";
import { matchesWhole, matchStart, type NumberingPlan, type NumberRange, plansOf } from "./numbering.js";
import { specialDestinationOf } from "./special-destinations.js";

/** Where a number is, and what it is. */
export interface Place {
  /** Null where several countries share the calling code and none of them claims the number. */
  readonly area: AreaCode | null;
  /** The areas that the number may be in: `area` alone, or all of its calling code. */
  readonly candidates: readonly AreaCode[];
  readonly numberType: NumberType;
}

/** What can be asked of a national number: of real digits here, and of all numbers at once in `fallback.ts`. Patterns are
 *  the metadata's. */
export interface NumberTest {
  readonly length: number;
  matches(pattern: string): boolean;
  begins(pattern: string): boolean;
  /** With how many of the digits, from the first, some number of the pattern begins. */
  reach(pattern: string): number;
}

export function testOf(national: string): NumberTest {
  return {
    length: national.length,
    matches: (pattern) => matchesWhole(pattern, national),
    begins: (pattern) => matchStart(pattern, national) !== null,
    reach: (pattern) => reachOf(digitLanguage(pattern), national),
  };
}

/** The number has the shape of the plan's numbers, whether or not it lies in a known range. */
export function isGeneral(plan: NumberingPlan, test: NumberTest): boolean {
  return plan.lengths.includes(test.length) && test.matches(plan.general);
}

export function isIn(range: NumberRange, test: NumberTest): boolean {
  return range.lengths.includes(test.length) && test.matches(range.pattern);
}

/** Place of the number `+{callingCode}{national}`, by E.164 truth: +1876 is Jamaica. Of the countries that share a range
 *  (North America's toll-free numbers) `home` comes first, then the order of libphonenumber. */
export function placeOf(callingCode: string, national: string, home: AreaCode): Place {
  const plans = plansOf(callingCode);
  const owned = ownerOf(plans, testOf(national), home);
  const numberType = owned?.numberType ?? "unknown";
  const area = specialDestinationOf(callingCode + national)?.slug ?? owned?.plan.country ?? null;
  const candidates = area === null ? plans.flatMap((plan) => plan.country ?? []) : [area];
  return { area, candidates, numberType };
}

/** The plan that a number belongs to, and its type there; null where several plans share the calling code and it cannot
 *  be told whose it is. */
export function ownerOf(
  plans: readonly NumberingPlan[],
  test: NumberTest,
  home: AreaCode,
): { plan: NumberingPlan; numberType: NumberType } | null {
  const homeFirst = plans.filter((plan) => plan.country === home);
  for (const plan of [...homeFirst, ...plans]) {
    if (plans.length > 1 && plan.leadingDigits !== null && !test.begins(plan.leadingDigits)) continue;
    const numberType = typeIn(plan, test);
    const claims = numberType !== null || plan.leadingDigits !== null || plans.length === 1;
    if (claims) return { plan, numberType: overridden(plan, test) ?? numberType ?? "unknown" };
  }
  const plan = ownerByBeginning(plans, test);
  return plan === null ? null : { plan, numberType: overridden(plan, test) ?? "unknown" };
}

function overridden(plan: NumberingPlan, test: NumberTest): NumberType | null {
  return plan.overrides.find((range) => isIn(range, test))?.type ?? null;
}

function typeIn(plan: NumberingPlan, test: NumberTest): NumberType | null {
  if (!isGeneral(plan, test)) return null;
  const found = plan.ranges.find((range) => isIn(range, test));
  if (found?.type !== "fixed") return found?.type ?? null;
  const mobile = plan.ranges.find((range) => range.type === "mobile");
  return mobile !== undefined && isIn(mobile, test) ? "fixed-or-mobile" : "fixed";
}

/** Shorter beginnings than an area code say too little: one country's only range under `98` does not own all of it. */
export const SHORTEST_TELLING_BEGINNING = 3;

/** A number in no known range: the one plan that has ranges with the same beginning, taken as long as any has. */
function ownerByBeginning(plans: readonly NumberingPlan[], test: NumberTest): NumberingPlan | null {
  const reaches = plans.map((plan) => Math.max(...plan.ranges.map((range) => test.reach(range.pattern))));
  const longest = Math.max(...reaches);
  const owners = plans.filter((_, index) => reaches[index] === longest);
  return longest >= SHORTEST_TELLING_BEGINNING && owners.length === 1 ? (owners[0] ?? null) : null;
}
