/** What travels over the API, as JSON: the one file of this folder that the command and the web UI may import. Addresses are
 *  text without port, numbers E.164 with `+`, money USD per minute as a decimal string with four decimals or more
 *  (`"0.2100"`), times RFC 3339 in UTC. Text of attackers (accounts, dialled digits) is passed on as it is: show it escaped. */

/** Paths, with what goes into them encoded: a network's slash and an attacker's text too. */
export const paths = {
  status: "/api/v1/status",
  bans: "/api/v1/bans",
  ban: (target: string) => `/api/v1/bans/${encodeURIComponent(target)}`,
  banNote: (target: string) => `/api/v1/bans/${encodeURIComponent(target)}/note`,
  neverBanThis: (target: string) => `/api/v1/bans/${encodeURIComponent(target)}/never-ban`,
  proposals: "/api/v1/proposals",
  acceptProposal: (network: string) => `/api/v1/proposals/${encodeURIComponent(network)}/accept`,
  dismissProposal: (network: string) => `/api/v1/proposals/${encodeURIComponent(network)}/dismiss`,
  blocks: "/api/v1/blocks",
  block: (account: string, source: string) =>
    `/api/v1/blocks/${encodeURIComponent(account)}/${encodeURIComponent(source)}`,
  locks: "/api/v1/locks",
  lock: (account: string) => `/api/v1/locks/${encodeURIComponent(account)}`,
  audit: "/api/v1/audit",
  importBans: "/api/v1/bans/import",
  importNeverBan: "/api/v1/never-ban/import",
  why: (target: string) => `/api/v1/why/${encodeURIComponent(target)}`,
  calls: "/api/v1/calls",
  callsCsv: "/api/v1/calls.csv",
  checkCall: "/api/v1/check-call",
  checkCallBatch: "/api/v1/check-call/batch",
  decks: "/api/v1/decks",
  deck: (name: string) => `/api/v1/decks/${encodeURIComponent(name)}`,
  undoDeck: (name: string) => `/api/v1/decks/${encodeURIComponent(name)}/undo`,
  trunkDecks: "/api/v1/trunk-decks",
  rateRules: "/api/v1/rate-rules",
  rate: (digits: string) => `/api/v1/rates/${encodeURIComponent(digits)}`,
  areas: "/api/v1/areas",
  openAreas: "/api/v1/areas/open",
  closeAreas: "/api/v1/areas/close",
  forgetPrefixes: "/api/v1/areas/forget",
  inheritAreas: "/api/v1/areas/inherit",
  highRisk: "/api/v1/areas/high-risk",
  neverBan: "/api/v1/never-ban",
  neverBanEntry: (target: string) => `/api/v1/never-ban/${encodeURIComponent(target)}`,
  detection: "/api/v1/detection",
  resetDetection: "/api/v1/detection/reset",
  cap: "/api/v1/cap",
  dialPlan: "/api/v1/dial-plan",
  dialPlanPreview: "/api/v1/dial-plan/preview",
  events: "/api/v1/events",
} as const;

/** The header in which a client on the socket says who it acts for; audited, since whoever reaches the socket may do all. */
export const USER_HEADER = "ringfence-user";

/** Every answer outside 2xx. `bad-request`: the request itself is malformed. `not-found`, `protected`, `refused`: understood,
 *  and not done. The rest: something is broken. */
export interface ErrorJson {
  readonly error: { readonly code: string; readonly message: string };
}

// ---- status -----------------------------------------------------------------------------------------------------

export interface GuardStateJson {
  /** `events`, `calls`, `kernel`, `prices`, … */
  readonly name: string;
  readonly up: boolean;
  /** Whether something is broken while it is down, or merely left to be set up. */
  readonly vital: boolean;
  /** One sentence: a fact when it is up, what to do when it is not. */
  readonly detail: string;
}

export interface StatusJson {
  readonly version: string;
  readonly startedAt: string;
  readonly asterisk: string | null;
  readonly guards: readonly GuardStateJson[];
  readonly bansInForce: number;
  readonly blocksInForce: number;
  readonly locksInForce: number;
  /** Networks that a person is to decide on. */
  readonly proposals: number;
  readonly last24h: {
    readonly bans: number;
    readonly callsAllowed: number;
    readonly callsRefused: number;
  };
  readonly dropped: { readonly packets: number; readonly bytes: number } | null;
  readonly decks: readonly DeckJson[];
  readonly policyVersion: number;
  /** What a person should see to. */
  readonly warnings: readonly string[];
}

// ---- bans -------------------------------------------------------------------------------------------------------

