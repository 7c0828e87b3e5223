import { networkOfTarget, contains, type Target } from "../domain/address.js";
import { parseDialPlan } from "../domain/calling/dial-plan.js";
import { DEFAULT_LIMITS, limitsFor, type CallLimits } from "../domain/calling/limits.js";
import { CALL_LIMITS, formatLimit, LIMIT_NAMES, parseLimits } from "../domain/calling/limits-explained.js";
import { formatUsd } from "../domain/calling/money.js";
import type { Scope } from "../domain/calling/verdict.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "../domain/intrusion/settings.js";
import { settingNamed, withSettings } from "../domain/intrusion/settings-explained.js";
import type { Refusal, RefusalReason, Refusals } from "../domain/calling/refusals.js";
import type { CallingRules, DialPlan, Policy, TellCaller } from "../domain/policy.js";
import { refusalRulesOf, withRefusals } from "./refusal-edits.js";
import {
  type AreaChanges,
  type AreaEdit,
  type AreasInForce,
  areasInForce,
  changeAreas,
  editAreas,
  withoutOwnAreas,
} from "./area-edits.js";
import type { Clock, Log, PolicyStore, Tell } from "./ports.js";
import {
  detectionWords,
  dialPlanWords,
  ownRules,
  sameJson,
  withAllowList,
  withCap,
  withoutCap,
  withLimits,
  withoutLimits,
  withDialPlan,
  withNeverBan,
  withoutOwn,
} from "./rule-edits.js";

export interface RuleParts {
  readonly store: PolicyStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: Tell;
  /** Who works by the policy: called with each new one, after it is stored. */
  readonly onPolicy: readonly ((policy: Policy) => void)[];
}

/** An edit that was not made: `message` says what to do instead. */
export interface RuleRefused {
  readonly refused: "refused" | "not-found" | "stale";
  readonly message: string;
}

export type { AreaChanges, AreasInForce };

/** `microsPerMinute` null: no cap. */
export interface CapInForce {
  readonly scope: Scope;
  readonly microsPerMinute: number | null;
}

export interface LimitsInForce {
  readonly limits: CallLimits;
  /** Those that the extension has of its own. */
  readonly own: readonly (keyof CallLimits)[];
}

export interface NeverBanList {
  readonly targets: readonly Target[];
  /** By target, where somebody said why. */
  readonly notes: Readonly<Record<string, string>>;
  readonly policyVersion: number;
}

/** The rules of the moment, and every way to change them. `extension` null: the global rule. `by` is who asked. An edit takes
 *  effect at once and whole: stored with its audit row, then handed to all who work by it; one that changes nothing
 *  stores nothing. Throws RingfenceError where the store is broken, and then the rules stay as they were. */
