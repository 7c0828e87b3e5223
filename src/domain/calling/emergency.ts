import type { DialPlan } from "../policy.js";
import table from "./emergency-table.json";

/** Reached from mobile phones and by habit nearly everywhere, whatever the country's own number is. */
const EVERYWHERE: readonly string[] = ["112", "911", "999"];

/** Every string that is an emergency call on this PBX: 112, 911, 999 and the country's own numbers, and each of them
 *  behind the outside prefix. Matched exactly: `999123` is not 999. */
export function emergencyNumbers(dialPlan: DialPlan): readonly string[] {
  const known = lists.get(dialPlan);
  if (known !== undefined) return known;
  const national = Object.hasOwn(numbersOf, dialPlan.country) ? numbersOf[dialPlan.country] : undefined;
  const plain = [...new Set([...EVERYWHERE, ...(national ?? [])])].sort();
  const { outsidePrefix } = dialPlan;
  const outside = outsidePrefix === null ? [] : plain.map((number) => outsidePrefix + number);
  const all = [...new Set([...plain, ...outside])];
  lists.set(dialPlan, all);
  return all;
}

/** `digits` is hostile text. */
export function isEmergency(digits: string, dialPlan: DialPlan): boolean {
  return emergencyNumbers(dialPlan).includes(digits);
}

const numbersOf: Readonly<Record<string, readonly string[]>> = table.numbers;
/** A dial plan never changes, so its list is made once. */
const lists = new WeakMap<DialPlan, readonly string[]>();
