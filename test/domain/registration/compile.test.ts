import fc from "fast-check";
import { networkOfTarget, parseIp, type Cidr } from "../../../src/domain/address.js";
import { compile, holds, intersection, rangeOf } from "../../../src/domain/registration/compile.js";
import { parseEntry, type AddressRange } from "../../../src/domain/registration/entry.js";

const rangesOf = (...texts: string[]): AddressRange[] =>
  texts.map((text) => {
    const parsed = parseEntry(text);
    if ("error" in parsed) throw new Error(parsed.error);
    return parsed.range;
  });

test.each([
  [["195.168.1.1"], ["195.168.1.1"]],
  [["195.168.1.0/25", "195.168.1.128/25"], ["195.168.1.0/24"]],
  [["195.168.1.0-195.168.1.127", "195.168.1.64-195.168.1.255"], ["195.168.1.0/24"]],
  [["195.168.1.1-195.168.1.6"], ["195.168.1.1", "195.168.1.2/31", "195.168.1.4/31", "195.168.1.6"]],
  [["10.0.0.0/8", "10.1.2.3"], ["10.0.0.0/8"]],
  [["0.0.0.0-255.255.255.255"], ["0.0.0.0/0"]],
  [["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], ["::/0"]],
  [
    ["2001:db8::1", "2001:db8::", "192.0.2.1"],
    ["192.0.2.1", "2001:db8::/127"],
  ],
  [
    ["255.255.255.255", "::"],
    ["255.255.255.255", "::/128"],
  ],
  [[], []],
])("%j are the networks %j", (entries, cidrs) => {
  expect(compile(rangesOf(...entries))).toEqual(cidrs);
});

/** Small spaces at both ends and in the middle of the address space, so that generated ranges meet often. */
const BASES = {
  4: [0n, 0xc6336400n, 0xffffff00n],
  6: [0n, 0x20010db8n << 96n, (1n << 128n) - 256n],
} as const;
const range = fc
  .record({
    family: fc.constantFrom<4 | 6>(4, 6),
    base: fc.nat(2),
    ends: fc.tuple(fc.nat(255), fc.nat(255)),
  })
  .map(({ family, base, ends: [a, b] }): AddressRange => {
    const start = BASES[family][base] ?? 0n;
    return { family, from: start + BigInt(Math.min(a, b)), to: start + BigInt(Math.max(a, b)) };
  });

/** An independent calculation: address by address, without masks. */
function listed(ranges: readonly AddressRange[]): Set<string> {
  const all = new Set<string>();
  for (const { family, from, to } of ranges) for (let at = from; at <= to; at++) all.add(`${family}:${at}`);
  return all;
}

/** The fewest networks for one space of 256 addresses, by dividing it in halves while a half is not all or nothing. */
function fewest(all: ReadonlySet<string>, family: 4 | 6, from: bigint, size: bigint): number {
  let held = 0n;
  for (let at = from; at < from + size; at++) if (all.has(`${family}:${at}`)) held++;
  if (held === 0n) return 0;
  if (held === size) return 1;
  return fewest(all, family, from, size / 2n) + fewest(all, family, from + size / 2n, size / 2n);
}

const addressesOf = (cidrs: readonly Cidr[]): string[] =>
  cidrs.flatMap((cidr) => {
    const { family, base, bits } = networkOfTarget(cidr);
    const size = 1n << BigInt((family === 4 ? 32 : 128) - bits);
    return Array.from({ length: Number(size) }, (_, index) => `${family}:${base + BigInt(index)}`);
  });

test("thousands of generated ranges: exactly their addresses, none twice, in the fewest networks", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      const cidrs = compile(ranges);
      const expected = listed(ranges);
      const got = addressesOf(cidrs);
      expect(got).toHaveLength(expected.size);
      expect(new Set(got)).toEqual(expected);
      let least = 0;
      for (const family of [4, 6] as const)
        for (const base of BASES[family]) least += fewest(expected, family, base, 256n);
      expect(cidrs).toHaveLength(least);
    }),
    { numRuns: 500 },
  );
});

test("what two sets of networks have in common, against address by address", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 6 }), fc.array(range, { maxLength: 6 }), (a, b) => {
      const [one, other] = [listed(a), listed(b)];
      const both = addressesOf(intersection(compile(a), compile(b)));
      expect(new Set(both)).toEqual(new Set([...one].filter((address) => other.has(address))));
    }),
    { numRuns: 300 },
  );
});

test("holds: both ends and nothing beyond, and never an address of the other family", () => {
  const ranges = rangesOf("198.51.100.10-198.51.100.12", "2001:db8::/127");
  const asked = (text: string) => holds(ranges, parseIp(text)!);
  expect(["198.51.100.10", "198.51.100.12", "2001:db8::1", "::ffff:198.51.100.11"].map(asked)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["198.51.100.9", "198.51.100.13", "2001:db8::2", "::c633:640b"].map(asked)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("a range of a network is the network again", () => {
  expect(compile([rangeOf("2001:db8::/33" as Cidr)])).toEqual(["2001:db8::/33"]);
});
