import type { Deck } from "../domain/calling/deck.js";
import {
  type AreaPrices,
  priceHistogram,
  type PriceHistogram,
  type PriceSpread,
} from "../domain/calling/deck-prices.js";
import { type RatePage, searchDeck } from "../domain/calling/deck-search.js";
import { areaTree, type AreaTree } from "../domain/calling/area-tree.js";
import { DEFAULT_DECK } from "../domain/calling/judge.js";
import type { AreaCode, Policy } from "../domain/policy.js";
import type { RuleRefused } from "./rules.js";

export type { AreaPrices, PriceSpread };

export interface PricedTree extends AreaTree {
  /** The deck whose prices stand beside the areas; null where none is loaded. */
  readonly deck: string | null;
  /** Null while they are being worked out, which takes some seconds after an import. */
  readonly prices: ReadonlyMap<AreaCode, AreaPrices> | null;
}

/** What decks ask, for people to look at. */
export class Prices {
  private byArea = new Map<string, ReadonlyMap<AreaCode, AreaPrices>>();

  constructor(
    private readonly decks: { deckNamed(name: string): Deck | null },
    private readonly policy: () => Policy,
  ) {}

  /** Worked out elsewhere, some time after the deck itself was loaded. */
  use(deck: string, prices: ReadonlyMap<AreaCode, AreaPrices>): void {
    this.byArea.set(deck, prices);
  }

  /** The areas as `extension` may call them, beside the prices of the deck (left out: the default one). */
  tree(extension: string | null, deck: string | null): PricedTree | RuleRefused {
    const name = deck ?? DEFAULT_DECK;
    const loaded = this.decks.deckNamed(name);
    if (loaded === null && deck !== null) return unknownDeck(name);
    return {
      ...areaTree(this.policy(), extension),
      deck: loaded === null ? null : name,
      prices: loaded === null ? null : (this.byArea.get(name) ?? null),
    };
  }

  search(deck: string, text: string, after: number | null, limit: number): RatePage | RuleRefused {
    const loaded = this.decks.deckNamed(deck);
    return loaded === null ? unknownDeck(deck) : searchDeck(loaded, text, after, limit);
  }

  /** @param capMicros null: no cap; left out: the global one of the moment */
  histogram(deck: string, capMicros?: number | null): PriceHistogram | RuleRefused {
    const loaded = this.decks.deckNamed(deck);
    if (loaded === null) return unknownDeck(deck);
    const { capMicrosPerMinute, feeInFirstMinute } = this.policy().calling;
    const cap = capMicros === undefined ? capMicrosPerMinute : capMicros;
    return priceHistogram(loaded, { capMicrosPerMinute: cap, feeInFirstMinute });
  }
}

function unknownDeck(name: string): RuleRefused {
  return { refused: "not-found", message: `There is no rate deck ${name}.` };
}
