/** Which of two numbers is the day: 31/12 is `dmy`, 12/31 is `mdy`. */
export type DateOrder = "dmy" | "mdy";

export type DeckDate =
  | { readonly ms: number }
  /** Day and month can't be told apart. */
  | { readonly ambiguous: true }
  | { readonly fault: string };

/** A date as carriers write it, at 00:00 UTC unless a time stands behind it: `2026-12-31`, `20261231`, `31.12.2026`, `31/12/2026`,
 *  `31-Dec-26`, `Dec 31, 2026`, or the day number of a spreadsheet. Unix milliseconds. Between slashes and dashes, `order` says
 *  which number is the day, where none is above 12. */
export function parseDeckDate(text: string, order: DateOrder | null): DeckDate {
  const cell = text.trim();
  const day = readDay(cell, order);
  if ("fault" in day || "ambiguous" in day) return day;
  const clock = /[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|UTC|GMT|[AP]M)?$/i.exec(cell);
  if (clock === null) return { ms: day.ms };
  const [, hours = "", minutes = "", seconds = "0", suffix = ""] = clock;
  const hour = hourOf(Number(hours), suffix.toUpperCase());
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    return { fault: `${shown(text)} is no time of day` };
  return { ms: day.ms + ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 };
}

/** The order that a cell can only have; null where it tells nothing. */
export function orderOf(text: string): DateOrder | null {
  const match = NUMERIC.exec(text.trim());
  if (match === null) return null;
  const [first, second] = [Number(match[1]), Number(match[3])];
  if (first > 12 && second <= 12) return "dmy";
  return second > 12 && first <= 12 ? "mdy" : null;
}

const REST = String.raw`(?:[T ]+\d{1,2}:.*)?$`;
const ISO = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${REST}`);
const COMPACT = new RegExp(String.raw`^(20\d{2})(\d{2})(\d{2})${REST}`);
const NUMERIC = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${REST}`);
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})[- ./]*(\p{L}{3,10})\.?[-, ./]*(\d{4}|\d{2})${REST}`, "u");
const MONTH_FIRST = new RegExp(String.raw`^(\p{L}{3,10})\.?[- ]*(\d{1,2}),?[- ]+(\d{4}|\d{2})${REST}`, "u");
/** Days since 1899-12-30, as spreadsheets count: the years 1995 to 2064. */
const SERIAL = /^([345]\d{4})(?:\.0+)?$/;

function readDay(cell: string, order: DateOrder | null): DeckDate {
  const iso = ISO.exec(cell);
  if (iso !== null) return dayOf(cell, Number(iso[1]), Number(iso[3]), Number(iso[4]));
  const compact = COMPACT.exec(cell);
  if (compact !== null) return dayOf(cell, Number(compact[1]), Number(compact[2]), Number(compact[3]));
  const numeric = NUMERIC.exec(cell);
  if (numeric !== null) return readNumeric(cell, numeric, order);
  const serial = SERIAL.exec(cell);
  if (serial !== null) return { ms: Date.UTC(1899, 11, 30) + Number(serial[1]) * 86_400_000 };
  const dayFirst = DAY_FIRST.exec(cell);
  if (dayFirst !== null) return dayOf(cell, yearOf(dayFirst[3]), monthOf(dayFirst[2]), Number(dayFirst[1]));
  const monthFirst = MONTH_FIRST.exec(cell);
  if (monthFirst !== null) {
    return dayOf(cell, yearOf(monthFirst[3]), monthOf(monthFirst[1]), Number(monthFirst[2]));
  }
  return { fault: `${shown(cell)} is no date: write it as 2026-12-31` };
}

function readNumeric(cell: string, match: RegExpExecArray, order: DateOrder | null): DeckDate {
  const [first, second, year] = [Number(match[1]), Number(match[3]), yearOf(match[4])];
  // Between points the day comes first, wherever dates are written so.
  const told = match[2] === "." ? "dmy" : (orderOf(cell) ?? order);
  if (told === null) return first === second ? dayOf(cell, year, first, second) : { ambiguous: true };
  return told === "dmy" ? dayOf(cell, year, second, first) : dayOf(cell, year, first, second);
}

function dayOf(cell: string, year: number, month: number, day: number): DeckDate {
  const ms = Date.UTC(year, month - 1, day);
  const made = new Date(ms);
  const exists = made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
  if (!exists || year < 1990 || year > 9999) return { fault: `${shown(cell)} is no day of the calendar` };
  return { ms };
}

function yearOf(text = ""): number {
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/** First letters of the months in English, German, French, Spanish and Portuguese. */
const MONTHS = [
  ["jan", "ene"],
  ["feb", "fev"],
  ["mar", "mrz"],
  ["apr", "avr", "abr"],
  ["may", "mai"],
  ["jun", "juin"],
  ["jul", "juil"],
  ["aug", "aou", "ago"],
  ["sep", "set"],
  ["oct", "okt", "out"],
  ["nov"],
  ["dec", "dez", "dic"],
];

/** 1 to 12; 0 where it is no month, which is then no day of the calendar. */
function monthOf(name = ""): number {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  if (plain === "maerz") return 3;
  return MONTHS.findIndex((starts) => starts.some((start) => plain.startsWith(start))) + 1;
}

function hourOf(hour: number, suffix: string): number {
  if (suffix === "PM") return (hour % 12) + 12;
  return suffix === "AM" ? hour % 12 : hour;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
