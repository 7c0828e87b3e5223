import { formatUsd } from "../../domain/calling/money.js";
import type { Scope } from "../../domain/calling/verdict.js";
import type { Policy } from "../../domain/policy.js";
import { ownRules, withCap, withoutCap } from "../rule-edits.js";
import { extensionFault, forWhom, type HeldRules, named, type RuleRefused } from "./held.js";

/** `microsPerMinute` null: no cap. */
export interface CapInForce {
  readonly scope: Scope;
  readonly microsPerMinute: number | null;
}

/** What a minute may cost. */
export interface CapRules {
  cap(extension: string | null): CapInForce;
  setCap(microsPerMinute: number | null, extension: string | null, by: string): CapInForce | RuleRefused;
  /** Takes an extension's own cap away. */
  inheritCap(extension: string, by: string): CapInForce | RuleRefused;
}

export function capRules({ policy, change }: HeldRules): CapRules {
  return {
    cap: (extension) => capOf(policy(), extension),

    setCap: (micros, extension, by) => {
      const fault = extensionFault(extension) ?? capFault(micros);
      if (fault !== null) return fault;
      const { scope, microsPerMinute } = capOf(policy(), extension);
      if (microsPerMinute !== micros || (extension !== null && scope === "global")) {
        const what =
          micros === null ? "took the price cap away" : `set the price cap to $${formatUsd(micros)} a minute`;
        change(withCap(policy(), extension, micros), by, `${what}${forWhom(extension)}`);
      }
      return capOf(policy(), extension);
    },

    inheritCap: (extension, by) => {
      if (ownRules(policy(), extension)?.capMicrosPerMinute === undefined) {
        return { refused: "not-found", message: `${named(extension)} has no cap of its own` };
      }
      change(withoutCap(policy(), extension), by, `took the own price cap away${forWhom(extension)}`);
      return capOf(policy(), extension);
    },
  };
}

function capOf(policy: Policy, extension: string | null): CapInForce {
  const own = extension === null ? undefined : ownRules(policy, extension)?.capMicrosPerMinute;
  if (extension === null || own === undefined) {
    return { scope: "global", microsPerMinute: policy.calling.capMicrosPerMinute };
  }
  return { scope: { extension }, microsPerMinute: own };
}

function capFault(micros: number | null): RuleRefused | null {
  if (micros === null || (Number.isSafeInteger(micros) && micros >= 0)) return null;
  return { refused: "refused", message: "a price cap is an amount in US dollars a minute, such as 0.2500" };
}
