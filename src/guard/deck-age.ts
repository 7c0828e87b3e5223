import type { DeckInfo } from "./ports.js";

const DAY_MS = 86_400_000;
/** Carriers send new prices about monthly. */
const OLD_MS = 30 * DAY_MS;

export interface OldDeck {
  readonly name: string;
  readonly days: number;
}

/** The decks that are so old that their prices may be wrong, with whole days since their import. */
export function oldDecks(
  decks: readonly Pick<DeckInfo, "name" | "importedAtMs">[],
  nowMs: number,
): OldDeck[] {
  return decks
    .filter(({ importedAtMs }) => nowMs - importedAtMs >= OLD_MS)
    .map(({ name, importedAtMs }) => ({ name, days: Math.floor((nowMs - importedAtMs) / DAY_MS) }));
}
