import { rateOf, type Deck } from "../domain/calling/deck.js";
import type { Ledger, LedgerChange } from "../domain/calling/ledger.js";
import { type CallAttempt, judgeLimits } from "../domain/calling/limits-judge.js";
import { deckNameFor, type Decks, judgeCall } from "../domain/calling/judge.js";
import { readDialled } from "../domain/calling/number.js";
import type { CallRequest, Rate, Verdict } from "../domain/calling/verdict.js";
import type { Policy } from "../domain/policy.js";

/** What limits are judged by. */
export interface JudgeLedger {
  readonly ledger: Ledger;
  readonly nowMs: () => number;
  /** Told of every change that a call has made to the ledger, before its verdict is out. */
  readonly onChange: (change: LedgerChange) => void;
}

/** Judges calls by the rules and prices of the moment. The thread that serves calls and `check-call` use the same code;
 *  each call is judged by one policy and one set of decks, however they change meanwhile. */
export class CallJudge {
  private decks: Decks = new Map();

  /** @param limits left out: no limits are judged */
  constructor(
    private policy: Policy,
    private readonly limits: JudgeLedger | null = null,
  ) {}

  usePolicy(policy: Policy): void {
    this.policy = policy;
  }

  /** Takes the place of all decks before. */
  useDecks(decks: Iterable<Deck>): void {
    this.decks = new Map([...decks].map((deck) => [deck.name, deck]));
  }

  /** Without `call` it is a question: it reserves no money and is no attempt. */
  judge(request: CallRequest, call: CallAttempt | null = null): Verdict {
    const verdict = judgeCall(this.policy, this.decks, request);
    if (this.limits === null) return verdict;
    const { ledger, nowMs, onChange } = this.limits;
    const made = call ?? { channelId: null, atMs: nowMs() };
    const limited = judgeLimits(verdict, request, made, this.policy, ledger);
    if (call !== null) {
      for (const change of limited.changes) {
        ledger.apply(change);
        onChange(change);
      }
    }
    return limited.verdict;
  }

  /** By another policy than the one in force, at the prices of the moment; limits are not asked. */
  judgeBy(policy: Policy, request: CallRequest): Verdict {
    return judgeCall(policy, this.decks, request);
  }

  /** The deck that prices the calls of `trunk`; null where none is loaded under its name. */
  deckFor(trunk: string | null): Deck | null {
    return this.decks.get(deckNameFor(this.policy.calling, this.decks, trunk)) ?? null;
  }

  deckNamed(name: string): Deck | null {
    return this.decks.get(name) ?? null;
  }

  /** What each deck asks for the digits, read as they are dialled here; a deck without a rate for them is left out. With a
   *  trunk only the deck that prices its calls is asked. */
  ratesOf(
    digits: string,
    trunk: string | null = null,
  ):
    | { readonly number: string; readonly rates: readonly Rate[] }
    | { readonly refused: "refused"; readonly message: string } {
    const read = readDialled(digits, this.policy.dialPlan);
    if (!read.understood) return { refused: "refused", message: read.detail };
    const { number } = read.number;
    const asked = trunk === null ? null : deckNameFor(this.policy.calling, this.decks, trunk);
    const rates = [...this.decks.values()]
      .filter((deck) => asked === null || deck.name === asked)
      .map((deck) => rateOf(deck, number))
      .filter((rate) => rate !== null);
    return { number, rates };
  }
}
