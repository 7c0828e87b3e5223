export type Prefixes = { readonly prefixes: readonly string[] } | { readonly fault: string };

/** The prefixes of one cell: `44`, `+44`, `0044`, `44, 447; 4470-4479`, `1-876`, `447x`. A range is one prefix for each number in
 *  it; one of more than a thousand is covered by the fewest prefixes. What can be read in two ways is refused. */
export function parsePrefixes(text: string): Prefixes {
  if (PLAIN.test(text)) return { prefixes: [text] };
  return parseList(text, readFull);
}

/** The prefixes of a country code's cell and an area code's: every area code behind the country code; the country code alone where
 *  there is none, or a word for all others. */
export function parseSplitPrefixes(countryCode: string, areaCodes: string): Prefixes {
  const country = plainDigits(countryCode.trim());
  if (!/^[1-9]\d{0,6}$/.test(country)) {
    return { fault: `the country code must be digits such as 44, not ${shown(countryCode)}` };
  }
  const areas = unwrapped(areaCodes);
  if (areas === "" || /^(-+|all( others?)?|others?|rest|proper)$/i.test(areas))
    return { prefixes: [country] };
  return parseList(areas, (item) => readAreaCodes(item, country));
}

/** A cell of one `[1-9]` prefix, as nearly all are. */
const PLAIN = /^[1-9]\d{0,14}$/;
/** E.164 numbers have at most 15 digits. */
const LONGEST = 15;
const MOST_LISTED = 1_000;
const MOST_IN_A_CELL = 20_000;

function parseList(cell: string, read: (item: string) => Prefixes): Prefixes {
  const text = unwrapped(cell);
  if (/^\d(?:[.,]\d+)?e\+?\d+$/i.test(text)) {
    return { fault: `a spreadsheet has damaged the prefix ${shown(text)}: format the column as text` };
  }
  const grouped = ambiguousThousands(text);
  if (grouped !== null) return { fault: grouped };
  const items = text.split(/[,;|&/\n]/).map((item) => item.trim());
  const prefixes: string[] = [];
  for (const item of items) {
    if (item === "") continue;
    const parsed = read(item.replace(/(\d)[xX*%.#]+$/, "$1").replace(/^(\d+)\.0+$/, "$1"));
    if ("fault" in parsed) return parsed;
    for (const prefix of parsed.prefixes) prefixes.push(prefix);
    if (prefixes.length > MOST_IN_A_CELL) {
      return { fault: `the row names more than ${MOST_IN_A_CELL} prefixes: split it` };
    }
  }
  if (prefixes.length === 0) return { fault: `${NO_PREFIX}, not ${shown(cell)}` };
  return { prefixes: prefixes.length === 1 ? prefixes : [...new Set(prefixes)] };
}

const NO_PREFIX = "the prefix must be 1 to 15 digits, such as 1876 or +1876";

/** Without the quotes that spreadsheets put around digits. */
function unwrapped(cell: string): string {
  const text = cell.replace(/[\u00a0\u202f\u2007\t]/g, " ").trim();
  return (/^="?([^"]*)"?$/.exec(text)?.[1] ?? text).replace(/^'/, "").trim();
}

function readFull(item: string): Prefixes {
  const range = rangeOf(item);
  if (range !== null) {
    if (typeof range === "string") return one(range);
    const [first, last] = range;
    // A range over countries is no row of a rate deck, but a way to write 44 followed by 79.
    if (first.length < 3 || first[0] !== last[0]) return { fault: twoWays(item) };
    return first.startsWith("0") ? one(first) : { prefixes: covering(first, last) };
  }
  const digits = plainDigits(item);
  if (!/^\d+$/.test(digits) && /^[\d\s]+$/.test(digits)) return { fault: twoWays(item) };
  return one(digits);
}

function one(digits: string): Prefixes {
  if (digits.length > LONGEST || !/^\d+$/.test(digits))
    return { fault: `${NO_PREFIX}, not ${shown(digits)}` };
  if (digits.startsWith("0")) {
    return { fault: "a prefix begins with the country code, such as 1876: no country code begins with 0" };
  }
  return { prefixes: [digits] };
}

/** Countries whose numbers begin with a zero behind the country code; elsewhere it is a trunk prefix, and no part of the number. */
const ZERO_COUNTRIES = new Set(["39", "378", "225", "229", "241", "242"]);

function readAreaCodes(item: string, country: string): Prefixes {
  const range = rangeOf(item);
  const [first, last] =
    range === null ? [item, item] : typeof range === "string" ? [range, range] : [range[0], range[1]];
  if (!/^\d+$/.test(first) || country.length + first.length > LONGEST) {
    return { fault: `the area code must be digits such as 7400, not ${shown(item)}` };
  }
  if (first.startsWith("0") && !ZERO_COUNTRIES.has(country)) {
    return {
      fault: `the area code ${shown(item)} begins with a trunk prefix: write it as dialled behind +${country}`,
    };
  }
  return { prefixes: covering(first, last).map((area) => country + area) };
}

/** What two numbers with a dash between them mean: a range, one number in groups, or nothing that can be told. Null: no dash. */
function rangeOf(item: string): readonly [string, string] | string | null {
  const match = /^(\+|00)?(\d+)\s*(?:[-\u2010-\u2015]|\bto\b)\s*(?:\+|00)?(\d+)$/.exec(item);
  const [first = "", last = ""] = match?.slice(2) ?? [];
  if (match === null) return null;
  if (first.length === last.length) return first < last ? [first, last] : first === last ? first : null;
  if (first.length > last.length) {
    const end = first.slice(0, first.length - last.length) + last;
    return first < end ? [first, end] : null;
  }
  // 1-876 is written so in North America; 44-4479 could be meant either way.
  return first.length <= 3 && !last.startsWith(first) ? first + last : null;
}

/** Digits without a leading `+` or `00`; with the `+` also without spaces and dashes, which then can only be groups. */
function plainDigits(item: string): string {
  if (item.startsWith("+")) return item.slice(1).replace(/[\s().-]/g, "");
  return item.startsWith("00") ? item.slice(2) : item;
}

/** `1,876` is a number in thousands or two prefixes; `44,447` can only be two, since one is the beginning of the other. */
function ambiguousThousands(text: string): string | null {
  if (!/^[1-9]\d{0,2}(,\d{3})+$/.test(text)) return null;
  const [first = "", ...others] = text.split(",");
  if (others.every((other) => other.startsWith(first))) return null;
  return `${twoWays(text)}, or ${text.replaceAll(",", "; ")}`;
}

function twoWays(item: string): string {
  return `${shown(item)} can be read in two ways: write ${item.replace(/\D/g, "")}`;
}

/** Prefixes that hold exactly the numbers from `first` to `last`, which have the same length. */
function covering(first: string, last: string): string[] {
  const width = first.length;
  const [from, to] = [Number(first), Number(last)];
  const written = (value: number, digits: number): string => String(value).padStart(digits, "0");
  if (to - from < MOST_LISTED) {
    return Array.from({ length: to - from + 1 }, (_, index) => written(from + index, width));
  }
  const prefixes: string[] = [];
  for (let next = from; next <= to;) {
    let size = 1;
    let digits = width;
    while (digits > 1 && next % (size * 10) === 0 && next + size * 10 - 1 <= to) {
      size *= 10;
      digits -= 1;
    }
    prefixes.push(written(next / size, digits));
    next += size;
  }
  return prefixes;
}

/** What a file holds, short enough for a line. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
