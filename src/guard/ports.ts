import type { Source, Target } from "../domain/address.js";
import type { RateRow } from "../domain/calling/deck.js";
import type { E164, Rate, Verdict } from "../domain/calling/verdict.js";
import type { Ban, NewBan } from "../domain/intrusion/ban.js";
import type { Policy } from "../domain/policy.js";

/** What the use-cases need from the world. Fakes in tests implement these. Every promise here settles within its
 *  adapter's own deadline: it resolves, or rejects with a RingfenceError. */

export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
}

/** Even in [0, 1). */
export type Random = () => number;

/** Runs `job` once, `ms` from now; calling what it returns prevents it. */
export type After = (ms: number, job: () => void) => () => void;

/** The few lines of a logger that guards use: a fixed message, facts as fields, no secrets. */
export interface Log {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Ends what a `start` began. May be called once. */
export type Stop = () => Promise<void>;

// ---- enforcement ------------------------------------------------------------------------------------------------

export interface Shut {
  readonly target: Target;
  /** From now; null: until taken out. */
  readonly timeoutMs: number | null;
}

export interface HeldShut {
  readonly target: Target;
  readonly expiresInMs: number | null;
}

/** One change, applied whole or not at all. Taking out what is not held is no error, shutting what is already shut renews it. */
export interface FirewallChange {
  readonly shut: readonly Shut[];
  readonly open: readonly Target[];
}

export interface FirewallCounters {
  readonly packets: number;
  readonly bytes: number;
}

/** A way to shut sources out. */
export interface Firewall {
  readonly name: string;
  /** Makes sure that what the backend needs is in place; harmless when it is. Resolves to whether anything was missing. */
  prepare(): Promise<boolean>;
  apply(change: FirewallChange): Promise<void>;
  /** Puts `targets` in the place of what was protected before: their packets pass, even if a ban covers them. */
  protect(targets: readonly Target[]): Promise<void>;
  held(): Promise<HeldShut[]>;
  /** What was dropped since the table was made. */
  counters(): Promise<FirewallCounters>;
  /** Takes everything out that `prepare` and `apply` put in. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

export interface BanStore {
  /** Stores the intent; a ban in force for the same target is ended by the new one, in the same transaction. */
  add(ban: NewBan): Ban;
  /** Ends the bans of `target` that are in force; returns them as they now are. */
  lift(target: Target, atMs: number, by: string): Ban[];
  inForce(nowMs: number): Ban[];
  /** Every ban of exactly this target, newest first, at most `limit`. */
  historyOf(target: Target, limit: number): Ban[];
  recent(limit: number): Ban[];
  /** How many were made since `atMs`, those that ended included. */
  countSince(atMs: number): number;
}

export interface KnownSource {
  readonly source: Source;
  readonly account: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly successes: number;
}

export interface KnownSourceStore {
  /** Counts `successes` more; called at most once in a while for a pair, not for each event. */
  remember(seen: readonly KnownSource[]): void;
  since(atMs: number): KnownSource[];
  ofSource(source: Source): KnownSource[];
  ofAccount(account: string): KnownSource[];
}

// ---- Asterisk ---------------------------------------------------------------------------------------------------

export interface Trunk {
  readonly endpoint: string;
  /** Addresses and networks it sends from: identify matches, contacts, outbound registrations, as Asterisk resolved them. */
  readonly targets: readonly Target[];
}

export interface AsteriskFacts {
  /** Such as `22.10.1`. */
  readonly version: string;
  readonly endpoints: readonly string[];
  readonly trunks: readonly Trunk[];
}

/** The trunks that were last seen, so that they are protected before Asterisk has answered. */
export interface TrunkStore {
  load(): Trunk[];
  save(trunks: readonly Trunk[]): void;
}

/** The AMI control connection. */
export interface AsteriskControl {
  facts(): Promise<AsteriskFacts>;
  /** Sets keys of one AstDB family and deletes the family's other keys. */
  replaceDb(family: string, entries: ReadonlyMap<string, string>): Promise<void>;
}

// ---- calls ------------------------------------------------------------------------------------------------------

export interface CallLogEntry {
  readonly id: number;
  readonly atMs: number;
  /** Asterisk's channel id: a decision taken twice for one channel is one entry. */
  readonly channelId: string;
  readonly verdict: Verdict;
  readonly trunk: string | null;
  /** From StasisStart to the answer. */
  readonly tookMs: number;
}

export interface CallFilter {
  readonly refusedOnly: boolean;
  readonly sinceMs: number | null;
  readonly limit: number;
}

export interface CallLogStore {
  /** Ignored where `channelId` and digits are already there. */
  add(entry: Omit<CallLogEntry, "id">): void;
  list(filter: CallFilter): CallLogEntry[];
  count(sinceMs: number): { allowed: number; refused: number };
}

// ---- rates ------------------------------------------------------------------------------------------------------

/** One price as it is stored: of the rows of one prefix, the one in force is that which began last and has not ended. */
export interface DeckRow extends RateRow {
  /** In force from then on; left out: always was. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface DeckInfo {
  readonly name: string;
  readonly rows: number;
  readonly importedAtMs: number;
  readonly importedBy: string;
  /** When the deck before this one was imported, which `undo` brings back; null where there is none. */
  readonly previousAtMs: number | null;
}

export interface DeckStore {
  /** Puts the new deck in the old one's place, whole, with its audit row. */
  replace(name: string, rows: Iterable<DeckRow>, atMs: number, by: string): DeckInfo;
  /** Puts the deck before in the place of the one of that name, which is kept in its stead: a second undo takes the first one back.
   *  Null where there is no deck before. */
  undo(name: string, atMs: number, by: string): DeckInfo | null;
  /** Takes the deck away; `undo` brings it back. False where there is none of that name. */
  remove(name: string, atMs: number, by: string): boolean;
  list(): DeckInfo[];
  /** In order of prefix, then of the time from which they are in force. */
  rows(name: string): Iterable<DeckRow>;
}

/** A deck made ready for look-ups. */
export interface RateLookup {
  readonly deck: string;
  rateOf(number: E164): Rate | null;
}

// ---- rules ------------------------------------------------------------------------------------------------------

export interface PolicyStore {
  load(): Policy;
  /** Stores the rules, an audit row and the next version in one transaction; returns the policy as stored. `change` says in
   *  words what was done, for the audit. */
  save(next: Policy, by: string, atMs: number, change: string): Policy;
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
}

// ---- telling people ---------------------------------------------------------------------------------------------

/** What the live feed carries. */
export type Happening =
  | { readonly type: "ban"; readonly ban: Ban }
  | { readonly type: "lift"; readonly target: Target; readonly by: string }
  | { readonly type: "alarm"; readonly slug: string; readonly detail: string }
  | { readonly type: "verdict"; readonly verdict: Verdict }
  | { readonly type: "policy"; readonly version: number };

export type Tell = (happening: Happening) => void;
