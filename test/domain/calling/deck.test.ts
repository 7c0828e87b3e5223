import fc from "fast-check";
import { WHOLE_MINUTES } from "../../../src/domain/calling/cost.js";
import { buildDeck, rateOf, type RateRow } from "../../../src/domain/calling/deck.js";
import type { E164 } from "../../../src/domain/calling/verdict.js";

const rows: RateRow[] = [
  { prefix: "1", destination: "North America", microsPerMinute: 10_000 },
  { prefix: "1876", destination: "Jamaica", microsPerMinute: 210_000 },
  { prefix: "18765", destination: "Jamaica mobile", microsPerMinute: 300_000 },
  { prefix: "187655501230000", destination: "one number", microsPerMinute: 1 },
  { prefix: "44", destination: "Großbritannien", microsPerMinute: 8_500 },
  { prefix: "999", destination: "the end", microsPerMinute: 5 },
];

test.each([
  ["+12125550123", "1", "North America", 10_000],
  ["+18761234567", "1876", "Jamaica", 210_000],
  ["+18765550123", "18765", "Jamaica mobile", 300_000],
  ["+187655501230000", "187655501230000", "one number", 1],
  ["+18770000000", "1", "North America", 10_000],
  ["+442079460000", "44", "Großbritannien", 8_500],
  ["+999999999999999", "999", "the end", 5],
])("%s costs what prefix %s says", (number, prefix, destination, microsPerMinute) => {
  const rate = rateOf(buildDeck("default", rows), number as E164);
  expect(rate).toEqual({
    deck: "default",
    prefix,
    destination,
    microsPerMinute,
    connectionMicros: 0,
    minimumSeconds: 60,
    incrementSeconds: 60,
  });
});

test.each(["+33123456789", "+20212345678", "+450000000"])("%s has no price", (number) => {
  expect(rateOf(buildDeck("default", rows), number as E164)).toBeNull();
});

test("an empty deck has no price for anything", () => {
  expect(rateOf(buildDeck("default", []), "+12125550123" as E164)).toBeNull();
});

test("of a prefix that stands twice, the last row counts", () => {
  const twice = [...rows, { prefix: "44", destination: "UK", microsPerMinute: 9_000 }];
  expect(rateOf(buildDeck("d", twice), "+442079460000" as E164)).toMatchObject({
    destination: "UK",
    microsPerMinute: 9_000,
  });
});

test("a deck that went to another thread is the same shared memory", () => {
  const deck = buildDeck("default", rows);
  const sent = structuredClone(deck);
  expect(rateOf(sent, "+18765550123" as E164)?.microsPerMinute).toBe(300_000);
  deck.tariffs.fill(7);
  expect(rateOf(sent, "+18765550123" as E164)?.microsPerMinute).toBe(7);
});

test("any deck gives what the longest matching prefix says", () => {
  // Few distinct digits make many prefixes of prefixes.
  const prefix = fc.string({ unit: fc.constantFrom("1", "2", "0"), minLength: 1, maxLength: 15 });
  const row = fc.record({ prefix, destination: fc.string(), microsPerMinute: fc.nat(10_000_000) });
  const number = fc.string({ unit: fc.constantFrom("1", "2", "0"), minLength: 4, maxLength: 15 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), number, (deckRows, digits) => {
      const best = [...deckRows]
        .reverse()
        .sort((a, b) => b.prefix.length - a.prefix.length)
        .find((each) => digits.startsWith(each.prefix));
      expect(rateOf(buildDeck("d", deckRows), `+${digits}` as E164)).toEqual(
        best === undefined ? null : { deck: "d", ...best, ...WHOLE_MINUTES },
      );
    }),
    { numRuns: 500 },
  );
});
