import type { Source, Target } from "../domain/address.js";
import type { CallRequest, Cap, Rate, Verdict } from "../domain/calling/verdict.js";
import type { Ban, BanScope, Block, Lock, Proposal } from "../domain/intrusion/ban.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import type { Refusals } from "../domain/calling/refusals.js";
import type { DialPlan } from "../domain/policy.js";
import type { SessionBook } from "../guard/access/sessions.js";
import type { TokenBook } from "../guard/access/tokens.js";
import type { UserBook } from "../guard/access/users.js";
import type { AllowListBook } from "../guard/allow-lists.js";
import type { AreaChanges, AreasInForce } from "../guard/area-edits.js";
import type { AreaEffect } from "../guard/area-effect.js";
import type { PolicyFile } from "../guard/policy-file.js";
import type { TrunkDecks } from "../guard/deck-bindings.js";
import type { Diagnosis } from "../guard/doctor.js";
import type { Explanation } from "../guard/explain.js";
import type {
  AuditEntry,
  AuditFilter,
  BanFilter,
  CallFilter,
  CallLogEntry,
  CauseCount,
  Clock,
  DeckInfo,
  Happening,
  NetworkPlace,
} from "../guard/ports.js";
import type { Spend } from "../guard/limits.js";
import type { Extensions } from "../guard/extensions.js";
import type { Prices } from "../guard/prices.js";
import type { DeckImport, FileSettings } from "../guard/rates.js";
import type { Notifications } from "../guard/notifications.js";
import type { PortalAnswer, PortalView } from "../guard/portal.js";
import type { Pins } from "../guard/pins.js";
import type { LimitsInForce, RateRules, RefusalChanges, RefusalRules } from "../guard/rules.js";
import type { ShadowState } from "../guard/shadow.js";
import type { ShadowResults } from "../guard/shadow-results.js";
import type { Trial } from "../guard/try-number.js";

export type Awaitable<T> = T | Promise<T>;
import type { CallsCsvPage } from "./calls-csv.js";

/** An expected refusal: understood, and not done. `message` says what to do instead. */
export interface Refused {
  readonly refused: "not-found" | "protected" | "refused" | "stale";
  readonly message: string;
}

/** What the API needs from the guards; the composition root puts them in. `by` is who asked, for the audit. */
export interface Services {
  /** How refused calls end by the configuration file, behind the rules. */
  readonly fileRefusals: Refusals;
  readonly clock: Clock;
  status(): Awaitable<Status>;
  overview(hours: OverviewHours): Awaitable<Overview>;
  /** Null where nothing is known. */
  placeOf(target: Target): NetworkPlace | null;
  doctor(): Awaitable<Diagnosis>;
  readonly bans: BanService;
  readonly blocks: BlockService;
  readonly locks: LockService;
  readonly proposals: ProposalService;
  readonly imports: ImportService;
  readonly audit: { list(filter: AuditFilter): Awaitable<readonly AuditEntry[]> };
  /** Null where neither an address nor an extension of that name is known. */
  why(target: string): Awaitable<Explanation | null>;
  calls(filter: CallFilter): Awaitable<readonly CallLogEntry[]>;
  /** The same as rows of CSV, without the titles. */
  callsCsv(filter: CallFilter): Awaitable<CallsCsvPage>;
  /** By the code of the live path, and without a call. */
  judge(request: CallRequest): Verdict;
  readonly rates: RateService;
  readonly rules: RuleService;
  readonly spend: SpendService;
  readonly extensions: Pick<Extensions, "list" | "show">;
  readonly prices: Pick<Prices, "tree" | "search" | "histogram">;
  /** The verdict with its derivation, by the code of the live path and without a call. */
  tryNumber(request: CallRequest): Trial;
  /** What changes of areas would have made of the calls of the last 28 days; nothing is stored. */
  areaEffect(changes: AreaChanges, extension: string | null): Promise<AreaEffect | Refused>;
  readonly allowLists: AllowListService;
  readonly policyFile: Pick<PolicyFile, "tree" | "export" | "import" | "undo" | "undoChange">;
  readonly shadow: ShadowService;
  readonly happenings: Happenings;
  readonly pins: PinService;
  readonly portal: PortalService;
  readonly notifications: NotificationService;
  readonly access: AccessServices;
  /** Writes a consistent copy of the database to `file`, which must not be there. */
  backup(file: string): Promise<void>;
}

