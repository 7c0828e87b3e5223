import type { Increments } from "./deck-increments.js";
import { orderOf, type DateOrder } from "./deck-date.js";
import {
  columnsOf,
  currencyOfHeading,
  DECK_COLUMNS,
  isInCents,
  plain,
  type ColumnMap,
  type DeckColumn,
} from "./deck-heading.js";
import { currencyOf, markOf, parseAmount, type Decimal, type DecimalMark } from "./deck-price.js";
import { parsePrefixes } from "./deck-prefixes.js";

/** What the admin says of a file; what is left out is worked out from the file. */
export interface DeckSettings {
  /** Headings, or numbers of columns counted from 1. */
  readonly columns?: Readonly<Partial<Record<DeckColumn, readonly string[]>>>;
  readonly decimalMark?: DecimalMark;
  readonly dates?: DateOrder;
  /** What one of each currency is worth in US dollars. */
  readonly worth?: Readonly<Record<string, Decimal>>;
  /** For rows that say nothing of how they are billed. */
  readonly increments?: Increments;
  /** Digits in front of every prefix of the file, such as `1` for a list of North American area codes. */
  readonly before?: string;
}

/** How the rows of a file are read. */
export interface DeckLayout {
  readonly columns: ColumnMap;
  /** Empty where the file has none. */
  readonly headings: readonly string[];
  readonly decimalMark: DecimalMark;
  readonly dates: DateOrder | null;
  /** ISO 4217 of prices that don't say themselves. */
  readonly currency: string;
  readonly worth: Readonly<Record<string, Decimal>>;
  readonly inCents: boolean;
  readonly feeInCents: boolean;
  readonly increments: Increments | null;
  readonly before: string;
}

export interface SampledRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Works out how a file is to be read from its first rows: which one names the columns, and what the cells below say of decimal
 *  marks and dates. `first` is the index of the first row of prices. What can't be told is a fault that says which
 *  setting tells it. */
export function layoutOf(
  sample: readonly SampledRow[],
  settings: DeckSettings,
): { readonly layout: DeckLayout; readonly first: number } | { readonly fault: string } {
  const found = findColumns(sample, settings);
  if ("fault" in found) return found;
  const { headings, first } = found;
  const columns = wholeOrSplit(found.columns, sample.slice(first), settings);
  const rows = sample.slice(first);
  const cells = (column: DeckColumn): string[] =>
    (columns[column] ?? []).flatMap((index) => rows.map(({ fields }) => fields[index] ?? ""));

  const mark = settings.decimalMark ?? decimalMarkOf(cells("rate"));
  if (mark === null) {
    return {
      fault:
        "the prices can be read with a decimal point or a decimal comma: say which by the setting decimal (. or ,)",
    };
  }
  const dates = settings.dates ?? dateOrderOf([...cells("effective"), ...cells("ends")]);
  if (dates === "both") {
    return {
      fault: "some dates have the day first and some the month: say which by the setting dates (dmy or mdy)",
    };
  }
  const rateHeadings = (columns.rate ?? []).map((index) => headings[index] ?? "");
  const named = rateHeadings.map(currencyOfHeading).find((code) => code !== null);
  const worth = { USD: { units: 1n, scale: 0 }, ...settings.worth };
  const foreign = Object.keys(settings.worth ?? {}).filter((code) => code !== "USD");
  const inCents = rateHeadings.some(isInCents);
  const feeHeading = headings[columns["connection-fee"]?.[0] ?? -1] ?? "";
  const layout: DeckLayout = {
    columns,
    headings,
    decimalMark: mark,
    dates,
    // A worth given for one currency says that the file is in it, where the file says nothing.
    currency: named ?? (foreign.length === 1 ? foreign[0] : undefined) ?? "USD",
    worth,
    inCents,
    // A fee whose heading says nothing is in the unit of the prices.
    feeInCents: isInCents(feeHeading) || (inCents && currencyOfHeading(feeHeading) === null),
    increments: settings.increments ?? null,
    before: settings.before ?? (isNorthAmerican(columns, headings) ? "1" : ""),
  };
  const unknown = unknownCurrency(layout, rows);
  return unknown === null ? { layout, first } : { fault: unknown };
}

type Found = { readonly columns: ColumnMap; readonly headings: readonly string[]; readonly first: number };

/** Titles may stand above the headings, but not this many. */
const MOST_TITLES = 60;

