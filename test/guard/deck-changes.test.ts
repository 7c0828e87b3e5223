import { compareDecks, type PriceRules } from "../../src/guard/deck-changes.js";
import type { DeckRow } from "../../src/guard/ports.js";

/** `1:100 1876:5 53:-` as rows; `-` takes no calls. */
const deck = (text: string): DeckRow[] =>
  text
    .split(" ")
    .filter(Boolean)
    .map((pair) => {
      const [prefix = "", micros] = pair.split(":");
      return { prefix, destination: `to ${prefix}`, microsPerMinute: micros === "-" ? null : Number(micros) };
    });

const rules = (capMicrosPerMinute: number | null, over: Partial<PriceRules> = {}): PriceRules => ({
  capMicrosPerMinute,
  feeInFirstMinute: true,
  withoutRate: "refuse",
  ...over,
});

test.each([
  ["", "", [0, 0, 0]],
  ["", "1:5 2:5", [2, 0, 0]],
  ["1:5 2:5", "", [0, 0, 2]],
  ["1:5 2:5", "1:5 2:5", [0, 0, 0]],
  ["1:5 1876:5 44:5", "1:6 1242:5 44:5 7:5", [2, 1, 1]],
  ["10:1 2:1", "1:1 10:1 100:1 2:1", [2, 0, 0]],
  ["5:1", "9:1", [1, 0, 1]],
  ["5:1 9:-", "5:- 9:-", [0, 1, 0]],
])("from %j to %j: added, changed, removed %j", (before, after, [added, changed, removed]) => {
  expect(compareDecks(deck(before), deck(after), rules(null))).toMatchObject({ added, changed, removed });
});

/** Each row: the decks, and the prefixes that can't be called any more. A prefix without a row has its shorter one's price. */
test.each<[string, string, string[], Partial<PriceRules>?]>([
  ["1:10 2:300 3:10 4:10", "1:10 2:400 3:251 4:10 5:999", ["3"]],
  ["1:10", "1:10 1876:300", ["1876"]],
  ["1:300 1876:10", "1:300", ["1876"]],
  ["1:10 1876:20", "1:10", []],
  ["44:10", "", ["44"]],
  ["44:10", "", [], { withoutRate: "allow" }],
  ["", "44:300", []],
  ["", "44:300", ["44"], { withoutRate: "allow" }],
  ["53:10", "53:-", ["53"]],
  ["53:-", "53:300", []],
  ["53:10 537:10", "53:- 537:10", ["53"]],
])("from %j to %j: newly refused %j", (before, after, prefixes, over = {}) => {
  const { newlyBlocked } = compareDecks(deck(before), deck(after), rules(250, over));
  expect(newlyBlocked.first.map(({ prefix }) => prefix)).toEqual(prefixes);
  expect(newlyBlocked.count).toBe(prefixes.length);
});

test("a rise names both prices", () => {
  const changes = compareDecks(deck("1:10 1876:200"), deck("1:10 1876:260 18765:-"), rules(250));
  expect(changes).toMatchObject({
    dearerThanCap: 1,
    blocked: 1,
    newlyBlocked: {
      count: 2,
      first: [
        { prefix: "1876", destination: "to 1876", beforeMicros: 200, afterMicros: 260 },
        { prefix: "18765", beforeMicros: 200, afterMicros: null },
      ],
    },
    rises: { count: 1, biggest: [{ prefix: "1876" }] },
  });
});

test("a connection fee counts into the first minute unless the rules say otherwise", () => {
  const terms = { connectionMicros: 200, minimumSeconds: 60, incrementSeconds: 60 };
  const before = deck("49:100");
  const after = [{ ...before[0]!, terms }];
  expect(compareDecks(before, after, rules(250))).toMatchObject({
    changed: 1,
    dearerThanCap: 1,
    newlyBlocked: { count: 1 },
    rises: { biggest: [{ beforeMicros: 100, afterMicros: 300 }] },
  });
  expect(compareDecks(before, after, rules(250, { feeInFirstMinute: false }))).toMatchObject({
    changed: 1,
    dearerThanCap: 0,
    newlyBlocked: { count: 0 },
    rises: { count: 0 },
  });
});

test("the cap itself is not dearer than the cap, and without a cap nothing is", () => {
  for (const cap of [250, null]) {
    expect(compareDecks(deck("1:1"), deck("1:250"), rules(cap))).toMatchObject({
      dearerThanCap: 0,
      newlyBlocked: { count: 0 },
    });
  }
});

test("counts all rises and names the biggest first", () => {
  const rows = (micros: (n: number) => number) =>
    deck(Array.from({ length: 50 }, (_, n) => `${100 + n}:${micros(n)}`).join(" "));
  const { newlyBlocked, rises } = compareDecks(
    rows(() => 1),
    rows((n) => 9 + ((n * 7) % 50)),
    rules(5),
  );
  expect(newlyBlocked.count).toBe(50);
  expect(newlyBlocked.first).toHaveLength(20);
  expect(rises.count).toBe(50);
  expect(rises.biggest.map(({ afterMicros }) => afterMicros)).toEqual(
    Array.from({ length: 20 }, (_, n) => 58 - n),
  );
});