/** Who may use this API over TCP. */
export interface AccessServices {
  readonly users: UserBook;
  readonly sessions: SessionBook;
  readonly tokens: TokenBook;
  /** Somebody failed to sign in. @param user null: there is nobody of the name, which may be a password in the wrong field */
  failed(attempt: {
    readonly source: Source;
    readonly user: string | null;
    readonly secure: boolean;
    readonly port: number | null;
  }): void;
  signedIn(who: { readonly source: Source; readonly user: string }): void;
}

/** Whom people are told what through, and how that went. */
export type NotificationService = Pick<Notifications, "state" | "set" | "test">;

/** What the person at an address may see and do. */
export interface PortalService {
  look(source: Source, hasShownPin?: boolean): Awaitable<PortalView>;
  tell(source: Source, extension: string, pin: string): Awaitable<PortalAnswer>;
  letIn(source: Source, extension: string, pin: string): Awaitable<PortalAnswer>;
}

/** PINs of the portal. */
export type PinService = Pick<Pins, "list" | "set" | "remove">;

/** What calls cost in the last 24 hours. */
export interface SpendService {
  /** `extension` null: of the whole system. */
  spend(extension: string | null): Spend;
  /** Of every extension that has spent something, the dearest first. */
  spends(): readonly Spend[];
}

/** From where phones may register; `extension` null: the global list. */
export type AllowListService = Pick<
  AllowListBook,
  "show" | "refused" | "set" | "turn" | "add" | "remove" | "inherit" | "undo" | "setRunningCalls" | "preview"
>;

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

export interface Happenings {
  /** Returns what ends the subscription. */
  subscribe(listener: (happening: Happening) => void): () => void;
}

export interface GuardState {
  readonly name: string;
  readonly up: boolean;
  /** Something is broken while it is down, and not merely left to be set up: what a health check asks for. */
  readonly vital: boolean;
  readonly detail: string;
}

export interface Status {
  readonly version: string;
  readonly startedAtMs: number;
  readonly asterisk: string | null;
  readonly guards: readonly GuardState[];
  readonly bansInForce: number;
  readonly blocksInForce: number;
  readonly locksInForce: number;
  readonly proposals: number;
  readonly last24h: {
    readonly bans: number;
    readonly callsAllowed: number;
    readonly callsRefused: number;
  };
  /** Null where the backend can't count. */
  readonly dropped: {
    readonly packets: number;
    readonly bytes: number;
    readonly flooded?: number;
    readonly crowded?: number;
  } | null;
  readonly decks: readonly DeckInfo[];
  readonly policyVersion: number;
  readonly warnings: readonly string[];
}

/** A day, a week, a month. */
export type OverviewHours = 24 | 168 | 720;

export interface Overview {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of this length is each part of the series, but the last. */
  readonly stepMs: number;
  readonly series: readonly (Happened & { readonly atMs: number })[];
  readonly totals: Happened;
  /** Of the time before, as long; null where nothing was counted yet. */
  readonly before: Happened | null;
  readonly causes: readonly CauseCount[];
  /** Where those are who were shut out; null where no file says where addresses are. */
  readonly countries:
    readonly { readonly country: string; readonly sources: number; readonly attempts: number }[] | null;
  readonly forYou: readonly ForYou[];
}

export interface Happened {
  readonly attempts: number;
  readonly bans: number;
  readonly blocks: number;
  readonly callsAllowed: number;
  readonly callsRefused: number;
  /** What one minute of each refused call would have cost. */
  readonly refusedMicros: number;
}

/** Something that a person should see to. `subject`: what it is about, such as an address; null: the whole system. */
export interface ForYou {
  readonly slug: "known-banned" | "known-blocked" | "account-attacked" | "proposal" | "deck-old";
  readonly subject: string | null;
  readonly atMs: number | null;
  readonly detail: string;
}

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

