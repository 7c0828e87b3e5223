/** The network around a banned source that one would shut out with it: the IPv4 /24, the IPv6 /48; null for what is a network
 *  already. `begins`: how the addresses of it begin as text, to search for them. */
export function networkAround(
  target: string,
): { readonly network: string; readonly begins: string; readonly family: 4 | 6 } | null {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(target)) {
    const begins = target.replace(/\d+$/, "");
    return { network: `${begins}0/24`, begins, family: 4 };
  }
  if (!target.includes(":") || !target.endsWith("/64")) return null;
  const groups = groupsOf(target.replace("/64", "")).slice(0, 3);
  const begins = `${groups.join(":")}:`;
  return { network: `${begins}:/48`, begins, family: 6 };
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = "", tail = ""] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  return [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0"), ...back];
}
