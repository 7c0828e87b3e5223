import { compareDecks } from "../../src/guard/deck-changes.js";
import type { DeckRow } from "../../src/guard/ports.js";

/** `1:100 1876:5` as rows. */
const deck = (text: string): DeckRow[] =>
  text
    .split(" ")
    .filter(Boolean)
    .map((pair) => {
      const [prefix = "", micros] = pair.split(":");
      return { prefix, destination: `to ${prefix}`, microsPerMinute: Number(micros) };
    });

test.each([
  ["", "", [0, 0, 0]],
  ["", "1:5 2:5", [2, 0, 0]],
  ["1:5 2:5", "", [0, 0, 2]],
  ["1:5 2:5", "1:5 2:5", [0, 0, 0]],
  ["1:5 1876:5 44:5", "1:6 1242:5 44:5 7:5", [2, 1, 1]],
  ["10:1 2:1", "1:1 10:1 100:1 2:1", [2, 0, 0]],
  ["5:1", "9:1", [1, 0, 1]],
])("from %j to %j: added, changed, removed %j", (before, after, [added, changed, removed]) => {
  expect(compareDecks(deck(before), deck(after), null)).toMatchObject({ added, changed, removed });
});

test("tells what is dearer than the cap, and what has become so", () => {
  const changes = compareDecks(deck("1:10 2:300 3:10 4:10"), deck("1:10 2:400 3:251 5:999"), 250);
  expect(changes).toMatchObject({
    dearerThanCap: 3,
    newlyDearer: {
      count: 1,
      first: [{ prefix: "3", destination: "to 3", beforeMicros: 10, afterMicros: 251 }],
    },
  });
});

test("the cap itself is not dearer than the cap, and without a cap nothing is", () => {
  expect(compareDecks(deck("1:1"), deck("1:250"), 250)).toMatchObject({
    dearerThanCap: 0,
    newlyDearer: { count: 0 },
  });
  expect(compareDecks(deck("1:1"), deck("1:250"), null)).toMatchObject({
    dearerThanCap: 0,
    newlyDearer: { count: 0 },
  });
});

test("counts all rises and names the first", () => {
  const rows = (micros: number) =>
    deck(Array.from({ length: 50 }, (_, n) => `${100 + n}:${micros}`).join(" "));
  const { newlyDearer } = compareDecks(rows(1), rows(9), 5);
  expect(newlyDearer.count).toBe(50);
  expect(newlyDearer.first).toHaveLength(20);
});
