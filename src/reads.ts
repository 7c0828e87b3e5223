import type { ErrorCode } from "./domain/error.js";
import type { AuditFilter, CallFilter } from "./guard/ports.js";
import { callsCsvPage } from "./http/calls-csv.js";
import { activityStore } from "./sqlite/activity-store.js";
import { auditStore } from "./sqlite/audit.js";
import { banStore } from "./sqlite/ban-store.js";
import { blockStore } from "./sqlite/block-store.js";
import { callLogStore } from "./sqlite/call-log-store.js";
import type { Database } from "./sqlite/database.js";

/** What pages read of tables that grow without end, by name: all that another thread is asked for. */
export function readsOf(db: Database) {
  const [calls, audit, bans, blocks] = [callLogStore(db), auditStore(db), banStore(db), blockStore(db)];
  const activity = activityStore(db);
  return {
    calls: (filter: CallFilter) => calls.list(filter),
    callsCsv: (filter: CallFilter) => callsCsvPage(calls.list(filter)),
    placedCalls: (of: Parameters<typeof calls.placed>[0]) => calls.placed(of),
    countCalls: (sinceMs: number) => calls.count(sinceMs),
    audit: (filter: AuditFilter) => audit.list(filter),
    bansById: (...of: Parameters<typeof bans.byIds>) => bans.byIds(...of),
    banPage: (...of: Parameters<typeof bans.page>) => bans.page(...of),
    newestBan: () => bans.newestId(),
    countBans: (sinceMs: number) => bans.countSince(sinceMs),
    blocksById: (ids: readonly number[]) => blocks.byIds(ids),
    activity: (sinceMs: number) => activity.since(sinceMs),
    causes: (sinceMs: number) => activity.causesSince(sinceMs),
    banned: (sinceMs: number, limit: number) => activity.bannedSince(sinceMs, limit),
    knownShutOut: (atMs: number, limit: number) => activity.knownShutOut(atMs, limit),
    knownBlocked: (atMs: number, limit: number) => activity.knownBlocked(atMs, limit),
  };
}

export type Reads = ReturnType<typeof readsOf>;
export type ReadName = keyof Reads;

/** What the main thread and the reading thread say to each other. */
export interface ReadQuestion {
  readonly id: number;
  readonly name: ReadName;
  readonly of: readonly unknown[];
}

export type ReadAnswer =
  | { readonly id: number; readonly found: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly message: string };
