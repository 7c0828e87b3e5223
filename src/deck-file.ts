import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { startReading, type DeckRead, type RatesRefused } from "./guard/rates.js";

const MOST_ROWS = 5_000_000;
const LONGEST_ROW = 64 * 1024;

/** Reads a rate deck's CSV file line by line (UTF-8, with or without a byte-order mark, quoted fields). What is wrong with single
 *  rows is in the result; refused is what is no such file. */
export async function readDeckFile(path: string): Promise<DeckRead | RatesRefused> {
  const reading = startReading();
  let records = 0;
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    // Too few or too many fields are a fault of the row, and parseDeckRow says so with its line.
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
    on_record: (fields: string[], { lines }) => {
      if (++records > MOST_ROWS) throw new Error(`a deck has at most ${MOST_ROWS} rows`);
      reading.line(fields, lines);
      return null;
    },
  });
  try {
    // A pipe or a device might never end.
    if (!(await stat(path)).isFile()) return refused(`${path} is no file`);
    await pipeline(createReadStream(path), parser, nowhere());
  } catch (error) {
    return refused(`the file can't be read: ${wordsFor(error)}`);
  }
  return reading.end();
}

/** Everything is taken in `on_record`; a stream that nobody reads would stop. */
function nowhere(): Writable {
  return new Writable({ objectMode: true, write: (_record, _encoding, done) => done() });
}

function wordsFor(error: unknown): string {
  const { code, message, lines } = error as { code?: unknown; message?: unknown; lines?: unknown };
  const at = typeof lines === "number" ? ` (near line ${lines})` : "";
  switch (code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return `a quoted field is not closed${at}: put a " at its end`;
    case "CSV_MAX_RECORD_SIZE":
      return `a row is longer than ${LONGEST_ROW} characters${at}: this is no list of prefixes, or a " is missing`;
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
    case "CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE":
      return `a " stands within a field${at}: write "" for it`;
    default:
      return String(message);
  }
}

function refused(message: string): RatesRefused {
  return { refused: "refused", message };
}
