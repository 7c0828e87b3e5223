import { detached } from "./text.js";

/** Addresses and networks in their one text form. IPv4-mapped IPv6 becomes IPv4; zone ids, leading zeros, `127.1` and other
 *  short forms are refused, since what they mean differs from program to program. */

/** Who a request came from: an IPv4 address (`203.0.113.12`) or an IPv6 /64 (`2001:db8:0:1::/64`). */
export type Source = Target & { readonly __source: never };

/** What can be shut out: a source, or a network (`203.0.113.0/24`, `2001:db8::/48`). IPv6 is never narrower than /64. */
export type Target = Cidr & { readonly __target: never };

/** An IPv4 address, or a network of any size: what an ACL can say. An IPv6 address is written as `2001:db8::1/128`. */
export type Cidr = string & { readonly __cidr: never };

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
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
/** The part of an IPv6 address that names a site's network; within it a host picks addresses at will. */
export const SOURCE_BITS_V6 = 64;

/** The address that `text` is; null where it is none. IPv4-mapped IPv6 is the IPv4 address. */
export function parseIp(text: string): Ip | null {
  const v4 = ipv4Bits(text, 0);
  if (v4 !== null) return { family: 4, value: BigInt(v4) };
  const groups = ipv6Groups(text);
  if (groups === null) return null;
  const mapped = mappedIpv4(groups);
  if (mapped !== null) return { family: 4, value: BigInt(mapped) };
  // Two groups at a time: arithmetic on BigInt costs most of it.
  let value = 0n;
  for (let i = 0; i < 8; i += 2) {
    value = (value << 32n) | BigInt((groups[i] ?? 0) * 0x10000 + (groups[i + 1] ?? 0));
  }
  return { family: 6, value };
}

/** The source that an address belongs to; null where `text` is no address. Runs for each new address that a flood brings,
 *  so it does without BigInt. What it returns holds no part of `text` in memory. */
export function sourceOf(text: string): Source | null {
  if (ipv4Bits(text, 0) !== null) return detached(text) as Source;
  const groups = ipv6Groups(text);
  if (groups === null) return null;
  const mapped = mappedIpv4(groups);
  if (mapped !== null) return formatIpv4(mapped) as Source;
  // The lower half is zero, so that run is always the longest, together with the zeros right before it.
  let kept = SOURCE_BITS_V6 / 16;
  while (kept > 0 && groups[kept - 1] === 0) kept--;
  let out = "";
  for (let i = 0; i < kept; i++) out += (i === 0 ? "" : ":") + (groups[i] ?? 0).toString(16);
  return `${out}::/${SOURCE_BITS_V6}` as Source;
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

/** The target as a source; null where it is wider than one. */
export function asSource(target: Target): Source | null {
  const source = sourceOf(target.split("/")[0] ?? "");
  return source === target ? source : null;
}

/** The network that a target stands for. Targets are canonical, so this cannot fail on one. */
export function networkOfTarget(target: Cidr): Network {
  const [address = "", bits] = target.split("/");
  const ip = parseIp(address);
  if (ip === null) throw new TypeError(`not a canonical target: ${printable(target)}`);
  return networkOf(ip, bits === undefined ? WIDTH[ip.family] : Number(bits));
}

/** The same for IPv4 without BigInt, for what each event asks; null where `target` is IPv6. `base` is the 32 bits, unsigned. */
export function ipv4NetworkOf(target: Cidr): { readonly base: number; readonly bits: number } | null {
  const slash = target.indexOf("/");
  const base = ipv4Bits(slash < 0 ? target : target.slice(0, slash), 0);
  return base === null ? null : { base, bits: slash < 0 ? WIDTH[4] : Number(target.slice(slash + 1)) };
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

/** An IPv4 /32 is written without its mask. */
export function formatTarget(network: Network): Target {
  return formatCidr(network) as Target;
}

/** The same for networks of any size. */
export function formatCidr(network: Network): Cidr {
  if (network.family === 4 && network.bits === 32) {
    return formatIp({ family: 4, value: network.base }) as Cidr;
  }
  return formatNetwork(network) as Cidr;
}

export function formatNetwork(network: Network): string {
  return `${formatIp({ family: network.family, value: network.base })}/${network.bits}`;
}

/** IPv6 as RFC 5952 writes it. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) return formatIpv4(Number(ip.value));
  const groups: number[] = [];
  // Two groups at a time: arithmetic on BigInt costs most of it.
  for (const shift of [96n, 64n, 32n, 0n]) {
    const pair = Number(BigInt.asUintN(32, ip.value >> shift));
    groups.push(pair >>> 16, pair & 0xffff);
  }
  const zeros = longestZeroRun(groups);
  if (zeros === null) return hexGroups(groups, 0, 8);
  return `${hexGroups(groups, 0, zeros.start)}::${hexGroups(groups, zeros.start + zeros.length, 8)}`;
}

function hexGroups(groups: readonly number[], start: number, end: number): string {
  let out = "";
  for (let i = start; i < end; i++) out += (i === start ? "" : ":") + (groups[i] ?? 0).toString(16);
  return out;
}

/** The 32 bits of the dotted quad that `text` is from `start` to its end. Whatever passes is in canonical form. */
function ipv4Bits(text: string, start: number): number | null {
  if (text.length - start > 15) return null;
  let bits = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return null;
      bits = bits * 256 + octet;
      octet = digits = 0;
    } else {
      // Other programs read octets with leading zeros as octal.
      if (code < ZERO || code > NINE || (digits > 0 && octet === 0)) return null;
      octet = octet * 10 + code - ZERO;
      digits++;
      if (octet > 255) return null;
    }
  }
  return dots === 3 && digits > 0 ? bits * 256 + octet : null;
}

/** The eight groups of an IPv6 address, dotted tail included (RFC 4291, 2.2). */
function ipv6Groups(text: string): number[] | null {
  if (text.length < 2 || text.length > 45) return null;
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const start = at;
    let group = 0;
    for (let digit = hexDigit(text, at); digit >= 0; digit = hexDigit(text, ++at)) group = group * 16 + digit;
    if (text.charCodeAt(at) === DOT) {
      const tail = ipv4Bits(text, start);
      if (tail === null) return null;
      groups.push(tail >>> 16, tail & 0xffff);
      break;
    }
    if (at === start || at - start > 4) return null;
    groups.push(group);
    if (at === text.length) break;
    if (text.charCodeAt(at++) !== COLON || at === text.length) return null;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return null;
      gap = groups.length;
      at++;
    }
  }
  if (gap < 0) return groups.length === 8 ? groups : null;
  if (groups.length > 7) return null;
  groups.splice(gap, 0, ...Array<number>(8 - groups.length).fill(0));
  return groups;
}

/** -1 where there is none at `at`. */
function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** The address behind `::ffff:0:0/96`. */
function mappedIpv4(groups: readonly number[]): number | null {
  if (groups[5] !== 0xffff) return null;
  for (let i = 0; i < 5; i++) if (groups[i] !== 0) return null;
  return (groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0);
}

function formatIpv4(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** RFC 5952, 4.2: the longest run of two or more zero groups, the first of equals. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } | null {
  let best: { start: number; length: number } | null = null;
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length >= 2 && (best === null || length > best.length)) best = { start, length };
  }
  return best;
}

/** Text of unknown origin, safe to show in one line of an error. */
function printable(text: string): string {
  return text.slice(0, 60).replace(/[^\x20-\x7e]/g, "?");
}
