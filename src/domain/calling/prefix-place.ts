import type { AreaCode, NumberType } from "../policy.js";
import { placeOf } from "./area.js";
import { plansOf, splitCallingCode } from "./numbering.js";
import { specialDestinationOf } from "./special-destinations.js";

export interface PrefixPlace {
  /** Null where several countries share the calling code and none claims numbers that begin so. */
  readonly area: AreaCode | null;
  readonly numberType: NumberType;
}

/** Where numbers that begin with `prefix` (E.164 digits without `+`) lie, told by whole numbers made of it: an estimate for
 *  lists and sums, never for a verdict, since a short prefix holds numbers of several types. Null where no calling code begins so. */
export function placeOfPrefix(prefix: string): PrefixPlace | null {
  const special = specialDestinationOf(prefix);
  if (special !== null) return { area: special.slug, numberType: "unknown" };
  const split = splitCallingCode(prefix);
  if (split === null) return null;
  const plans = plansOf(split.callingCode);
  const main = plans[0]?.country ?? null;
  const lengths = new Set(plans.flatMap((plan) => plan.lengths));
  let unclear: PrefixPlace | null = null;
  for (const length of [...lengths].sort((a, b) => b - a)) {
    for (const digits of FILLINGS) {
      const national = (split.national + digits).slice(0, Math.max(length, split.national.length));
      const { area, numberType } = placeOf(split.callingCode, national, main ?? "");
      if (numberType !== "unknown") return { area, numberType };
      if (area !== null) unclear ??= { area, numberType };
    }
  }
  return unclear ?? { area: plans.length === 1 ? main : null, numberType: "unknown" };
}

/** Digits that numbers of most plans go on with: one of them makes a number of nearly every range. */
const FILLINGS = ["23456789012345", "55555555555555", "00000000000000", "91234567890123", "16161616161616"];
