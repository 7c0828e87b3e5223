import { WHOLE_MINUTES, type BillingTerms } from "./cost.js";
import { parseDeckDate } from "./deck-date.js";
import type { DeckColumn } from "./deck-heading.js";
import { parseIncrements, parseSeconds, sound } from "./deck-increments.js";
import { worthFault, type DeckLayout } from "./deck-layout.js";
import { parsePrefixes, parseSplitPrefixes } from "./deck-prefixes.js";
import { currencyOf, hundredth, microsOfAmount, parseAmount } from "./deck-price.js";
import { standingOf } from "./deck-status.js";
import type { RateRow } from "./deck.js";

/** A row of a file: what is said of each of its prefixes. Times are Unix milliseconds. */
export interface ReadRow {
  readonly prefixes: readonly string[];
  readonly tariff: Omit<RateRow, "prefix">;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

export type DeckRowReading =
  | { readonly row: ReadRow }
  /** `remark`: a line without prices, such as a title within the file. `deleted`: taken out by its status. */
  | { readonly passed: "remark" | "deleted" }
  /** `prefixes`: where the price alone can't be read. */
  | { readonly fault: string; readonly prefixes: readonly string[] };

/** Reads a row's fields. `status` hears each word of a status column that is not known, and is taken for one in force. */
export function readDeckRow(
  fields: readonly string[],
  layout: DeckLayout,
  status: (word: string) => void,
): DeckRowReading {
  const { columns } = layout;
  const cell = (column: DeckColumn): string => (fields[columns[column]?.[0] ?? -1] ?? "").trim();
  if (isRemark(fields, layout)) return { passed: "remark" };

  const prefixes = prefixesOf(cell, layout);
  if ("fault" in prefixes) return { fault: prefixes.fault, prefixes: [] };
  const refuse = (fault: string): DeckRowReading => ({ fault, prefixes: prefixes.prefixes });

  const from = dateOf(cell("effective"), layout);
  const until = endOf(dateOf(cell("ends"), layout));
  if (typeof from === "string") return refuse(from);
  if (typeof until === "string") return refuse(until);

  const statuses = (columns.status ?? []).map(
    (index) => [fields[index] ?? "", layout.headings[index] ?? ""] as const,
  );
  const standing = standingOf(statuses, status);
  // A prefix that is to be taken out on a day to come is in force until then.
  const ends = standing === "deleted" ? from : until;
  if (standing === "deleted" && ends === null) return { passed: "deleted" };
  if (standing !== "deleted" && from !== null && ends !== null && ends <= from) {
    return refuse("the row ends before it begins");
  }

  const price = standing === "blocked" ? null : priceOf(fields, cell, layout);
  if (typeof price === "string") return refuse(price);
  const terms = termsOf(fields, cell, layout);
  if (typeof terms === "string") return refuse(terms);
  const destination = cell("destination").replace(/\s+/g, " ").slice(0, LONGEST_DESTINATION);
  return {
    row: {
      prefixes: prefixes.prefixes,
      tariff: { destination, microsPerMinute: price, ...(terms !== null && { terms }) },
      fromMs: standing === "deleted" ? null : from,
      untilMs: ends,
    },
  };
}

const LONGEST_DESTINATION = 200;

type Cell = (column: DeckColumn) => string;

/** Nothing where prefix and price stand, or a note alone in its line. */
function isRemark(fields: readonly string[], { columns }: DeckLayout): boolean {
  const filled = fields.filter((field) => field.trim() !== "");
  const [only] = filled;
  if (only === undefined || /^\s*(#|\/\/|--|\*\*)/.test(fields[0] ?? "")) return true;
  if (filled.length === 1 && !/\d/.test(only)) return true;
  const priced = [...(columns.rate ?? []), ...(columns.prefix ?? []), ...(columns["country-code"] ?? [])];
  return priced.every((index) => (fields[index] ?? "").trim() === "");
}

function prefixesOf(cell: Cell, { columns, before }: DeckLayout): ReturnType<typeof parsePrefixes> {
  if (columns["country-code"] !== undefined && columns["area-code"] !== undefined) {
    return parseSplitPrefixes(cell("country-code"), cell("area-code"));
  }
  if (before === "") return parsePrefixes(cell("prefix"));
  return parseSplitPrefixes(before, cell("prefix"));
}

/** Null: no date. Text: a fault. */
function dateOf(text: string, { dates }: DeckLayout): number | string | null {
  if (text === "" || /^(-+|0|n\/?a|asap|now|immediate(ly)?|always|never)$/i.test(text)) return null;
  const date = parseDeckDate(text, dates);
  if ("ms" in date) return date.ms;
  return "fault" in date
    ? date.fault
    : `in the date ${JSON.stringify(text.slice(0, 40))} day and month can't be told apart: say which comes first by the setting dates (dmy or mdy)`;
}

/** The day that is named is still paid by the row: its end is the next midnight. */
function endOf(date: number | string | null): number | string | null {
  return typeof date === "number" && date % DAY_MS === 0 ? date + DAY_MS : date;
}

const DAY_MS = 86_400_000;

/** Micro-dollars a minute, the dearest of several columns; null: no calls are taken. Text: a fault. */
function priceOf(fields: readonly string[], cell: Cell, layout: DeckLayout): number | string | null {
  let dearest = -1;
  for (const index of layout.columns.rate ?? []) {
    const text = (fields[index] ?? "").trim();
    // Of several prices some may be missing, but not all.
    if (text === "" && (layout.columns.rate ?? []).length > 1) continue;
    const micros = microsOf(text, cell, layout, layout.inCents);
    if (micros === null || typeof micros === "string") return micros;
    if (micros > dearest) dearest = micros;
  }
  return dearest < 0 ? "the row has no price" : dearest;
}

function microsOf(text: string, cell: Cell, layout: DeckLayout, inCents: boolean): number | string | null {
  if (text === "") return "the row has no price";
  const parsed = parseAmount(text, layout.decimalMark);
  if ("fault" in parsed) return parsed.fault;
  if ("blocked" in parsed) return null;
  const named = parsed.currency ?? namedCurrency(cell("currency"));
  const code = named ?? layout.currency;
  const worth = Object.hasOwn(layout.worth, code) ? layout.worth[code] : undefined;
  if (worth === undefined) return worthFault(code);
  const micros = microsOfAmount(parsed.amount, inCents ? hundredth(worth) : worth);
  return (
    micros ??
    `the price ${JSON.stringify(text)} is 10000 US dollars or more: write the price per minute, as 0.2100`
  );
}

/** A word in the currency column that is no code is passed on as it is, to be refused by name. */
function namedCurrency(text: string): string | null {
  return text === "" ? null : (currencyOf(text) ?? text.slice(0, 20));
}

/** Null: the row and the settings say nothing. Text: a fault. */
function termsOf(fields: readonly string[], cell: Cell, layout: DeckLayout): BillingTerms | string | null {
  const connection = feeOf(fields, cell, layout);
  if (typeof connection === "string") return connection;
  const increments = incrementsOf(cell, layout);
  if (typeof increments === "string") return increments;
  if (increments === null && connection === 0) return null;
  const { minimumSeconds, incrementSeconds } = increments ?? WHOLE_MINUTES;
  return { connectionMicros: connection, minimumSeconds, incrementSeconds };
}

/** Micro-dollars, all fees of a call together. Text: a fault. */
function feeOf(fields: readonly string[], cell: Cell, layout: DeckLayout): number | string {
  let sum = 0;
  for (const index of layout.columns["connection-fee"] ?? []) {
    const text = (fields[index] ?? "").trim();
    if (text === "" || /^-+$/.test(text)) continue;
    const micros = microsOf(text, cell, layout, layout.feeInCents);
    if (micros === null) return "the connection fee is no amount";
    if (typeof micros === "string") return `the connection fee: ${micros}`;
    sum += micros;
  }
  return sum;
}

function incrementsOf(cell: Cell, layout: DeckLayout): DeckLayout["increments"] | string {
  const [both, increment] = [cell("billing"), cell("increment")];
  // Beside a column with the steps, `Min Inc` is the minimum alone.
  const minimum = cell("minimum") === "" && increment !== "" ? both : cell("minimum");
  if (minimum === "" && increment === "") {
    if (both === "") return layout.increments;
    const parsed = parseIncrements(both);
    return "fault" in parsed ? parsed.fault : parsed;
  }
  // A column `Increment` beside one with the minimum holds the steps alone; a minimum of `30/6` holds both.
  const steps = increment === "" ? both : increment;
  if (steps === "") {
    const parsed = parseIncrements(minimum);
    return "fault" in parsed ? parsed.fault : parsed;
  }
  const incrementSeconds = parseSeconds(steps);
  const minimumSeconds = minimum === "" ? incrementSeconds : parseSeconds(minimum);
  if (minimumSeconds === null || incrementSeconds === null || !sound(minimumSeconds, incrementSeconds)) {
    return `${JSON.stringify(`${minimum} and ${steps}`.slice(0, 60))} are no billing increments: write seconds, such as 60 and 6`;
  }
  return { minimumSeconds, incrementSeconds };
}
