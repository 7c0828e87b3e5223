import type { Target } from "../domain/address.js";
import type { ExtensionRules, OpenArea, Policy } from "../domain/policy.js";

/** One part of the policy that is not what it was. Undefined: not there. */
export type PolicyChange =
  | { readonly part: "setting"; readonly key: string; readonly before: unknown; readonly after: unknown }
  | {
      readonly part: "openAreas";
      readonly key: "openAreas";
      readonly before: readonly OpenArea[];
      readonly after: readonly OpenArea[];
    }
  | {
      readonly part: "extension";
      readonly key: string;
      readonly extension: string;
      readonly before: ExtensionRules | undefined;
      readonly after: ExtensionRules | undefined;
    }
  | {
      readonly part: "neverBan";
      readonly key: string;
      readonly target: Target;
      readonly before: NeverBan | undefined;
      readonly after: NeverBan | undefined;
    };

export interface NeverBan {
  readonly note: string | null;
}

/** What differs between two policies, but for the version. Parts that are the same object in both are not looked into. */
export function policyDifference(before: Policy, after: Policy): PolicyChange[] {
  return [
    ...settingChanges(before, after),
    ...openAreaChanges(before, after),
    ...extensionChanges(before, after),
    ...neverBanChanges(before, after),
  ].filter((change) => !same(change.before, change.after));
}

/** Every setting of a policy by its key, such as `intrusion.windowMs`. */
export function settingsOf(policy: Policy): Map<string, unknown> {
  const groups = { dialPlan: policy.dialPlan, calling: policy.calling, intrusion: policy.intrusion };
  const settings = new Map(
    Object.entries(groups).flatMap(([group, rules]) =>
      Object.entries(rules).map(([name, value]): [string, unknown] => [`${group}.${name}`, value]),
    ),
  );
  settings.delete("calling.openAreas");
  return settings;
}

function settingChanges(before: Policy, after: Policy): PolicyChange[] {
  const [was, is] = [settingsOf(before), settingsOf(after)];
  return [...new Set([...is.keys(), ...was.keys()])].map((key) => ({
    part: "setting",
    key,
    before: was.get(key),
    after: is.get(key),
  }));
}

function openAreaChanges(before: Policy, after: Policy): PolicyChange[] {
  const [was, is] = [before.calling.openAreas, after.calling.openAreas];
  return [{ part: "openAreas", key: "openAreas", before: was, after: is }];
}

function extensionChanges(before: Policy, after: Policy): PolicyChange[] {
  const [was, is] = [new Map(Object.entries(before.extensions)), new Map(Object.entries(after.extensions))];
  return [...new Set([...was.keys(), ...is.keys()])].map((extension) => ({
    part: "extension",
    key: `extensions.${extension}`,
    extension,
    before: was.get(extension),
    after: is.get(extension),
  }));
}

function neverBanChanges(before: Policy, after: Policy): PolicyChange[] {
  const [was, is] = [neverBans(before), neverBans(after)];
  return [...new Set([...was.keys(), ...is.keys()])].map((target) => ({
    part: "neverBan",
    key: `neverBan.${target}`,
    target,
    before: was.get(target),
    after: is.get(target),
  }));
}

function neverBans(policy: Policy): Map<Target, NeverBan> {
  const notes = policy.neverBanNotes ?? {};
  return new Map(
    policy.neverBan.map((target) => [
      target,
      { note: Object.hasOwn(notes, target) ? (notes[target] ?? null) : null },
    ]),
  );
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
