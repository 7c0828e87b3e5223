import { formatCidr, networkOfTarget, type Cidr, type Ip } from "../address.js";
import type { AddressRange } from "./entry.js";

const WIDTH = { 4: 32n, 6: 128n } as const;

/** The fewest networks that hold exactly the addresses of `ranges`: IPv4 first, in order of address. */
export function compile(ranges: readonly AddressRange[]): Cidr[] {
  return unite(ranges).flatMap(splitRange);
}

/** The same addresses, as few ranges that neither overlap nor touch, in order. */
export function unite(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || compare(a.from, b.from));
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
function splitRange(range: AddressRange): Cidr[] {
  const { family, from, to } = range;
  if (family === 4) return splitIpv4(Number(from), Number(to));
  const cidrs: Cidr[] = [];
  for (let base = from; base <= to;) {
    const left = to - base + 1n;
    const free = Math.min(
      base === 0n ? Number(WIDTH[family]) : trailingZeros(base),
      left.toString(2).length - 1,
    );
    cidrs.push(formatCidr({ family, base, bits: Number(WIDTH[family]) - free }));
    base += 1n << BigInt(free);
  }
  return cidrs;
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

/** The same with ordinary numbers, which are many times faster. */
function splitIpv4(from: number, to: number): Cidr[] {
  const cidrs: Cidr[] = [];
  for (let base = from; base <= to;) {
    let [size, bits] = [1, 32];
    while (bits > 0 && base % (size * 2) === 0 && base + size * 2 - 1 <= to) {
      size *= 2;
      bits--;
    }
    cidrs.push(formatCidr({ family: 4, base: BigInt(base), bits }));
    base += size;
  }
  return cidrs;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
