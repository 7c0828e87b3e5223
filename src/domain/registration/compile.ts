import { formatCidr, networkOfTarget, type Cidr, type Ip } from "../address.js";
import type { AddressRange } from "./entry.js";

const WIDTH = { 4: 32n, 6: 128n } as const;

/** The fewest networks that hold exactly the addresses of `ranges`: IPv4 first, in order of address. */
export function compile(ranges: readonly AddressRange[]): Cidr[] {
  const cidrs: Cidr[] = [];
  for (const { family, from, to } of unite(ranges)) {
    if (family === 4) splitIpv4(Number(from), Number(to), cidrs);
    else splitIpv6(from, to, cidrs);
  }
  return cidrs;
}

/** The same addresses, as few ranges that neither overlap nor touch, in order. */
export function unite(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = [...ranges].sort(
    (a, b) =>
      a.family - b.family || (a.family === 4 ? Number(a.from) - Number(b.from) : compare(a.from, b.from)),
  );
  const united: AddressRange[] = [];
  let last: AddressRange | undefined;
  for (const range of sorted) {
    if (last !== undefined && last.family === range.family && range.from <= last.to + 1n) {
      if (range.to > last.to) {
        last = { ...last, to: range.to };
        united[united.length - 1] = last;
      }
    } else {
      last = range;
      united.push(range);
    }
  }
  return united;
}

/** What is in both. */
export function intersection(a: readonly Cidr[], b: readonly Cidr[]): Cidr[] {
  const [left, right] = [unite(a.map(rangeOf)), unite(b.map(rangeOf))];
  const both: AddressRange[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [one, other] = [left[i], right[j]];
    if (one === undefined || other === undefined) break;
    if (one.family !== other.family) {
      if (one.family < other.family) i++;
      else j++;
      continue;
    }
    const from = one.from > other.from ? one.from : other.from;
    const to = one.to < other.to ? one.to : other.to;
    if (from <= to) both.push({ family: one.family, from, to });
    if (one.to < other.to) i++;
    else j++;
  }
  return compile(both);
}

export function holds(ranges: readonly AddressRange[], ip: Ip): boolean {
  return ranges.some(({ family, from, to }) => family === ip.family && from <= ip.value && ip.value <= to);
}

export function rangeOf(cidr: Cidr): AddressRange {
  const { family, base, bits } = networkOfTarget(cidr);
  return { family, from: base, to: base + (1n << (WIDTH[family] - BigInt(bits))) - 1n };
}

/** From the bottom up, always the largest network that begins there and does not reach beyond. */
function splitIpv6(from: bigint, to: bigint, into: Cidr[]): void {
  for (let base = from; base <= to;) {
    const left = bitLength(to - base + 1n) - 1;
    const free = base === 0n ? left : Math.min(trailingZeros(base), left);
    into.push(formatCidr({ family: 6, base, bits: 128 - free }));
    base += 1n << BigInt(free);
  }
}

/** The same with ordinary numbers, which are many times faster. A list of ranges has a dozen networks for each, most of which
 *  differ in the last octet alone: their text is put together from two pieces that are there already. */
function splitIpv4(from: number, to: number, into: Cidr[]): void {
  let [head, headOf] = ["", -1];
  for (let base = from; base <= to;) {
    let [size, bits] = [1, 32];
    while (bits > 0 && base % (size * 2) === 0 && base + size * 2 - 1 <= to) {
      size *= 2;
      bits--;
    }
    if (base >>> 8 !== headOf) {
      headOf = base >>> 8;
      head = `${headOf >>> 16}.${(headOf >>> 8) & 255}.${headOf & 255}.`;
    }
    into.push((head + tailOf(base & 255, bits)) as Cidr);
    base += size;
  }
}

/** `12`, `12/30`: by last octet and length. */
const tails: string[] = [];

function tailOf(octet: number, bits: number): string {
  return (tails[octet * 33 + bits] ??= bits === 32 ? String(octet) : `${octet}/${bits}`);
}

/** Of a number above 0. */
function trailingZeros(value: bigint): number {
  let zeros = 0;
  for (let rest = value; ; rest >>= 32n) {
    const low = Number(BigInt.asUintN(32, rest));
    if (low !== 0) return zeros + 31 - Math.clz32(low & -low);
    zeros += 32;
  }
}

/** How many binary digits a number above 0 has. */
function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 + 28 - Math.clz32(parseInt(digits.charAt(0), 16));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
