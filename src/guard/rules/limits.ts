import { DEFAULT_LIMITS, limitsFor, type CallLimits } from "../../domain/calling/limits.js";
import { CALL_LIMITS, formatLimit, LIMIT_NAMES, parseLimits } from "../../domain/calling/limits-explained.js";
import type { Policy } from "../../domain/policy.js";
import { ownRules, sameJson, withLimits, withoutLimits } from "../rule-edits.js";
import { extensionFault, forWhom, type HeldRules, named, type RuleRefused } from "./held.js";

export interface LimitsInForce {
  readonly limits: CallLimits;
  /** Those that the extension has of its own. */
  readonly own: readonly (keyof CallLimits)[];
}

/** How many calls, how long, and for how much a day. */
export interface LimitRules {
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
}

export function limitRules({ policy, change }: HeldRules): LimitRules {
  return {
    limits: (extension) => limitsOf(policy(), extension),

    setLimits: (changes, extension, by) => {
      const fault = extensionFault(extension);
      if (fault !== null) return fault;
      const edited = limitsEdited(policy(), changes, extension);
      if ("refused" in edited) return edited;
      if (!sameJson(edited.policy, policy()))
        change(edited.policy, by, `${edited.what}${forWhom(extension)}`);
      return limitsOf(policy(), extension);
    },

    inheritLimits: (extension, by) => {
      if (ownRules(policy(), extension)?.limits === undefined) {
        return { refused: "not-found", message: `${named(extension)} has no limits of its own` };
      }
      change(withLimits(policy(), extension, null), by, `took the own limits away${forWhom(extension)}`);
      return limitsOf(policy(), extension);
    },
  };
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
