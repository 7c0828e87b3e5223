import { z } from "zod";
import { RingfenceError } from "../domain/error.js";
import type { DeckInfo, DeckRow, DeckStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { durably, type Database } from "./database.js";
import { idOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

export interface SweepingDeckStore extends DeckStore {
  /** Clears away decks that nobody can reach any more: replaced twice, or left by an import that failed or died. To be called
   *  at start and after each `replace`, by the one thread that imports. */
  sweep(): void;
}

/** Rate decks of up to millions of rows. A replacement writes for seconds, but holds the database's write lock for a few
 *  milliseconds at a time and lets others in between; the name passes to the new rows in one small transaction. The deck
 *  before is kept, so that an import can be undone. */
export function deckStore(db: Database): SweepingDeckStore {
  const create = db
    .prepare(
      `INSERT INTO decks (name, state, rows, imported_at_ms, imported_by) VALUES (?, 'loading', 0, ?, ?) RETURNING id`,
    )
    .pluck();
  const insert = db.prepare(
    "INSERT INTO deck_rows VALUES (@deckId, @prefix, @destination, @microsPerMinute)",
  );
  const setState = db.prepare("UPDATE decks SET state = @to WHERE name = @name AND state = @from");
  const take = db.prepare("UPDATE decks SET state = 'current', rows = ? WHERE id = ?");
  const current = db.prepare("SELECT * FROM decks WHERE state = 'current' ORDER BY name");
  const named = db.prepare("SELECT * FROM decks WHERE state = 'current' AND name = ?");
  const page = db.prepare("SELECT * FROM deck_rows WHERE deck_id = ? AND prefix > ? ORDER BY prefix LIMIT ?");
  const gone = db.prepare("SELECT id FROM decks WHERE state = 'gone'").pluck();
  const leftOver = db.prepare("UPDATE decks SET state = 'gone' WHERE state = 'loading'");
  const clear = db.prepare(
    `DELETE FROM deck_rows WHERE deck_id = @id
       AND prefix IN (SELECT prefix FROM deck_rows WHERE deck_id = @id ORDER BY prefix LIMIT ${CHUNK_ROWS})`,
  );
  const drop = db.prepare("DELETE FROM decks WHERE id = ?");
  const audit = auditWriter(db);

  const insertChunk = db.transaction((deckId: number, rows: readonly DeckRow[]) => {
    for (const row of rows) insert.run({ ...row, deckId });
  });

  const fill = (deckId: number, rows: Iterable<DeckRow>): number => {
    let count = 0;
    for (const chunk of chunksOf(rows, CHUNK_ROWS)) {
      insertChunk.immediate(deckId, chunk);
      count += chunk.length;
      letOthersWrite();
    }
    return count;
  };

  const infoOf = (name: string): DeckInfo | null => {
    const row = named.get(name);
    return row === undefined ? null : parseDeck(row).info;
  };

  const takeOver = (deckId: number, name: string, count: number, atMs: number, by: string): DeckInfo => {
    const before = infoOf(name);
    setState.run({ name, from: "previous", to: "gone" });
    setState.run({ name, from: "current", to: "previous" });
    take.run(count, deckId);
    const info = { name, rows: count, importedAtMs: atMs, importedBy: by };
    audit({ atMs, by, subject: `deck ${name}`, change: "imported a rate deck", before, after: info });
    return info;
  };

  const clearGone = () => {
    for (const id of gone.all() as number[]) {
      while (clear.run({ id }).changes > 0) letOthersWrite();
      drop.run(id);
    }
  };

  return {
    replace: (name, rows, atMs, by) =>
      inStore(`store the deck ${name}`, () => {
        const deckId = create.get(name, atMs, by) as number;
        const count = fill(deckId, rows);
        return durably(db, () => takeOver(deckId, name, count, atMs, by));
      }),
    list: () => inStore("list the decks", () => current.all().map((row) => parseDeck(row).info)),
    rows: (name) => deckRows(named, page, name),
    sweep: () =>
      inStore("clear away old decks", () => {
        leftOver.run();
        clearGone();
      }),
  };
}

/** Rows in one write transaction: some 5 ms. */
const CHUNK_ROWS = 2_000;
const PAGE_ROWS = 5_000;

/** Reads page by page, since a statement left open would keep its connection from anything else. In prefix order. */
function* deckRows(
  named: { get(name: string): unknown },
  page: { all(id: number, after: string, limit: number): unknown[] },
  name: string,
): Generator<DeckRow> {
  const row = inStore("read the deck", () => named.get(name));
  if (row === undefined) return;
  const { id, info } = parseDeck(row);
  let after = "";
  for (let read = 0; read < info.rows;) {
    const rows = inStore(`read the deck ${name}`, () => page.all(id, after, PAGE_ROWS));
    if (rows.length === 0) {
      throw new RingfenceError("store", `deck ${name} has ${read} of its ${info.rows} rows: import it again`);
    }
    for (const raw of rows) {
      const parsed = parseDeckRow(raw, id);
      yield parsed;
      after = parsed.prefix;
    }
    read += rows.length;
  }
}

function* chunksOf(rows: Iterable<DeckRow>, size: number): Generator<DeckRow[]> {
  let chunk: DeckRow[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
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
});

function parseDeck(raw: unknown): { id: number; info: DeckInfo } {
  const row = parseRow("decks", idOf(raw), deckInfoRow, raw);
  const { id, name, rows, imported_at_ms: importedAtMs, imported_by: importedBy } = row;
  return { id, info: { name, rows, importedAtMs, importedBy } };
}

/** By hand: a schema takes longer than a million rows allow. */
function parseDeckRow(raw: unknown, deckId: number): DeckRow {
  const { prefix, destination, micros_per_minute: micros } = raw as Record<string, unknown>;
  if (typeof prefix !== "string" || !/^[0-9]+$/.test(prefix)) {
    throw rowFault(deckId, prefix, "the prefix is not digits alone");
  }
  if (typeof destination !== "string" || typeof micros !== "number" || !Number.isSafeInteger(micros)) {
    throw rowFault(deckId, prefix, "the price or the destination is of the wrong kind");
  }
  return { prefix, destination, microsPerMinute: micros };
}

function rowFault(deckId: number, prefix: unknown, why: string): RingfenceError {
  return new RingfenceError(
    "store",
    `table deck_rows, row ${deckId} ${JSON.stringify(prefix)} cannot be read: ${why}`,
  );
}
