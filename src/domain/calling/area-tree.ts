import type { AreaCode, NumberType, OpenArea, Policy, PrefixRule } from "../policy.js";
import { areaVerdict, HIGH_RISK_TYPES, knownAreas, NUMBER_TYPES } from "./area-rule.js";
import { CONTINENT_NAMES, type Continent, continentOf } from "./continents.js";
import { HIGH_RISK_RANGES, type HighRiskRange } from "./high-risk.js";
import { type NumberingPlan, planOf } from "./numbering.js";
import { placeRulesFor } from "./place-verdict.js";
import { placeOfPrefix } from "./prefix-place.js";
import { SPECIAL_DESTINATIONS } from "./special-destinations.js";

/** `partly`: some types of numbers, or some prefixes, are open and others closed. */
export type Openness = "open" | "partly" | "closed";

export interface AreaNode {
  readonly code: AreaCode;
  readonly name: string;
  /** Without `+`; of a special destination all that its numbers begin with. */
  readonly codes: readonly string[];
  readonly openness: Openness;
  /** The types of numbers that the plan knows, and whether each may be called. */
  readonly types: readonly { readonly type: NumberType; readonly open: boolean }[];
  /** Rules for prefixes that lie in the area. */
  readonly prefixes: readonly PrefixRule[];
  readonly risks: readonly HighRiskRange[];
}

export interface AreaTree {
  readonly continents: readonly {
    readonly slug: Continent;
    readonly name: string;
    readonly countries: readonly AreaNode[];
  }[];
  readonly special: readonly AreaNode[];
}

/** All areas with what the rules of `extension` (null: the global ones) say of each. A number of no type that the plan knows counts
 *  for nothing here, since there may be none. */
export function areaTree(policy: Policy, extension: string | null): AreaTree {
  const { openAreas, prefixRules } = placeRulesFor(policy, extension);
  const prefixesOf = byArea(prefixRules);
  const nodes = knownAreas().map(({ code, name }): AreaNode => {
    const types = typesOf(code).map((type) => ({ type, open: isOpen(code, type, openAreas) }));
    const prefixes = prefixesOf.get(code) ?? [];
    const openness = opennessOf(types, prefixes);
    return { code, name, codes: codesOf(code), openness, types, prefixes, risks: risksIn(code) };
  });
  const slugs = Object.keys(CONTINENT_NAMES) as Continent[];
  return {
    continents: slugs
      .map((slug) => ({
        slug,
        name: CONTINENT_NAMES[slug],
        countries: nodes.filter(({ code }) => continentOf(code) === slug),
      }))
      .filter(({ countries }) => countries.length > 0),
    special: nodes.filter(({ code }) => isSpecial(code)),
  };
}

/** High-risk types are closed until they are opened by name: a country is open whose ordinary numbers all are. */
function opennessOf(types: AreaNode["types"], prefixes: readonly PrefixRule[]): Openness {
  const any = types.some(({ open }) => open) || prefixes.some(({ action }) => action === "allow");
  if (!any) return "closed";
  const ordinary = types.filter(({ type }) => !HIGH_RISK_TYPES.includes(type));
  const all = (ordinary.length > 0 ? ordinary : types).every(({ open }) => open);
  return all && prefixes.every(({ action }) => action === "allow") ? "open" : "partly";
}

function isOpen(area: AreaCode, numberType: NumberType, openAreas: readonly OpenArea[]): boolean {
  return areaVerdict({ area, candidates: [area], numberType }, openAreas).open;
}

function isSpecial(code: AreaCode): boolean {
  return SPECIAL_DESTINATIONS.some(({ slug }) => slug === code);
}

function typesOf(code: AreaCode): readonly NumberType[] {
  const plan = planOf(code);
  // A special destination is opened and closed as a whole.
  if (plan === null) return ["unknown"];
  const known = new Set(plan.ranges.map(({ type }) => type));
  return NUMBER_TYPES.filter((type) => known.has(type));
}

function codesOf(code: AreaCode): readonly string[] {
  const plan = planOf(code);
  if (plan === null) return SPECIAL_DESTINATIONS.find(({ slug }) => slug === code)?.prefixes ?? [];
  return beginningsOf(plan).map((beginning) => plan.callingCode + beginning);
}

/** Of plans that share a calling code those area codes that are few enough to tell: Jamaica's 658 and 876. */
function beginningsOf({ leadingDigits }: NumberingPlan): readonly string[] {
  const beginnings = leadingDigits?.split("|") ?? [];
  const plain = beginnings.length > 0 && beginnings.every((each) => /^\d{1,4}$/.test(each));
  return plain && beginnings.length <= 4 ? beginnings : [""];
}

function risksIn(code: AreaCode): readonly HighRiskRange[] {
  return HIGH_RISK_RANGES.filter(({ area }) => area === code);
}

function byArea(rules: readonly PrefixRule[]): ReadonlyMap<AreaCode, readonly PrefixRule[]> {
  const found = new Map<AreaCode, PrefixRule[]>();
  for (const rule of rules) {
    const area = placeOfPrefix(rule.prefix)?.area ?? null;
    if (area !== null) found.set(area, [...(found.get(area) ?? []), rule]);
  }
  return found;
}
