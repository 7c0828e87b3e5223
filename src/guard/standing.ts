import type { Source } from "../domain/address.js";
import type { Standing } from "../domain/intrusion/ban.js";

/** Protection goes before all else: no success and no failure of a protected source changes what it is. */
export function standingBy(
  isProtected: (source: Source) => boolean,
  isKnown: (source: Source) => boolean,
): (source: Source) => Standing {
  return (source) => (isProtected(source) ? "protected" : isKnown(source) ? "known" : "stranger");
}
