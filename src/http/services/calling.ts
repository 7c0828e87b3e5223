import type { Rate } from "../../domain/calling/verdict.js";
import type { TrunkDecks } from "../../guard/deck-bindings.js";
import type { Spend } from "../../guard/limits.js";
import type { DeckInfo } from "../../guard/ports.js";
import type { DeckImport, FileSettings } from "../../guard/rates.js";
import type { Rules } from "../../guard/rules.js";
export type { CapInForce } from "../../guard/rules.js";
import type { Awaitable, Refused } from "./refused.js";

/** What calls cost in the last 24 hours. */
export interface SpendService {
  /** `extension` null: of the whole system. */
  spend(extension: string | null): Spend;
  /** Of every extension that has spent something, the dearest first. */
  spends(): readonly Spend[];
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

/** The rules, but for what the guards alone do with them. */
export type RuleService = Omit<
  Rules,
  "policy" | "edit" | "withAreaChanges" | "useGlobalRules" | "addNeverBans"
>;
