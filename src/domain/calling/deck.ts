import { WHOLE_MINUTES, type BillingTerms } from "./cost.js";
import type { E164, Rate } from "./verdict.js";

/** One line of a rate deck. */
export interface RateRow {
  /** 1 to 15 digits. */
  readonly prefix: string;
  readonly destination: string;
  /** Null: the carrier takes no calls there. */
  readonly microsPerMinute: number | null;
  /** Left out: whole minutes, no fee. */
  readonly terms?: BillingTerms;
}

/** A rate deck ready for look-ups: disjoint intervals of fifteen-digit numbers in ascending order, each with the row
 *  whose prefix is the longest there. All of it lies in shared memory, so a deck sent to another thread is not copied. */
export interface Deck {
  readonly name: string;
  readonly rows: number;
  /** First number of each interval; it ends where the next begins. */
  readonly starts: Float64Array;
  /** Row of each interval, or `NO_ROW`. */
  readonly rowOf: Uint32Array;
  /** Index of each row's tariff: many rows share one. */
  readonly tariffOf: Uint32Array;
  readonly lengthOf: Uint8Array;
  /** The row with the next shorter prefix of this row's, or `NO_ROW`. */
  readonly parentOf: Uint32Array;
  readonly destinationOf: Uint32Array;
  /** The distinct destinations in UTF-8, one after the other, and where each ends. */
  readonly destinationText: Uint8Array;
  readonly destinationEnds: Uint32Array;
  /** `TARIFF_FIELDS` numbers for each distinct tariff: micro-dollars a minute (`NO_PRICE`: no calls are taken), connection fee in
   *  micro-dollars, minimum and increment in seconds. */
  readonly tariffs: Float64Array;
}

/** What a deck says of a number: `blocked` where the longest prefix is one that the carrier takes no calls for. */
export type DeckAnswer = { readonly rate: Rate } | { readonly blocked: string };

/** Where a prefix stands twice, the last row wins. */
export function buildDeck(name: string, rows: Iterable<RateRow>): Deck {
  const { distinct, destinations, tariffs } = collect(rows);
  const count = distinct.length;
  // Each prefix begins one interval and ends one; neighbours share their borders, so fewer are needed in the end.
  const starts = new Float64Array(2 * count + 1);
  const rowOf = new Uint32Array(2 * count + 1);
  const tariffOf = shared(Uint32Array, count);
  const lengthOf = shared(Uint8Array, count);
  const parentOf = shared(Uint32Array, count);
  const destinationOf = shared(Uint32Array, count);

  let intervals = 0;
  const open: { row: number; end: number }[] = [];
  const begin = (start: number, row: number): void => {
    if (intervals > 0 && starts[intervals - 1] === start) intervals -= 1;
    starts[intervals] = start;
    rowOf[intervals] = row;
    intervals += 1;
  };
  const closeUpTo = (start: number): void => {
    for (let top = open.at(-1); top !== undefined && top.end <= start; top = open.at(-1)) {
      open.pop();
      begin(top.end, open.at(-1)?.row ?? NO_ROW);
    }
  };
  begin(0, NO_ROW);
  distinct.forEach(({ prefix, tariff, destination }, row) => {
    const size = 10 ** (DIGITS - prefix.length);
    const start = Number(prefix) * size;
    closeUpTo(start);
    tariffOf[row] = tariff;
    lengthOf[row] = prefix.length;
    parentOf[row] = open.at(-1)?.row ?? NO_ROW;
    destinationOf[row] = destination;
    begin(start, row);
    open.push({ row, end: start + size });
  });
  closeUpTo(Infinity);

  return {
    name,
    rows: count,
    starts: filled(shared(Float64Array, intervals), starts),
    rowOf: filled(shared(Uint32Array, intervals), rowOf),
    tariffOf,
    lengthOf,
    parentOf,
    destinationOf,
    ...packTexts(destinations),
    tariffs: filled(shared(Float64Array, tariffs.length), tariffs),
  };
}

/** The price of the longest prefix that `number` begins with; null where none does, or where no calls are taken. */
export function rateOf(deck: Deck, number: E164): Rate | null {
  const answer = askDeck(deck, number);
  return answer !== null && "rate" in answer ? answer.rate : null;
}

/** What the deck says of `number`, by the longest prefix that it begins with; null where there is none. */
export function askDeck(deck: Deck, number: E164): DeckAnswer | null {
  const digits = number.slice(1);
  let row = deck.rowOf[lastAtMost(deck.starts, Number(digits) * 10 ** (DIGITS - digits.length))] ?? NO_ROW;
  // A short number lies at the start of the intervals of prefixes longer than itself.
  while (row !== NO_ROW && (deck.lengthOf[row] ?? 0) > digits.length) row = deck.parentOf[row] ?? NO_ROW;
  if (row === NO_ROW) return null;
  const prefix = digits.slice(0, deck.lengthOf[row]);
  const tariff = tariffAt(deck, row);
  if (tariff === null) return { blocked: prefix };
  return { rate: { deck: deck.name, prefix, destination: destinationAt(deck, row), ...tariff } };
}

export type Tariff = Pick<Rate, "microsPerMinute" | keyof BillingTerms>;

/** The price of a row; null: the carrier takes no calls there. */
export function tariffAt(deck: Deck, row: number): Tariff | null {
  const at = (deck.tariffOf[row] ?? 0) * TARIFF_FIELDS;
  const field = (index: number): number => deck.tariffs[at + index] ?? 0;
  if (field(0) === NO_PRICE) return null;
  return {
    microsPerMinute: field(0),
    connectionMicros: field(1),
    minimumSeconds: field(2),
    incrementSeconds: field(3),
  };
}

