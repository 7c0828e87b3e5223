import type { Source, Target } from "../address.js";

const GROUPS_OF_48 = 3;

/** The IPv4 /24 or IPv6 /48 that `source` lies in: what one customer of a hoster is usually given. Runs for each failed try, so it works on the canonical text. */
export function networkAround(source: Source): Target {
  const end = source.indexOf("::/");
  if (end < 0) return `${source.slice(0, source.lastIndexOf("."))}.0/24` as Target;
  const groups = source.slice(0, end).split(":").slice(0, GROUPS_OF_48);
  while (groups.at(-1) === "0") groups.pop();
  return `${groups.join(":")}::/48` as Target;
}
