import { rateOf, type Deck } from "../../src/domain/calling/deck.js";
import { WHOLE_MINUTES } from "../../src/domain/calling/cost.js";
import type { E164 } from "../../src/domain/calling/verdict.js";
import { RingfenceError } from "../../src/domain/error.js";
import { startReading, type ReadingSettings } from "../../src/guard/deck-reading.js";
import type { DeckRow, DeckStore } from "../../src/guard/ports.js";
import { importDeck, type DeckFile, type DeckOfTheMoment } from "../../src/guard/rates.js";

const HEADER = ["prefix", "destination", "usd_per_minute"];
const NOW = Date.UTC(2026, 0, 31, 12);

/** Reads lines as a file would give them. */
function readWith(settings: ReadingSettings, ...lines: readonly (readonly string[])[]): DeckFile {
  const reading = startReading(settings, NOW);
  lines.forEach((fields, index) => reading.line(fields, index + 1));
  const result = reading.end();
  if ("fault" in result) throw new Error(result.fault);
  return { ...result, encoding: "utf-8", delimiter: "," };
}

const read = (...lines: readonly (readonly string[])[]) => readWith({}, ...lines);

/** A store in memory that keeps one deck. */
function memoryStore(first: readonly DeckRow[] = [], over: Partial<DeckStore> = {}) {
  let rows = first;
  const replaced: string[] = [];
  const store: DeckStore = {
    list: () => [],
    rows: () => rows,
    replace: (name, next, atMs, by) => {
      rows = [...next];
      replaced.push(`${name} by ${by}`);
      return { name, rows: rows.length, importedAtMs: atMs, importedBy: by, previousAtMs: null };
    },
    undo: () => null,
    remove: () => false,
    ...over,
  };
  return { store, replaced, rows: () => rows };
}

type Request = Parameters<typeof importDeck>[1];

const request: Request = {
  name: "default",
  dryRun: false,
  skipBad: false,
  by: "cli:root",
  atMs: NOW,
  rules: { capMicrosPerMinute: 250_000, feeInFirstMinute: true, withoutRate: "refuse" },
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
  ).toMatchObject({
    rows: [
      { prefix: "1876", destination: "Jamaica", microsPerMinute: 210_000 },
      { prefix: "44", destination: "United Kingdom, rise", microsPerMinute: 20_000 },
    ],
    read: 4,
    refusedRows: 0,
    duplicates: 2,
    firstDuplicates: [
      { prefix: "1876", line: 4, keptMicros: 210_000, droppedMicros: 190_000 },
      { prefix: "44", line: 5, keptMicros: 20_000, droppedMicros: 10_000 },
    ],
    withoutIncrements: 2,
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
  [[["prefix", "colour"]], "the columns with the prefix and the price can't be told"],
])("a file without what is needed is refused: %j", (lines, message) => {
  const reading = startReading({}, NOW);
  lines.forEach((fields, index) => reading.line(fields, index + 1));
  expect(reading.end()).toEqual({ fault: expect.stringContaining(message) });
});

test("what is found past the sample is read by what the sample told", () => {
  const rows = Array.from({ length: 5_000 }, (_, n) => [String(100_000 + n), "somewhere", "0.01"]);
  const { rows: kept, faults } = read(HEADER, ...rows, ["1876", "Jamaica", "0,21"]);
  expect(kept).toHaveLength(5_000);
  expect(faults).toEqual([{ line: 5_002, message: expect.stringContaining("decimal mark .") }]);
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
    ({ deck }) => void decks.push(deck),
  );
  expect(result).toMatchObject({
    rows: 3,
    refusedRows: 0,
    faults: [],
    duplicates: 0,
    added: 1,
    changed: 1,
    removed: 0,
    dearerThanCap: 1,
    blocked: 0,
    newlyBlocked: {
      count: 1,
      first: [{ prefix: "1876", destination: "Jamaica", beforeMicros: 210_000, afterMicros: 260_000 }],
    },
    rises: { count: 1, biggest: [{ prefix: "1876" }] },
    presentFault: null,
  });
  expect(replaced).toEqual(["default by cli:root"]);
  expect(rateOf(decks[0]!, "+18765550123" as E164)).toEqual({
    deck: "default",
    prefix: "1876",
    destination: "Jamaica",
    microsPerMinute: 260_000,
    ...WHOLE_MINUTES,
  });
});

/** Each row: what is not imported, and what is answered. */
test.each<[string, DeckFile, Partial<Request>, object]>([
  ["a dry run", read(HEADER, ["44", "UK", "0.02"]), { dryRun: true }, { rows: 1, added: 1 }],
  [
    "a dry run with faults",
    read(HEADER, ["44", "UK", "dear"]),
    { dryRun: true },
    { rows: 0, refusedRows: 1, faults: [{ line: 2, message: expect.any(String) }] },
  ],
  [
    "a file with a bad row",
    read(HEADER, ["1", "USA", "0.01"], ["1876", "Jamaica", ""]),
    {},
    {
      refused: "refused",
      message: expect.stringMatching(
        /^nothing was imported, since 1 row can't.*skipBad.*line 3: the row has no price/,
      ),
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
  const used: DeckOfTheMoment[] = [];
  expect(importDeck(deck, { ...request, ...over }, store, (made) => void used.push(made))).toMatchObject(
    answer,
  );
  expect([replaced, used]).toEqual([[], []]);
});

test("rows that can't be read may be left out, and their calls have no price", () => {
  const { store, rows } = memoryStore();
  const decks: Deck[] = [];
  const file = readWith(
    { skipBad: true },
    HEADER,
    ["1", "USA", "0.01"],
    ["1876", "Jamaica", "?"],
    ["x", "?", "1"],
  );
  const result = importDeck(file, { ...request, skipBad: true }, store, ({ deck }) => void decks.push(deck));
  expect(result).toMatchObject({ rows: 2, refusedRows: 2, blocked: 1 });
  expect(rows()).toHaveLength(2);
  expect(rateOf(decks[0]!, "+18765550123" as E164)).toBeNull();
  expect(rateOf(decks[0]!, "+12125550123" as E164)?.microsPerMinute).toBe(10_000);
});

test("of rows with dates the one in force is used, and the next change told", () => {
  const { store, rows } = memoryStore();
  const made: DeckOfTheMoment[] = [];
  const file = read(
    [...HEADER, "effective date"],
    ["44", "now", "0.01", "2026-01-01"],
    ["44", "before", "0.09", "2025-01-01"],
    ["44", "later", "0.30", "2026-02-10"],
  );
  const result = importDeck(file, request, store, (deck) => void made.push(deck));
  expect(result).toMatchObject({ rows: 3, dearerThanCap: 0, scheduled: { count: 1 } });
  expect(rows()).toHaveLength(3);
  expect(rateOf(made[0]!.deck, "+442079460000" as E164)).toMatchObject({ destination: "now" });
  expect(made[0]!.nextChangeMs).toBe(Date.UTC(2026, 1, 10));
});

test("a store that fails hands nothing over", () => {
  const used: DeckOfTheMoment[] = [];
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
