import { parseDialPlan } from "../domain/calling/dial-plan.js";
import type { Refusal, RefusalReason, Refusals } from "../domain/calling/refusals.js";
import type { CallingRules, DialPlan, Policy, TellCaller } from "../domain/policy.js";
import type { Clock, Log, PolicyStore, Tell } from "./ports.js";
import { refusalRulesOf, withRefusals } from "./refusal-edits.js";
import { dialPlanWords, ownRules, sameJson, withAllowList, withDialPlan, withoutOwn } from "./rule-edits.js";
import { areaRules, type AreaRules } from "./rules/areas.js";
import { capRules, type CapRules } from "./rules/caps.js";
import { detectionRules, type DetectionRules } from "./rules/detection.js";
import { forWhom, type HeldRules, named, type RuleRefused } from "./rules/held.js";
import { limitRules, type LimitRules } from "./rules/limits.js";
import { neverBanRules, type NeverBanRules } from "./rules/never-ban.js";

export type { AreaChanges, AreasInForce } from "./area-edits.js";
export type { CapInForce } from "./rules/caps.js";
export type { RuleRefused } from "./rules/held.js";
export type { LimitsInForce } from "./rules/limits.js";

export interface RuleParts {
  readonly store: PolicyStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: Tell;
  /** Who works by the policy: called with each new one, after it is stored. */
  readonly onPolicy: readonly ((policy: Policy) => void)[];
}

/** The rules of the moment, and every way to change them. `extension` null: the global rule. `by` is who asked. An edit takes
 *  effect at once and whole: stored with its audit row, then handed to all who work by it; one that changes nothing
 *  stores nothing. Throws RingfenceError where the store is broken, and then the rules stay as they were. */
export interface Rules extends AreaRules, CapRules, LimitRules, NeverBanRules, DetectionRules {
  /** The one place to read the policy. */
  policy(): Policy;
  policyVersion(): number;
  /** For edits that have a home of their own. `what` says in words what is done, for the audit. */
  edit(next: Policy, by: string, what: string): void;
  /** Takes all of an extension's own rules for calls away (areas, prefixes, cap, limits), so that the global ones hold for it again. Its
   *  allow-list stays. */
  useGlobalRules(extension: string, by: string): RuleRefused | null;
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

  const held: HeldRules = { policy: () => current, change };
  return {
    policy: () => current,
    policyVersion: () => current.version,
    edit: change,
    ...areaRules(held),
    ...capRules(held),
    ...limitRules(held),
    ...neverBanRules(held),
    ...detectionRules(held),

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
