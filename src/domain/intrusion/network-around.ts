import { networkOf, networkOfTarget, formatTarget, type Source, type Target } from "../address.js";

/** How much of an address its neighbours share: what one customer of a hoster is usually given. */
const NEIGHBOUR_BITS = { 4: 24, 6: 48 } as const;

/** The IPv4 /24 or IPv6 /48 that `source` lies in. */
export function networkAround(source: Source): Target {
  const network = networkOfTarget(source);
  return formatTarget(
    networkOf({ family: network.family, value: network.base }, NEIGHBOUR_BITS[network.family]),
  );
}
