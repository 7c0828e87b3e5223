import fc from "fast-check";
import { NearNames, slipRank } from "../../../src/domain/intrusion/near-name.js";

const accounts = new NearNames([
  "100",
  "104",
  "105",
  "204",
  "alice",
  "bob",
  "a",
  "x".repeat(32),
  "y".repeat(33),
]);

test.each<[string, string | null, string]>([
  ["140", "104", "two neighbours swapped"],
  ["1004", "104", "one too many, where a letter less is not as near as 100 with one"],
  ["14", "104", "one missing"],
  ["108", "100", "one wrong: the first in the alphabet"],
  ["404", "104", "one wrong"],
  ["aliec", "alice", "swapped"],
  ["alicee", "alice", "twice"],
  ["104", null, "itself"],
  ["410", null, "all three moved"],
  ["999", null, "far away"],
  ["Alice", "alice", "another case is another letter"],
  ["b", null, "too short to be a slip of anything"],
  ["", null, "nothing"],
  ["y".repeat(32), null, "of a name that is too long"],
  ["x".repeat(33), null, "too long"],
  ["x".repeat(31), "x".repeat(32), "as long as names get"],
  ["__proto__", null, "a name of JavaScript's own"],
])("%s is near %s (%s)", (name, expected) => {
  const found = accounts.nearest(name);
  if (name === "1004") expect(["100", "104"]).toContain(found);
  else expect(found).toBe(expected);
});

/** Optimal string alignment, straight from its definition. */
function distance(a: string, b: string): number {
  const at: number[][] = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const cell = (i: number, j: number): number => at[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, cell(i - 2, j - 2) + 1);
      (at[i] ??= [])[j] = least;
    }
  }
  return cell(a.length, b.length);
}

const name = fc.string({ unit: fc.constantFrom("0", "1", "2"), minLength: 2, maxLength: 5 });

test("one slip is distance one", () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      fc.pre(a !== b);
      expect(slipRank(a, b) !== null).toBe(distance(a, b) === 1);
    }),
  );
});

test("the nearest is found whenever there is one, and is one", () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 30 }), name, (names, tried) => {
      const near = new NearNames(names).nearest(tried);
      const candidates = names.includes(tried) ? [] : names.filter((each) => distance(each, tried) === 1);
      if (near === null) expect(candidates).toEqual([]);
      else expect(candidates).toContain(near);
    }),
  );
});
