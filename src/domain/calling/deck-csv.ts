import type { RateRow } from "./deck.js";
import { parseUsd } from "./money.js";

/** The columns of a deck's first line, in this order or another. */
export const DECK_COLUMNS = ["prefix", "destination", "usd_per_minute"] as const;

/** Where each column stands in a line's fields. */
export type DeckHeader = Readonly<Record<(typeof DECK_COLUMNS)[number], number>>;

/** Why a line of a deck was not taken. `line` counts from 1, as editors do. */
export interface DeckFault {
  readonly line: number;
  readonly fault: string;
}

/** Reads the first line. */
export function parseDeckHeader(fields: readonly string[]): { header: DeckHeader } | { fault: DeckFault } {
  const names = fields.map((field) =>
    field
      .replace(/^\uFEFF/, "")
      .trim()
      .toLowerCase(),
  );
  const missing = DECK_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    return {
      fault: {
        line: 1,
        fault: `no column ${missing.join(", ")}: the first line must name ${DECK_COLUMNS.join(",")}`,
      },
    };
  }
  const [prefix, destination, usd] = DECK_COLUMNS.map((column) => names.indexOf(column));
  return { header: { prefix: prefix ?? 0, destination: destination ?? 0, usd_per_minute: usd ?? 0 } };
}

/** Reads one line's fields. A prefix may be written with a leading `+` and with spaces. */
export function parseDeckRow(
  fields: readonly string[],
  header: DeckHeader,
  line: number,
): { row: RateRow } | { fault: DeckFault } {
  const prefix = (fields[header.prefix] ?? "").replaceAll(/\s/g, "").replace(/^\+/, "");
  if (!/^[0-9]{1,15}$/.test(prefix)) {
    return { fault: { line, fault: "the prefix must be 1 to 15 digits, such as 1876 or +1876" } };
  }
  if (prefix.startsWith("0")) {
    return {
      fault: {
        line,
        fault: "a prefix begins with the country code, such as 1876: no country code begins with 0",
      },
    };
  }
  const price = parseUsd(fields[header.usd_per_minute] ?? "");
  if ("error" in price) return { fault: { line, fault: price.error } };
  const destination = (fields[header.destination] ?? "").trim().slice(0, LONGEST_DESTINATION);
  return { row: { prefix, destination, microsPerMinute: price.micros } };
}

const LONGEST_DESTINATION = 200;
