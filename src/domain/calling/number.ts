import type { AreaCode, DialPlan } from "../policy.js";
import { isGeneral, type Place, placeOf, testOf } from "./area.js";
import { areaName } from "./area-rule.js";
import { homePlanOf, internationalPart, localReading, nationalReadings } from "./dial-plan.js";
import { type NumberingPlan, plansOf, splitCallingCode } from "./numbering.js";
import type { E164 } from "./verdict.js";

/** A number that can be called, as the carrier would understand it. */
export interface DialledNumber extends Place {
  readonly number: E164;
  readonly callingCode: string;
  readonly national: string;
}

/** What was taken off, or put ahead, to make E.164 of the digits: in the order in which it was dialled. */
export interface DialledPart {
  readonly digits: string;
  readonly is: "plus" | "outside" | "international" | "trunk" | "country" | "local" | "completed";
}

/** `detail` is a sentence for people, and holds no text of the caller's but digits. */
export type Reading =
  | {
      readonly understood: true;
      readonly number: DialledNumber;
      readonly parts: readonly DialledPart[];
    }
  | { readonly understood: false; readonly detail: string };

/** What the digits as dialled mean on this PBX, or an honest refusal: never a guess. `digits` is hostile text. */
export function readDialled(digits: string, dialPlan: DialPlan): Reading {
  const unfit = unfitness(digits);
  if (unfit !== null) return refusal(unfit);
  if (digits.startsWith("+")) {
    return behind({ digits: "+", is: "plus" }, readInternational(digits.slice(1), dialPlan.country));
  }
  const { outsidePrefix } = dialPlan;
  if (outsidePrefix !== null && digits.startsWith(outsidePrefix)) {
    const outside = readDigits(digits.slice(outsidePrefix.length), dialPlan);
    if (outside.understood) return behind({ digits: outsidePrefix, is: "outside" }, outside);
  }
  return readDigits(digits, dialPlan);
}

/** Longer than any prefix with any number, and far from what a trunk takes. */
const MOST_CHARACTERS = 32;
export const MOST_E164_DIGITS = 15;

