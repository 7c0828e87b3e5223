import type { Source, Target } from "../../domain/address.js";
import type { Ban, BanScope, Block, Lock, Proposal } from "../../domain/intrusion/ban.js";
import type { BanFilter } from "../../guard/ports.js";
import type { ShadowResults } from "../../guard/shadow-results.js";
import type { ShadowState } from "../../guard/shadow.js";
import type { Awaitable, Refused } from "./refused.js";

interface HowByHand {
  readonly durationMs: number | null;
  readonly note: string | null;
  readonly by: string;
}

export interface BlockService {
  /** Those in force, newest first. @param search a part of the account or the address @param beforeId where the page before ended; null: the first */
  list(
    search: string | null,
    beforeId: number | null,
    limit: number,
  ): Awaitable<{
    readonly blocks: readonly Block[];
    /** To be given to ask for the next page; null: this was the last. */
    readonly next: number | null;
  }>;
  blockByHand(account: string, source: Source, how: HowByHand): Awaitable<Block | Refused>;
  lift(account: string, source: Source, by: string): Awaitable<readonly Block[] | Refused>;
  /** Puts a note on the newest block of the pair; null takes it away. */
  setNote(account: string, source: Source, note: string | null, by: string): Awaitable<Block | Refused>;
  /** Why a block or lock of the account is not in force in Asterisk; null where it is. */
  faultOf(account: string): string | null;
}

export interface LockService {
  inForce(): Awaitable<readonly Lock[]>;
  /** In the place of a lock that is in force already. */
  lock(wish: {
    readonly account: string;
    readonly sources: number;
    readonly lockMs: number;
    readonly by: string;
  }): Awaitable<Lock | Refused>;
  lift(account: string, by: string): Awaitable<readonly Lock[] | Refused>;
}

export interface ProposalService {
  open(): Awaitable<readonly Proposal[]>;
  accept(
    network: Target,
    how: { readonly durationMs: number | null; readonly by: string },
  ): Awaitable<Ban | Refused>;
  dismiss(network: Target, by: string): Awaitable<Proposal | Refused>;
}

export interface Imported {
  readonly added: readonly Target[];
  readonly present: readonly Target[];
  readonly refused: readonly { readonly line: number; readonly text: string; readonly message: string }[];
}

/** Lists of addresses as other programs write them; with `dryRun` nothing is changed. */
export interface ImportService {
  bans(text: string, how: HowByHand & { readonly dryRun: boolean }): Awaitable<Imported>;
  neverBan(
    text: string,
    how: { readonly note: string | null; readonly by: string; readonly dryRun: boolean },
  ): Awaitable<Imported>;
}

export interface BanPage {
  /** Newest first. */
  readonly bans: readonly Ban[];
  /** To be given as `before` for the next page; null: this was the last. */
  readonly next: number | null;
}

export interface BanService {
  /** Those in force that the filter lets through. */
  list(filter: BanFilter, before: number | null, limit: number): Awaitable<BanPage>;
  /** Those that are over too. */
  listAll(filter: BanFilter, before: number | null, limit: number): Awaitable<BanPage>;
  /** The bans in force that cover the target, and all of exactly it, newest first. */
  show(target: Target): Awaitable<{ readonly inForce: readonly Ban[]; readonly history: readonly Ban[] }>;
  banByHand(
    target: Target,
    how: HowByHand & { readonly scope?: BanScope | undefined },
  ): Awaitable<Ban | Refused>;
  /** Puts a note on the newest ban of the target; null takes it away. */
  setNote(target: Target, note: string | null, by: string): Awaitable<Ban | Refused>;
  lift(target: Target, by: string): Awaitable<readonly Ban[] | Refused>;
  /** Whether the source is shut out, by itself or with its network. */
  isShutOut(source: Source): boolean;
}

/** The policy that is tried out on live traffic and acts on nobody. */
export interface ShadowService {
  state(): ShadowState;
  /** By the settings' names; all or none. */
  set(changes: Readonly<Record<string, unknown>>, by: string): Awaitable<Refused | null>;
  /** The settings in force hold for these again; for all where none is named. */
  reset(names: readonly string[], by: string): Awaitable<Refused | null>;
  runBy(by: string): Awaitable<Refused | null>;
  haltBy(by: string): Awaitable<Refused | null>;
  /** Of the run, from `sinceMs` on. */
  results(sinceMs: number | null): Awaitable<ShadowResults>;
}
