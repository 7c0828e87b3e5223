import type { Target } from "../domain/address.js";
import type { Standing } from "../domain/intrusion/ban.js";

/** Protection goes before all else: no success and no failure of a protected source changes what it is. */
export function standingBy(
  isProtected: (target: Target) => boolean,
  isKnown: (target: Target) => boolean,
): (target: Target) => Standing {
  return (target) => (isProtected(target) ? "protected" : isKnown(target) ? "known" : "stranger");
}
