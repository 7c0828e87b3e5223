import type { BillingTerms } from "../domain/calling/cost.js";
import { RingfenceError } from "../domain/error.js";
import type { DeckRow } from "../guard/ports.js";

/** Some 100 kB of text: one or two milliseconds of the write lock. */
const PAGE_ROWS = 2_000;

type Entry = (string | number | null)[];

/** The rows as JSON text, page by page. Throws RingfenceError `store` on a row that does not come after the one before (by
 *  prefix, then by the time from which it is in force), and on one that could not be read again. */
export function* writePages(
  rows: Iterable<DeckRow>,
): Generator<{ readonly number: number; readonly text: string; readonly length: number }> {
  let number = 0;
  let last: DeckRow | null = null;
  let page: Entry[] = [];
  for (const row of rows) {
    const entry = entryOf(row);
    const fault = last !== null && !comesAfter(row, last) ? `it does not come after ${last.prefix}` : null;
    const wrong = fault ?? faultOf(entry);
    if (wrong !== null) {
      throw new RingfenceError("store", `the row of prefix ${JSON.stringify(row.prefix)}: ${wrong}`);
    }
    last = row;
    page.push(entry);
    if (page.length < PAGE_ROWS) continue;
    yield { number: number++, text: JSON.stringify(page), length: page.length };
    page = [];
  }
  if (page.length > 0) yield { number, text: JSON.stringify(page), length: page.length };
}

/** Throws RingfenceError `store` naming the table, the page and the row that can't be read. */
export function parsePage(text: unknown, deckId: number, number: number): DeckRow[] {
  const at = `table deck_pages, row ${deckId} ${number}`;
  const entries = listOf(text);
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new RingfenceError("store", `${at} cannot be read: not a list of rows`);
  }
  const known = new Map<string, BillingTerms>();
  // By hand: a schema takes longer than a million rows allow.
  return entries.map((entry: unknown, index): DeckRow => {
    const fields: unknown[] = Array.isArray(entry) ? entry : [];
    const fault = faultOf(fields);
    if (fault !== null) throw new RingfenceError("store", `${at} cannot be read: entry ${index}: ${fault}`);
    return rowOf(fields as Entry, known);
  });
}

function comesAfter(row: DeckRow, last: DeckRow): boolean {
  return row.prefix === last.prefix ? (row.fromMs ?? 0) > (last.fromMs ?? 0) : row.prefix > last.prefix;
}

function entryOf({ prefix, microsPerMinute, destination, terms, fromMs, untilMs }: DeckRow): Entry {
  const entry: Entry = [prefix, microsPerMinute, destination];
  const dated = fromMs !== undefined || untilMs !== undefined;
  if (terms !== undefined) entry.push(terms.connectionMicros, terms.minimumSeconds, terms.incrementSeconds);
  else if (dated) entry.push(null, null, null);
  if (dated) entry.push(fromMs ?? null, untilMs ?? null);
  return entry;
}

/** Rows that are billed alike share one object. */
function rowOf(fields: Entry, known: Map<string, BillingTerms>): DeckRow {
  const [prefix, microsPerMinute, destination, connection, minimum, increment, from, until] = fields;
  const row = {
    prefix: prefix as string,
    destination: destination as string,
    microsPerMinute: microsPerMinute as number | null,
  };
  if (fields.length === 3) return row;
  return {
    ...row,
    ...(typeof connection === "number" && {
      terms: shared(known, connection, minimum as number, increment as number),
    }),
    ...(typeof from === "number" && { fromMs: from }),
    ...(typeof until === "number" && { untilMs: until }),
  };
}

function shared(
  known: Map<string, BillingTerms>,
  connectionMicros: number,
  minimumSeconds: number,
  incrementSeconds: number,
): BillingTerms {
  const key = `${connectionMicros}/${minimumSeconds}/${incrementSeconds}`;
  const terms = known.get(key) ?? { connectionMicros, minimumSeconds, incrementSeconds };
  known.set(key, terms);
  return terms;
}

function listOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}

function faultOf(fields: readonly unknown[]): string | null {
  const [prefix, micros, destination] = fields;
  if (typeof prefix !== "string" || !/^[0-9]{1,15}$/.test(prefix)) return "the prefix is not 1 to 15 digits";
  if (micros !== null && !isCount(micros)) return "the price is no number of micro-dollars";
  if (typeof destination !== "string") return "the destination is no text";
  return fields.length === 3 ? null : faultOfRest(fields);
}

function faultOfRest(fields: readonly unknown[]): string | null {
  if (fields.length !== 6 && fields.length !== 8) return "it has neither 3, 6 nor 8 fields";
  const [connection, minimum, increment, ...times] = fields.slice(3);
  const unknown = connection === null && minimum === null && increment === null;
  if (!unknown && !(isCount(connection) && isCount(minimum) && isCount(increment) && increment !== 0)) {
    return "the billing terms are no micro-dollars and seconds";
  }
  return times.every((time) => time === null || isCount(time)) ? null : "the times are no milliseconds";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
