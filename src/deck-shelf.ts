import type { FromDeckWorker } from "./deck-messages.js";
import type { Deck } from "./domain/calling/deck.js";
import { buildDeck } from "./domain/calling/deck.js";
import { deckOfTheMoment, type DeckOfTheMoment } from "./guard/rates.js";
import type { DeckStore } from "./guard/ports.js";

/** No timer runs longer than some 24 days. */
const LONGEST_WAIT_MS = 86_400_000;

type Tell = (message: FromDeckWorker) => void;

/** The decks in use. Tells the whole set after each change, and by itself when a price begins or ends. */
export class DeckShelf {
  private readonly decks = new Map<string, DeckOfTheMoment>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: Pick<DeckStore, "list" | "rows">,
    private readonly nowMs: () => number,
    private readonly tell: Tell,
  ) {}

  /** Reads all decks from the store. */
  load(): void {
    for (const { name } of this.store.list()) this.decks.set(name, this.read(name));
    this.tellAll();
  }

  put(made: DeckOfTheMoment): void {
    this.decks.set(made.deck.name, made);
    this.tellAll();
  }

  /** Reads one deck from the store again, which may have gone. */
  reload(name: string): void {
    if (this.store.list().some((deck) => deck.name === name)) this.decks.set(name, this.read(name));
    else this.decks.delete(name);
    this.tellAll();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private tellAll(): void {
    const decks: Deck[] = [...this.decks.values()].map(({ deck }) => deck);
    this.tell({ type: "decks", decks });
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.timer);
    const times = [...this.decks.values()].flatMap(({ nextChangeMs }) => nextChangeMs ?? []);
    if (times.length === 0) return;
    const ms = Math.max(0, Math.min(...times) - this.nowMs());
    this.timer = setTimeout(() => this.renew(), Math.min(ms, LONGEST_WAIT_MS));
  }

  private renew(): void {
    const due = [...this.decks].filter(([, { nextChangeMs }]) => (nextChangeMs ?? Infinity) <= this.nowMs());
    for (const [name] of due) {
      this.decks.set(name, this.read(name));
      const fields = { deck: name };
      this.tell({ type: "log", level: "info", message: "prices of a rate deck began or ended", fields });
    }
    if (due.length > 0) this.tellAll();
    else this.wait();
  }

  /** A deck that can't be read becomes one without prices: calls are refused for want of a rate, instead of passing for want
   *  of a deck. */
  private read(name: string): DeckOfTheMoment {
    try {
      return deckOfTheMoment(name, [...this.store.rows(name)], this.nowMs());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `rate deck ${name} can't be read: import it again`;
      this.tell({ type: "log", level: "error", message, fields: { why } });
      return { deck: buildDeck(name, []), nextChangeMs: null };
    }
  }
}
