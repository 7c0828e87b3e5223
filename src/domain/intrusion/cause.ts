import { storyOf } from "./account-story.js";
import type { Cause, Trigger } from "./ban.js";
import { adviceFor } from "./cause-advice.js";
import { attack, type CauseFacts, type Opinion, type Story, type TriedAccount } from "./cause-facts.js";
import { hintFor, summaryOf } from "./cause-summary.js";
import { agentOf } from "./user-agent.js";

export interface CauseFound extends Opinion {
  /** To whoever is behind the source, shown to anybody who asks from there: it holds no text of the sender's, and to a source
   *  where no password ever succeeded it says the same whichever accounts exist. */
  readonly advice: string;
  /** The same with names, for administrators and for people who have shown a PIN; null where there is nothing to add. */
  readonly hint: string | null;
  /** What was seen, for administrators: "a Yealink SIP-T46S tries extension 198, which no longer exists, every 60 s". */
  readonly summary: string;
}

/** Works out what a ban or block comes from. It names a cause for people to act on; how long and how much is shut does not
 *  depend on it, for a patient guesser can look like a phone. */
export function causeOf(facts: CauseFacts): CauseFound {
  const stories = facts.evidence.tried.map((tries) => storyOf(tries, accountOf(facts, tries.name), facts));
  const { cause, confidence } = weigh(facts, stories);
  const sure = Math.min(1, Math.max(0, confidence * (facts.proof === "returned" ? 1 : UNPROVEN)));
  const found: Opinion = { cause, confidence: Math.round(sure * 100) / 100 };
  return {
    ...found,
    advice: adviceFor(found, facts, stories),
    hint: hintFor(found, stories),
    summary: summaryOf(found, facts, stories),
  };
}

/** Tries that a forged sender may have made say a little less of whoever is at that address. */
const UNPROVEN = 0.9;
/** More names than the lines of an ordinary phone. */
const MANY_NAMES = 3;
/** This share of a crowd of names must be explained before a known source passes for an office. */
const MOST = 0.8;

/** What some rules say by themselves; null: look at what was tried. */
const BY_TRIGGER: Readonly<Record<Trigger, Opinion | null>> = {
  attempts: null,
  "account-names": null,
  "slow-attack": null,
  "account-failures": null,
  "failing-accounts": null,
  "forged-headers": attack(1),
  logins: attack(0.85),
  "unanswered-challenges": attack(0.8),
  flood: attack(0.9),
  network: attack(0.8),
  neighbours: attack(0.7),
  "call-attempts": { cause: "call-script", confidence: 0.8 },
  "by-hand": { cause: "by-hand", confidence: 1 },
};

function weigh(facts: CauseFacts, stories: readonly Story[]): Opinion {
  const byTrigger = BY_TRIGGER[facts.trigger];
  if (byTrigger !== null) return byTrigger;
  if (facts.proof === "forged") return attack(0.9);
  if (isScanner(facts)) return attack(0.97);
  if (stories.length === 0) return attack(0.5);
  const names = Math.max(stories.length, facts.evidence.accounts.length);
  return names > MANY_NAMES ? ofCrowd(facts, stories, names) : ofFew(stories);
}

function isScanner({ evidence, accounts }: CauseFacts): boolean {
  const agents = [...evidence.userAgents, ...accounts.flatMap(({ device }) => device?.userAgent ?? [])];
  return agents.some((text) => agentOf(text)?.kind === "scanner");
}

/** One device, or the lines of one: the cause with most tries behind it, an attack first where they are as many. */
function ofFew(stories: readonly Story[]): Opinion {
  const [first] = ranked(stories);
  if (first === undefined) return attack(0.5);
  return { cause: first.cause, confidence: first.confidence * (0.6 + 0.4 * first.share) };
}

/** Many names from one place: an office of phones, each of which is explained by itself, or somebody going through a list. */
function ofCrowd(facts: CauseFacts, stories: readonly Story[], names: number): Opinion {
  const explained = stories.filter((story) => story.cause !== "attack" && isOwnDevice(story, facts));
  const share = explained.length / stories.length;
  const [first] = ranked(explained);
  // Of more names than were kept, those that are not seen must not be taken for innocent in a stranger's case.
  const isSeen = facts.standing === "known" || names <= stories.length;
  // Whoever goes round a list slowly looks like as many phones; only a list without one wrong name may pass for an office.
  const enough = facts.standing === "known" ? MOST : 1;
  if (first === undefined || share < enough || !isSeen) return attack(0.95 - 0.4 * share);
  const most = facts.standing === "known" ? 0.9 : 0.5;
  return { cause: first.cause, confidence: Math.min(most, first.confidence) };
}

/** In a crowd of names one try on each explains nothing: what counts is that it worked here before, or asks by a timer. But the
 *  rule of failing accounts counts no phone that worked until it began to fail: one that works is guessed while it does. */
function isOwnDevice({ account, confidence, tries, cause }: Story, { trigger }: CauseFacts): boolean {
  if (account.lastSuccessAtMs !== null) return trigger !== "failing-accounts";
  // A phone system that sends calls as whoever calls uses a name for each.
  if (cause === "wrong-signalling") return true;
  return confidence >= 0.55 && tries.gapMs !== null && tries.tries >= 3;
}

interface Ranked extends Opinion {
  readonly tries: number;
  readonly share: number;
}

function ranked(stories: readonly Story[]): Ranked[] {
  const sums = new Map<Cause, { tries: number; weight: number }>();
  let all = 0;
  for (const { cause, confidence, tries } of stories) {
    const sum = sums.get(cause) ?? { tries: 0, weight: 0 };
    const count = Math.max(1, tries.tries);
    sums.set(cause, { tries: sum.tries + count, weight: sum.weight + count * confidence });
    all += count;
  }
  return [...sums]
    .map(([cause, { tries, weight }]) => ({ cause, tries, confidence: weight / tries, share: tries / all }))
    .sort((a, b) => b.tries - a.tries || Number(b.cause === "attack") - Number(a.cause === "attack"));
}

function accountOf({ accounts }: CauseFacts, name: string): TriedAccount {
  return (
    accounts.find((account) => account.name === name) ?? {
      name,
      state: "unknown",
      nearest: null,
      lastSuccessAtMs: null,
      device: null,
    }
  );
}
