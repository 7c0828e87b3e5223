import { buildDeck, type Deck } from "../domain/calling/deck.js";
import { nextChangeMs, rowsInForce } from "../domain/calling/deck-schedule.js";
import { RingfenceError } from "../domain/error.js";
import { compareDecks, type DeckChanges, type PriceRules } from "./deck-changes.js";
import type { DeckRead, ReadingSettings } from "./deck-reading.js";
import type { DeckRow, DeckStore } from "./ports.js";

/** An import that was not made: `message` says why, and what to do. */
export interface RatesRefused {
  readonly refused: "refused" | "not-found";
  readonly message: string;
}

/** What the admin says of a file; what is left out is worked out from the file. */
export interface FileSettings extends ReadingSettings {
  readonly delimiter?: Delimiter;
}

export type Delimiter = "," | ";" | "\t" | "|";

/** A file's rows, and how its text was read. */
export interface DeckFile extends DeckRead {
  readonly encoding: string;
  readonly delimiter: Delimiter;
}

/** Figures but for `rows` are those of prices in force at the time of the import. */
export interface DeckImport extends Omit<DeckFile, "rows">, DeckChanges {
  /** All that is kept, also what begins on a day to come. */
  readonly rows: number;
  /** Why the deck of that name could not be compared with (it is damaged, say); everything then counts as added. */
  readonly presentFault: string | null;
}

export interface ImportRequest {
  readonly name: string;
  readonly dryRun: boolean;
  readonly by: string;
  readonly atMs: number;
  /** By which calls are told that would be refused. */
  readonly rules: PriceRules;
}

/** The same rows, at a pace that leaves time to others. */
export type Paced = <T>(rows: Iterable<T>) => Iterable<T>;
const atAnyPace: Paced = (rows) => rows;

/** A deck ready for look-ups, and when a row of it next begins or ends. */
export interface DeckOfTheMoment {
  readonly deck: Deck;
  readonly nextChangeMs: number | null;
}

/** Puts what was read in the place of the deck of that name: stored whole, then handed to `use`. A dry run tells only what
 *  would change. A file with rows that can't be read is refused whole unless the settings leave them out, since calls to where
 *  such a row leads would be judged by the price of a shorter prefix, and that may be far lower. */
export function importDeck(
  file: DeckFile,
  request: ImportRequest & { readonly skipBad: boolean },
  store: DeckStore,
  use: (made: DeckOfTheMoment) => void,
  paced: Paced = atAnyPace,
): DeckImport | RatesRefused {
  const { rows, ...told } = file;
  const report = { ...told, ...changesOf(rows, request, store, paced), rows: rows.length };
  if (request.dryRun) return report;
  const refusal = refusalOf(file, request.skipBad);
  if (refusal !== null) return refusal;
  const made = deckOfTheMoment(request.name, rows, request.atMs, paced);
  store.replace(request.name, paced(rows), request.atMs, request.by);
  use(made);
  return report;
}

/** `rows` in order of prefix, then of the time from which they are in force. */
export function deckOfTheMoment(
  name: string,
  rows: readonly DeckRow[],
  nowMs: number,
  paced: Paced = atAnyPace,
): DeckOfTheMoment {
  const deck = buildDeck(name, rowsInForce(paced(rows), nowMs));
  return { deck, nextChangeMs: nextChangeMs(paced(rows), nowMs) };
}

/** A damaged deck must not stand in the way of the one that is to replace it. */
function changesOf(
  rows: readonly DeckRow[],
  { name, rules, atMs }: ImportRequest,
  store: DeckStore,
  paced: Paced,
): DeckChanges & Pick<DeckImport, "presentFault"> {
  const after = () => rowsInForce(paced(rows), atMs);
  try {
    const before = rowsInForce(store.rows(name), atMs);
    return { ...compareDecks(before, after(), rules), presentFault: null };
  } catch (error) {
    if (!(error instanceof RingfenceError) || error.code !== "store") throw error;
    return { ...compareDecks([], after(), rules), presentFault: error.message };
  }
}

function refusalOf({ rows, refusedRows, faults }: DeckRead, skipBad: boolean): RatesRefused | null {
  if (refusedRows > 0 && !skipBad) {
    const first = faults.slice(0, SHOWN_IN_REFUSAL).map(({ line, message }) => `line ${line}: ${message}`);
    const more = refusedRows > first.length ? `; and ${refusedRows - first.length} more` : "";
    return refused(
      `nothing was imported, since ${refusedRows} ${refusedRows === 1 ? "row" : "rows"} can't be read ` +
        `(a dry run lists them; the setting skipBad leaves them out): ${first.join("; ")}${more}`,
    );
  }
  if (rows.length === 0)
    return refused("nothing was imported, since the file has no rows: the deck stays as it is");
  return null;
}

const SHOWN_IN_REFUSAL = 5;

function refused(message: string): RatesRefused {
  return { refused: "refused", message };
}
