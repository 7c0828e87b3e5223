import type { Target } from "./address.js";
import { DEFAULT_LIMITS, type CallLimits, type ExtensionLimits } from "./calling/limits.js";
import type { Refusals } from "./calling/refusals.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "./intrusion/settings.js";
import { DEFAULT_REGISTRATION, type AllowList, type RegistrationRules } from "./registration/allow-list.js";

/** ISO 3166-1 alpha-2 for countries (`US`), or the slug of a special destination (`satellite`, `international-premium`). */
export type AreaCode = string;

/** Number types as areas distinguish them. `fixed-or-mobile`: the plan does not tell them apart (North America). */
export type NumberType =
  | "fixed"
  | "mobile"
  | "fixed-or-mobile"
  | "toll-free"
  | "premium"
  | "shared-cost"
  | "personal"
  | "pager"
  | "voip"
  | "uan"
  | "voicemail"
  | "unknown";

/** One opened area. `types` null: every ordinary type, so not premium, shared-cost, personal, pager, uan; of a special
 *  destination, every type. */
export interface OpenArea {
  readonly area: AreaCode;
  readonly types: readonly NumberType[] | null;
}

/** How digits on this PBX are to be read. */
export interface DialPlan {
  /** ISO 3166-1 alpha-2. */
  readonly country: AreaCode;
  /** Dialled ahead of an outside call and taken off, such as `9`; null where there is none. */
  readonly outsidePrefix: string | null;
  /** International prefixes beyond the country's own, such as `00` in the US; `+` always works. */
  readonly internationalPrefixes: readonly string[];
  /** Ahead of a local number, which is dialled without it: `212`, `20`. Null or left out: no local dialling. */
  readonly areaCode?: string | null;
  /** In the place of the country's own trunk prefix; empty: none is dialled. Null or left out: the country's own. */
  readonly trunkPrefix?: string | null;
  /** What is dialled outside has at least so many digits, the outside prefix not counted. Null or left out: any number has. */
  readonly shortestOutside?: number | null;
}

/** Of the rules whose digits a number begins with, the one with the most decides, and `deny` where two have as many. An allowed
 *  prefix opens what areas and high-risk ranges close, never the cap. */
export interface PrefixRule {
  /** E.164 digits without `+`. */
  readonly prefix: string;
  readonly action: "allow" | "deny";
}

export interface CallingRules {
  readonly openAreas: readonly OpenArea[];
  /** Go ahead of areas. Left out: none. */
  readonly prefixRules?: readonly PrefixRule[];
  /** What happens to numbers in ranges known for fraud, inside areas that are open. Left out: `refuse`. */
  readonly highRisk?: "refuse" | "allow";
  /** Micro-dollars per minute; null: no cap. */
  readonly capMicrosPerMinute: number | null;
  /** A deck is loaded and has no price for the number. */
  readonly withoutRate: "refuse" | "allow";
  /** Whether a connection fee counts as part of the first minute, so that it may lift a destination above the cap. */
  readonly feeInFirstMinute: boolean;
  /** The deck that prices the calls of a trunk. One that is not named has the deck of its own name, else `default`. */
  readonly trunkDecks: Readonly<Record<string, string>>;
  readonly limits: CallLimits;
  /** How refused calls end, by reason; goes ahead of the configuration file. Left out: nothing of its own. */
  readonly refusals?: Refusals;
  /** Whether the extension whose call is refused gets a SIP message that says why. Left out: `no`. */
  readonly tellCaller?: TellCaller;
}

export type TellCaller = "no" | "message";

/** One immutable snapshot of all rules. `extensions` holds what takes the place of a global rule for an extension. */
export interface Policy {
  readonly version: number;
  readonly dialPlan: DialPlan;
  readonly calling: CallingRules;
  readonly extensions: Readonly<Record<string, ExtensionRules>>;
  readonly intrusion: IntrusionSettings;
  readonly registration: RegistrationRules;
  readonly neverBan: readonly Target[];
  /** Why a target is on the never-ban list, where somebody said so. */
  readonly neverBanNotes?: Readonly<Record<string, string>>;
}

export interface ExtensionRules {
  readonly openAreas?: readonly OpenArea[];
  readonly prefixRules?: readonly PrefixRule[];
  readonly capMicrosPerMinute?: number | null;
  /** Each in the place of the global one of its name. */
  readonly limits?: Partial<ExtensionLimits>;
  /** From where it may register. */
  readonly allowList?: AllowList;
}

export const DEFAULT_POLICY: Policy = {
  version: 1,
  dialPlan: { country: "US", outsidePrefix: null, internationalPrefixes: [] },
  calling: {
    openAreas: [{ area: "US", types: null }],
    capMicrosPerMinute: 250_000,
    withoutRate: "refuse",
    feeInFirstMinute: true,
    trunkDecks: {},
    limits: DEFAULT_LIMITS,
  },
  extensions: {},
  intrusion: DEFAULT_INTRUSION,
  registration: DEFAULT_REGISTRATION,
  neverBan: [],
};