export interface Rules {
  /** The one place to read the policy. */
  policy(): Policy;
  policyVersion(): number;
  /** For edits that have a home of their own. `what` says in words what is done, for the audit. */
  edit(next: Policy, by: string, what: string): void;
  areas(extension: string | null): AreasInForce;
  /** `areas` as people write them: `US`, `JM:mobile`, prefixes such as `+4470`. An extension that had no list of its own gets
   *  one: the global list with these opened. */
  openAreas(areas: readonly string[], extension: string | null, by: string): AreasInForce | RuleRefused;
  closeAreas(areas: readonly string[], extension: string | null, by: string): AreasInForce | RuleRefused;
  /** Takes rules for prefixes away, allowed and denied ones. */
  forgetPrefixes(
    prefixes: readonly string[],
    extension: string | null,
    by: string,
  ): AreasInForce | RuleRefused;
  /** Takes an extension's own lists of areas and prefixes away; its cap stays. */
  inheritAreas(extension: string, by: string): AreasInForce | RuleRefused;
  /** All of the changes at once, with one audit row. */
  changeAreas(changes: AreaChanges, extension: string | null, by: string): AreasInForce | RuleRefused;
  /** The policy as those changes would make it, which is not stored. */
  withAreaChanges(changes: AreaChanges, extension: string | null): { readonly policy: Policy } | RuleRefused;
  /** What happens to numbers in ranges known for fraud, inside open areas. */
  setHighRisk(highRisk: AreasInForce["highRisk"], by: string): AreasInForce;
  cap(extension: string | null): CapInForce;
  setCap(microsPerMinute: number | null, extension: string | null, by: string): CapInForce | RuleRefused;
  /** Takes an extension's own cap away. */
  inheritCap(extension: string, by: string): CapInForce | RuleRefused;
  limits(extension: string | null): LimitsInForce;
  /** By the limits' names, as people write them; null: what holds without it, so the global one for an extension, and the default
   *  for all. All or nothing. */
  setLimits(
    changes: Readonly<Record<string, string | null>>,
    extension: string | null,
    by: string,
  ): LimitsInForce | RuleRefused;
  /** Takes an extension's own limits away. */
  inheritLimits(extension: string, by: string): LimitsInForce | RuleRefused;
  /** Takes an extension's own list and cap away, so that the global ones hold for it again. */
  useGlobalRules(extension: string, by: string): RuleRefused | null;
  neverBan(): NeverBanList;
  addNeverBan(target: Target, by: string, note?: string | null): RuleRefused | null;
  /** All of them in one change; those on the list already keep their notes. */
  addNeverBans(targets: readonly Target[], by: string, note: string | null): RuleRefused | null;
  removeNeverBan(target: Target, by: string): RuleRefused | null;
  detection(): IntrusionSettings;
  /** `changes` by the settings' names, as people write them; all or nothing. */
  setDetection(changes: Readonly<Record<string, unknown>>, by: string): RuleRefused | null;
  /** Back to the defaults: these settings, or all where none is named. */
  resetDetection(names: readonly string[], by: string): RuleRefused | null;
  dialPlan(): DialPlan;
  setDialPlan(plan: DialPlan, by: string): RuleRefused | null;
  refusals(): RefusalRules;
  /** Null in the place of a refusal takes it away. All or nothing. */
  setRefusals(changes: RefusalChanges, by: string): RuleRefused | null;
  rateRules(): RateRules;
  /** Only what is given changes. */
  setRateRules(rules: Partial<RateRules>, by: string): RateRules;
}

export interface RefusalRules {
  readonly refusals: Refusals;
  readonly tellCaller: TellCaller;
}

export interface RefusalChanges {
  readonly refusals?: Readonly<Partial<Record<RefusalReason, Refusal | null>>>;
  readonly tellCaller?: TellCaller;
}

/** What is made of prices, beside the cap. */
export type RateRules = Pick<CallingRules, "withoutRate" | "feeInFirstMinute" | "trunkDecks">;

