import type { Target } from "../domain/address.js";
import type { Standing } from "../domain/intrusion/ban.js";

/** Why nothing is done to a network as a whole, as the end of a sentence; null where nothing speaks for it. Looks at all known sources:
 *  not for hot paths. */
export function sparingBy(
  protection: { reasonFor(network: Target): string | null },
  known: { knownWithin(network: Target): Target | null },
): (network: Target) => string | null {
  return (network) => {
    const reason = protection.reasonFor(network);
    if (reason !== null) return reason;
    const inside = known.knownWithin(network);
    return inside === null ? null : `${inside} is a known source`;
  };
}

/** Protection goes before all else: no success and no failure of a protected source changes what it is. */
export function standingBy(
  isProtected: (target: Target) => boolean,
  isKnown: (target: Target) => boolean,
): (target: Target) => Standing {
  return (target) => (isProtected(target) ? "protected" : isKnown(target) ? "known" : "stranger");
}
