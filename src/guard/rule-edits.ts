import type { Target } from "../domain/address.js";
import {
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
} from "../domain/intrusion/settings-explained.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import type { DialPlan, ExtensionRules, Policy } from "../domain/policy.js";

// One policy in, the next one out. `extension` null: the global rule.

/** `constructor` and its like are in every object, and are no extensions. */
export function ownRules(policy: Policy, extension: string): ExtensionRules | undefined {
  return Object.hasOwn(policy.extensions, extension) ? policy.extensions[extension] : undefined;
}

export function withCap(policy: Policy, extension: string | null, capMicrosPerMinute: number | null): Policy {
  if (extension === null) return { ...policy, calling: { ...policy.calling, capMicrosPerMinute } };
  return withOwn(policy, extension, { capMicrosPerMinute });
}

function withOwn(policy: Policy, extension: string, rules: ExtensionRules): Policy {
  const own = { ...ownRules(policy, extension), ...rules };
  return { ...policy, extensions: { ...policy.extensions, [extension]: own } };
}

/** Notes of targets that are not on the list are dropped. */
export function withNeverBan(
  policy: Policy,
  neverBan: readonly Target[],
  notes: Readonly<Record<string, string>>,
): Policy {
  const kept = Object.entries(notes).filter(([target]) => neverBan.some((each) => each === target));
  return { ...policy, neverBan, neverBanNotes: Object.fromEntries(kept) };
}

/** While nothing but the home country is open, as at install, the open area moves with the home country. */
export function withDialPlan(policy: Policy, dialPlan: DialPlan): Policy {
  const [only, ...others] = policy.calling.openAreas;
  const homeAlone = others.length === 0 && only?.area === policy.dialPlan.country && only.types === null;
  if (!homeAlone) return { ...policy, dialPlan };
  const openAreas = [{ ...only, area: dialPlan.country }];
  return { ...policy, dialPlan, calling: { ...policy.calling, openAreas } };
}

export function dialPlanWords(before: Policy, after: Policy): string {
  const { country, outsidePrefix, internationalPrefixes, areaCode, trunkPrefix, shortestOutside } =
    after.dialPlan;
  const moved = before.dialPlan.country !== country && !sameJson(before.calling, after.calling);
  return [
    `country ${country}`,
    `outside prefix ${outsidePrefix ?? "none"}`,
    `further international prefixes ${internationalPrefixes.join(" ") || "none"}`,
    ...words("area code", areaCode),
    ...words("trunk prefix", trunkPrefix === "" ? "none" : trunkPrefix),
    ...words("shortest outside number", shortestOutside),
    ...(moved ? [`open area ${country} in place of ${before.dialPlan.country}`] : []),
  ].join(", ");
}

function words(name: string, value: string | number | null | undefined): string[] {
  return value === null || value === undefined ? [] : [`${name} ${value}`];
}

/** `attempts 5 (was 10), window 5m (was 10m)`; empty where nothing differs. */
export function detectionWords(before: IntrusionSettings, after: IntrusionSettings): string {
  return INTRUSION_FIELDS.filter((field) => !sameJson(before[field], after[field]))
    .map((field) => {
      const { name } = INTRUSION_SETTINGS[field];
      return `${name} ${formatSetting(field, after)} (was ${formatSetting(field, before)})`;
    })
    .join(", ");
}

/** Without the own rules of an extension. */
export function withoutOwn(policy: Policy, extension: string): Policy {
  const others = Object.entries(policy.extensions).filter(([name]) => name !== extension);
  return { ...policy, extensions: Object.fromEntries(others) };
}

export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