export function loadRules({ store, clock, log, tell, onPolicy }: RuleParts): Rules {
  let current = store.load();

  const change = (next: Policy, by: string, what: string): void => {
    current = store.save(next, by, clock.nowMs(), what);
    log.info("rules changed", { by, what, version: current.version });
    for (const use of onPolicy) {
      try {
        use(current);
      } catch (error) {
        // The rules are stored, and the others must still hear of them.
        log.error("a part of the daemon did not take the new rules", { version: current.version, error });
      }
    }
    tell({ type: "policy", version: current.version });
  };

  const editAreaLists = (
    edit: AreaEdit,
    texts: readonly string[],
    extension: string | null,
    by: string,
  ): AreasInForce | RuleRefused => {
    const fault = extensionFault(extension);
    if (fault !== null) return fault;
    const edited = editAreas(current, edit, texts, extension);
    if ("error" in edited) return { refused: "refused", message: edited.error };
    if (edited.policy !== current) change(edited.policy, by, `${edited.what}${forWhom(extension)}`);
    return areasInForce(current, extension);
  };

  const changedAreas = (
    changes: AreaChanges,
    extension: string | null,
  ): { readonly policy: Policy; readonly what: string } | RuleRefused => {
    const fault = extensionFault(extension);
    if (fault !== null) return fault;
    const changed = changeAreas(current, changes, extension);
    return "error" in changed ? { refused: "refused", message: changed.error } : changed;
  };

  const editDetection = (edit: ReturnType<typeof withSettings>, by: string): RuleRefused | null => {
    if ("faults" in edit) {
      const faults = [...edit.faults].map(([name, fault]) => `${shown(name)}: ${fault}`);
      return { refused: "refused", message: faults.join("; ") };
    }
    const words = detectionWords(current.intrusion, edit.settings);
    if (words !== "") change({ ...current, intrusion: edit.settings }, by, `set ${words}`);
    return null;
  };

  return {
    policy: () => current,
    policyVersion: () => current.version,
    edit: change,
    areas: (extension) => areasInForce(current, extension),
    openAreas: (areas, extension, by) => editAreaLists("allow", areas, extension, by),
    closeAreas: (areas, extension, by) => editAreaLists("deny", areas, extension, by),
    forgetPrefixes: (prefixes, extension, by) => editAreaLists("forget", prefixes, extension, by),

    inheritAreas: (extension, by) => {
      const next = withoutOwnAreas(current, extension);
      if (next === null) {
        return { refused: "not-found", message: `${named(extension)} has no list of its own` };
      }
      change(next, by, `took the own lists of areas and prefixes away${forWhom(extension)}`);
      return areasInForce(current, extension);
    },

    changeAreas: (changes, extension, by) => {
      const changed = changedAreas(changes, extension);
      if ("refused" in changed) return changed;
      if (!sameJson(changed.policy, current)) {
        change(changed.policy, by, `${changed.what}${forWhom(extension)}`);
      }
      return areasInForce(current, extension);
    },

    withAreaChanges: changedAreas,

    setHighRisk: (highRisk, by) => {
      if ((current.calling.highRisk ?? "refuse") !== highRisk) {
        const next = { ...current, calling: { ...current.calling, highRisk } };
        change(next, by, `set high-risk ranges inside open areas to ${highRisk}`);
      }
      return areasInForce(current, null);
    },

    cap: (extension) => capOf(current, extension),

    setCap: (micros, extension, by) => {
      const fault = extensionFault(extension) ?? capFault(micros);
      if (fault !== null) return fault;
      const { scope, microsPerMinute } = capOf(current, extension);
      if (microsPerMinute !== micros || (extension !== null && scope === "global")) {
        const what =
          micros === null ? "took the price cap away" : `set the price cap to $${formatUsd(micros)} a minute`;
        change(withCap(current, extension, micros), by, `${what}${forWhom(extension)}`);
      }
      return capOf(current, extension);
    },

    inheritCap: (extension, by) => {
      if (ownRules(current, extension)?.capMicrosPerMinute === undefined) {
        return { refused: "not-found", message: `${named(extension)} has no cap of its own` };
      }
      change(withoutCap(current, extension), by, `took the own price cap away${forWhom(extension)}`);
      return capOf(current, extension);
    },

    limits: (extension) => limitsOf(current, extension),

    setLimits: (changes, extension, by) => {
      const fault = extensionFault(extension);
      if (fault !== null) return fault;
      const edited = limitsEdited(current, changes, extension);
      if ("refused" in edited) return edited;
      if (!sameJson(edited.policy, current)) change(edited.policy, by, `${edited.what}${forWhom(extension)}`);
      return limitsOf(current, extension);
    },

    inheritLimits: (extension, by) => {
      if (ownRules(current, extension)?.limits === undefined) {
        return { refused: "not-found", message: `${named(extension)} has no limits of its own` };
      }
      change(withLimits(current, extension, null), by, `took the own limits away${forWhom(extension)}`);
      return limitsOf(current, extension);
    },

    useGlobalRules: (extension, by) => {
      if (ownRules(current, extension) === undefined) {
        return { refused: "not-found", message: `${named(extension)} has no rules of its own` };
      }
      const list = ownRules(current, extension)?.allowList;
      const next = withoutOwn(current, extension);
      // From where it registers is another matter, with a command of its own.
      change(
        list === undefined ? next : withAllowList(next, extension, list),
        by,
        `took the own rules away${forWhom(extension)}`,
      );
      return null;
    },

    neverBan: () => ({
      targets: current.neverBan,
      notes: current.neverBanNotes ?? {},
      policyVersion: current.version,
    }),

    addNeverBan: (target, by, note = null) => {
      if (networkOfTarget(target).bits === 0) {
        const message = `${target} is every address, and nobody could be banned any more: name a smaller network`;
        return { refused: "refused", message };
      }
      const known = current.neverBan.includes(target);
      if (known && (note === null || current.neverBanNotes?.[target] === note)) return null;
      const neverBan = known ? current.neverBan : [...current.neverBan, target];
      const notes = { ...current.neverBanNotes, ...(note !== null && { [target]: note }) };
      change(withNeverBan(current, neverBan, notes), by, `put ${target} on the never-ban list`);
      return null;
    },

    addNeverBans: (targets, by, note) => {
      const added = targets.filter((target) => !current.neverBan.includes(target));
      const wide = added.find((target) => networkOfTarget(target).bits === 0);
      if (wide !== undefined) return { refused: "refused", message: `${wide} is every address` };
      if (added.length === 0) return null;
      const noted = note === null ? {} : Object.fromEntries(added.map((target) => [target, note]));
      const next = withNeverBan(current, [...current.neverBan, ...added], {
        ...current.neverBanNotes,
        ...noted,
      });
      change(next, by, `put ${added.length} imported targets on the never-ban list`);
      return null;
    },

    removeNeverBan: (target, by) => {
      if (!current.neverBan.includes(target)) return notListed(target, current.neverBan);
      const neverBan = current.neverBan.filter((each) => each !== target);
      change(
        withNeverBan(current, neverBan, current.neverBanNotes ?? {}),
        by,
        `took ${target} off the never-ban list`,
      );
      return null;
    },

    detection: () => current.intrusion,
    setDetection: (changes, by) => editDetection(withSettings(current.intrusion, changes), by),
    resetDetection: (names, by) => {
      const unknown = names.filter((name) => settingNamed(name) === null);
      if (unknown.length > 0) {
        return {
          refused: "not-found",
          message: `${unknown.map(shown).join(", ")}: there is no such setting`,
        };
      }
      const fields = names.map(settingNamed).filter((field) => field !== null);
      const reset = Object.fromEntries(fields.map((field) => [field, DEFAULT_INTRUSION[field]]));
      const settings = names.length === 0 ? DEFAULT_INTRUSION : { ...current.intrusion, ...reset };
      return editDetection({ settings }, by);
    },

    dialPlan: () => current.dialPlan,

    setDialPlan: (plan, by) => {
      const parsed = parseDialPlan(plan);
      if ("error" in parsed) return { refused: "refused", message: parsed.error };
      const next = withDialPlan(current, parsed.dialPlan);
      if (sameJson(next, current)) return null;
      change(next, by, `set the dial plan: ${dialPlanWords(current, next)}`);
      return null;
    },

    refusals: () => refusalRulesOf(current),
    setRefusals: (changes, by) => {
      const edited = withRefusals(current, changes);
      if ("error" in edited) return { refused: "refused", message: edited.error };
      if (!sameJson(edited.policy, current)) change(edited.policy, by, edited.what);
      return null;
    },

    rateRules: () => rateRulesOf(current),

    setRateRules: (rules, by) => {
      const next = { ...current, calling: { ...current.calling, ...rules } };
      if (!sameJson(next, current))
        change(next, by, `set ${Object.keys(rules).map(rateRuleWords).join(", ")}`);
      return rateRulesOf(current);
    },
  };
}

