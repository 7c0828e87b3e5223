import { join } from "node:path";
import type { DeckRow } from "../../src/guard/ports.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { deckStore } from "../../src/sqlite/deck-store.js";
import { newBan } from "./support/bans.js";
import { clearTemp, tempDatabase, tempFolder } from "./support/temp.js";

afterEach(clearTemp);

const row = (prefix: string, microsPerMinute = 10_000): DeckRow => ({
  prefix,
  destination: `to ${prefix}, "quoted"`,
  microsPerMinute,
});

/** `count` rows in prefix order. */
const manyRows = (count: number, micros: number) =>
  Array.from({ length: count }, (_, n) => row(String(1_000_000 + n), micros));

const statesOf = (db: ReturnType<typeof tempDatabase>) =>
  db
    .prepare(
      "SELECT name, state, (SELECT count(*) FROM deck_pages WHERE deck_id = decks.id) AS pages FROM decks",
    )
    .all();

test("a deck comes back whole, in prefix order", () => {
  const decks = deckStore(tempDatabase());
  const info = decks.replace("default", [row("1"), row("1876", 210_000), row("44")], 1_000, "cli:root");
  expect(info).toEqual({
    name: "default",
    rows: 3,
    importedAtMs: 1_000,
    importedBy: "cli:root",
    previousAtMs: null,
  });
  expect([...decks.rows("default")]).toEqual([row("1"), row("1876", 210_000), row("44")]);
  expect(decks.list()).toEqual([info]);
  expect([...decks.rows("other")]).toEqual([]);
});

test("billing terms, times and missing prices come back as they were", () => {
  const terms = { connectionMicros: 20_000, minimumSeconds: 30, incrementSeconds: 6 };
  const rows: DeckRow[] = [
    { ...row("44"), terms },
    { ...row("447"), fromMs: 5 },
    { ...row("447"), fromMs: 9, untilMs: 20, terms },
    { prefix: "53", destination: "Cuba", microsPerMinute: null, untilMs: 7 },
  ];
  const decks = deckStore(tempDatabase());
  decks.replace("default", rows, 1_000, "cli:root");
  expect([...decks.rows("default")]).toEqual(rows);
});

test("an import is undone, and the undoing too; a deck that was taken away comes back", () => {
  const db = tempDatabase();
  const decks = deckStore(db);
  const price = () => [...decks.rows("default")][0]?.microsPerMinute;
  expect(decks.undo("default", 1, "cli:root")).toBeNull();
  decks.replace("default", [row("1", 1)], 1_000, "cli:alice");
  expect(decks.undo("default", 2, "cli:root")).toBeNull();
  decks.replace("default", [row("1", 2)], 2_000, "cli:bob");
  expect(decks.undo("default", 3_000, "cli:root")).toMatchObject({
    importedAtMs: 1_000,
    importedBy: "cli:alice",
    previousAtMs: 2_000,
  });
  expect(price()).toBe(1);
  expect(decks.undo("default", 3_001, "cli:root")).toMatchObject({ importedAtMs: 2_000 });
  expect(price()).toBe(2);
  expect(decks.remove("default", 3_002, "cli:root")).toBe(true);
  expect(decks.remove("default", 3_003, "cli:root")).toBe(false);
  expect([decks.list(), price()]).toEqual([[], undefined]);
  decks.sweep();
  expect(decks.undo("default", 3_004, "cli:root")).toMatchObject({ importedAtMs: 2_000, previousAtMs: null });
  expect(price()).toBe(2);
  expect(
    auditStore(db)
      .recent(3)
      .map(({ change }) => change),
  ).toEqual(["took the last import back", "took the rate deck away", "took the last import back"]);
});

test("a replacement is whole, audited, and keeps one deck before it", () => {
  const db = tempDatabase();
  const decks = deckStore(db);
  for (const micros of [1, 2, 3]) decks.replace("default", manyRows(4_500, micros), micros, "cli:root");
  decks.replace("other", [row("1")], 4, "cli:root");
  decks.sweep();
  const prices = new Set([...decks.rows("default")].map(({ microsPerMinute }) => microsPerMinute));
  expect([...prices]).toEqual([3]);
  expect(statesOf(db)).toEqual([
    { name: "default", state: "previous", pages: 3 },
    { name: "default", state: "current", pages: 3 },
    { name: "other", state: "current", pages: 1 },
  ]);
  expect(auditStore(db).recent(2)[1]).toMatchObject({
    subject: "deck default",
    by: "cli:root",
    before: { rows: 4_500, importedAtMs: 2 },
    after: { rows: 4_500, importedAtMs: 3 },
  });
});

