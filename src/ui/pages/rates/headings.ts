import type { DeckColumn } from "../../../http/contract.js";
import { importTexts } from "../../texts/rates.js";

/** What a price list can hold, in the order in which the form asks; each has a word for it. */
export const COLUMNS = Object.keys(importTexts.column) as DeckColumn[];

/** By column the heading that the admin says it stands under. */
export type Mapping = Readonly<Partial<Record<DeckColumn, string>>>;

const HEAD_BYTES = 16 * 1024;
const LOOKED_AT = 20;

/** The headings of a file, for the admin to choose from: of its first lines the one with the most fields. What they mean the daemon
 *  works out. */
export async function headingsOf(file: Blob): Promise<string[]> {
  const bytes = await file.slice(0, HEAD_BYTES).arrayBuffer();
  const [first, second] = new Uint8Array(bytes);
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
  const lines = new TextDecoder(encoding).decode(bytes).split(/\r?\n/).slice(0, LOOKED_AT);
  const [fields] = lines
    .flatMap((line) => [",", ";", "\t", "|"].map((mark) => fieldsOf(line, mark)))
    .sort((a, b) => b.length - a.length);
  if (fields === undefined || fields.length < 2) return [];
  return [...new Set(fields.map((field) => field.trim()).filter((field) => field !== ""))];
}

function fieldsOf(line: string, mark: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (const letter of line) {
    if (letter === '"') quoted = !quoted;
    else if (letter === mark && !quoted) {
      fields.push(field);
      field = "";
    } else field += letter;
  }
  return [...fields, field];
}

/** `prefix=Code,rate="Rate, per min"`, as the import takes it. */
export function mapText(mapping: Mapping): string {
  return COLUMNS.flatMap((column) => {
    const heading = mapping[column] ?? "";
    return heading === "" ? [] : [`${column}="${heading}"`];
  }).join(",");
}
