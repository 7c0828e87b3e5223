import type { Policy } from "../../domain/policy.js";
import type { AllowList } from "../../domain/registration/allow-list.js";

export interface PolicyStore {
  load(): Policy;
  /** Stores the rules, an audit row and the next version in one transaction; returns the policy as stored. `change` says in
   *  words what was done, for the audit. */
  save(next: Policy, by: string, atMs: number, change: string): Policy;
}

/** Allow-lists as they were before their last change, kept by the policy store with each change. */
export interface AllowListHistory {
  /** `list` null: the extension had none of its own. Null where nothing was ever changed. @param extension null: the global list */
  before(extension: string | null): { readonly list: AllowList | null } | null;
}

/** What the last change of the policy was, from its audit row. */
export interface PolicyHistory {
  /** The policy before the change that made `now` of it, and the words of that change; null where it was never changed. */
  before(now: Policy): { readonly policy: Policy; readonly change: string } | null;
  /** `now` without the change of that audit entry. `newer`: what it changed has been changed again since, by the keys of the audit.
   *  Null where there is no such entry, or where it is no change of the policy. */
  without(
    auditId: number,
    now: Policy,
  ): { readonly policy: Policy; readonly change: string } | { readonly newer: readonly string[] } | null;
}

/** One change that a person (or the daemon itself) made to rules, bans or decks. `before` and `after` hold what differs. */
export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly by: string;
  /** What was changed: `policy`, `ban 203.0.113.12`, `deck default`. */
  readonly subject: string;
  /** In words. */
  readonly change: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface AuditStore {
  /** Newest first. Entries are written by the stores, in the transaction of the change. */
  recent(limit: number): AuditEntry[];
  /** Newest first, at most `limit`. */
  list(filter: AuditFilter): AuditEntry[];
}

export interface AuditFilter {
  readonly sinceMs: number | null;
  /** Part of the subject. */
  readonly subject: string | null;
  /** Older than this one; null: from the newest. */
  readonly beforeId: number | null;
  readonly limit: number;
}
