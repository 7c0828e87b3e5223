import { RingfenceError } from "../domain/error.js";
import type { DeckRow } from "../guard/ports.js";

/** Some 100 kB of text: one or two milliseconds of the write lock. */
const PAGE_ROWS = 2_000;

/** The rows as JSON text, page by page. Throws RingfenceError `store` on a prefix that does not come after the one before, and
 *  on a row that could not be read again. */
export function* writePages(
  rows: Iterable<DeckRow>,
): Generator<{ readonly number: number; readonly text: string; readonly length: number }> {
  let number = 0;
  let last = "";
  let page: [string, number, string][] = [];
  for (const { prefix, destination, microsPerMinute } of rows) {
    const fault =
      prefix <= last ? `it does not come after ${last}` : faultOf(prefix, microsPerMinute, destination);
    if (fault !== null)
      throw new RingfenceError("store", `the row of prefix ${JSON.stringify(prefix)}: ${fault}`);
    last = prefix;
    page.push([prefix, microsPerMinute, destination]);
    if (page.length < PAGE_ROWS) continue;
    yield { number: number++, text: JSON.stringify(page), length: page.length };
    page = [];
  }
  if (page.length > 0) yield { number, text: JSON.stringify(page), length: page.length };
}

/** Throws RingfenceError `store` naming the table, the page and the row that can't be read. */
export function parsePage(text: unknown, deckId: number, number: number): DeckRow[] {
  const at = `table deck_pages, row ${deckId} ${number}`;
  const rows = listOf(text);
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new RingfenceError("store", `${at} cannot be read: not a list of rows`);
  }
  // By hand: a schema takes longer than a million rows allow.
  return rows.map((row: unknown, index): DeckRow => {
    const [prefix, micros, destination] = Array.isArray(row) ? (row as unknown[]) : [];
    const fault = faultOf(prefix, micros, destination);
    if (fault !== null) throw new RingfenceError("store", `${at} cannot be read: entry ${index}: ${fault}`);
    return {
      prefix: prefix as string,
      destination: destination as string,
      microsPerMinute: micros as number,
    };
  });
}

function listOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}

function faultOf(prefix: unknown, micros: unknown, destination: unknown): string | null {
  if (typeof prefix !== "string" || !/^[0-9]{1,15}$/.test(prefix)) return "the prefix is not 1 to 15 digits";
  if (!Number.isSafeInteger(micros) || (micros as number) < 0)
    return "the price is no number of micro-dollars";
  if (typeof destination !== "string") return "the destination is no text";
  return null;
}
