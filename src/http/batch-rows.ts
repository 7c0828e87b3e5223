import { parse } from "csv-parse/sync";
import type { CallRequest } from "../domain/calling/verdict.js";
import { RequestRefused } from "./errors.js";

export interface RowFault {
  readonly fault: string;
}

export type RowParser = (line: string) => CallRequest | RowFault;

const LONGEST_CELL = 200;

/** Reads the header of a batch, `from,number` and perhaps `trunk`, in any order; other columns are passed over. Returns the
 *  parser of its rows. A row is one line, so that a stray quote spoils its own row only. Throws RequestRefused. */
export function rowParser(header: string): RowParser {
  const names = cells(header)?.map((name) => name.toLowerCase()) ?? [];
  const from = names.indexOf("from");
  const number = names.indexOf("number");
  const trunk = names.indexOf("trunk");
  if (from < 0 || number < 0) {
    throw new RequestRefused(
      "refused",
      "The first line must name the columns: from,number or from,number,trunk.",
    );
  }
  return (line) => {
    const row = cells(line);
    if (row === null) return { fault: "its quotes don't match" };
    if (row.length > names.length)
      return { fault: `it has ${row.length} columns, the header ${names.length}` };
    const digits = row[number];
    if (digits === undefined) return { fault: "it has no number" };
    if (row.some((cell) => cell.length > LONGEST_CELL))
      return { fault: `a cell is over ${LONGEST_CELL} characters` };
    return { from: filled(row[from]), digits, trunk: filled(row[trunk]) };
  };
}

function filled(cell: string | undefined): string | null {
  return cell === undefined || cell === "" ? null : cell;
}

function cells(line: string): string[] | null {
  if (!line.includes('"')) return line.split(",").map((cell) => cell.trim());
  try {
    const [row] = parse(line, { trim: true, relax_column_count: true });
    return row ?? null;
  } catch {
    // csv-parse throws on quotes that don't match; the row's fault says so.
    return null;
  }
}
