import type { CallLimits, ExtensionLimits } from "../domain/calling/limits.js";
import type { Target } from "../domain/address.js";
import {
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
} from "../domain/intrusion/settings-explained.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import type { DialPlan, ExtensionRules, Policy } from "../domain/policy.js";
import { DEFAULT_REGISTRATION, type AllowList } from "../domain/registration/allow-list.js";

// One policy in, the next one out. `extension` null: the global rule.

/** `constructor` and its like are in every object, and are no extensions. */
export function ownRules(policy: Policy, extension: string): ExtensionRules | undefined {
  return Object.hasOwn(policy.extensions, extension) ? policy.extensions[extension] : undefined;
}

/** Without an extension's own cap: the global one holds for it again. */
export function withoutCap(policy: Policy, extension: string): Policy {
  return withoutRule(policy, extension, "capMicrosPerMinute");
}

export function withCap(policy: Policy, extension: string | null, capMicrosPerMinute: number | null): Policy {
  if (extension === null) return { ...policy, calling: { ...policy.calling, capMicrosPerMinute } };
  return withOwn(policy, extension, { capMicrosPerMinute });
}

/** `limits` in the place of those before of the same name; null: the extension's own are taken away. */
export function withLimits(
  policy: Policy,
  extension: string | null,
  limits: Partial<CallLimits> | null,
): Policy {
  if (extension === null) {
    return { ...policy, calling: { ...policy.calling, limits: { ...policy.calling.limits, ...limits } } };
  }
  if (limits === null) return withoutRule(policy, extension, "limits");
  const own: Partial<ExtensionLimits> = { ...ownRules(policy, extension)?.limits, ...limits };
  return withOwn(policy, extension, { limits: own });
}

/** Without those limits of an extension's own. */
export function withoutLimits(
  policy: Policy,
  extension: string,
  fields: readonly (keyof CallLimits)[],
): Policy {
  const kept = Object.entries(ownRules(policy, extension)?.limits ?? {}).filter(
    ([field]) => !fields.some((each) => each === field),
  );
  if (kept.length === 0) return withoutRule(policy, extension, "limits");
  return withOwn(policy, extension, { limits: Object.fromEntries(kept) });
}

/** @param list null: the extension has none of its own */
export function withAllowList(policy: Policy, extension: string | null, list: AllowList | null): Policy {
  if (extension === null) {
    const registration = { ...policy.registration, allowList: list ?? DEFAULT_REGISTRATION.allowList };
    return { ...policy, registration };
  }
  return list === null
    ? withoutRule(policy, extension, "allowList")
    : withOwn(policy, extension, { allowList: list });
}

function withoutRule(policy: Policy, extension: string, rule: keyof ExtensionRules): Policy {
  const own = Object.entries(ownRules(policy, extension) ?? {}).filter(([name]) => name !== rule);
  if (own.length === 0) return withoutOwn(policy, extension);
  const others: ExtensionRules = Object.fromEntries(own);
  return { ...policy, extensions: { ...policy.extensions, [extension]: others } };
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
