import type { Target } from "../address.js";

export type Standing = "protected" | "known" | "stranger";
export type Proof = "returned" | "unproven" | "forged";

/** Where a ban comes from. A later release tells outdated credentials, typos and stale devices apart. */
export type Cause = "attack" | "by-hand";

/** Which rule was broken. */
export type Trigger = "attempts" | "account-names" | "forged-headers" | "logins" | "by-hand";

/** What a ban was based on: counts and text for people. `accounts` are hostile text, at most 20 kept. */
export interface BanEvidence {
  readonly attempts: number;
  readonly accounts: readonly string[];
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly services: readonly string[];
  readonly transports: readonly string[];
  /** One sentence: what was seen. */
  readonly summary: string;
}

/** A source or network shut out in the kernel. Times are Unix milliseconds. */
export interface Ban {
  readonly id: number;
  readonly target: Target;
  readonly cause: Cause;
  readonly trigger: Trigger;
  readonly standing: Standing;
  readonly proof: Proof;
  readonly scope: "host";
  /** Counted from 1; 0 for a ban by hand. */
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

export type NewBan = Omit<Ban, "id" | "liftedAtMs" | "liftedBy">;

/** `liftedBy` of a ban that a newer one for the same target took the place of: it was not forgiven. */
export const SUPERSEDED = "superseded";
