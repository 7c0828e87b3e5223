import { z } from "zod";
import { RingfenceError } from "../domain/error.js";
import type { DeckInfo, DeckRow, DeckStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { durably, type Database } from "./database.js";
import { parsePage, writePages } from "./deck-pages.js";
import { idOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

export interface SweepingDeckStore extends DeckStore {
  /** Clears away decks that nobody can reach any more: replaced twice, or left by an import that failed or died. To be called
   *  at start and after each `replace`, by the one thread that imports. */
  sweep(): void;
}

/** Rate decks of up to millions of rows. A replacement takes a while, but holds the database's write lock for a millisecond
 *  or two at a time and lets others in between; the name passes to the new rows in one small transaction. The deck
 *  before is kept, so that an import can be undone. */
export function deckStore(db: Database): SweepingDeckStore {
  const create = db
    .prepare(
      `INSERT INTO decks (name, state, rows, imported_at_ms, imported_by) VALUES (?, 'loading', 0, ?, ?) RETURNING id`,
    )
    .pluck();
  const insertPage = db.prepare("INSERT INTO deck_pages (deck_id, page, rows) VALUES (?, ?, ?)");
  const setState = db.prepare("UPDATE decks SET state = @to WHERE name = @name AND state = @from");
  const take = db.prepare("UPDATE decks SET state = 'current', rows = ? WHERE id = ?");
  const withPrevious = `SELECT decks.*, previous.imported_at_ms AS previous_at_ms FROM decks
    LEFT JOIN decks AS previous ON previous.name = decks.name AND previous.state = 'previous'
    WHERE decks.state = 'current'`;
  const current = db.prepare(`${withPrevious} ORDER BY decks.name`);
  const named = db.prepare(`${withPrevious} AND decks.name = ?`);
  const previous = db.prepare("SELECT 1 FROM decks WHERE state = 'previous' AND name = ?").pluck();
  const page = db.prepare("SELECT rows FROM deck_pages WHERE deck_id = ? AND page = ?").pluck();
  const gone = db.prepare("SELECT id FROM decks WHERE state = 'gone'").pluck();
  const leftOver = db.prepare("UPDATE decks SET state = 'gone' WHERE state = 'loading'");
  const clear = db.prepare(
    `DELETE FROM deck_pages WHERE deck_id = @id
       AND page IN (SELECT page FROM deck_pages WHERE deck_id = @id LIMIT 20)`,
  );
  const drop = db.prepare("DELETE FROM decks WHERE id = ?");
  const audit = auditWriter(db);

  const takeOver = (deckId: number, name: string, count: number, atMs: number, by: string): DeckInfo => {
    const before = infoOf(name);
    setState.run({ name, from: "previous", to: "gone" });
    setState.run({ name, from: "current", to: "previous" });
    take.run(count, deckId);
    const after = infoOf(name);
    audit({ atMs, by, subject: `deck ${name}`, change: "imported a rate deck", before, after });
    return after ?? lost(name);
  };

  const undo = (name: string, atMs: number, by: string): DeckInfo | null => {
    if (previous.get(name) === undefined) return null;
    const before = infoOf(name);
    setState.run({ name, from: "current", to: "loading" });
    setState.run({ name, from: "previous", to: "current" });
    setState.run({ name, from: "loading", to: "previous" });
    const after = infoOf(name);
    audit({ atMs, by, subject: `deck ${name}`, change: "took the last import back", before, after });
    return after ?? lost(name);
  };

  const remove = (name: string, atMs: number, by: string): boolean => {
    const before = infoOf(name);
    if (before === null) return false;
    setState.run({ name, from: "previous", to: "gone" });
    setState.run({ name, from: "current", to: "previous" });
    audit({ atMs, by, subject: `deck ${name}`, change: "took the rate deck away", before, after: null });
    return true;
  };

  const infoOf = (name: string): DeckInfo | null => {
    const row = named.get(name);
    return row === undefined ? null : parseDeck(row).info;
  };

  /** Page by page, since a statement left open would keep its connection from anything else. */
  function* rowsOf(name: string): Generator<DeckRow> {
    const row = inStore("read the deck", () => named.get(name));
    if (row === undefined) return;
    const { id, info } = parseDeck(row);
    let read = 0;
    for (let number = 0; read < info.rows; number++) {
      const text = inStore(`read the deck ${name}`, () => page.get(id, number));
      if (text === undefined) {
        const message = `deck ${name} has ${read} of its ${info.rows} rows: import it again`;
        throw new RingfenceError("store", message);
      }
      const rows = parsePage(text, id, number);
      yield* rows;
      read += rows.length;
    }
  }

  return {
    replace: (name, rows, atMs, by) =>
      inStore(`store the deck ${name}`, () => {
        const deckId = create.get(name, atMs, by) as number;
        let count = 0;
        for (const { number, text, length } of writePages(rows)) {
          insertPage.run(deckId, number, text);
          count += length;
          letOthersWrite();
        }
        return durably(db, () => takeOver(deckId, name, count, atMs, by));
      }),
    undo: (name, atMs, by) =>
      inStore(`undo the import of deck ${name}`, () => durably(db, () => undo(name, atMs, by))),
    remove: (name, atMs, by) =>
      inStore(`remove the deck ${name}`, () => durably(db, () => remove(name, atMs, by))),
    list: () => inStore("list the decks", () => current.all().map((row) => parseDeck(row).info)),
    rows: rowsOf,
    sweep: () =>
      inStore("clear away old decks", () => {
        leftOver.run();
        for (const id of gone.all() as number[]) {
          while (clear.run({ id }).changes > 0) letOthersWrite();
          drop.run(id);
        }
      }),
  };
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** SQLite's lock is not fair: a writer that waits asks again every so often, and needs a gap to find. */
function letOthersWrite(): void {
  Atomics.wait(never, 0, 0, 2);
}

const deckInfoRow = z.object({
  id: z.int(),
  name: z.string(),
  rows: z.int().min(0),
  imported_at_ms: z.int(),
  imported_by: z.string(),
  previous_at_ms: z.nullable(z.int()),
});

function lost(name: string): never {
  throw new RingfenceError("store", `deck ${name} is not there after it was put in place`);
}

function parseDeck(raw: unknown): { id: number; info: DeckInfo } {
  const row = parseRow("decks", idOf(raw), deckInfoRow, raw);
  const { id, name, rows, imported_at_ms: importedAtMs, imported_by: importedBy } = row;
  return { id, info: { name, rows, importedAtMs, importedBy, previousAtMs: row.previous_at_ms } };
}
