import type { Source, Target } from "../address.js";
import type { Proof as AnyProof, BanEvidence, Standing } from "./ban.js";
import type { JudgedTrigger } from "./evidence.js";

/** What a source is found guilty of; the ladder makes a ban of it. */
export interface Guilt {
  readonly source: Source;
  readonly trigger: JudgedTrigger;
  readonly standing: Standing;
  readonly proof: Exclude<AnyProof, "forged">;
  /** Time of the deciding event. */
  readonly atMs: number;
  readonly evidence: BanEvidence;
}

/** An account that fails at a source behind which others work; the ladder makes a block of it. `account` is hostile text. */
export interface AccountGuilt extends Guilt {
  readonly account: string;
  readonly trigger: "account-failures";
}

export type Finding =
  | { readonly type: "guilty"; readonly guilt: Guilt }
  | { readonly type: "block"; readonly guilt: AccountGuilt }
  /** What would have banned a stranger, or is odd; `detail` holds no text of the sender's. */
  | {
      readonly type: "alarm";
      readonly slug: string;
      readonly source: Source | null;
      readonly detail: string;
    }
  /** An account of Asterisk's that `sources` sources failed on within its window. */
  | {
      readonly type: "account-attacked";
      readonly account: string;
      readonly sources: number;
      readonly atMs: number;
    };

/** What the judge asks about a source or an account, and only when it matters. All answers are as of now. */
export interface Circumstances {
  standingOf(source: Source): Standing;
  /** Whether a ban of it, or of a network around it, is in force. */
  isShut(source: Source): boolean;
  /** Whether a block of this account there is in force. */
  isBlocked(account: string, source: Source): boolean;
  /** Why nothing is done to the strangers of a network together, as the end of a sentence: it holds a known or protected source. Null
   *  where nothing speaks for it. */
  whySpared(network: Target): string | null;
  /** Whether Asterisk has this account; false while nobody knows. */
  exists(account: string): boolean;
  /** Whether Asterisk is known not to have it; false while nobody knows. */
  lacks(account: string): boolean;
  /** When a password last succeeded from `source` for `account`, for any where it is null; null: never heard of. */
  lastSuccessAtMs(account: string | null, source: Source): number | null;
  /** Whether this nonce, with which `source` answered at `atMs`, was sent there: `unproven` where nobody can say. */
  proofOf(challenge: string, source: Source, atMs: number): AnyProof;
}

/** A world in which nothing is known of anybody. */
export const NO_CIRCUMSTANCES: Circumstances = {
  standingOf: () => "stranger",
  isShut: () => false,
  isBlocked: () => false,
  whySpared: () => null,
  exists: () => false,
  lacks: () => false,
  lastSuccessAtMs: () => null,
  proofOf: () => "unproven",
};
