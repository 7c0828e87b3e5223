import fc from "fast-check";
import { contains, formatTarget, networkOf, networkOfTarget, type Target } from "../../src/domain/address.js";
import { TargetIndex } from "../../src/domain/target-index.js";

function indexOf(texts: string[]): TargetIndex<string> {
  const index = new TargetIndex<string>();
  for (const text of texts) index.set(text as Target, text);
  return index;
}

const nested = ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.1", "10.2.0.0/16", "2001:db8::/32", "2001:db8:0:1::/64"];

test.each([
  ["10.1.1.1", ["10.1.1.1", "10.1.0.0/16", "10.0.0.0/8"], []],
  ["10.1.1.2", ["10.1.0.0/16", "10.0.0.0/8"], []],
  ["10.1.0.0/16", ["10.1.0.0/16", "10.0.0.0/8"], ["10.1.1.1"]],
  ["10.0.0.0/7", [], ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.1", "10.2.0.0/16"]],
  ["11.0.0.0/8", [], []],
  ["0.0.0.0/0", [], ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.1", "10.2.0.0/16"]],
  ["2001:db8:0:1::/64", ["2001:db8:0:1::/64", "2001:db8::/32"], []],
  ["2001:db8:0:2::/64", ["2001:db8::/32"], []],
  ["::/0", [], ["2001:db8::/32", "2001:db8:0:1::/64"]],
])("%s is covered by %p and holds %p", (text, covering, within) => {
  const index = indexOf(nested);
  expect(index.covering(text as Target)).toEqual(covering);
  expect(index.within(text as Target).sort()).toEqual(within.sort());
});

test("a value takes the place of the one before, and can be taken out", () => {
  const index = indexOf(nested);
  const of = "10.1.0.0/16" as Target;
  index.set(of, "other");
  expect(index.get(of)).toBe("other");
  index.delete(of);
  index.delete(of);
  expect(index.get(of)).toBeNull();
  expect([...index.values()].sort()).toEqual(nested.filter((each) => each !== of).sort());
  expect(index.covering("10.1.1.1" as Target)).toEqual(["10.1.1.1", "10.0.0.0/8"]);
});

/** Close together, so that they often overlap. */
const network = fc
  .record({ family: fc.constantFrom(4, 6), low: fc.nat(63), cut: fc.nat(8) })
  .map(({ family, low, cut }) =>
    family === 4
      ? networkOf({ family: 4, value: 0xc0000200n + BigInt(low) }, 32 - cut)
      : networkOf({ family: 6, value: (0x20010db8n << 96n) + (BigInt(low) << 64n) }, 64 - cut),
  );

test("finds what a search through all of them finds", () => {
  fc.assert(
    fc.property(fc.array(network, { maxLength: 30 }), network, (networks, asked) => {
      const all = [...new Set(networks.map(formatTarget))];
      const index = indexOf(all);
      const of = formatTarget(asked);
      const sorted = (texts: string[]): string[] => [...texts].sort();
      expect(sorted(index.covering(of))).toEqual(
        sorted(all.filter((each) => contains(networkOfTarget(each), asked))),
      );
      expect(sorted(index.within(of))).toEqual(
        sorted(all.filter((each) => each !== of && contains(asked, networkOfTarget(each)))),
      );
    }),
  );
});
