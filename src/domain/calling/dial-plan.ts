import type { DialPlan } from "../policy.js";
import { isIn, type NumberTest, testOf } from "./area.js";
import { isKnownCountry } from "./area-rule.js";
import { digitLanguage, reachOf } from "./digit-language.js";
import { matchStart, type NumberingPlan, planOf } from "./numbering.js";

/** The plan of the home country as this PBX dials it: with its own trunk prefix in the place of the country's. Null where the
 *  country is unknown. */
export function homePlanOf(dialPlan: DialPlan): NumberingPlan | null {
  const plan = planOf(dialPlan.country);
  const trunkPrefix = dialPlan.trunkPrefix ?? null;
  if (plan === null || trunkPrefix === null) return plan;
  const known = homePlans.get(dialPlan);
  if (known !== undefined) return known;
  const own = trunkPrefix === "" ? null : trunkPrefix;
  const formats =
    own === null ? plan.formats.map((each) => ({ ...each, needsTrunkPrefix: false })) : plan.formats;
  const made = { ...plan, trunkPrefix: own, trunkPattern: own, trunkTransform: null, formats };
  homePlans.set(dialPlan, made);
  return made;
}

/** A dial plan never changes, so its plan is made once. */
const homePlans = new WeakMap<DialPlan, NumberingPlan>();

/** National number of a local one; null where there is no local dialling, or the digits are more than people dial locally. */
export function localReading(digits: string, home: NumberingPlan, dialPlan: DialPlan): string | null {
  const areaCode = dialPlan.areaCode ?? null;
  if (areaCode === null || digits.length > LONGEST_LOCAL) return null;
  if (home.trunkPrefix !== null && digits.startsWith(home.trunkPrefix)) return null;
  return areaCode + digits;
}

/** Subscriber numbers have eight digits at most wherever they have a fixed length (ITU-T E.164 national plans). */
const LONGEST_LOCAL = 8;

/** The digits behind an international prefix, the configured ones and the country's own; null where none stands there.
 *  No country code begins with 0, so `000972…` is no international call behind `00`. */
export function internationalPart(digits: string, home: NumberingPlan, dialPlan: DialPlan): string | null {
  const own = matchStart(home.internationalPrefix, digits)?.[0];
  const prefixes = dialPlan.internationalPrefixes.filter((prefix) => digits.startsWith(prefix));
  const longest = [...prefixes, ...(own === undefined ? [] : [own])]
    .filter((prefix) => prefix !== "")
    .sort((a, b) => b.length - a.length);
  const parts = longest.map((prefix) => digits.slice(prefix.length));
  return parts.find((part) => part !== "" && !part.startsWith("0")) ?? null;
}

export interface NationalReading {
  /** National significant number: no trunk prefix, no carrier code. */
  readonly national: string;
  /** These digits came without the trunk prefix, and such numbers are not dialled without it. */
  readonly needsTrunkPrefix: boolean;
}

/** How digits may be read as a call within the country, the likelier first. Not yet checked against the plan. */
export function nationalReadings(digits: string, home: NumberingPlan): readonly NationalReading[] {
  const readings: NationalReading[] = [];
  const bare = withoutTrunkPrefix(digits, home);
  if (bare !== null && bare !== digits) readings.push({ national: bare, needsTrunkPrefix: false });
  readings.push({ national: digits, needsTrunkPrefix: needsTrunkPrefix(home, testOf(digits)) });
  return readings;
}

/** Takes off the trunk prefix and a carrier code (Brazil's `0 15 11…`), or completes a local form, as the metadata says. */
function withoutTrunkPrefix(digits: string, home: NumberingPlan): string | null {
  if (home.trunkPattern === null) return null;
  const match = matchStart(home.trunkPattern, digits);
  if (match === null) return null;
  const rest = digits.slice(match[0].length);
  const groups = match.slice(1);
  if (home.trunkTransform === null || !groups.at(-1)) return rest;
  return (
    home.trunkTransform.replaceAll(/\$(\d)/g, (_, index: string) => groups[Number(index) - 1] ?? "") + rest
  );
}

/** Whether a national number is dialled with the trunk prefix within its country. */
export function needsTrunkPrefix(home: NumberingPlan, test: NumberTest): boolean {
  if (home.trunkPrefix === null) return false;
  const format = home.formats.find(
    ({ pattern, leadingDigits }) =>
      (leadingDigits === null || test.begins(leadingDigits)) && test.matches(pattern),
  );
  // What the metadata gives no form for, such as Australia's 13 12 34, is dialled as it is.
  if (format === undefined) return !home.ranges.some((range) => isIn(range, test));
  return format.needsTrunkPrefix;
}

/** Checks a dial plan that a person wrote. */
export function parseDialPlan(plan: DialPlan): { dialPlan: DialPlan } | { error: string } {
  const country = plan.country.toUpperCase();
  if (!isKnownCountry(country)) return { error: "unknown country: write its two letters, such as US or GB" };
  const { outsidePrefix, internationalPrefixes, areaCode, trunkPrefix, shortestOutside } = plan;
  if (outsidePrefix !== null && !/^[0-9]{1,4}$/.test(outsidePrefix)) {
    return {
      error: "the outside prefix must be 1 to 4 digits, such as 9; leave it out where none is dialled",
    };
  }
  if (!internationalPrefixes.every((prefix) => /^[0-9]{2,8}$/.test(prefix))) {
    return { error: "an international prefix must be 2 to 8 digits, such as 00 or 011" };
  }
  if (trunkPrefix !== undefined && trunkPrefix !== null && !/^[0-9]{0,4}$/.test(trunkPrefix)) {
    return { error: "the trunk prefix must be 1 to 4 digits, such as 0, or empty where none is dialled" };
  }
  if (
    shortestOutside !== undefined &&
    shortestOutside !== null &&
    !(Number.isInteger(shortestOutside) && shortestOutside >= 1 && shortestOutside <= 15)
  ) {
    return { error: "the shortest outside number has 1 to 15 digits, such as 7" };
  }
  const dialPlan: DialPlan = {
    country,
    outsidePrefix,
    internationalPrefixes: [...new Set(internationalPrefixes)],
    ...(areaCode !== undefined && { areaCode }),
    ...(trunkPrefix !== undefined && { trunkPrefix }),
    ...(shortestOutside !== undefined && { shortestOutside }),
  };
  const fault = areaCodeFault(dialPlan);
  return fault === null ? { dialPlan } : { error: fault };
}

function areaCodeFault(dialPlan: DialPlan): string | null {
  const areaCode = dialPlan.areaCode ?? null;
  const home = homePlanOf(dialPlan);
  if (areaCode === null || home === null) return null;
  if (!/^[0-9]{1,6}$/.test(areaCode)) return "the area code must be 1 to 6 digits, such as 212";
  const isGeographic = (code: string): boolean =>
    home.ranges.some(
      ({ type, pattern }) =>
        (type === "fixed" || type === "fixed-or-mobile") &&
        reachOf(digitLanguage(pattern), code) === code.length,
    );
  if (isGeographic(areaCode)) return null;
  const { trunkPrefix } = home;
  const bare = trunkPrefix === null ? areaCode : areaCode.replace(new RegExp(`^${trunkPrefix}`), "");
  return bare !== areaCode && isGeographic(bare)
    ? `write the area code without the trunk prefix: ${bare}`
    : `no fixed line of ${dialPlan.country} has the area code ${areaCode}`;
}