/** Digits of other scripts are letters here: libraries make ASCII of them, carriers do not. */
function unfitness(digits: string): string | null {
  if (digits === "") return "nothing was dialled";
  if (digits.length > MOST_CHARACTERS) return `more than ${MOST_CHARACTERS} characters were dialled`;
  if (!/^\+?[0-9*#]*$/.test(digits)) {
    const bare = withoutSeparators(digits);
    const instead = bare === null ? "" : `: without what stands between them it is ${bare}`;
    return `only the digits 0 to 9 and a leading + make a number${instead}`;
  }
  if (/[*#]/.test(digits)) return "codes with * or # are for the PBX or the carrier, not numbers";
  if (digits === "+") return "nothing was dialled after the +";
  return null;
}

/** What people write for the eye between digits. A phone that sends it is refused, since no two carriers agree on what it means. */
function withoutSeparators(text: string): string | null {
  const bare = text.replace(/[ \u00a0\u2007\u202f()./\u2010-\u2015-]/g, "");
  return /^\+?[0-9]+$/.test(bare) ? bare : null;
}

function readDigits(digits: string, dialPlan: DialPlan): Reading {
  const home = homePlanOf(dialPlan);
  if (home === null) return refusal(`the dial plan's country ${dialPlan.country} is unknown`);
  const shortest = dialPlan.shortestOutside ?? 0;
  if (digits.length < shortest) {
    return refusal(
      `${digits} has fewer than ${shortest} digits: a number within the PBX perhaps, and none outside`,
    );
  }
  const international = internationalPart(digits, home, dialPlan);
  if (international === null) return readNational(digits, home, dialPlan);
  const reading = readInternational(international, dialPlan.country);
  if (reading.understood) {
    const prefix = digits.slice(0, digits.length - international.length);
    return behind({ digits: prefix, is: "international" }, reading);
  }
  // Chile's toll-free 1230… begins like an international call. Only a number in a known range is read so.
  const national = readNational(digits, home, dialPlan);
  return national.understood && national.number.numberType !== "unknown" ? national : reading;
}

/** `digits` begin with a calling code. */
function readInternational(digits: string, home: AreaCode): Reading {
  if (digits.startsWith("0")) return refusal("no country code begins with 0");
  const split = splitCallingCode(digits);
  if (split === null) return refusal(`no country has a code that ${digits} begins with`);
  const { callingCode } = split;
  const plans = plansOf(callingCode);
  const isShaped = (national: string) => plans.some((plan) => isGeneral(plan, testOf(national)));
  // "+44 (0)20…": people write the trunk prefix too, and carriers drop it.
  const zero = split.national.startsWith("0") && plans.some((plan) => plan.trunkPrefix === "0");
  if (isShaped(split.national)) return understood(callingCode, split.national, home);
  if (zero) {
    const inner = split.national.slice(1);
    if (isShaped(inner)) return understood(callingCode, inner, home);
    return refusal(`no number of +${callingCode} begins with 0`);
  }
  const fault = lengthFault(callingCode, split.national, plans);
  return fault === null ? understood(callingCode, split.national, home) : refusal(fault);
}

function readNational(digits: string, home: NumberingPlan, dialPlan: DialPlan): Reading {
  const { callingCode, country } = home;
  const homeCountry = country ?? "";
  const plans = plansOf(callingCode);
  let lacksTrunkPrefix = false;
  let unknown: Reading | null = null;
  for (const { national, needsTrunkPrefix } of nationalReadings(digits, home)) {
    if (!plans.some((plan) => isGeneral(plan, testOf(national)))) continue;
    if (needsTrunkPrefix) {
      lacksTrunkPrefix = true;
      continue;
    }
    const reading = understood(callingCode, national, homeCountry, trunkPart(digits, national));
    if (isKnownRange(reading)) return reading;
    unknown =
      national === digits && looksForeign(digits, homeCountry)
        ? refusal(`${digits} may be a national number or lack the prefix of an international one`)
        : reading;
    break;
  }
  const local = readLocal(digits, home, dialPlan) ?? unknown ?? ownCallingCode(digits, home);
  if (local !== null) return local;
  if (lacksTrunkPrefix) {
    return refusal(
      `${digits} lacks the prefix ${home.trunkPrefix ?? ""} of national numbers, or its country code`,
    );
  }
  return refusal(
    `${digits} is neither a number of ${areaName(homeCountry)} nor an international one: ${advice(home)}`,
  );
}

/** With the area code ahead of it, and only where that makes a number of a known range. */
function readLocal(digits: string, home: NumberingPlan, dialPlan: DialPlan): Reading | null {
  const national = localReading(digits, home, dialPlan);
  if (national === null) return null;
  const ahead = national.slice(0, national.length - digits.length);
  const reading = understood(home.callingCode, national, home.country ?? "", [
    { digits: ahead, is: "local" },
  ]);
  return isKnownRange(reading) ? reading : null;
}

function trunkPart(digits: string, national: string): readonly DialledPart[] {
  if (digits === national) return [];
  return digits.endsWith(national)
    ? [{ digits: digits.slice(0, digits.length - national.length), is: "trunk" }]
    : [{ digits, is: "completed" }];
}

/** The home country's E.164 without the `+`, as many carriers take it, and only where it can mean nothing else. */
function ownCallingCode(digits: string, home: NumberingPlan): Reading | null {
  if (!digits.startsWith(home.callingCode)) return null;
  const { callingCode, country } = home;
  const reading = understood(callingCode, digits.slice(callingCode.length), country ?? "", [
    { digits: callingCode, is: "country" },
  ]);
  return isKnownRange(reading) ? reading : null;
}

/** A carrier that takes E.164 without `+` would read these digits as a number abroad. */
function looksForeign(digits: string, home: AreaCode): boolean {
  const reading = readInternational(digits, home);
  return isKnownRange(reading);
}

function isKnownRange(reading: Reading): boolean {
  return reading.understood && reading.number.numberType !== "unknown";
}

function understood(
  callingCode: string,
  national: string,
  home: AreaCode,
  parts: readonly DialledPart[] = NO_PARTS,
): Reading {
  const digits = callingCode + national;
  if (digits.length > MOST_E164_DIGITS) return refusal(`no number has more than ${MOST_E164_DIGITS} digits`);
  // The one place where digits become E.164: a known calling code, digits alone, no more than 15.
  const number = `+${digits}` as E164;
  return {
    understood: true,
    number: { number, callingCode, national, ...placeOf(callingCode, national, home) },
    parts,
  };
}

const NO_PARTS: readonly DialledPart[] = [];

function behind(part: DialledPart, reading: Reading): Reading {
  return reading.understood ? { ...reading, parts: [part, ...reading.parts] } : reading;
}

function lengthFault(callingCode: string, national: string, plans: readonly NumberingPlan[]): string | null {
  const lengths = plans.flatMap((plan) => plan.lengths);
  if (lengths.includes(national.length)) return null;
  if (national.length < Math.min(...lengths)) return `too few digits for a number of +${callingCode}`;
  if (national.length > Math.max(...lengths)) return `too many digits for a number of +${callingCode}`;
  return `no number of +${callingCode} has ${national.length} digits after the country code`;
}

function advice(home: NumberingPlan): string {
  return home.trunkPrefix === null || home.trunkPrefix === home.callingCode
    ? "dial the whole number with its area code"
    : `dial ${home.trunkPrefix}, the area code and the number`;
}

function refusal(detail: string): Reading {
  return { understood: false, detail };
}