function findColumns(
  sample: readonly SampledRow[],
  settings: DeckSettings,
): Found | { readonly fault: string } {
  if (sample.length === 0) return { fault: "the file is empty" };
  const wished = Object.entries(settings.columns ?? {}) as [DeckColumn, readonly string[]][];
  for (const [index, { fields }] of sample.slice(0, MOST_TITLES).entries()) {
    // Numbers of columns fit every row: its own words must make it one of headings.
    if (wished.length > 0 && wished.every(([, wishes]) => wishes.every(isNumber))) {
      if (Object.keys(columnsOf(fields)).length < 2) continue;
    }
    const columns = mapped(fields, wished);
    if (columns !== null && isComplete(columns) && !isPriced(fields, columns, settings)) {
      return { columns, headings: fields.map((field) => field.trim()), first: index + 1 };
    }
  }
  return withoutHeadings(sample, wished, settings);
}

/** The columns of a row of headings, with those that were named put in. Null where a name that was given is not there. */
function mapped(
  fields: readonly string[],
  wished: readonly [DeckColumn, readonly string[]][],
): ColumnMap | null {
  const columns: Partial<Record<DeckColumn, readonly number[]>> = { ...columnsOf(fields) };
  const names = fields.map(plain);
  for (const [column, wishes] of wished) {
    const indexes = wishes.map((wish) => (isNumber(wish) ? Number(wish) - 1 : names.indexOf(plain(wish))));
    if (indexes.includes(-1)) return null;
    // What was named for one column is not guessed to be another.
    for (const other of DECK_COLUMNS) {
      const left = columns[other]?.filter((index) => !indexes.includes(index));
      if (left !== undefined) columns[other] = left;
    }
    columns[column] = indexes;
  }
  const prefixGiven = wished.some(([column]) => column === "prefix");
  return Object.fromEntries(
    Object.entries(columns).filter(
      ([column, indexes]) => indexes.length > 0 && !(prefixGiven && column === "area-code"),
    ),
  );
}

function isNumber(wish: string): boolean {
  return /^[1-9]\d{0,2}$/.test(wish);
}

function isComplete(columns: ColumnMap): boolean {
  const coded = columns.prefix ?? columns["country-code"] ?? columns["area-code"];
  return coded !== undefined && columns.rate !== undefined;
}

/** Whether the row itself holds a prefix and a price: then it is no row of headings, though numbers of columns fit it. */
function isPriced(fields: readonly string[], columns: ColumnMap, settings: DeckSettings): boolean {
  const prefix = fields[columns.prefix?.[0] ?? columns["country-code"]?.[0] ?? -1] ?? "";
  const rate = fields[columns.rate?.[0] ?? -1] ?? "";
  return /\d/.test(prefix) && "prefixes" in parsePrefixes(prefix) && isAmount(rate, settings.decimalMark);
}

function isAmount(cell: string, mark?: DecimalMark): boolean {
  return (mark === undefined ? ([".", ","] as const) : [mark]).some(
    (each) => "amount" in parseAmount(cell, each),
  );
}

function withoutHeadings(
  sample: readonly SampledRow[],
  wished: readonly [DeckColumn, readonly string[]][],
  settings: DeckSettings,
): Found | { readonly fault: string } {
  const numbers = wished.every(([, wishes]) => wishes.every(isNumber));
  const guessed = numbers ? guessColumns(sample, settings) : {};
  const given = Object.fromEntries(
    wished.map(([column, wishes]) => [column, wishes.map((wish) => Number(wish) - 1)]),
  );
  const columns: ColumnMap = { ...guessed, ...given };
  const first = sample.findIndex(({ fields }) => isPriced(fields, columns, settings));
  if (!numbers || !isComplete(columns) || first < 0) return { fault: noColumns(sample, wished) };
  return { columns, headings: [], first };
}

/** The columns by what their cells look like, where that leaves no choice. */
function guessColumns(sample: readonly SampledRow[], settings: DeckSettings): ColumnMap {
  const rows = sample.filter(({ fields }) => fields.length > 1).slice(0, 500);
  const width = Math.max(0, ...rows.map(({ fields }) => fields.length));
  const column = (index: number): string[] => rows.map(({ fields }) => (fields[index] ?? "").trim());
  const all = Array.from({ length: width }, (_, index) => index);
  const mostly = (test: (cell: string) => boolean) =>
    all.filter((index) => column(index).filter(test).length >= rows.length * 0.9);
  const rates = mostly((cell) => /\d[.,]\d|^0$|^[.,]\d/.test(cell) && isAmount(cell, settings.decimalMark));
  const billing = mostly((cell) => /^\d{1,3}\s*\/\s*\d{1,3}$/.test(cell));
  const prefixes = mostly((cell) => /^[+\d]/.test(cell) && "prefixes" in parsePrefixes(cell)).filter(
    (index) =>
      !rates.includes(index) && !billing.includes(index) && new Set(column(index)).size >= rows.length * 0.9,
  );
  const texts = mostly((cell) => /\p{L}{2}/u.test(cell));
  return {
    ...(prefixes.length === 1 && { prefix: prefixes }),
    ...(rates.length === 1 && { rate: rates }),
    ...(billing.length === 1 && { billing }),
    ...(texts.length > 0 && { destination: texts.slice(0, 1) }),
  };
}

