import type { AreaCode } from "../policy.js";

/** A destination that belongs to no country, opened in rules by its slug. */
export interface SpecialDestination {
  readonly slug: AreaCode;
  readonly name: string;
  /** E.164 digits that its numbers begin with. */
  readonly prefixes: readonly string[];
}

/** Calling codes that ITU-T has given to services and networks instead of countries (List of E.164 assigned country
 *  codes, and of identification codes for the shared codes 881, 882 and 883). Within 882, Telespazio (13), Thuraya (16),
 *  the ship network MCP (32), Seanet (42) and the aircraft network OnAir (98) reach their subscribers by satellite. */
export const SPECIAL_DESTINATIONS: readonly SpecialDestination[] = [
  {
    slug: "satellite",
    name: "Satellite telephony",
    prefixes: ["870", "881", "88213", "88216", "88232", "88242", "88298"],
  },
  { slug: "international-networks", name: "International network service", prefixes: ["882", "883"] },
  { slug: "international-freephone", name: "International freephone", prefixes: ["800"] },
  { slug: "international-shared-cost", name: "International shared cost", prefixes: ["808"] },
  { slug: "international-premium", name: "International premium rate", prefixes: ["979"] },
  { slug: "universal-personal", name: "Universal personal telephony", prefixes: ["878"] },
  { slug: "disaster-relief", name: "Disaster relief", prefixes: ["888"] },
];

/** The destination with the longest prefix that `digits` (E.164 without `+`) begin with; null where there is none. */
export function specialDestinationOf(digits: string): SpecialDestination | null {
  let found: SpecialDestination | null = null;
  let longest = 0;
  for (const destination of SPECIAL_DESTINATIONS) {
    for (const prefix of destination.prefixes) {
      if (prefix.length <= longest || !digits.startsWith(prefix)) continue;
      found = destination;
      longest = prefix.length;
    }
  }
  return found;
}
