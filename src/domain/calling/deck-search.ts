import { type Deck, destinationAt, DIGITS, prefixAt, rowNumbers, tariffAt, type Tariff } from "./deck.js";

export interface FoundRate {
  /** Its place in the deck, for the next page. */
  readonly row: number;
  readonly prefix: string;
  readonly destination: string;
  /** Null: the carrier takes no calls there. */
  readonly tariff: Tariff | null;
}

export interface RatePage {
  readonly rates: readonly FoundRate[];
  /** To be given as `after` for the next page; null: this was the last. */
  readonly next: number | null;
}

/** The rows of a deck in order of prefix whose prefix begins with `text` (digits, with or without `+`), or whose destination has
 *  it in it, whatever the case of its letters; empty: all. @param after the last row that was shown; null: from the first */
export function searchDeck(deck: Deck, text: string, after: number | null, limit: number): RatePage {
  const wanted = matcher(deck, text);
  const rates: FoundRate[] = [];
  for (let row = (after ?? -1) + 1; row < deck.rows; row++) {
    if (!wanted(row)) continue;
    const prefix = prefixAt(deck, row);
    if (prefix === null) continue;
    if (rates.length === limit) return { rates, next: rates.at(-1)?.row ?? null };
    rates.push({ row, prefix, destination: destinationAt(deck, row), tariff: tariffAt(deck, row) });
  }
  return { rates, next: null };
}

function matcher(deck: Deck, text: string): (row: number) => boolean {
  const digits = /^\+?(\d{1,15})$/.exec(text.trim())?.[1];
  if (digits !== undefined) {
    const numbers = rowNumbers(deck);
    const size = 10 ** (DIGITS - digits.length);
    const first = Number(digits) * size;
    return (row) => {
      const number = numbers[row] ?? -1;
      return number >= first && number < first + size && (deck.lengthOf[row] ?? 0) >= digits.length;
    };
  }
  const words = text.trim().toLowerCase();
  if (words === "") return () => true;
  // Many rows share a destination: each is looked at once.
  const fits = new Uint8Array(deck.destinationEnds.length);
  return (row) => {
    const destination = deck.destinationOf[row] ?? 0;
    if (fits[destination] === UNSEEN) {
      fits[destination] = destinationAt(deck, row).toLowerCase().includes(words) ? FITS : FITS_NOT;
    }
    return fits[destination] === FITS;
  };
}

const UNSEEN = 0;
const FITS = 1;
const FITS_NOT = 2;
