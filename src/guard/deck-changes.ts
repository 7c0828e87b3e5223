import { firstMinuteMicros, WHOLE_MINUTES } from "../domain/calling/cost.js";
import type { RateRow } from "../domain/calling/deck.js";
import type { CallingRules } from "../domain/policy.js";

/** The rules that say which price is too much. */
export type PriceRules = Pick<CallingRules, "capMicrosPerMinute" | "feeInFirstMinute" | "withoutRate">;

/** A prefix whose calls have another price: that of its own row, else of the longest shorter prefix. Micro-dollars for the first
 *  minute, the connection fee included where the cap counts it; null: no price. */
export interface DeckRise {
  readonly prefix: string;
  readonly destination: string;
  readonly beforeMicros: number | null;
  readonly afterMicros: number | null;
}

/** What a new deck changes. Prefixes, each counted once. */
export interface DeckChanges {
  readonly added: number;
  /** With another price or other billing terms. */
  readonly changed: number;
  readonly removed: number;
  readonly dearerThanCap: number;
  /** That the carrier takes no calls for. */
  readonly blocked: number;
  /** Could be called before at their price, and can't be from now on. */
  readonly newlyBlocked: { readonly count: number; readonly first: readonly DeckRise[] };
  readonly rises: { readonly count: number; readonly biggest: readonly DeckRise[] };
}

/** Compares two decks, both in prefix order (that of their text), each prefix once. */
export function compareDecks(
  before: Iterable<RateRow>,
  after: Iterable<RateRow>,
  rules: PriceRules,
): DeckChanges {
  const counts = { added: 0, changed: 0, removed: 0, dearerThanCap: 0, blocked: 0 };
  const newly: DeckRise[] = [];
  const biggest: DeckRise[] = [];
  const totals = { newly: 0, rises: 0 };
  const cap = rules.capMicrosPerMinute ?? Infinity;
  const micros = (row: RateRow | null): number | null => priceOf(row, rules.feeInFirstMinute);
  const passes = (row: RateRow | null): boolean => {
    if (row === null) return rules.withoutRate === "allow";
    const price = micros(row);
    return price !== null && price <= cap;
  };

  for (const { prefix, old, row, oldEffective, effective } of sideBySide(before, after)) {
    if (old === null) counts.added++;
    else if (row === null) counts.removed++;
    else if (!sameTariff(old, row)) counts.changed++;
    if (row !== null && row.microsPerMinute === null) counts.blocked++;
    if (row !== null && (micros(row) ?? 0) > cap) counts.dearerThanCap++;

    const [beforeMicros, afterMicros] = [micros(oldEffective), micros(effective)];
    const destination = (row ?? effective ?? old)?.destination ?? "";
    const rise = { prefix, destination, beforeMicros, afterMicros };
    if (passes(oldEffective) && !passes(effective)) {
      totals.newly++;
      if (newly.length < MOST_SHOWN) newly.push(rise);
    }
    if (beforeMicros !== null && afterMicros !== null && afterMicros > beforeMicros) {
      totals.rises++;
      keepBiggest(biggest, rise);
    }
  }
  return {
    ...counts,
    newlyBlocked: { count: totals.newly, first: newly },
    rises: { count: totals.rises, biggest },
  };
}

const MOST_SHOWN = 20;

interface Pair {
  readonly prefix: string;
  /** The rows of exactly this prefix. */
  readonly old: RateRow | null;
  readonly row: RateRow | null;
  /** The rows that price its calls. */
  readonly oldEffective: RateRow | null;
  readonly effective: RateRow | null;
}

/** Every prefix of either deck, in order. */
function* sideBySide(before: Iterable<RateRow>, after: Iterable<RateRow>): Generator<Pair> {
  const [olds, news] = [chainOf(before), chainOf(after)];
  for (;;) {
    const prefix = olds.next() < news.next() ? olds.next() : news.next();
    if (prefix === END) return;
    const [old, row] = [olds.take(prefix), news.take(prefix)];
    yield { prefix, old, row, oldEffective: olds.effective(prefix), effective: news.effective(prefix) };
  }
}

/** Walks through a deck, and remembers the prefixes that the current one begins with. */
function chainOf(rows: Iterable<RateRow>) {
  const iterator = rows[Symbol.iterator]();
  const chain: RateRow[] = [];
  let ahead = iterator.next();
  return {
    next: (): string => (ahead.done === true ? END : ahead.value.prefix),
    take: (prefix: string): RateRow | null => {
      if (ahead.done === true || ahead.value.prefix !== prefix) return null;
      const row = ahead.value;
      unwind(chain, prefix);
      chain.push(row);
      ahead = iterator.next();
      return row;
    },
    effective: (prefix: string): RateRow | null => {
      unwind(chain, prefix);
      return chain.at(-1) ?? null;
    },
  };
}

function unwind(chain: RateRow[], prefix: string): void {
  for (let last = chain.at(-1); last !== undefined && !prefix.startsWith(last.prefix); last = chain.at(-1)) {
    chain.pop();
  }
}

/** Behind every prefix: digits are below it. */
const END = "~";

function priceOf(row: RateRow | null, feeCounts: boolean): number | null {
  if (row === null || row.microsPerMinute === null) return null;
  const { connectionMicros } = row.terms ?? WHOLE_MINUTES;
  return firstMinuteMicros({ microsPerMinute: row.microsPerMinute, connectionMicros }, feeCounts);
}

function sameTariff(a: RateRow, b: RateRow): boolean {
  if (a.microsPerMinute !== b.microsPerMinute) return false;
  const [one, other] = [a.terms ?? WHOLE_MINUTES, b.terms ?? WHOLE_MINUTES];
  return (
    one === other ||
    (one.connectionMicros === other.connectionMicros &&
      one.minimumSeconds === other.minimumSeconds &&
      one.incrementSeconds === other.incrementSeconds)
  );
}

/** Keeps the list short, the biggest rise first. */
function keepBiggest(biggest: DeckRise[], rise: DeckRise): void {
  const size = riseOf(rise);
  if (biggest.length === MOST_SHOWN && size <= riseOf(biggest.at(-1))) return;
  const place = biggest.findIndex((each) => riseOf(each) < size);
  biggest.splice(place < 0 ? biggest.length : place, 0, rise);
  if (biggest.length > MOST_SHOWN) biggest.pop();
}

function riseOf(rise: DeckRise | undefined): number {
  return (rise?.afterMicros ?? 0) - (rise?.beforeMicros ?? 0);
}
