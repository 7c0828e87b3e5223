import type { DeckStore } from "./ports.js";
import type { RuleRefused, Rules } from "./rules.js";

/** Which deck prices the calls of which trunk: trunk → deck. */
export type TrunkDecks = Readonly<Record<string, string>>;

/** Binds decks to trunks, and sees to it that no trunk is bound to a deck that is not there. */
export class DeckBindings {
  constructor(
    private readonly rules: Pick<Rules, "rateRules" | "setRateRules">,
    private readonly decks: Pick<DeckStore, "list">,
  ) {}

  all(): TrunkDecks {
    return this.rules.rateRules().trunkDecks;
  }

  /** `deck` null: the trunks have none of their own any more. */
  bind(
    deck: string | null,
    trunks: readonly string[],
    by: string,
  ): { readonly trunkDecks: TrunkDecks } | RuleRefused {
    if (deck !== null && !this.decks.list().some(({ name }) => name === deck)) {
      return { refused: "not-found", message: `there is no deck ${deck}: import it first` };
    }
    const bad = trunks.find((trunk) => !/^[\w.@+-]{1,80}$/.test(trunk) || trunk === "__proto__");
    if (bad !== undefined) {
      const message = "a trunk is the name of an endpoint in Asterisk: letters, digits, . _ @ + -";
      return { refused: "refused", message };
    }
    const others = Object.entries(this.all()).filter(([trunk]) => !trunks.includes(trunk));
    const bound = deck === null ? [] : trunks.map((trunk): [string, string] => [trunk, deck]);
    const trunkDecks = Object.fromEntries([...others, ...bound]);
    return { trunkDecks: this.rules.setRateRules({ trunkDecks }, by).trunkDecks };
  }

  /** Why the deck may not be taken away; null where it may. */
  whyKept(deck: string): RuleRefused | null {
    const trunks = Object.entries(this.all()).flatMap(([trunk, bound]) => (bound === deck ? [trunk] : []));
    if (trunks.length === 0) return null;
    const message = `deck ${deck} prices the calls of ${trunks.join(", ")}: bind them to another deck, or unbind them, first`;
    return { refused: "refused", message };
  }
}