export function destinationAt(deck: Deck, row: number): string {
  return textOf(deck, deck.destinationOf[row] ?? 0);
}

/** A number of fifteen digits that lies within each row's prefix, by ascending prefix; -1 for a row whose numbers all have a longer
 *  prefix, which prices no call. The first look goes through the whole deck: some ten milliseconds for a million rows. */
export function rowNumbers(deck: Deck): Float64Array {
  let numbers = knownNumbers.get(deck);
  if (numbers === undefined) {
    numbers = new Float64Array(deck.rows).fill(-1);
    for (let index = 0; index < deck.starts.length; index++) {
      const row = deck.rowOf[index] ?? NO_ROW;
      if (row !== NO_ROW && numbers[row] === -1) numbers[row] = deck.starts[index] ?? 0;
    }
    knownNumbers.set(deck, numbers);
  }
  return numbers;
}

/** The prefix of a row, as `rowNumbers` tells it; null where it prices no call. */
export function prefixAt(deck: Deck, row: number): string | null {
  const number = rowNumbers(deck)[row] ?? -1;
  return number < 0 ? null : String(number).padStart(DIGITS, "0").slice(0, deck.lengthOf[row]);
}

/** Kept for as long as the deck is there: 8 bytes a row. */
const knownNumbers = new WeakMap<Deck, Float64Array>();

const TARIFF_FIELDS = 4;
const NO_PRICE = -1;

/** E.164 numbers have at most 15 digits; a double holds them all exactly. */
export const DIGITS = 15;
const NO_ROW = 0xffff_ffff;

interface CollectedRow {
  readonly prefix: string;
  /** Indexes into the tariffs and the destinations. */
  readonly tariff: number;
  readonly destination: number;
}

/** Rows by ascending prefix, so that a prefix comes before all that it is the beginning of. */
function collect(rows: Iterable<RateRow>): {
  distinct: CollectedRow[];
  destinations: string[];
  tariffs: Float64Array;
} {
  const indexes = new Map<string, number>();
  const tariffs = new TariffTable();
  const byPrefix = new Map<string, CollectedRow>();
  for (const { prefix, destination, microsPerMinute, terms } of rows) {
    if (!/^\d{1,15}$/.test(prefix)) throw new TypeError("a deck's prefix must have 1 to 15 digits");
    let index = indexes.get(destination);
    if (index === undefined) indexes.set(destination, (index = indexes.size));
    byPrefix.set(prefix, {
      prefix,
      tariff: tariffs.indexOf(microsPerMinute, terms ?? WHOLE_MINUTES),
      destination: index,
    });
  }
  const distinct = [...byPrefix.values()].sort((a, b) =>
    a.prefix < b.prefix ? -1 : Number(a.prefix > b.prefix),
  );
  return { distinct, destinations: [...indexes.keys()], tariffs: tariffs.packed() };
}

/** The distinct tariffs in the order in which they were first asked for. */
class TariffTable {
  /** Most rows share their terms with others, and many their object. */
  private readonly byObject = new Map<BillingTerms, Map<number, number>>();
  private readonly byTerms = new Map<string, Map<number, number>>();
  private readonly fields: number[] = [];

  indexOf(microsPerMinute: number | null, terms: BillingTerms): number {
    const prices = this.byObject.get(terms) ?? this.pricesOf(terms);
    const price = microsPerMinute ?? NO_PRICE;
    const known = prices.get(price);
    if (known !== undefined) return known;
    const index = this.fields.length / TARIFF_FIELDS;
    this.fields.push(price, terms.connectionMicros, terms.minimumSeconds, terms.incrementSeconds);
    prices.set(price, index);
    return index;
  }

  packed(): Float64Array {
    return Float64Array.from(this.fields);
  }

  private pricesOf(terms: BillingTerms): Map<number, number> {
    const key = `${terms.connectionMicros}/${terms.minimumSeconds}/${terms.incrementSeconds}`;
    const prices = this.byTerms.get(key) ?? new Map<number, number>();
    this.byTerms.set(key, prices);
    this.byObject.set(terms, prices);
    return prices;
  }
}

/** Index of the last element that is not above `value`; the first element is 0, so there is one. */
function lastAtMost(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function packTexts(texts: readonly string[]): Pick<Deck, "destinationText" | "destinationEnds"> {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const ends = shared(Uint32Array, encoded.length);
  const size = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
  const text = shared(Uint8Array, size);
  let at = 0;
  encoded.forEach((bytes, index) => {
    text.set(bytes, at);
    at += bytes.length;
    ends[index] = at;
  });
  return { destinationText: text, destinationEnds: ends };
}

function textOf({ destinationText, destinationEnds }: Deck, index: number): string {
  let texts = readTexts.get(destinationText);
  if (texts === undefined) readTexts.set(destinationText, (texts = new Map<number, string>()));
  const known = texts.get(index);
  if (known !== undefined) return known;
  const start = index === 0 ? 0 : (destinationEnds[index - 1] ?? 0);
  // slice() copies out of the shared memory, which TextDecoder does not read everywhere.
  const text = decoder.decode(destinationText.slice(start, destinationEnds[index]));
  texts.set(index, text);
  return text;
}

const decoder = new TextDecoder();
/** What was decoded once, for as long as the deck is there: decoding takes longer than all the rest of a look-up. */
const readTexts = new WeakMap<Uint8Array, Map<number, string>>();

function shared<T>(
  type: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  length: number,
): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}

/** `target` with the beginning of `from`. */
function filled<T extends Float64Array | Uint32Array>(target: T, from: T): T {
  target.set(from.subarray(0, target.length));
  return target;
}
