import { buildDeck, type Deck } from "../domain/calling/deck.js";
import { parseDeckHeader, parseDeckRow, type DeckHeader } from "../domain/calling/deck-csv.js";
import { RingfenceError } from "../domain/error.js";
import { compareDecks, type DeckChanges } from "./deck-changes.js";
import type { DeckRow, DeckStore } from "./ports.js";

/** An import that was not made: `message` says why, and what to do. */
export interface RatesRefused {
  readonly refused: "refused";
  readonly message: string;
}

export interface DeckLineFault {
  /** Counts from 1, as editors do. */
  readonly line: number;
  readonly message: string;
}

/** What a file holds. */
export interface DeckRead {
  /** In prefix order, each prefix once. */
  readonly rows: readonly DeckRow[];
  readonly refusedRows: number;
  /** The first of the refused rows. */
  readonly faults: readonly DeckLineFault[];
  /** Rows whose prefix was there already; the dearer of two prices counts. */
  readonly duplicates: number;
}

export interface DeckImport extends Omit<DeckRead, "rows">, DeckChanges {
  readonly rows: number;
  /** Why the deck of that name could not be compared with (it is damaged, say); everything then counts as added. */
  readonly presentFault: string | null;
}

export interface ImportRequest {
  readonly name: string;
  readonly dryRun: boolean;
  readonly by: string;
  readonly atMs: number;
  /** What rows are called dearer than; null: nothing is. */
  readonly capMicrosPerMinute: number | null;
}

/** Puts what was read in the place of the deck of that name: stored whole, then handed to `use`. A dry run tells only what
 *  would change. A file with rows that can't be read is refused whole, since calls to where such a row leads would be
 *  judged by the price of a shorter prefix, and that may be far lower. */
export function importDeck(
  read: DeckRead,
  request: ImportRequest,
  store: DeckStore,
  use: (deck: Deck) => void,
): DeckImport | RatesRefused {
  const { rows, ...told } = read;
  const report = { ...told, ...changesOf(rows, request, store), rows: rows.length };
  if (request.dryRun) return report;
  const refusal = refusalOf(read);
  if (refusal !== null) return refusal;
  const deck = buildDeck(request.name, rows);
  store.replace(request.name, rows, request.atMs, request.by);
  use(deck);
  return report;
}

/** A damaged deck must not stand in the way of the one that is to replace it. */
function changesOf(
  rows: readonly DeckRow[],
  { name, capMicrosPerMinute: cap }: ImportRequest,
  store: DeckStore,
): DeckChanges & Pick<DeckImport, "presentFault"> {
  try {
    return { ...compareDecks(store.rows(name), rows, cap), presentFault: null };
  } catch (error) {
    if (!(error instanceof RingfenceError) || error.code !== "store") throw error;
    return { ...compareDecks([], rows, cap), presentFault: error.message };
  }
}

function refusalOf({ rows, refusedRows, faults }: DeckRead): RatesRefused | null {
  if (refusedRows > 0) {
    const first = faults.slice(0, SHOWN_IN_REFUSAL).map(({ line, message }) => `line ${line}: ${message}`);
    const more = refusedRows > first.length ? `; and ${refusedRows - first.length} more` : "";
    return refused(
      `nothing was imported, since ${refusedRows} ${refusedRows === 1 ? "row" : "rows"} can't be read ` +
        `(a dry run lists them): ${first.join("; ")}${more}`,
    );
  }
  if (rows.length === 0)
    return refused("nothing was imported, since the file has no rows: the deck stays as it is");
  return null;
}

/** Takes a file's lines one by one, the header first. */
export interface DeckReading {
  line(fields: readonly string[], line: number): void;
  /** Refused where there was no header. */
  end(): DeckRead | RatesRefused;
}

export function startReading(): DeckReading {
  const rows = new Map<string, DeckRow>();
  const faults: DeckLineFault[] = [];
  let header: DeckHeader | null = null;
  let noHeader: string | null = null;
  let refusedRows = 0;
  let duplicates = 0;

  const take = (row: DeckRow): void => {
    const known = rows.get(row.prefix);
    if (known !== undefined) duplicates++;
    if (known === undefined || row.microsPerMinute > known.microsPerMinute) rows.set(row.prefix, row);
  };

  return {
    line: (fields, line) => {
      if (noHeader !== null) return;
      if (header === null) {
        const parsed = parseDeckHeader(fields);
        if ("header" in parsed) header = parsed.header;
        else noHeader = parsed.fault.fault;
        return;
      }
      const parsed = parseDeckRow(fields, header, line);
      if ("row" in parsed) {
        take(parsed.row);
        return;
      }
      refusedRows++;
      if (faults.length < MOST_FAULTS) faults.push({ line, message: parsed.fault.fault });
    },
    end: () => {
      if (noHeader !== null) return refused(noHeader);
      if (header === null)
        return refused("the file is empty: its first line must name prefix,destination,usd_per_minute");
      const sorted = [...rows.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
      return { rows: sorted, refusedRows, faults, duplicates };
    },
  };
}

const MOST_FAULTS = 100;
const SHOWN_IN_REFUSAL = 5;

function refused(message: string): RatesRefused {
  return { refused: "refused", message };
}