function noColumns(
  sample: readonly SampledRow[],
  wished: readonly [DeckColumn, readonly string[]][],
): string {
  const head =
    sample.find(({ fields }) => fields.filter((field) => field.trim() !== "").length > 2) ?? sample[0];
  const seen = (head?.fields ?? []).slice(0, 20).map((field) => field.trim().slice(0, 30));
  const asked =
    wished.length === 0
      ? "the columns with the prefix and the price"
      : "the columns that the setting map names";
  return (
    `${asked} can't be told: name them by the setting map, such as prefix=Code,rate=Price or prefix=1,rate=3 ` +
    `(line ${head?.line ?? 1} reads ${seen.join(" | ")})`
  );
}

/** Whether a code beside a country code is the whole prefix or what comes behind the country code: the whole one if it begins with the
 *  country code wherever both are there. A country code in letters is none. */
function wholeOrSplit(columns: ColumnMap, rows: readonly SampledRow[], settings: DeckSettings): ColumnMap {
  const { "country-code": country, "area-code": area, prefix, ...others } = columns;
  const cell = (fields: readonly string[], index: readonly number[] | undefined): string =>
    (fields[index?.[0] ?? -1] ?? "").trim().replace(/^(\+|00)/, "");
  const isDigits = rows.every(({ fields }) => /^\d*$/.test(cell(fields, country)));
  if (country === undefined || !isDigits) {
    const whole = prefix ?? area;
    return whole === undefined ? columns : { ...others, prefix: whole };
  }
  const behind = area ?? prefix;
  if (behind === undefined) return { ...others, prefix: country };
  if (settings.columns?.["area-code"] !== undefined)
    return { ...others, "country-code": country, "area-code": behind };
  const isWhole =
    prefix !== undefined &&
    (settings.columns?.prefix !== undefined ||
      rows.every(
        ({ fields }) => cell(fields, prefix) === "" || cell(fields, prefix).startsWith(cell(fields, country)),
      ));
  if (isWhole) return { ...others, prefix };
  return { ...others, "country-code": country, "area-code": behind };
}

/** Null: the cells can be read either way. */
function decimalMarkOf(cells: readonly string[]): DecimalMark | null {
  const marks = new Set(cells.map(markOf).filter((mark) => mark !== null));
  if (marks.size > 1) return null;
  const [only] = marks;
  if (only !== undefined) return only;
  return cells.some((cell) => /\d,\d/.test(cell)) ? null : ".";
}

/** Null: nothing tells; a date that can be read both ways is then a fault of its row. */
function dateOrderOf(cells: readonly string[]): DateOrder | "both" | null {
  const orders = new Set(cells.map(orderOf).filter((order) => order !== null));
  if (orders.size > 1) return "both";
  const [only] = orders;
  return only ?? null;
}

function isNorthAmerican(columns: ColumnMap, headings: readonly string[]): boolean {
  return /^npa ?nxx/.test(plain(headings[columns.prefix?.[0] ?? -1] ?? ""));
}

/** Says which currency has no worth. */
function unknownCurrency(
  { columns, currency, worth, decimalMark }: DeckLayout,
  rows: readonly SampledRow[],
): string | null {
  const codes = new Set<string>();
  for (const { fields } of rows) {
    const named = currencyOf(fields[columns.currency?.[0] ?? -1] ?? "");
    for (const index of columns.rate ?? []) {
      const parsed = parseAmount(fields[index] ?? "", decimalMark);
      if ("amount" in parsed) codes.add(parsed.currency ?? named ?? currency);
    }
  }
  const missing = [...codes].filter((code) => !Object.hasOwn(worth, code));
  return missing.length === 0 ? null : worthFault(missing[0] ?? "");
}

export function worthFault(code: string): string {
  return `the price is in ${code}: say what one is worth in US dollars by the setting currency, such as ${code}=1.0850`;
}