export interface RateService {
  decks(): Awaitable<readonly DeckInfo[]>;
  /** Reads the CSV file and puts it in the place of the deck `name`; with `dryRun` it only reads. */
  importFile(
    file: string,
    how: {
      readonly name: string;
      readonly dryRun: boolean;
      readonly by: string;
      readonly settings: FileSettings;
    },
  ): Promise<DeckImport | Refused>;
  /** Brings the deck before the last import back. */
  undo(name: string, by: string): Promise<{ readonly deck: DeckInfo | null } | Refused>;
  remove(name: string, by: string): Promise<{ readonly deck: DeckInfo | null } | Refused>;
  /** The digits as dialled, or E.164; one rate for each deck that has one, or by the deck of `trunk` alone. */
  lookup(
    digits: string,
    trunk: string | null,
  ): Awaitable<{ readonly number: string; readonly rates: readonly Rate[] } | Refused>;
  /** Trunk → deck. */
  trunkDecks(): TrunkDecks;
  /** `deck` null: the trunks have no deck of their own any more. */
  bind(
    deck: string | null,
    trunks: readonly string[],
    by: string,
  ): { readonly trunkDecks: TrunkDecks } | Refused;
}

/** `extension` null: the global rule. */
export interface RuleService {
  areas(extension: string | null): AreasInForce;
  openAreas(
    areas: readonly string[],
    extension: string | null,
    by: string,
  ): Awaitable<AreasInForce | Refused>;
  closeAreas(
    areas: readonly string[],
    extension: string | null,
    by: string,
  ): Awaitable<AreasInForce | Refused>;
  forgetPrefixes(
    prefixes: readonly string[],
    extension: string | null,
    by: string,
  ): Awaitable<AreasInForce | Refused>;
  inheritAreas(extension: string, by: string): Awaitable<AreasInForce | Refused>;
  changeAreas(changes: AreaChanges, extension: string | null, by: string): Awaitable<AreasInForce | Refused>;
  setHighRisk(highRisk: AreasInForce["highRisk"], by: string): Awaitable<AreasInForce>;
  neverBan(): {
    readonly targets: readonly Target[];
    /** By target, where somebody said why. */
    readonly notes: Readonly<Record<string, string>>;
    readonly policyVersion: number;
  };
  /** @param note null: as it was */
  addNeverBan(target: Target, by: string, note?: string | null): Awaitable<Refused | null>;
  removeNeverBan(target: Target, by: string): Awaitable<Refused | null>;
  /** Of all rules together; a change of any of them is another one. */
  policyVersion(): number;
  detection(): IntrusionSettings;
  /** By the settings' names, as people write them; all or nothing. */
  setDetection(changes: Readonly<Record<string, unknown>>, by: string): Awaitable<Refused | null>;
  /** Back to the defaults: these, or all where none is named. */
  resetDetection(names: readonly string[], by: string): Awaitable<Refused | null>;
  cap(extension: string | null): CapInForce;
  setCap(
    microsPerMinute: number | null,
    extension: string | null,
    by: string,
  ): Awaitable<CapInForce | Refused>;
  inheritCap(extension: string, by: string): Awaitable<CapInForce | Refused>;
  limits(extension: string | null): LimitsInForce;
  /** Null: what holds without it. */
  setLimits(
    changes: Readonly<Record<string, string | null>>,
    extension: string | null,
    by: string,
  ): Awaitable<LimitsInForce | Refused>;
  inheritLimits(extension: string, by: string): Awaitable<LimitsInForce | Refused>;
  dialPlan(): DialPlan;
  setDialPlan(plan: DialPlan, by: string): Awaitable<Refused | null>;
  refusals(): RefusalRules;
  setRefusals(changes: RefusalChanges, by: string): Awaitable<Refused | null>;
  rateRules(): RateRules;
  /** Only what is given changes. */
  setRateRules(rules: Partial<RateRules>, by: string): Awaitable<RateRules>;
}

/** `microsPerMinute` null: no cap. */
export interface CapInForce extends Omit<Cap, "microsPerMinute"> {
  readonly microsPerMinute: number | null;
}
