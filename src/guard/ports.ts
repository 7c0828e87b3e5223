import type { LedgerChange, LedgerState } from "../domain/calling/ledger.js";
import type { DialplanStep } from "../domain/calling/routes.js";
import type { Cidr, Source, Target } from "../domain/address.js";
import type { RateRow } from "../domain/calling/deck.js";
import type { E164, PayerKind, Rate, Verdict } from "../domain/calling/verdict.js";
import type {
  Ban,
  BanInForce,
  BanScope,
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
} from "../domain/intrusion/ban.js";
import type { Decision } from "../domain/intrusion/decision.js";
import type { Policy } from "../domain/policy.js";
import type { AllowList } from "../domain/registration/allow-list.js";

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
  /** A target has one: shutting it again with the other changes it. */
  readonly scope: BanScope;
}

export interface HeldShut {
  readonly target: Target;
  readonly expiresInMs: number | null;
  readonly scope: BanScope;
}

/** A source that sent more than the flood limit allows. */
export interface Flood {
  readonly target: Source;
  /** Its packets beyond the limit, all dropped, since the last time that `floods` was asked. */
  readonly packets: number;
}

/** One change, applied whole or not at all. Taking out what is not held is no error, shutting what is already shut renews it. */
export interface FirewallChange {
  readonly shut: readonly Shut[];
  readonly open: readonly Target[];
}

/** Of what bans dropped; `flooded`: packets that the flood limit dropped, where the backend can tell. */
export interface FirewallCounters {
  readonly packets: number;
  readonly bytes: number;
  readonly flooded?: number;
}

