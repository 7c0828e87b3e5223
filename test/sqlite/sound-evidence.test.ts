import fc from "fast-check";
import { evidence } from "../../src/sqlite/ban-row.js";
import { isSoundEvidence } from "../../src/sqlite/sound-evidence.js";
import { newBan } from "./support/bans.js";

const whole: Record<string, unknown> = {
  ...newBan().evidence,
  accounts: ["100"],
  tried: [
    {
      name: "100",
      tries: 3,
      firstAtMs: 1,
      lastAtMs: 9,
      gapMs: 4,
      gapDeviationMs: 0.5,
      kinds: ["wrong-password"],
    },
  ],
};
const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  1,
  1.5,
  -0,
  "x",
  [],
  [1],
  ["x"],
  [null],
  {},
  [{ name: "x" }],
  true,
);

test("evidence as it is written today is known at a glance", () => {
  expect(isSoundEvidence(JSON.parse(JSON.stringify(whole)))).toBe(true);
});

test.each([null, undefined, 7, "text", [], {}])("%p is no sound evidence", (value) => {
  expect(isSoundEvidence(value)).toBe(false);
});

test("what is known at a glance is what the careful reader makes of it", () => {
  const key = fc.constantFrom(...Object.keys(whole), "more");
  fc.assert(
    fc.property(fc.array(fc.tuple(key, odd), { maxLength: 3 }), (changes) => {
      const text = JSON.stringify({ ...whole, ...Object.fromEntries(changes) });
      const value: unknown = JSON.parse(text);
      if (!isSoundEvidence(value)) return;
      expect(evidence.parse(value)).toEqual(value);
    }),
    { numRuns: 2_000 },
  );
});

test("a kind of try that nobody knows is left to the careful reader", () => {
  const tried = [{ ...(whole["tried"] as object[])[0], kinds: ["sorcery"] }];
  expect(isSoundEvidence({ ...whole, tried })).toBe(false);
});
