import type { Source, Target } from "../address.js";
import type { AttemptKind } from "./attempt.js";

export type Standing = "protected" | "known" | "stranger";
export type Proof = "returned" | "unproven" | "forged";

/** What a ban or block comes from, worked out from its evidence. */
export const CAUSES = [
  "attack",
  /** The account exists, and the password no longer fits. */
  "outdated-credentials",
  /** Somebody mistyped the name of a real account. */
  "typo",
  /** A device still tries an account that is gone. */
  "stale-device",
  /** Registrations succeed and calls fail. */
  "wrong-signalling",
  /** A program places too many calls. */
  "call-script",
  /** The right account at an address that its list does not allow. */
  "allow-list",
  "by-hand",
] as const;
export type Cause = (typeof CAUSES)[number];

/** Which rule was broken. */
export type Trigger =
  | "attempts"
  | "account-names"
  | "forged-headers"
  | "logins"
  | "unanswered-challenges"
  | "slow-attack"
  /** One account failing at a known source. */
  | "account-failures"
  /** Too many accounts failing at a known source. */
  | "failing-accounts"
  | "flood"
  | "call-attempts"
  /** One try, from a network whose strangers have failed too often. */
  | "neighbours"
  /** Too many banned sources in one network. */
  | "network"
  | "by-hand";

/** How much a ban shuts: `host` everything, `voip` the SIP and IAX ports alone. */
export type BanScope = "host" | "voip";

/** The tries of one source on one account name within the windows. `name` is hostile text. */
export interface AccountTries {
  readonly name: string;
  readonly tries: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Mean time between tries, and the mean deviation from it; null below three tries. */
  readonly gapMs: number | null;
  readonly gapDeviationMs: number | null;
  readonly kinds: readonly AttemptKind[];
}

/** What a ban or block was based on: counts and text for people. `accounts`, `tried`, `aclNames` and `userAgents` are hostile
 *  text, at most 20 of each kept. */
export interface BanEvidence {
  readonly attempts: number;
  readonly accounts: readonly string[];
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly services: readonly string[];
  readonly transports: readonly string[];
  /** One sentence: what was seen. */
  readonly summary: string;
  readonly tried: readonly AccountTries[];
  /** How many different ports it sent from, counted up to 32; null where no event told one. */
  readonly ports: number | null;
  /** Names of the Asterisk ACLs that refused it. */
  readonly aclNames: readonly string[];
  /** When a password last succeeded from this source before; null: never heard of. */
  readonly lastSuccessAtMs: number | null;
  /** What the devices call themselves, where the mirror (HEP) told. */
  readonly userAgents: readonly string[];
  /** SIP methods of the failed tries, where the mirror told. */
  readonly methods: readonly string[];
  /** How sure the cause is, 0 to 1. */
  readonly confidence: number;
  /** A sentence to the person behind the phone; holds no text of the sender's. */
  readonly advice: string;
  /** The same with account names, for administrators and for who has shown a PIN: hostile text; null where there is no more to
   *  say. */
  readonly hint: string | null;
  /** What was seen, with names, for administrators: hostile text; null where nobody looked into it. */
  readonly story: string | null;
}

/** The parts of the evidence that are not there when nobody looked for them. */
export const NO_FINDINGS = {
  tried: [],
  ports: null,
  aclNames: [],
  lastSuccessAtMs: null,
  userAgents: [],
  methods: [],
  confidence: 1,
  advice: "",
  hint: null,
  story: null,
} as const;

/** What bans and blocks have in common. Times are Unix milliseconds. */
interface Sentence {
  readonly id: number;
  readonly cause: Cause;
  readonly trigger: Trigger;
  readonly standing: Standing;
  readonly proof: Proof;
  /** Counted from 1; 0 for one by hand. */
  readonly rung: number;
  readonly fromMs: number;
  /** Null: until lifted. */
  readonly untilMs: number | null;
  readonly liftedAtMs: number | null;
  readonly liftedBy: string | null;
  readonly note: string | null;
  readonly by: string;
  readonly evidence: BanEvidence;
}

/** A source or network shut out in the kernel. */
export interface Ban extends Sentence {
  readonly target: Target;
  readonly scope: BanScope;
}

export type NewBan = Omit<Ban, "id" | "liftedAtMs" | "liftedBy">;

/** What is kept in memory of a ban in force, so that a hundred thousand of them fit. */
export type BanInForce = Pick<Ban, "id" | "target" | "trigger" | "scope" | "untilMs">;

/** A ban as its neighbours count it. */
export type BannedNeighbour = Pick<Ban, "target" | "trigger" | "proof" | "fromMs" | "liftedBy"> & {
  readonly attempts: number;
};

/** `liftedBy` of a ban that a newer one for the same target took the place of: it was not forgiven. */
export const SUPERSEDED = "superseded";

/** One account shut to one source, in that account's Asterisk ACL; everyone else behind the source goes on working. The
 *  ladder is that of bans. `account` is hostile text. */
export interface Block extends Sentence {
  readonly account: string;
  readonly source: Source;
}

export type NewBlock = Omit<Block, "id" | "liftedAtMs" | "liftedBy">;

export type BlockInForce = Pick<Block, "id" | "account" | "source" | "trigger" | "untilMs">;

/** One account shut to all but its known sources for a while, because many sources try it. */
export interface Lock {
  readonly id: number;
  readonly account: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly liftedAtMs: number | null;
  readonly liftedBy: string | null;
  readonly by: string;
  /** How many sources tried it. */
  readonly sources: number;
}

export type NewLock = Omit<Lock, "id" | "liftedAtMs" | "liftedBy">;

/** Several sources of one network were banned: whether to shut it out whole is for a person to say. */
export interface Proposal {
  readonly id: number;
  readonly network: Target;
  /** When it was last proposed: a further banned source renews it. */
  readonly atMs: number;
  readonly sources: readonly Target[];
  /** Failed attempts of them all. */
  readonly attempts: number;
  /** Null: nobody has said yet. */
  readonly decision: "accepted" | "dismissed" | null;
  readonly decidedAtMs: number | null;
  readonly decidedBy: string | null;
}

export type NewProposal = Pick<Proposal, "network" | "atMs" | "sources" | "attempts">;
