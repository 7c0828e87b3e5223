import type { Source, Target } from "../../domain/address.js";
import type {
  Ban,
  BanInForce,
  BannedNeighbour,
  Block,
  BlockInForce,
  Cause,
  Lock,
  NewBan,
  NewBlock,
  NewLock,
  NewProposal,
  Proposal,
  Standing,
} from "../../domain/intrusion/ban.js";
import type { Decision } from "../../domain/intrusion/decision.js";

/** Which bans to list; null or left out: all of them. */
export interface BanFilter {
  readonly cause?: Cause | null;
  readonly standing?: Standing | null;
  /** Made then or later. */
  readonly sinceMs?: number | null;
  /** In the target, the note or the evidence, whatever the case of its letters. */
  readonly text?: string | null;
}

export interface BanStore {
  /** Stores the intent; a ban in force for the same target is ended by the new one, in the same transaction. */
  add(ban: NewBan): Ban;
  /** Begins to take in what is stored from now on; `commit` stores it all at once. Nothing may wait in between. */
  begin(): BanBatch;
  /** Ends the bans of `target` that are in force; returns them as they now are. */
  lift(target: Target, atMs: number, by: string): Ban[];
  inForce(nowMs: number): BanInForce[];
  /** Of these, those that the filter lets through, newest first, at most `limit`; left out: all. */
  byIds(ids: readonly number[], filter: BanFilter, limit?: number): Ban[];
  /** Those that are over too, newest first, at most `limit`. @param beforeId all of them older than this one; null: from the newest
   *  @param lowestId none older than this one; where left out, as far back as they go */
  page(filter: BanFilter, beforeId: number | null, limit: number, lowestId?: number): Ban[];
  /** 0 where there never was one. */
  newestId(): number;
  /** Every ban of exactly this target, newest first, at most `limit`. */
  historyOf(target: Target, limit: number): Ban[];
  recent(limit: number): Ban[];
  /** Bans of single sources in this IPv4 /24 or IPv6 /48, newest first, the newest 200 at most. */
  ofNetwork(network: Target, sinceMs: number): BannedNeighbour[];
  /** Notes something on the newest ban of the target; returns it as it now is, null where it never had one. */
  setNote(target: Target, note: string | null, atMs: number, by: string): Ban | null;
  /** How many were made since `atMs`, those that ended included. */
  countSince(atMs: number): number;
}

export interface BanBatch {
  /** Throws a RingfenceError where nothing of it could be stored; then it is as if it had never begun. */
  commit(): void;
}

export interface BlockStore {
  /** Stores the intent; a block in force for the same account and source is ended by the new one, in the same transaction. */
  add(block: NewBlock): Block;
  /** Ends the blocks of this pair that are in force; returns them as they now are. */
  lift(account: string, source: Source, atMs: number, by: string): Block[];
  inForce(nowMs: number): BlockInForce[];
  /** Notes something on the newest block of the pair; returns it as it now is, null where there never was one. */
  setNote(account: string, source: Source, note: string | null, atMs: number, by: string): Block | null;
  /** Newest first. */
  byIds(ids: readonly number[]): Block[];
  /** Every block of exactly this pair, newest first. */
  historyOf(account: string, source: Source, limit: number): Block[];
  /** Every block of this account, or at this source, newest first. */
  of(whose: { readonly account: string } | { readonly source: Source }, limit: number): Block[];
  recent(limit: number): Block[];
  countSince(atMs: number): number;
}

export interface LockStore {
  /** A lock in force for the same account is ended by the new one. */
  add(lock: NewLock): Lock;
  lift(account: string, atMs: number, by: string): Lock[];
  inForce(nowMs: number): Lock[];
  recent(limit: number): Lock[];
}

export interface ProposalStore {
  /** Renews the open proposal of that network, if there is one. */
  propose(proposal: NewProposal): Proposal;
  /** Decides on the open one; null where there is none. */
  decide(network: Target, decision: "accepted" | "dismissed", atMs: number, by: string): Proposal | null;
  /** Newest first. */
  open(): Proposal[];
  latestOf(network: Target): Proposal | null;
}

/** The shadow policy and its run, or the last one. */
export interface ShadowRun {
  /** What differs from the settings in force, by their names, as people write them. */
  readonly changes: Readonly<Record<string, string>>;
  /** Null: it never ran. */
  readonly fromMs: number | null;
  /** Null while it runs. */
  readonly toMs: number | null;
}

export interface ShadowStore {
  load(): ShadowRun;
  /** With an audit row. A run that began at another time forgets the decisions of the one before. */
  save(run: ShadowRun, by: string, atMs: number, change: string): void;
  /** The newest 10,000 of the last 30 days are kept. */
  add(decisions: readonly Decision[], nowMs: number): void;
  /** In the order taken. */
  decisions(sinceMs: number): Decision[];
  /** What the machine decided live between the two, in the order taken, the newest 10,000. */
  liveDecisions(fromMs: number, toMs: number): Decision[];
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

/** Where an address is, as far as somebody's list tells. */
export interface NetworkPlace {
  /** Two letters of ISO 3166. */
  readonly country: string | null;
  /** Such as `Example Telecom (AS64500)`: somebody else's text. */
  readonly network: string | null;
}

export interface Networks {
  /** Null where nothing is known. */
  of(target: Target): NetworkPlace | null;
}
