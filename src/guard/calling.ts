import { type Deck } from "../domain/calling/deck.js";
import { type Decks, judgeCall } from "../domain/calling/judge.js";
import type { CallRequest, Verdict } from "../domain/calling/verdict.js";
import type { Policy } from "../domain/policy.js";

/** Judges calls by the rules and prices of the moment. The thread that serves calls and `check-call` use the same code;
 *  each call is judged by one policy and one set of decks, however they change meanwhile. */
export class CallJudge {
  private decks: Decks = new Map();

  constructor(private policy: Policy) {}

  usePolicy(policy: Policy): void {
    this.policy = policy;
  }

  /** Takes the place of all decks before. */
  useDecks(decks: Iterable<Deck>): void {
    this.decks = new Map([...decks].map((deck) => [deck.name, deck]));
  }

  judge(request: CallRequest): Verdict {
    return judgeCall(this.policy, this.decks, request);
  }
}