test.each<[string, Iterable<DeckRow>, string]>([
  [
    "a prefix twice",
    [...manyRows(2_500, 1), row("1002499")],
    'prefix "1002499": it does not come after 1002499',
  ],
  ["rows out of order", [row("44"), row("1876")], 'prefix "1876": it does not come after 44'],
  ["a price that is no integer", [row("1", 0.5)], "the price is no number of micro-dollars"],
  ["a prefix that is none", [row("+1")], "the prefix is not 1 to 15 digits"],
  [
    "a reader that throws",
    (function* () {
      yield* manyRows(2_500, 1);
      throw new Error("the file ended early");
    })(),
    "the file ended early",
  ],
])("%s leaves the old deck in force, and nothing for long", (_, rows, message) => {
  const db = tempDatabase();
  const decks = deckStore(db);
  decks.replace("default", [row("1", 7)], 1_000, "cli:root");
  expect(() => decks.replace("default", rows, 2_000, "cli:root")).toThrow(message);
  expect([...decks.rows("default")]).toEqual([row("1", 7)]);
  decks.sweep();
  expect(statesOf(db)).toEqual([{ name: "default", state: "current", pages: 1 }]);
});

test("the sweep clears away what a killed import left, and nothing else", () => {
  const db = tempDatabase();
  const decks = deckStore(db);
  decks.replace("default", [row("1")], 1_000, "cli:root");
  db.exec(`INSERT INTO decks VALUES (77, 'default', 'loading', 0, 2000, 'cli:root');
           INSERT INTO decks VALUES (78, 'default', 'gone', 1, 2000, 'cli:root');`);
  const page = db.prepare("INSERT INTO deck_pages VALUES (?, ?, '[]')");
  for (let n = 0; n < 50; n++) page.run(77 + (n % 2), n);
  expect(decks.list()).toHaveLength(1);
  decks.sweep();
  expect(statesOf(db)).toEqual([{ name: "default", state: "current", pages: 1 }]);
});

test("others write between the chunks of an import", () => {
  const path = join(tempFolder(), "ringfence.db");
  const bans = banStore(tempDatabase(path));
  function* rows(): Generator<DeckRow> {
    let n = 0;
    for (const each of manyRows(10_000, 1)) {
      // The other connection has no time to wait: a lock held over the whole import would fail it.
      if (n++ % 1_000 === 0) bans.add(newBan());
      yield each;
    }
  }
  expect(deckStore(tempDatabase(path)).replace("default", rows(), 1, "cli:root").rows).toBe(10_000);
  expect(bans.recent(100)).toHaveLength(10);
});

test("a deck that has lost rows says so", () => {
  const db = tempDatabase();
  const decks = deckStore(db);
  decks.replace("default", manyRows(4_500, 1), 1_000, "cli:root");
  db.exec("DELETE FROM deck_pages WHERE page = 1");
  expect(() => [...decks.rows("default")]).toThrow("deck default has 2000 of its 4500 rows: import it again");
});

test.each([
  ['[["1",5,"a"],["+1",5,"b"]]', "entry 1: the prefix is not 1 to 15 digits"],
  ['[["1",-5,"a"]]', "entry 0: the price is no number of micro-dollars"],
  ['[["1",5]]', "entry 0: the destination is no text"],
  ["[5]", "entry 0: the prefix is not 1 to 15 digits"],
  ["[]", "not a list of rows"],
  ["{}", "not a list of rows"],
])("a page that means nothing names itself: %s", (text, message) => {
  const db = tempDatabase();
  const decks = deckStore(db);
  decks.replace("default", [row("1")], 1_000, "cli:root");
  db.prepare("UPDATE deck_pages SET rows = ?").run(text);
  expect(() => [...decks.rows("default")]).toThrow(`table deck_pages, row 1 0 cannot be read: ${message}`);
});