/** A way to shut sources out. */
export interface Firewall {
  readonly name: string;
  /** What is asked of it and can't be had with it, in sentences for the status; known after `prepare`. */
  notes(): readonly string[];
  /** Makes sure that what the backend needs is in place; harmless when it is. Resolves to whether anything was missing. */
  prepare(): Promise<boolean>;
  apply(change: FirewallChange): Promise<void>;
  /** Puts `targets` in the place of what was protected before: their packets pass, even if a ban covers them. */
  protect(targets: readonly Target[]): Promise<void>;
  /** Puts `sources` in the place of those known before. A known source is often an office with many phones behind one address:
   *  its flood limit is ten times as high, and no crowd of strangers can use it up. Bans hold for it all the same. */
  know(sources: readonly Source[]): Promise<void>;
  /** Who was over the flood limit since this was last asked; some thousand at most, strangers and known sources alike. */
  floods(): Promise<readonly Flood[]>;
  /** Rejects with a RingfenceError `busy` where changes come faster than it can be listed. */
  held(): Promise<HeldShut[]>;
  /** How long ago, in milliseconds, a source that is shut out last sent something to the ports of calls; null: not in the last 24 h,
   *  or this backend can't tell. */
  lastTried(source: Source): Promise<number | null>;
  /** What was dropped since the table was made. */
  counters(): Promise<FirewallCounters>;
  /** Takes everything out that `prepare` and `apply` put in. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

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
  /** Of these, those that the filter lets through, newest first. */
  byIds(ids: readonly number[], filter: BanFilter): Ban[];
  /** Those that are over too, newest first, at most `limit`. @param beforeId all of them older than this one; null: from the newest */
  page(filter: BanFilter, beforeId: number | null, limit: number): Ban[];
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

// ---- what happened, counted --------------------------------------------------------------------------------------

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

// ---- Asterisk ---------------------------------------------------------------------------------------------------

export interface Trunk {
  readonly endpoint: string;
  /** Addresses and networks it sends from: identify matches, contacts, outbound registrations, as Asterisk resolved them. */
  readonly targets: readonly Target[];
}

/** A name that a device can sign in with. */
export interface AsteriskAccount {
  readonly name: string;
  /** User names of its passwords that are not `name`: what people put in the wrong field. */
  readonly authNames: readonly string[];
}

export interface AsteriskFacts {
  /** Such as `22.10.1`. */
  readonly version: string;
  readonly endpoints: readonly string[];
  /** Endpoints of PJSIP, peers of chan_sip and IAX2: all that AMI lists. */
  readonly accounts: readonly AsteriskAccount[];
  readonly trunks: readonly Trunk[];
  /** Endpoints that ask for a password and whose contacts hold the address that Asterisk saw (`rewrite_contact`), not the one
   *  that the phone claims. */
  readonly rewriting: readonly string[];
  /** What is dangerous about how Asterisk is set up, each a sentence for an administrator. */
  readonly dangers: readonly string[];
}

/** The trunks that were last seen, so that they are protected before Asterisk has answered. */
export interface TrunkStore {
  load(): Trunk[];
  save(trunks: readonly Trunk[]): void;
}

/** An account that Asterisk has or had. */
export interface KnownAccount {
  readonly name: string;
  readonly firstAtMs: number;
  /** When Asterisk last listed it. */
  readonly lastAtMs: number;
}

/** Which accounts there were, those that are gone among them. */
export interface AccountStore {
  load(): KnownAccount[];
  /** Asterisk listed `names` at `atMs`; what is known of others stays. */
  saw(names: readonly string[], atMs: number): void;
}

/** The AMI control connection. */
export interface AsteriskControl {
  facts(): Promise<AsteriskFacts>;
  /** Sets keys of one AstDB family and deletes the family's other keys. */
  replaceDb(family: string, entries: ReadonlyMap<string, string>): Promise<void>;
}

/** What `doctor` looks at in Asterisk. Each rejects with a RingfenceError where it can't be looked at. */
export interface AsteriskInspection {
  /** The AMI actions that Asterisk has and this user may use, in lower case. */
  actions(): Promise<ReadonlySet<string>>;
  /** The dialplan in force. */
  dialplan(): Promise<readonly DialplanStep[]>;
  /** Whether the manager is served over HTTP. */
  webManager(): Promise<boolean>;
}

/** What one endpoint's ACL is to say. IPv4 and IPv6 alike: who is neither permitted nor denied by name is shut out where there
 *  is a `permit`, and let in where there is none. */
export interface EndpointAcl {
  /** Who alone may talk to it; null: everyone. Empty: nobody. */
  readonly permit: readonly Cidr[] | null;
  /** Shut out all the same; goes before `permit`. */
  readonly deny: readonly Cidr[];
}

/** Puts ACLs into Asterisk, which enforces them by itself, and makes sure that they are in force. */
export interface EndpointAcls {
  /** The whole wish: endpoints that are not named have no ACL of ours. While one change is under way the newest wish waits, and
   *  older ones are dropped. Resolves when this or a newer wish is in force; rejects where what is in force is not what was
   *  meant: then what was in force before is back, and the wish is remembered for `verify`. */
  apply(wanted: ReadonlyMap<string, EndpointAcl>): Promise<AclReport>;
  /** Whether Asterisk enforces what was last meant; mends it if not. To be called after each reload and restart of Asterisk,
   *  and on a timer. */
  verify(): Promise<AclReport>;
}

export interface AclReport {
  /** Endpoints whose ACL Asterisk enforces. */
  readonly inForce: readonly string[];
  /** Endpoints whose ACL Asterisk does not enforce, with the reason and what to do, for people. */
  readonly impossible: ReadonlyMap<string, string>;
  /** What had to be reloaded for it. */
  readonly reloaded: "nothing" | "acl";
  readonly tookMs: number;
}

/** One contact that Asterisk holds of an endpoint; all but the endpoint is the phone's own text. */
export interface Contact {
  /** Asterisk's id of it. */
  readonly id: string;
  readonly endpoint: string;
  /** The Call-ID of its registration: the SessionID of the security event that saw the password. */
  readonly session: string;
  /** What it says its address is; null where that is none. */
  readonly claims: string | null;
  /** It registered through a proxy, whose address is the one that Asterisk saw. */
  readonly isBehindProxy: boolean;
  readonly userAgent: string | null;
}

/** The registrations that Asterisk holds, and how they are taken away. */
export interface Registrar {
  contacts(): Promise<readonly Contact[]>;
  /** The phone is not registered any more, and calls to it do not ring. One that is gone already is no error. */
  remove(contact: Contact): Promise<void>;
  /** Ends the running calls of PJSIP endpoints that `isOut` says of. Resolves to how many.
   *  @param isOut of an endpoint, and the address where its packets come from */
  endCalls(isOut: (endpoint: string, address: string) => boolean): Promise<number>;
}

/** Where a phone that is registered was seen to sign in from. */
export interface SeenRegistration {
  readonly account: string;
  readonly session: string;
  /** Canonical text without port. */
  readonly address: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface RegistrationStore {
  load(): SeenRegistration[];
  /** Puts these in the place of all before. */
  replace(seen: readonly SeenRegistration[]): void;
}

// ---- calls ------------------------------------------------------------------------------------------------------

export interface CallLogEntry {
  readonly id: number;
  readonly atMs: number;
  /** Asterisk's channel id: a decision taken twice for one channel is one entry. */
  readonly channelId: string;
  readonly verdict: Verdict;
  readonly trunk: string | null;
  /** How it was worked out that `verdict.from` pays; null or left out where nobody asked. */
  readonly payer?: PayerKind | null;
  /** From StasisStart to the answer. */
  readonly tookMs: number;
}

export interface CallFilter {
  readonly refusedOnly: boolean;
  readonly sinceMs: number | null;
  readonly limit: number;
  readonly decision?: Verdict["decision"] | null;
  /** Before then. */
  readonly untilMs?: number | null;
  readonly extension?: string | null;
  /** Beginning of the number: with `+` of its E.164, else of what was dialled. */
  readonly numberPrefix?: string | null;
  readonly area?: string | null;
  readonly reason?: string | null;
  readonly trunk?: string | null;
  /** Only what the newest-first list has behind this entry. */
  readonly beforeId?: number | null;
}

/** A call whose number is known: enough to judge it again. */
export interface PlacedCall {
  readonly id: number;
  readonly atMs: number;
  readonly extension: string | null;
  readonly number: E164;
  readonly trunk: string | null;
}

export interface CallLogStore {
  /** Ignored where `channelId` and digits are already there. */
  add(entry: Omit<CallLogEntry, "id">): void;
  /** Newest first. */
  list(filter: CallFilter): CallLogEntry[];
  /** Newest first; emergency calls and those without a number left out. @param before only what comes behind this one */
  placed(of: {
    readonly sinceMs: number;
    readonly before: Pick<PlacedCall, "id" | "atMs"> | null;
    readonly limit: number;
  }): PlacedCall[];
  count(sinceMs: number): { allowed: number; refused: number };
}

/** A call that the dialplan decided by itself. */
export interface MissedCall {
  /** Under which Asterisk keeps it. */
  readonly key: string;
  readonly channelId: string;
  readonly atMs: number;
  /** `strange`: what was dialled is no number, and was refused. */
  readonly kind: "allow" | "refuse" | "emergency" | "strange";
  /** Empty where it was strange. */
  readonly digits: string;
  readonly trunk: string | null;
  readonly from: string | null;
  readonly payer: PayerKind;
}

export interface MissedCalls {
  /** The oldest first, and the keys of what can't be read. */
  list(): Promise<{ readonly calls: readonly MissedCall[]; readonly unreadable: readonly string[] }>;
  /** One that is gone already is no error. */
  forget(key: string): Promise<void>;
}

/** A call that was let through is over; no other is told of. One that ended while nobody listened is told afterwards. The same end
 *  may be told twice. */
export interface CallEnd {
  /** That of the entry in the call log. */
  readonly channelId: string;
  /** When the called side answered; null: it never did. Unix milliseconds. */
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number;
  /** Nobody saw it end: both times are the ones that cost most. */
  readonly unseen?: boolean;
}

/** Of the spend of an extension, or of the whole system where that is null, `percent` of the limit was told as reached. */
export interface SpendWarning {
  readonly extension: string | null;
  /** 0: nothing to tell any more. */
  readonly percent: number;
}

/** What the ledger of calls must not forget. */
export interface SpendStore {
  load(nowMs: number): LedgerState;
  /** All or none of them. */
  add(changes: readonly LedgerChange[]): void;
  warned(): SpendWarning[];
  warn(warning: SpendWarning): void;
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

// ---- the portal -------------------------------------------------------------------------------------------------

/** The PIN of the person behind an extension. */
export interface Pin {
  readonly extension: string;
  /** Argon2id, in its own text form. */
  readonly hash: string;
  readonly setAtMs: number;
  readonly setBy: string;
  readonly usedAtMs: number | null;
}

/** Somebody let themselves in again. */
export interface PortalLift {
  readonly extension: string;
  readonly source: Source;
  readonly atMs: number;
}

export interface PinStore {
  /** In the order of their extensions. */
  list(): Pin[];
  of(extension: string): Pin | null;
  /** In the place of the one before, with an audit row that does not hold the hash. */
  set(pin: Omit<Pin, "usedAtMs">): Pin;
  /** False where there is none. */
  remove(extension: string, atMs: number, by: string): boolean;
  /** The PIN was right. */
  used(extension: string, atMs: number): void;
  /** Of this extension, or at this source. */
  lifts(of: { readonly extension: string; readonly source: Source }, sinceMs: number): PortalLift[];
  lifted(lift: PortalLift): void;
}

/** Hashes that take long on purpose. */
export interface PinHash {
  hash(pin: string): Promise<string>;
  /** Null where too many wait already. Takes as long and says no where `hash` is null. */
  matches(hash: string | null, pin: string): Promise<boolean | null>;
}

// ---- telling people ---------------------------------------------------------------------------------------------

/** What the live feed carries. */
export type Happening =
  | { readonly type: "ban"; readonly ban: Ban }
  | { readonly type: "lift"; readonly target: Target; readonly by: string }
  | { readonly type: "block"; readonly block: Block }
  | { readonly type: "unblock"; readonly account: string; readonly source: Source; readonly by: string }
  | { readonly type: "lock"; readonly lock: Lock }
  | { readonly type: "unlock"; readonly account: string; readonly by: string }
  /** What the shadow policy would have done; `shutLive`: whether it is shut out already. */
  | { readonly type: "shadow"; readonly decision: Decision; readonly shutLive: boolean }
  | { readonly type: "alarm"; readonly slug: string; readonly detail: string }
  | { readonly type: "verdict"; readonly verdict: Verdict }
  | { readonly type: "policy"; readonly version: number }
  /** How much of a rate deck's file is read: `share` from 0 to 1. */
  | { readonly type: "import"; readonly deck: string; readonly share: number; readonly rows: number };

export type Tell = (happening: Happening) => void;
