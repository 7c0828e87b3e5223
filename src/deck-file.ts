import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { delimiterOf, encodingOf, namesDelimiter, type Encoding } from "./deck-text.js";
import { startReading, type DeckReading } from "./guard/deck-reading.js";
import type { DeckFile, Delimiter, FileSettings, RatesRefused } from "./guard/rates.js";

const MOST_ROWS = 5_000_000;
const LONGEST_ROW = 64 * 1024;
const ROWS_AT_A_TIME = 256;
const HEAD_BYTES = 64 * 1024;

/** Reads a rate deck's CSV file row by row: UTF-8, UTF-16 or Latin-1, with or without a byte-order mark, quoted fields, one of four
 *  delimiters. What is wrong with single rows is in the result; refused is what is no such file, or can't be told how to read. */
export async function readDeckFile(
  path: string,
  settings: FileSettings,
  nowMs: number,
  { onRead = () => undefined, breathe = () => undefined }: Reader = {},
): Promise<DeckFile | RatesRefused> {
  try {
    // A pipe or a device might never end.
    const found = await stat(path);
    if (!found.isFile()) return refused(`${path} is no file`);
    const head = await headOf(path);
    const guessed = encodingOf(head);
    const text = new TextDecoder(guessed).decode(head);
    const delimiter = settings.delimiter ?? delimiterOf(text);
    for (const encoding of guessed === "utf-8" ? (["utf-8", "windows-1252"] as const) : [guessed]) {
      const reading = startReading(settings, nowMs);
      try {
        await readRows(path, encoding, delimiter, reading, { ...watched(found.size, onRead), breathe });
      } catch (error) {
        // It began as UTF-8 and isn't: read again from the start.
        if (error instanceof NotThatEncoding && encoding === "utf-8") continue;
        throw error;
      }
      const read = reading.end();
      return "fault" in read ? refused(read.fault) : { ...read, encoding, delimiter };
    }
    return refused("the file's text can't be read: save it as UTF-8");
  } catch (error) {
    return refused(`the file can't be read: ${wordsFor(error)}`);
  }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readRows(
  path: string,
  encoding: Encoding,
  delimiter: Delimiter,
  reading: DeckReading,
  watch: Watch,
): Promise<void> {
  let records = 0;
  let last = 0;
  const parser = parse({
    delimiter,
    bom: true,
    skip_empty_lines: true,
    // Too few or too many fields are a fault of the row, and readDeckRow says so with its line.
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
    // Inches and ="44" are no quoted fields.
    relax_quotes: true,
    on_record: (fields: string[], { lines }) => {
      if (++records > MOST_ROWS) throw new Error(`a deck has at most ${MOST_ROWS} rows`);
      if (lines > last + 1) refuseSwallowed(fields, lines);
      last = lines;
      watch.rows = records;
      if (records % ROWS_AT_A_TIME === 0) watch.breathe();
      if (!namesDelimiter(fields, lines)) reading.line(fields, lines);
      return null;
    },
  });
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  file.on("data", () => watch.look(file.bytesRead));
  await pipeline(file, inUtf8(encoding), parser, nowhere());
}

/** How much of the file is read: `share` from 0 to 1. */
export type OnRead = (read: { readonly share: number; readonly rows: number }) => void;

/** Who reads, and what is to be told meanwhile. */
export interface Reader {
  readonly onRead?: OnRead;
  /** Called every millisecond or so. */
  readonly breathe?: () => void;
}

interface Watch {
  rows: number;
  look(bytesRead: number): void;
  breathe(): void;
}

/** Tells each twentieth of the file. */
function watched(size: number, onRead: OnRead): Omit<Watch, "breathe"> {
  let told = 0;
  return {
    rows: 0,
    look(bytesRead) {
      const share = size === 0 ? 1 : Math.min(1, bytesRead / size);
      if (share - told < 0.05) return;
      told = share;
      onRead({ share, rows: this.rows });
    },
  };
}

/** A quote that is not closed swallows the rows up to the next one, which is then no end of a field: those rows would be missing
 *  without a word. */
function refuseSwallowed(fields: readonly string[], line: number): void {
  if (!fields.some((field) => field.includes("\n") && field.includes('"'))) return;
  throw new Error(
    `a quoted field is not closed, or has a " within (near line ${line}): close it, or write "" for it`,
  );
}

class NotThatEncoding extends Error {}

/** Passes on UTF-8. What is UTF-8 already is only looked at. */
function inUtf8(encoding: Encoding): Transform {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decoded = (chunk: Buffer | undefined): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new NotThatEncoding(`its text is not ${encoding}: save it as UTF-8`, { cause });
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        const text = decoded(chunk);
        done(null, encoding === "utf-8" ? chunk : text);
      } catch (error) {
        done(error as NotThatEncoding);
      }
    },
    flush(done) {
      try {
        const rest = decoded(undefined);
        done(null, encoding === "utf-8" || rest === "" ? undefined : rest);
      } catch (error) {
        done(error as NotThatEncoding);
      }
    },
  });
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
    default:
      return String(message);
  }
}

function refused(message: string): RatesRefused {
  return { refused: "refused", message };
}
