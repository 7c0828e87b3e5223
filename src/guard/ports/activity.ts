import type { Source, Target } from "../../domain/address.js";
import type { Cause } from "../../domain/intrusion/ban.js";

export type ActivityKind =
  "attempts" | "bans" | "blocks" | "calls-allowed" | "calls-refused" | "refused-micros";

export interface ActivityHour {
  readonly hourMs: number;
  readonly kind: ActivityKind;
  readonly amount: number;
}

/** Bans or blocks that began with one cause. */
export interface CauseCount {
  readonly cause: Cause;
  readonly bans: number;
  readonly blocks: number;
}

export interface ActivityStore {
  /** Adds to what the hour holds; an amount below 0 takes back, down to none. */
  add(hourMs: number, amounts: ReadonlyMap<ActivityKind, number>): void;
  /** Hours that begin at `fromMs` or later, in order. */
  since(fromMs: number): ActivityHour[];
  /** Forgets the hours that begin before. */
  forget(beforeMs: number): void;
  causesSince(fromMs: number): CauseCount[];
  /** The newest first, each source once. */
  bannedSince(fromMs: number, limit: number): { readonly target: Target; readonly attempts: number }[];
  /** Known sources that are shut out now, the newest first. */
  knownShutOut(
    nowMs: number,
    limit: number,
  ): { readonly target: Target; readonly fromMs: number; readonly summary: string }[];
  /** Known sources where an account is blocked now, the newest first. */
  knownBlocked(
    nowMs: number,
    limit: number,
  ): { readonly account: string; readonly source: Source; readonly fromMs: number }[];
}
