import { rateOf, type Deck } from "../../src/domain/calling/deck.js";
import type { E164 } from "../../src/domain/calling/verdict.js";
import { RingfenceError } from "../../src/domain/error.js";
import type { DeckRow, DeckStore } from "../../src/guard/ports.js";
import { importDeck, startReading, type DeckRead, type ImportRequest } from "../../src/guard/rates.js";

const HEADER = ["prefix", "destination", "usd_per_minute"];

/** Reads lines as a file would give them. */
function read(...lines: readonly (readonly string[])[]): DeckRead {
  const reading = startReading();
  lines.forEach((fields, index) => reading.line(fields, index + 1));
  const result = reading.end();
  if ("refused" in result) throw new Error(result.message);
  return result;
}

/** A store in memory that keeps one deck. */
function memoryStore(first: readonly DeckRow[] = [], over: Partial<DeckStore> = {}) {
  let rows = first;
  const replaced: string[] = [];
  const store: DeckStore = {
    list: () => [],
    rows: () => rows,
    replace: (name, next, atMs, by) => {
      rows = [...next];
      replaced.push(`${name} by ${by} at ${atMs}`);
      return { name, rows: rows.length, importedAtMs: atMs, importedBy: by };
    },
    ...over,
  };
  return { store, replaced, rows: () => rows };
}

const request: ImportRequest = {
  name: "default",
  dryRun: false,
  by: "cli:root",
  atMs: 5_000,
  capMicrosPerMinute: 250_000,
};

test("rows come out in prefix order, a prefix twice with the dearer price", () => {
  expect(
    read(
      HEADER,
      ["44", "United Kingdom", "0.01"],
      ["+1876", "Jamaica", "0.2100"],
      ["1876", "Jamaica, again", "0.1900"],
      ["44", "United Kingdom, rise", "0.02"],
    ),
  ).toEqual({
    rows: [
      { prefix: "1876", destination: "Jamaica", microsPerMinute: 210_000 },
      { prefix: "44", destination: "United Kingdom, rise", microsPerMinute: 20_000 },
    ],
    refusedRows: 0,
    faults: [],
    duplicates: 2,
  });
});

test("rows that can't be read are counted and named by line, the first hundred of them", () => {
  const { rows, refusedRows, faults } = read(
    HEADER,
    ["1", "USA", "0.01"],
    ["x", "?", "0.01"],
    ["44"],
    ...Array.from({ length: 200 }, () => ["7", "Russia", "free"]),
  );
  expect(rows).toHaveLength(1);
  expect(refusedRows).toBe(202);
  expect(faults).toHaveLength(100);
  expect(faults.map(({ line }) => line).slice(0, 3)).toEqual([3, 4, 5]);
  expect(faults[0]?.message).toContain("prefix");
});

test.each([
  [[], "the file is empty"],
  [[["prefix", "price"]], "no column destination, usd_per_minute"],
])("a file without its header is refused: %j", (lines, message) => {
  const reading = startReading();
  lines.forEach((fields, index) => reading.line(fields, index + 1));
  expect(reading.end()).toEqual({ refused: "refused", message: expect.stringContaining(message) });
});

test("an import is stored, handed over for look-ups, and reported", () => {
  const before = [
    { prefix: "1", destination: "USA", microsPerMinute: 10_000 },
    { prefix: "1876", destination: "Jamaica", microsPerMinute: 210_000 },
  ];
  const { store, replaced } = memoryStore(before);
  const decks: Deck[] = [];
  const result = importDeck(
    read(HEADER, ["1", "USA", "0.01"], ["1876", "Jamaica", "0.26"], ["44", "UK", "0.02"]),
    request,
    store,
    (deck) => void decks.push(deck),
  );
  expect(result).toEqual({
    rows: 3,
    refusedRows: 0,
    faults: [],
    duplicates: 0,
    added: 1,
    changed: 1,
    removed: 0,
    dearerThanCap: 1,
    newlyDearer: {
      count: 1,
      first: [{ prefix: "1876", destination: "Jamaica", beforeMicros: 210_000, afterMicros: 260_000 }],
    },
    presentFault: null,
  });
  expect(replaced).toEqual(["default by cli:root at 5000"]);
  expect(rateOf(decks[0]!, "+18765550123" as E164)).toEqual({
    deck: "default",
    prefix: "1876",
    destination: "Jamaica",
    microsPerMinute: 260_000,
  });
});

/** Each row: what is not imported, and what is answered. */
test.each<[string, DeckRead, Partial<ImportRequest>, object]>([
  ["a dry run", read(HEADER, ["44", "UK", "0.02"]), { dryRun: true }, { rows: 1, added: 1 }],
  [
    "a dry run with faults",
    read(HEADER, ["44", "UK", "dear"]),
    { dryRun: true },
    { rows: 0, refusedRows: 1, faults: [{ line: 2, message: expect.any(String) }] },
  ],
  [
    "a file with a bad row",
    read(HEADER, ["1", "USA", "0.01"], ["1876", "Jamaica", "0,21"]),
    {},
    {
      refused: "refused",
      message: expect.stringMatching(/^nothing was imported, since 1 row can't.*line 3: the price/),
    },
  ],
  [
    "a file with many bad rows",
    read(HEADER, ...Array.from({ length: 8 }, () => ["x", "?", "1"])),
    {},
    { message: expect.stringMatching(/8 rows.*line 2: .*line 6: .*; and 3 more$/) },
  ],
  [
    "an empty deck",
    read(HEADER),
    {},
    { refused: "refused", message: expect.stringContaining("has no rows") },
  ],
])("%s changes nothing", (_, deck, over, answer) => {
  const { store, replaced } = memoryStore();
  const used: Deck[] = [];
  expect(importDeck(deck, { ...request, ...over }, store, (made) => void used.push(made))).toMatchObject(
    answer,
  );
  expect([replaced, used]).toEqual([[], []]);
});

test("a store that fails hands nothing over", () => {
  const used: Deck[] = [];
  const { store } = memoryStore([], {
    replace: () => {
      throw new RingfenceError("store", "disk full");
    },
  });
  const run = () =>
    importDeck(read(HEADER, ["1", "USA", "1"]), request, store, (made) => void used.push(made));
  expect(run).toThrow("disk full");
  expect(used).toEqual([]);
});

test("a damaged deck does not stand in the way of the one that replaces it", () => {
  const { store, replaced } = memoryStore([], {
    rows: () => {
      throw new RingfenceError("store", "deck default has lost rows");
    },
  });
  const result = importDeck(read(HEADER, ["1", "USA", "1"]), request, store, () => undefined);
  expect(result).toMatchObject({ added: 1, presentFault: "deck default has lost rows" });
  expect(replaced).toHaveLength(1);
});
