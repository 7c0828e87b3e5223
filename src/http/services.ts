import type { Source, Target } from "../domain/address.js";
import type { CallRequest, Cap, Rate, Scope, Verdict } from "../domain/calling/verdict.js";
import type { Ban } from "../domain/intrusion/ban.js";
import type { DialPlan, OpenArea } from "../domain/policy.js";
import type { TrunkDecks } from "../guard/deck-bindings.js";
import type { Explanation } from "../guard/explain.js";
import type { CallFilter, CallLogEntry, Clock, DeckInfo, Happening } from "../guard/ports.js";
import type { DeckImport, FileSettings } from "../guard/rates.js";
import type { RateRules } from "../guard/rules.js";

export type Awaitable<T> = T | Promise<T>;

/** An expected refusal: understood, and not done. `message` says what to do instead. */
export interface Refused {
  readonly refused: "not-found" | "protected" | "refused";
  readonly message: string;
}

/** What the API needs from the guards; the composition root puts them in. `by` is who asked, for the audit. */
export interface Services {
  readonly clock: Clock;
  status(): Awaitable<Status>;
  readonly bans: BanService;
  /** Null where neither an address nor an extension of that name is known. */
  why(target: string): Awaitable<Explanation | null>;
  calls(filter: CallFilter): Awaitable<readonly CallLogEntry[]>;
  /** By the code of the live path, and without a call. */
  judge(request: CallRequest): Verdict;
  readonly rates: RateService;
  readonly rules: RuleService;
  readonly happenings: Happenings;
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
  readonly last24h: {
    readonly bans: number;
    readonly callsAllowed: number;
    readonly callsRefused: number;
  };
  /** Null where the backend can't count. */
  readonly dropped: { readonly packets: number; readonly bytes: number } | null;
  readonly decks: readonly DeckInfo[];
  readonly policyVersion: number;
  readonly warnings: readonly string[];
}

export interface BanService {
  inForce(): Awaitable<readonly Ban[]>;
  /** The bans in force that cover the target, and all of exactly it, newest first. */
  show(target: Target): Awaitable<{ readonly inForce: readonly Ban[]; readonly history: readonly Ban[] }>;
  banByHand(
    target: Target,
    how: { readonly durationMs: number | null; readonly note: string | null; readonly by: string },
  ): Awaitable<Ban | Refused>;
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

export interface AreasInForce {
  readonly scope: Scope;
  readonly areas: readonly OpenArea[];
  readonly policyVersion: number;
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
  neverBan(): { readonly targets: readonly Target[]; readonly policyVersion: number };
  addNeverBan(target: Target, by: string): Awaitable<Refused | null>;
  removeNeverBan(target: Target, by: string): Awaitable<Refused | null>;
  cap(extension: string | null): CapInForce;
  setCap(
    microsPerMinute: number | null,
    extension: string | null,
    by: string,
  ): Awaitable<CapInForce | Refused>;
  dialPlan(): DialPlan;
  setDialPlan(plan: DialPlan, by: string): Awaitable<Refused | null>;
  rateRules(): RateRules;
  /** Only what is given changes. */
  setRateRules(rules: Partial<RateRules>, by: string): Awaitable<RateRules>;
}

/** `microsPerMinute` null: no cap. */
export interface CapInForce extends Omit<Cap, "microsPerMinute"> {
  readonly microsPerMinute: number | null;
}
