import type { AreaCode, NumberType } from "../policy.js";
import type { BillingTerms } from "./cost.js";

/** `+` and 4 to 15 digits (ITU-T E.164). */
export type E164 = string & { readonly __e164: never };

/** `allow` reasons. `emergency`: matched exactly, judged before all else. `no-deck`: areas allow it, and there is no deck to
 *  judge a price by. `no-rate-allowed`: the deck has no price, and the setting lets such calls pass.
 *  `fallback`: decided by Asterisk alone, since no verdict came. */
export type AllowReason = "allowed" | "fallback" | "emergency" | "no-deck" | "no-rate-allowed";

/** `fallback`: as above. */
export type RefuseReason =
  "fallback" | "number-not-understood" | "area-closed" | "high-risk-range" | "rate-over-cap" | "no-rate";

/** What a call costs by the deck: `prefix` is the longest one that matches. */
export interface Rate extends BillingTerms {
  readonly deck: string;
  readonly prefix: string;
  readonly destination: string;
  readonly microsPerMinute: number;
}

/** A rule's reach: `global`, or the extension whose own rule takes the global one's place. */
export type Scope = "global" | { readonly extension: string };

export interface Cap {
  readonly microsPerMinute: number;
  readonly scope: Scope;
}

/** How it was worked out who pays: whose channel it is, who transferred or forwarded the call, or that it can't be told. */
export type PayerKind = "endpoint" | "transfer" | "forward" | "unknown";

/** What a verdict is asked for. `from` is the responsible endpoint, null where it can't be told. `digits` is hostile text. */
export interface CallRequest {
  readonly from: string | null;
  readonly digits: string;
  readonly trunk: string | null;
  /** Others who sent the call on, each of whom must be allowed it too; null is somebody unknown. */
  readonly also?: readonly (string | null)[];
}

interface Basis {
  readonly from: string | null;
  /** As dialled, and hostile; cut off after 64 characters. */
  readonly digits: string;
  readonly area: AreaCode | null;
  readonly numberType: NumberType | null;
  readonly rate: Rate | null;
  readonly cap: Cap | null;
  /** Which rule let the number pass or refused it, for people; left out in verdicts read back from before there was one. */
  readonly rule?: string | null;
  /** A sentence for people; holds no text of the caller's but digits. */
  readonly detail: string;
  readonly policyVersion: number;
  /** How long an allowed call may last; the dialplan ends it then. Null or left out: no limit. Whole seconds, from the verdict on:
   *  ringing counts. */
  readonly longestSeconds?: number | null;
}

export type Verdict =
  | (Basis & { readonly decision: "allow"; readonly reason: AllowReason; readonly number: E164 | null })
  | (Basis & { readonly decision: "refuse"; readonly reason: RefuseReason; readonly number: E164 | null });