function rateRulesOf({ calling }: Policy): RateRules {
  const { withoutRate, feeInFirstMinute, trunkDecks } = calling;
  return { withoutRate, feeInFirstMinute, trunkDecks };
}

function rateRuleWords(rule: string): string {
  if (rule === "trunkDecks") return "the decks of trunks";
  return rule === "withoutRate"
    ? "what happens without a known price"
    : "whether a fee counts into the first minute";
}

function capOf(policy: Policy, extension: string | null): CapInForce {
  const own = extension === null ? undefined : ownRules(policy, extension)?.capMicrosPerMinute;
  if (extension === null || own === undefined) {
    return { scope: "global", microsPerMinute: policy.calling.capMicrosPerMinute };
  }
  return { scope: { extension }, microsPerMinute: own };
}

function limitsOf(policy: Policy, extension: string | null): LimitsInForce {
  const own = extension === null ? undefined : ownRules(policy, extension)?.limits;
  return {
    limits: limitsFor(policy, extension),
    own: LIMIT_NAMES.filter((field) => own !== undefined && Object.hasOwn(own, field)),
  };
}

function limitsEdited(
  policy: Policy,
  changes: Readonly<Record<string, string | null>>,
  extension: string | null,
): { readonly policy: Policy; readonly what: string } | RuleRefused {
  // What is not to hold any more is read as its default, which also finds names that don't exist.
  const texts = Object.entries(changes).map(([name, text]) => [name, text ?? defaultText(name)] as const);
  const parsed = parseLimits(Object.fromEntries(texts), extension !== null);
  if ("faults" in parsed) return { refused: "refused", message: parsed.faults.join("; ") };
  const named = LIMIT_NAMES.filter((field) => Object.hasOwn(parsed.limits, field));
  const dropped =
    extension === null ? [] : named.filter((field) => changes[CALL_LIMITS[field].name] === null);
  const set = Object.entries(parsed.limits).filter(([field]) => !dropped.some((each) => each === field));
  const kept = set.length === 0 ? policy : withLimits(policy, extension, Object.fromEntries(set));
  const next = extension === null || dropped.length === 0 ? kept : withoutLimits(kept, extension, dropped);
  const { limits } = limitsOf(next, extension);
  const words = named.map((field) =>
    dropped.includes(field)
      ? `${CALL_LIMITS[field].name} everyone's ${formatLimit(field, limits)}`
      : `${CALL_LIMITS[field].name} ${formatLimit(field, limits)}`,
  );
  return { policy: next, what: `set the limits ${words.join(", ")}` };
}