/** The fields of `replay`'s decisions, and the rest of what is stored. */
export interface BanJson {
  readonly id: number;
  readonly target: string;
  readonly at: string;
  /** Null: until lifted. */
  readonly until: string | null;
  readonly cause: string;
  readonly trigger: string;
  readonly standing: string;
  readonly proof: string;
  readonly scope: string;
  /** Counted from 1; 0 for a ban by hand. */
  readonly rung: number;
  readonly attempts: number;
  readonly accounts: readonly string[];
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly services: readonly string[];
  readonly transports: readonly string[];
  readonly summary: string;
  /** What to do, to the person behind the phone. */
  readonly advice: string;
  /** How sure the cause is, 0 to 1. */
  readonly confidence: number;
  /** By account name, at most 20. */
  readonly tried: readonly AccountTriesJson[];
  /** How many different ports it sent from, 32 at most; null where nobody told. */
  readonly ports: number | null;
  readonly aclNames: readonly string[];
  /** When a password last succeeded from there before. */
  readonly lastSuccessAt: string | null;
  readonly userAgents: readonly string[];
  readonly methods: readonly string[];
  readonly note: string | null;
  readonly by: string;
  readonly liftedAt: string | null;
  readonly liftedBy: string | null;
}

/** Tries on one account name. `everySeconds`: the mean time between them, where there are three or more. */
export interface AccountTriesJson {
  readonly name: string;
  readonly tries: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly everySeconds: number | null;
  readonly kinds: readonly string[];
}

/** One page, newest first. */
export interface BansJson {
  readonly bans: readonly BanJson[];
  /** What to send as `before` to get the next page; null: this was the last. */
  readonly next: number | null;
}

export interface AddBanJson {
  readonly target: string;
  /** Such as `90s`, `15m`, `2h`, `7d`; left out: until lifted. */
  readonly duration?: string | undefined;
  readonly note?: string | undefined;
  /** `host`: everything is dropped; `voip`: the SIP and IAX ports alone. Left out: `host`. */
  readonly scope?: "host" | "voip" | undefined;
}

/** Null takes the note away. */
export interface NoteJson {
  readonly note: string | null;
}

/** One target: the bans in force that cover it, then those of exactly this target that are over, newest first. */
export interface ShownBansJson {
  readonly target: string;
  readonly inForce: readonly BanJson[];
  readonly history: readonly BanJson[];
}

export interface LiftedJson {
  readonly lifted: readonly BanJson[];
}

// ---- blocks, locks, proposals -----------------------------------------------------------------------------------

/** One account shut to one source; the other fields are a ban's. */
export interface BlockJson extends Omit<BanJson, "target" | "scope"> {
  readonly account: string;
  readonly source: string;
  /** Why Asterisk does not enforce it, as a sentence; null where it does, or where it is over. */
  readonly notInForce: string | null;
}

export interface BlocksJson {
  readonly blocks: readonly BlockJson[];
}

export interface AddBlockJson {
  readonly account: string;
  readonly source: string;
  readonly duration?: string | undefined;
  readonly note?: string | undefined;
}

export interface LiftedBlocksJson {
  readonly lifted: readonly BlockJson[];
}

/** One account shut to all but its known sources. */
export interface LockJson {
  readonly id: number;
  readonly account: string;
  readonly at: string;
  readonly until: string;
  /** How many sources tried it. */
  readonly sources: number;
  readonly by: string;
  readonly liftedAt: string | null;
  readonly liftedBy: string | null;
  readonly notInForce: string | null;
}

export interface LocksJson {
  readonly locks: readonly LockJson[];
}

/** A network with several banned sources. */
export interface ProposalJson {
  readonly network: string;
  readonly at: string;
  readonly sources: readonly string[];
  readonly attempts: number;
}

export interface ProposalsJson {
  readonly proposals: readonly ProposalJson[];
}

/** Without `duration` for a week. */
export interface AcceptProposalJson {
  readonly duration?: string | undefined;
}

// ---- import -----------------------------------------------------------------------------------------------------

export interface ImportedJson {
  readonly dryRun: boolean;
  /** Taken in, or to be taken in. */
  readonly added: readonly string[];
  /** There already. */
  readonly present: readonly string[];
  /** Not taken in; `line` counts from 1. */
  readonly refused: readonly { readonly line: number; readonly text: string; readonly message: string }[];
}

// ---- audit ------------------------------------------------------------------------------------------------------

