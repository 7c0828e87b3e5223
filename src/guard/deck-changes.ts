import type { DeckRow } from "./ports.js";

/** A destination whose calls a new deck lifts above the cap. Micro-dollars per minute. */
export interface DeckRise {
  readonly prefix: string;
  readonly destination: string;
  readonly beforeMicros: number;
  readonly afterMicros: number;
}

/** What a new deck changes. Prefixes, each counted once. */
export interface DeckChanges {
  readonly added: number;
  /** With another price. */
  readonly changed: number;
  readonly removed: number;
  readonly dearerThanCap: number;
  /** Within the cap before, and above it now: calls there will be refused from now on. */
  readonly newlyDearer: { readonly count: number; readonly first: readonly DeckRise[] };
}

/** Compares two decks, both in prefix order (that of their text). */
export function compareDecks(
  before: Iterable<DeckRow>,
  after: readonly DeckRow[],
  capMicros: number | null,
): DeckChanges {
  const cap = capMicros ?? Infinity;
  const counts = { added: 0, changed: 0, removed: 0, dearerThanCap: 0 };
  const rises: DeckRise[] = [];
  let newly = 0;
  let next = 0;

  for (const old of before) {
    for (; (after[next]?.prefix ?? END) < old.prefix; next++) counts.added++;
    const row = after[next];
    if (row?.prefix !== old.prefix) {
      counts.removed++;
      continue;
    }
    next++;
    if (row.microsPerMinute !== old.microsPerMinute) counts.changed++;
    if (old.microsPerMinute > cap || row.microsPerMinute <= cap) continue;
    newly++;
    if (rises.length < MOST_RISES) {
      const { prefix, destination } = row;
      rises.push({
        prefix,
        destination,
        beforeMicros: old.microsPerMinute,
        afterMicros: row.microsPerMinute,
      });
    }
  }
  counts.added += after.length - next;
  counts.dearerThanCap = after.reduce((count, row) => count + (row.microsPerMinute > cap ? 1 : 0), 0);
  return { ...counts, newlyDearer: { count: newly, first: rises } };
}

const MOST_RISES = 20;
/** Behind every prefix: digits are below it. */
const END = "~";
