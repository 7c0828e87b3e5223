import type { AccountTries, BanEvidence, Cause, Proof, Standing, Trigger } from "./ban.js";

/** What is known of an account name, now and before: `existed` is one that was there once and is gone, `never` one that was
 *  never there since Ringfence keeps watch; `unknown` where Asterisk has not said which accounts it has. */
export type AccountState = "exists" | "existed" | "never" | "unknown";

/** What the mirror (HEP) showed of one account name at one source. `userAgent` is hostile text. */
export interface DeviceSeen {
  readonly userAgent: string | null;
  /** How many requests of each SIP method carried the name, good and bad ones. */
  readonly methods: Readonly<Partial<Record<string, number>>>;
  /** The usual time between two registrations; null where no rhythm was seen. */
  readonly registerEveryMs: number | null;
}

/** One account name that the source tried. */
export interface TriedAccount {
  /** As in `BanEvidence.tried`: hostile text. */
  readonly name: string;
  readonly state: AccountState;
  /** The real account one slip of the finger away. */
  readonly nearest: string | null;
  /** When this account's password last succeeded from this very source; null: never. */
  readonly lastSuccessAtMs: number | null;
  /** Null without HEP. */
  readonly device: DeviceSeen | null;
}

/** All that a cause is worked out from. */
export interface CauseFacts {
  readonly trigger: Trigger;
  readonly standing: Standing;
  readonly proof: Proof;
  readonly evidence: Omit<BanEvidence, "confidence" | "advice" | "summary">;
  /** One for each of `evidence.tried`; a name without one counts as never heard of. */
  readonly accounts: readonly TriedAccount[];
}

/** A cause and how sure it is, 0 to 1. */
export interface Opinion {
  readonly cause: Cause;
  readonly confidence: number;
}

/** A tried name with all that is known of it. */
export interface Story extends Opinion {
  readonly tries: AccountTries;
  readonly account: TriedAccount;
}

export function attack(confidence: number): Opinion {
  return { cause: "attack", confidence };
}

/** The account with most tries of those that tell of this cause; null where none does. */
export function leadingStory({ cause }: Opinion, stories: readonly Story[]): Story | null {
  return stories.reduce<Story | null>((best, story) => {
    if (story.cause !== cause) return best;
    return best === null || story.tries.tries > best.tries.tries ? story : best;
  }, null);
}