function defaultText(name: string): string {
  const field = LIMIT_NAMES.find((each) => CALL_LIMITS[each].name === name);
  return field === undefined ? "" : formatLimit(field, DEFAULT_LIMITS);
}

export function extensionFault(extension: string | null): RuleRefused | null {
  if (extension === null || (/^[\w.@+-]{1,80}$/.test(extension) && extension !== "__proto__")) return null;
  const message =
    "an extension is the name of an endpoint in Asterisk, such as 100: letters, digits, . _ @ + -";
  return { refused: "refused", message };
}

function capFault(micros: number | null): RuleRefused | null {
  if (micros === null || (Number.isSafeInteger(micros) && micros >= 0)) return null;
  return { refused: "refused", message: "a price cap is an amount in US dollars a minute, such as 0.2500" };
}

function notListed(target: Target, listed: readonly Target[]): RuleRefused {
  const network = networkOfTarget(target);
  const around = listed.find((each) => contains(networkOfTarget(each), network));
  const hint = around === undefined ? "" : `; ${around}, which holds it, is`;
  return { refused: "not-found", message: `${target} is not on the never-ban list${hint}` };
}

/** A name that somebody mistyped, in one line. */
function shown(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : "that name";
}

function named(extension: string): string {
  return /^[\w.@+-]{1,80}$/.test(extension) ? `extension ${extension}` : "that extension";
}

function forWhom(extension: string | null): string {
  return extension === null ? "" : ` for extension ${extension}`;
}
