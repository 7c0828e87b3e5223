import type { Policy } from "../../domain/policy.js";
import {
  type AreaChanges,
  type AreaEdit,
  type AreasInForce,
  areasInForce,
  changeAreas,
  editAreas,
  withoutOwnAreas,
} from "../area-edits.js";
import { sameJson } from "../rule-edits.js";
import { extensionFault, forWhom, type HeldRules, named, type RuleRefused } from "./held.js";

/** Where may be called. */
export interface AreaRules {
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
}

export function areaRules({ policy, change }: HeldRules): AreaRules {
  const editAreaLists = (
    edit: AreaEdit,
    texts: readonly string[],
    extension: string | null,
    by: string,
  ): AreasInForce | RuleRefused => {
    const fault = extensionFault(extension);
    if (fault !== null) return fault;
    const edited = editAreas(policy(), edit, texts, extension);
    if ("error" in edited) return { refused: "refused", message: edited.error };
    if (edited.policy !== policy()) change(edited.policy, by, `${edited.what}${forWhom(extension)}`);
    return areasInForce(policy(), extension);
  };

  const changedAreas = (
    changes: AreaChanges,
    extension: string | null,
  ): { readonly policy: Policy; readonly what: string } | RuleRefused => {
    const fault = extensionFault(extension);
    if (fault !== null) return fault;
    const changed = changeAreas(policy(), changes, extension);
    return "error" in changed ? { refused: "refused", message: changed.error } : changed;
  };

  return {
    areas: (extension) => areasInForce(policy(), extension),
    openAreas: (areas, extension, by) => editAreaLists("allow", areas, extension, by),
    closeAreas: (areas, extension, by) => editAreaLists("deny", areas, extension, by),
    forgetPrefixes: (prefixes, extension, by) => editAreaLists("forget", prefixes, extension, by),

    inheritAreas: (extension, by) => {
      const next = withoutOwnAreas(policy(), extension);
      if (next === null) {
        return { refused: "not-found", message: `${named(extension)} has no list of its own` };
      }
      change(next, by, `took the own lists of areas and prefixes away${forWhom(extension)}`);
      return areasInForce(policy(), extension);
    },

    changeAreas: (changes, extension, by) => {
      const changed = changedAreas(changes, extension);
      if ("refused" in changed) return changed;
      if (!sameJson(changed.policy, policy())) {
        change(changed.policy, by, `${changed.what}${forWhom(extension)}`);
      }
      return areasInForce(policy(), extension);
    },

    withAreaChanges: changedAreas,

    setHighRisk: (highRisk, by) => {
      if ((policy().calling.highRisk ?? "refuse") !== highRisk) {
        const next = { ...policy(), calling: { ...policy().calling, highRisk } };
        change(next, by, `set high-risk ranges inside open areas to ${highRisk}`);
      }
      return areasInForce(policy(), null);
    },
  };
}
