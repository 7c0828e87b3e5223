import type { AreaCode, NumberType } from "../policy.js";
import { canBegin, digitLanguage } from "./digit-language.js";
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

/** What can be asked of a national number. Asked of real digits here, and of all numbers at once in `fallback.ts`. */
export interface NumberTest {
  /** It begins with the plan's own leading digits. */
  leads(plan: NumberingPlan): boolean;
  isGeneral(plan: NumberingPlan): boolean;
  isIn(range: NumberRange): boolean;
}

/** Place of the number `+{callingCode}{national}`, by E.164 truth: +1876 is Jamaica. Of the countries that share a range
 *  (North America's toll-free numbers) `home` comes first, then the order of libphonenumber. */
export function placeOf(callingCode: string, national: string, home: AreaCode): Place {
  const test = testOf(national);
  const plans = plansOf(callingCode);
  const special = specialDestinationOf(callingCode + national);
  const claimed = claim(plans, test, home);
  if (special !== null) {
    return { area: special.slug, candidates: [special.slug], numberType: claimed?.numberType ?? "unknown" };
  }
  const country = claimed?.plan.country ?? ownerByPrefix(plans, national);
  const candidates = country === null ? plans.flatMap((plan) => plan.country ?? []) : [country];
  return { area: country, candidates, numberType: claimed?.numberType ?? "unknown" };
}

/** The plan that a number belongs to, and its type there; null where none of several plans claims it. */
export function claim(
  plans: readonly NumberingPlan[],
  test: NumberTest,
  home: AreaCode,
): { plan: NumberingPlan; numberType: NumberType } | null {
  const homeFirst = plans.find((plan) => plan.country === home);
  for (const plan of homeFirst === undefined ? plans : [homeFirst, ...plans]) {
    const numberType = typeIn(plan, test);
    const claims = plan.leadingDigits === null ? numberType !== null : test.leads(plan);
    if (!claims && plans.length > 1) continue;
    const override = plan.overrides.find((range) => test.isIn(range));
    return { plan, numberType: override?.type ?? numberType ?? "unknown" };
  }
  return null;
}

export function testOf(national: string): NumberTest {
  return {
    leads: (plan) => plan.leadingDigits !== null && matchStart(plan.leadingDigits, national) !== null,
    isGeneral: (plan) => plan.lengths.includes(national.length) && matchesWhole(plan.general, national),
    isIn: (range) => range.lengths.includes(national.length) && matchesWhole(range.pattern, national),
  };
}

function typeIn(plan: NumberingPlan, test: NumberTest): NumberType | null {
  if (!test.isGeneral(plan)) return null;
  const found = plan.ranges.find((range) => test.isIn(range));
  if (found?.type !== "fixed") return found?.type ?? null;
  const mobile = plan.ranges.find((range) => range.type === "mobile");
  return mobile !== undefined && test.isIn(mobile) ? "fixed-or-mobile" : "fixed";
}

/** Shorter beginnings than an area code say too little: one country's only range under `98` does not own all of it. */
const SHORTEST_TELLING_PREFIX = 3;

/** A number in no known range: the one country that has ranges with the same beginning, taken as long as it is known. */
function ownerByPrefix(plans: readonly NumberingPlan[], national: string): AreaCode | null {
  for (let length = national.length; length >= SHORTEST_TELLING_PREFIX; length -= 1) {
    const prefix = national.slice(0, length);
    const owners = plans.filter((plan) =>
      plan.ranges.some((range) => canBegin(digitLanguage(range.pattern), prefix)),
    );
    if (owners.length > 0) return owners.length === 1 ? (owners[0]?.country ?? null) : null;
  }
  return null;
}