export interface AuditEntryJson {
  readonly id: number;
  readonly at: string;
  readonly by: string;
  readonly subject: string;
  readonly change: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One page, newest first; `next` is sent as `before` to get the next one. */
export interface AuditJson {
  readonly entries: readonly AuditEntryJson[];
  readonly next: number | null;
}

// ---- why --------------------------------------------------------------------------------------------------------

export interface KnownSourceJson {
  readonly source: string;
  readonly account: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly successes: number;
}

interface ExplanationJson {
  readonly target: string;
  /** The answer in one sentence. */
  readonly headline: string;
  /** The story behind it, a sentence each. */
  readonly story: readonly string[];
  /** What to do, a sentence each. */
  readonly advice: readonly string[];
}

export interface AddressExplanationJson extends ExplanationJson {
  readonly kind: "address";
  readonly standing: string;
  /** Why nothing is ever done against it; null unless `standing` is `protected`. */
  readonly protectedBecause: string | null;
  readonly inForce: readonly BanJson[];
  readonly history: readonly BanJson[];
  readonly known: readonly KnownSourceJson[];
  readonly recentAttempts: {
    readonly count: number;
    readonly accounts: readonly string[];
    readonly firstAt: string | null;
    readonly lastAt: string | null;
  };
}

export interface ExtensionExplanationJson extends ExplanationJson {
  readonly kind: "extension";
  readonly known: readonly KnownSourceJson[];
  readonly areas: readonly OpenAreaJson[];
  readonly areasScope: ScopeJson;
  readonly cap: CapJson;
  readonly refusedCalls: readonly CallJson[];
}

export type WhyJson = AddressExplanationJson | ExtensionExplanationJson;

// ---- calls ------------------------------------------------------------------------------------------------------

/** `global`, or the extension whose own rule it is. */
export type ScopeJson = string;

export interface VerdictJson {
  readonly decision: "allow" | "refuse";
  readonly reason: string;
  readonly from: string | null;
  readonly number: string | null;
  readonly area: string | null;
  readonly numberType: string | null;
  readonly rate: { readonly deck: string; readonly prefix: string; readonly usdPerMinute: string } | null;
  /** `extension`: the extension's own cap, in the global one's place. */
  readonly cap: { readonly usdPerMinute: string; readonly scope: "global" | "extension" } | null;
  /** Which rule decided, such as `global list: US` or `extension 100's prefix +4470 denied`. */
  readonly rule: string | null;
  readonly detail: string;
  readonly policyVersion: number;
}

export interface CallJson extends VerdictJson {
  readonly id: number;
  readonly at: string;
  readonly channel: string;
  /** As it was dialled: hostile. */
  readonly dialled: string;
  /** How `from` was worked out: `endpoint`, `transfer`, `forward`, `unknown`; null where nobody asked. */
  readonly payer: string | null;
  readonly trunk: string | null;
  readonly tookMs: number;
}

/** One page, newest first; `next` is sent as `before` to get the next one. */
export interface CallsJson {
  readonly calls: readonly CallJson[];
  readonly next: number | null;
}

export interface CheckCallJson {
  readonly from: string | null;
  readonly number: string;
  readonly trunk?: string | null | undefined;
}

/** A batch row that could not be read, in its place among the verdicts. `line` counts from 1, the header included. */
export interface BatchFaultJson {
  readonly error: { readonly code: string; readonly message: string; readonly line: number };
}

// ---- rates ------------------------------------------------------------------------------------------------------

export interface DeckJson {
  readonly name: string;
  readonly rows: number;
  readonly importedAt: string;
  readonly importedBy: string;
  /** 30 days or more: its prices may be wrong. */
  readonly old: boolean;
  /** When the deck before this one was imported, which `undo` brings back; null where there is none. */
  readonly previousAt: string | null;
}

/** `trunks`: those that are bound to the deck. */
export interface DecksJson {
  readonly decks: readonly (DeckJson & { readonly trunks: readonly string[] })[];
}

/** After `undo` and DELETE: null where there is no deck of that name any more. */
export interface DeckAfterJson {
  readonly deck: DeckJson | null;
}

/** Trunk → deck. A trunk that is not named has the deck of its own name, else `default`. */
export interface TrunkDecksJson {
  readonly trunkDecks: Readonly<Record<string, string>>;
}

/** `deck` null: the trunks have no deck of their own any more. */
export interface BindDeckJson {
  readonly deck: string | null;
  readonly trunks: readonly string[];
}

export interface RateRulesJson {
  /** What happens to calls that a deck has no price for. */
  readonly withoutRate: "refuse" | "allow";
  /** Whether a connection fee counts as part of the first minute, and so against the cap. */
  readonly feeInFirstMinute: boolean;
}

/** Only what is given changes. */
export interface SetRateRulesJson {
  readonly withoutRate?: "refuse" | "allow" | undefined;
  readonly feeInFirstMinute?: boolean | undefined;
}

export interface DeckFaultJson {
  readonly line: number;
  readonly message: string;
}

/** What an import did, or would do. The settings that `format` tells can be given with the import. */
export interface DeckImportJson {
  readonly deck: string;
  readonly dryRun: boolean;
  /** Prices that are kept, also those that begin on a day to come. */
  readonly rows: number;
  /** Rows of the file below its headings. */
  readonly read: number;
  readonly refusedRows: number;
  /** The first of the refused rows. */
  readonly faults: readonly DeckFaultJson[];
  /** Prefixes that were there already; the dearer price counts. */
  readonly duplicates: number;
  readonly firstDuplicates: readonly DeckDuplicateJson[];
  /** Lines without a price, rows taken out by their status, and rows whose time is over. */
  readonly passedOver: { readonly remarks: number; readonly deleted: number; readonly ended: number };
  /** Prices that begin on a day to come; `nextAt`: when the deck next changes by itself. */
  readonly scheduled: { readonly count: number; readonly nextAt: string | null };
  /** Prices without a word on how they are billed: reckoned in whole minutes. */
  readonly withoutIncrements: number;
  /** Words of the status column that are not known: their rows were taken as they stand. */
  readonly unknownStatus: readonly string[];
  readonly format: DeckFormatJson;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly dearerThanCap: number;
  /** Prefixes that the carrier takes no calls for. */
  readonly blocked: number;
  /** Prefixes that could be called before by the global cap, and can't be from now on. */
  readonly newlyBlocked: { readonly count: number; readonly first: readonly DeckRiseJson[] };
  readonly rises: { readonly count: number; readonly biggest: readonly DeckRiseJson[] };
  /** Why the deck of that name could not be compared with; everything then counts as added. */
  readonly presentFault: string | null;
}

export interface DeckFormatJson {
  /** `prefix`, `rate`, `destination`, … and the headings they were found under, or numbers of columns. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Headings that meant nothing: their columns were passed over. */
  readonly unused: readonly string[];
  readonly delimiter: string;
  readonly encoding: string;
  readonly decimalMark: string;
  /** `dmy`, `mdy`, or null where no date needs it. */
  readonly dates: string | null;
  readonly currency: string;
  readonly inCents: boolean;
  /** Put in front of every prefix. */
  readonly before: string;
}

/** Null: the carrier takes no calls there. */
export interface DeckDuplicateJson {
  readonly prefix: string;
  readonly line: number;
  readonly usdPerMinute: string | null;
  readonly usdPerMinuteDropped: string | null;
}

/** Prices of the first minute, a connection fee included where the cap counts it; null: no price. */
export interface DeckRiseJson {
  readonly prefix: string;
  readonly destination: string;
  readonly usdPerMinuteBefore: string | null;
  readonly usdPerMinute: string | null;
}

export interface RateJson {
  readonly deck: string;
  readonly prefix: string;
  readonly destination: string;
  readonly usdPerMinute: string;
  /** The connection fee. */
  readonly usdToConnect: string;
  readonly minimumSeconds: number;
  readonly incrementSeconds: number;
}

export interface RateAnswerJson {
  readonly number: string;
  /** The cheapest first is not promised: one a deck, in the order of the decks' names. */
  readonly rates: readonly RateJson[];
}

// ---- rules ------------------------------------------------------------------------------------------------------

export interface OpenAreaJson {
  readonly area: string;
  /** Null: every ordinary type. */
  readonly types: readonly string[] | null;
}

export interface AreasJson {
  readonly scope: ScopeJson;
  readonly areas: readonly OpenAreaJson[];
  /** Whose list of prefixes it is: an extension may have one list of its own and not the other. */
  readonly prefixScope: ScopeJson;
  /** They go ahead of areas: the longest decides, such as `+4470`. */
  readonly prefixes: readonly { readonly prefix: string; readonly action: "allow" | "deny" }[];
  /** What happens to numbers in ranges known for fraud, inside open areas. */
  readonly highRisk: "refuse" | "allow";
  /** Of the open areas those that are known for fraud as a whole. */
  readonly risks: readonly { readonly area: string; readonly why: string }[];
  readonly policyVersion: number;
}

/** For an extension; the answer is the global lists, which hold for it from then on. */
export interface InheritAreasJson {
  readonly extension: string;
}

/** A range that toll fraud is known to end in. `opensWith` `prefix`: a part of an area that stays closed while the area is open. */
export interface HighRiskRangeJson {
  readonly prefix: string;
  readonly area: string;
  readonly opensWith: "area" | "prefix";
  readonly why: string;
  readonly source: string;
  readonly date: string;
}

export interface HighRiskJson {
  readonly highRisk: "refuse" | "allow";
  readonly ranges: readonly HighRiskRangeJson[];
}

export interface SetHighRiskJson {
  readonly highRisk: "refuse" | "allow";
}

/** `areas`: such as `US`, `GB`, `satellite`, with number types `GB:mobile,fixed`, or prefixes `+4470`. */
export interface ChangeAreasJson {
  readonly areas: readonly string[];
  readonly extension?: string | undefined;
}

export interface NeverBanJson {
  readonly neverBan: readonly string[];
  /** By target, where somebody said why. */
  readonly notes: Readonly<Record<string, string>>;
  readonly policyVersion: number;
}

export interface NeverBanEntryJson {
  readonly target: string;
  readonly note?: string | undefined;
}

/** One setting of detection, and all that a page needs to show and change it. */
export interface SettingJson {
  readonly name: string;
  readonly title: string;
  /** As it is written: `10`, `10m`, `15m 1h 6h`, `0.1`, `propose`. */
  readonly value: string;
  readonly default: string;
  /** How it is written: `count`, `duration`, `durations` (several), `share`, `choice`. */
  readonly form: string;
  /** What may be written, in words. */
  readonly range: string;
  /** What each choice means; null where there is nothing to choose from. */
  readonly choices: Readonly<Record<string, string>> | null;
  /** What it does, and what stands behind the default. */
  readonly why: string;
}

export interface DetectionJson {
  readonly settings: readonly SettingJson[];
  readonly policyVersion: number;
}

/** What to PATCH: names and what is to be written, such as `{"attempts":12,"window":"5m"}`; all or nothing. */
export type ChangeDetectionJson = Readonly<Record<string, string | number | readonly string[]>>;

/** Names to set back to their defaults; empty: all. */
export interface ResetDetectionJson {
  readonly names: readonly string[];
}

/** `usdPerMinute` null: no cap. */
export interface CapJson {
  readonly usdPerMinute: string | null;
  readonly scope: ScopeJson;
}

export interface SetCapJson {
  readonly usdPerMinute: string | null;
  readonly extension?: string | undefined;
}

export interface DialPlanJson {
  readonly country: string;
  readonly outsidePrefix: string | null;
  readonly internationalPrefixes: readonly string[];
  /** Goes ahead of local numbers; null: there is no local dialling. */
  readonly areaCode?: string | null | undefined;
  /** Null: the country's own; empty: none is dialled. */
  readonly trunkPrefix?: string | null | undefined;
  /** What is dialled outside has at least so many digits, the outside prefix not counted. */
  readonly shortestOutside?: number | null | undefined;
}

/** The settings that are given are tried in the place of those in force, and not stored. */
export interface DialPlanPreviewWishJson extends Partial<DialPlanJson> {
  readonly digits: string;
}

/** How digits are read: as emergency call, as a number, or not at all (`detail`). */
export interface DialPlanPreviewJson {
  readonly is: "emergency" | "number" | "refused";
  readonly steps: readonly { readonly digits: string; readonly meaning: string }[];
  readonly number: string | null;
  readonly area: string | null;
  readonly areaName: string | null;
  readonly numberType: string | null;
  readonly detail: string | null;
  readonly dialPlan: DialPlanJson;
}

// ---- live feed --------------------------------------------------------------------------------------------------

/** Each server-sent event has the `type` as its name and the whole object as its data. `missed`: the client read too slowly,
 *  and this many were left out. */
export type HappeningJson =
  | { readonly type: "ban"; readonly ban: BanJson }
  | { readonly type: "lift"; readonly target: string; readonly by: string }
  | {
      readonly type: "block";
      readonly account: string;
      readonly source: string;
      readonly until: string | null;
    }
  | { readonly type: "unblock"; readonly account: string; readonly source: string; readonly by: string }
  | { readonly type: "lock"; readonly account: string; readonly until: string }
  | { readonly type: "unlock"; readonly account: string; readonly by: string }
  | { readonly type: "alarm"; readonly slug: string; readonly detail: string }
  | { readonly type: "verdict"; readonly verdict: VerdictJson }
  | { readonly type: "policy"; readonly version: number }
  | { readonly type: "missed"; readonly count: number };
