import { statusOf, type StatusParts } from "./status.js";
import type { CallJudge } from "./guard/calling.js";
import type { BanBook } from "./guard/bans.js";
import type { DeckThread } from "./deck-thread.js";
import { DeckBindings } from "./guard/deck-bindings.js";
import type { Feed } from "./guard/feed.js";
import type { Intrusion } from "./guard/intrusion.js";
import type { KnownSourceStore } from "./guard/ports.js";
import type { Protection } from "./guard/protection.js";
import { why } from "./guard/why.js";
import type { Services } from "./http/services.js";

/** The running parts that the API speaks for. */
export interface Parts extends StatusParts {
  readonly bans: BanBook;
  readonly deckThread: DeckThread;
  readonly feed: Feed;
  readonly intrusion: Intrusion;
  readonly judge: CallJudge;
  readonly known: KnownSourceStore;
  readonly protection: Protection;
}

/** What the API needs, answered by the guards. */
export function servicesOf(parts: Parts): Services {
  const { clock, rules, bans, calls, judge, decks, deckThread, feed, intrusion, protection, known, trunks } =
    parts;
  const bindings = new DeckBindings(rules, decks);
  return {
    clock,
    status: () => statusOf(parts),
    bans,
    why: (text) =>
      why(text, {
        clock,
        bans,
        protectedBecause: (target) => protection.reasonFor(target),
        describe: (source) => intrusion.describe(source),
        known,
        policy: () => rules.policy(),
        calls,
        endpoints: () => trunks.latest()?.endpoints ?? null,
      }),
    calls: (filter) => calls.list(filter),
    judge: (request) => judge.judge(request),
    rates: {
      decks: () => decks.list(),
      importFile: (file, how) => deckThread.importFile(file, how),
      undo: (name, by) => deckThread.undo(name, by),
      remove: async (name, by) => bindings.whyKept(name) ?? (await deckThread.remove(name, by)),
      lookup: (digits, trunk) => judge.ratesOf(digits, trunk),
      trunkDecks: () => bindings.all(),
      bind: (deck, names, by) => bindings.bind(deck, names, by),
    },
    rules,
    happenings: feed,
  };
}
