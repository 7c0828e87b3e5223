import type { Deck } from "./domain/calling/deck.js";
import { type AreaPrices, pricesByArea } from "./domain/calling/deck-prices.js";
import type { AreaCode } from "./domain/policy.js";

export type DeckPrices = ReadonlyMap<AreaCode, AreaPrices>;

/** Works out what each deck asks for each area, once a deck, in steps between which the thread does its other work. */
export class DeckPricer {
  private readonly priced = new WeakSet<Deck>();
  private waiting: Deck[] = [];
  private next: NodeJS.Immediate | undefined;

  constructor(private readonly tell: (deck: string, prices: DeckPrices) => void) {}

  /** These are the decks from now on; a deck that is not among them is left as it is. */
  use(decks: readonly Deck[]): void {
    this.waiting = decks.filter((deck) => !this.priced.has(deck));
    if (this.next === undefined) this.begin();
  }

  stop(): void {
    clearImmediate(this.next);
    this.waiting = [];
  }

  private begin(): void {
    const deck = this.waiting.shift();
    if (deck === undefined) {
      this.next = undefined;
      return;
    }
    const work = pricesByArea(deck);
    const step = (): void => {
      const { done, value } = work.next();
      if (done !== true) {
        this.next = setImmediate(step);
        return;
      }
      this.priced.add(deck);
      this.tell(deck.name, value);
      this.begin();
    };
    this.next = setImmediate(step);
  }
}
