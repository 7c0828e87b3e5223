/** Addresses and networks in their one text form. IPv4-mapped IPv6 becomes IPv4; zone ids, leading zeros, `127.1` and other
 *  short forms are refused, since what they mean differs from program to program. */

/** Who a request came from: an IPv4 address (`203.0.113.12`) or an IPv6 /64 (`2001:db8:0:1::/64`). */
export type Source = string & { readonly __source: never; readonly __target: never };

/** What can be shut out: a source, or a network (`203.0.113.0/24`, `2001:db8::/48`). IPv6 is never narrower than /64. */
export type Target = string & { readonly __target: never };

export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** `base` has all bits beyond `bits` cleared. */
export interface Network {
  readonly family: 4 | 6;
  readonly base: bigint;
  readonly bits: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
const MAPPED = 0xffffn;
/** The part of an IPv6 address that names a site's network; within it a host picks addresses at will. */
export const SOURCE_BITS_V6 = 64;

export function parseIp(text: string): Ip | null {
  const v4 = parseIpv4(text);
  if (v4 !== null) return { family: 4, value: v4 };
  const v6 = parseIpv6(text);
  if (v6 === null) return null;
  return v6 >> 32n === MAPPED ? { family: 4, value: v6 & 0xffffffffn } : { family: 6, value: v6 };
}

/** The source that an address belongs to; null where `text` is no address. */
export function sourceOf(text: string): Source | null {
  const ip = parseIp(text);
  if (ip === null) return null;
  if (ip.family === 4) return formatIp(ip) as Source;
  return formatNetwork(networkOf(ip, SOURCE_BITS_V6)) as Source;
}

/** An address, or a network in CIDR notation. An IPv6 address, and a network narrower than /64, stands for its /64. */
export function parseTarget(text: string): { target: Target } | { error: string } {
  const trimmed = text.trim();
  const slash = trimmed.indexOf("/");
  if (slash < 0) {
    const source = sourceOf(trimmed);
    return source === null
      ? {
          error: `"${printable(trimmed)}" is not an address: write 203.0.113.12, 203.0.113.0/24 or 2001:db8::/48`,
        }
      : { target: source };
  }
  const ip = parseIp(trimmed.slice(0, slash));
  const bitsText = trimmed.slice(slash + 1);
  if (ip === null || !/^(0|[1-9][0-9]{0,2})$/.test(bitsText) || Number(bitsText) > WIDTH[ip.family]) {
    return { error: `"${printable(trimmed)}" is not a network: write it as 203.0.113.0/24 or 2001:db8::/48` };
  }
  const bits = Number(bitsText);
  const network = networkOf(ip, ip.family === 6 ? Math.min(bits, SOURCE_BITS_V6) : bits);
  if (network.base !== ip.value && bits <= network.bits) {
    return {
      error: `${printable(trimmed)} has address bits behind the mask: write ${formatNetwork(network)}`,
    };
  }
  return { target: formatTarget(network) };
}

/** The network that a target stands for. Targets are canonical, so this cannot fail on one. */
export function networkOfTarget(target: Target): Network {
  const [address = "", bits] = target.split("/");
  const ip = parseIp(address);
  if (ip === null) throw new TypeError(`not a canonical target: ${printable(target)}`);
  return networkOf(ip, bits === undefined ? WIDTH[ip.family] : Number(bits));
}

export function networkOf(ip: Ip, bits: number): Network {
  const rest = BigInt(WIDTH[ip.family] - bits);
  return { family: ip.family, base: (ip.value >> rest) << rest, bits };
}

export function contains(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false;
  const rest = BigInt(WIDTH[outer.family] - outer.bits);
  return inner.base >> rest === outer.base >> rest;
}

/** Whether the two share at least one address. */
export function overlaps(a: Network, b: Network): boolean {
  return contains(a, b) || contains(b, a);
}

/** An IPv4 /32 is written without its mask. */
export function formatTarget(network: Network): Target {
  if (network.family === 4 && network.bits === 32) {
    return formatIp({ family: 4, value: network.base }) as Target;
  }
  return formatNetwork(network) as Target;
}

export function formatNetwork(network: Network): string {
  return `${formatIp({ family: network.family, value: network.base })}/${network.bits}`;
}

/** IPv6 as RFC 5952 writes it. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((ip.value >> shift) & 255n)).join(".");
  }
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((ip.value >> shift) & 0xffffn).toString(16));
  const zeros = longestZeroRun(groups);
  if (zeros === null) return groups.join(":");
  return `${groups.slice(0, zeros.start).join(":")}::${groups.slice(zeros.start + zeros.length).join(":")}`;
}

function parseIpv4(text: string): bigint | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  let value = 0n;
  for (const octet of match.slice(1)) {
    if ((octet.length > 1 && octet.startsWith("0")) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

function parseIpv6(text: string): bigint | null {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":")) return null;
  const plain = withoutDottedTail(text);
  if (plain === null) return null;
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const left = groupsOf(halves[0] ?? "");
  const right = halves.length === 2 ? groupsOf(halves[1] ?? "") : [];
  if (left === null || right === null) return null;
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** `::ffff:203.0.113.1` with its last two groups in hexadecimal. */
function withoutDottedTail(text: string): string | null {
  if (!text.includes(".")) return text;
  const cut = text.lastIndexOf(":") + 1;
  const v4 = parseIpv4(text.slice(cut));
  if (v4 === null) return null;
  return `${text.slice(0, cut)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
}

function groupsOf(half: string): bigint[] | null {
  if (half === "") return [];
  const groups = half.split(":");
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return groups.map((group) => BigInt(`0x${group}`));
}

/** RFC 5952, 4.2: the longest run of two or more zero groups, the first of equals. */
function longestZeroRun(groups: readonly string[]): { start: number; length: number } | null {
  let best: { start: number; length: number } | null = null;
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === "0") length++;
    if (length >= 2 && (best === null || length > best.length)) best = { start, length };
  }
  return best;
}

/** Text of unknown origin, safe to show in one line of an error. */
function printable(text: string): string {
  return text.slice(0, 60).replace(/[^\x20-\x7e]/g, "?");
}
