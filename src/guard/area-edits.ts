import { formatAreaRule, parseAreaRule } from "../domain/calling/area-rule.js";
import { placeRulesFor } from "../domain/calling/place-verdict.js";
import {
  formatPrefix,
  isPrefixText,
  parsePrefix,
  withoutPrefixRule,
  withPrefixRule,
} from "../domain/calling/prefix-rule.js";
import type { Scope } from "../domain/calling/verdict.js";
import type { CallingRules, ExtensionRules, OpenArea, Policy, PrefixRule } from "../domain/policy.js";
import { withArea, withoutArea } from "./open-areas.js";

/** The lists that hold for an extension, or for all where it has none of its own: areas and prefixes each by itself. */
export interface AreasInForce {
  readonly scope: Scope;
  readonly areas: readonly OpenArea[];
  readonly prefixScope: Scope;
  readonly prefixes: readonly PrefixRule[];
  readonly highRisk: NonNullable<CallingRules["highRisk"]>;
  readonly policyVersion: number;
}

export function areasInForce(policy: Policy, extension: string | null): AreasInForce {
  const { openAreas, areaScope, prefixRules, prefixScope, highRisk } = placeRulesFor(policy, extension);
  return {
    scope: areaScope,
    areas: openAreas,
    prefixScope,
    prefixes: prefixRules,
    highRisk,
    policyVersion: policy.version,
  };
}

/** `forget` takes prefixes away from the list, so that areas decide about them again. */
export type AreaEdit = "allow" | "deny" | "forget";

/** What is left of a text that people wrote: an area's rule or a prefix. */
type Wish = { readonly area: OpenArea } | { readonly prefix: string };

/** The policy with `texts` (`US`, `JM:mobile`, `satellite`, `+4470`) allowed, denied or forgotten, the same one where nothing changes;
 *  `what` for the audit. A list that an extension did not have begins as the global one. */
export function editAreas(
  policy: Policy,
  edit: AreaEdit,
  texts: readonly string[],
  extension: string | null,
): { readonly policy: Policy; readonly what: string } | { readonly error: string } {
  const wishes = texts.map((text) => (isPrefixText(text) ? parsePrefix(text) : parseAreaWish(text, edit)));
  const errors = wishes.flatMap((wish) => ("error" in wish ? [wish.error] : []));
  if (errors.length > 0) return { error: errors.join("; ") };
  const before = placeRulesFor(policy, extension);
  let { openAreas, prefixRules } = before;
  const named: string[] = [];
  for (const wish of wishes as readonly Wish[]) {
    if ("area" in wish) {
      openAreas = edit === "allow" ? withArea(openAreas, wish.area) : withoutArea(openAreas, wish.area);
      named.push(formatAreaRule(wish.area));
    } else {
      const { prefix } = wish;
      prefixRules =
        edit === "forget"
          ? withoutPrefixRule(prefixRules, prefix)
          : withPrefixRule(prefixRules, { prefix, action: edit });
      named.push(formatPrefix(prefix));
    }
  }
  const changed: ExtensionRules = {
    ...(openAreas !== before.openAreas && { openAreas }),
    ...(prefixRules !== before.prefixRules && { prefixRules }),
  };
  const same = Object.keys(changed).length === 0;
  return {
    policy: same ? policy : withLists(policy, extension, changed),
    what: `${DONE[edit]} ${named.join(" ")}`,
  };
}

/** Without an extension's own lists of areas and prefixes; the rest of its own rules stays. Null where it has none. */
export function withoutOwnAreas(policy: Policy, extension: string): Policy | null {
  const own = Object.hasOwn(policy.extensions, extension) ? policy.extensions[extension] : undefined;
  if (own === undefined || (own.openAreas === undefined && own.prefixRules === undefined)) return null;
  const rest = Object.entries(own).filter(([rule]) => rule !== "openAreas" && rule !== "prefixRules");
  const others = Object.entries(policy.extensions).filter(([name]) => name !== extension);
  const kept: [string, ExtensionRules][] = rest.length === 0 ? [] : [[extension, Object.fromEntries(rest)]];
  return { ...policy, extensions: Object.fromEntries([...others, ...kept]) };
}

/** Several edits of areas that are made as one. `inherit` comes first: the extension's own lists are taken away. */
export interface AreaChanges {
  readonly inherit?: boolean;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly forget?: readonly string[];
  /** Global alone. */
  readonly highRisk?: AreasInForce["highRisk"];
}

/** The policy with all of `changes`, the same one where they change nothing, or what is wrong with the first that can't be made. */
export function changeAreas(
  policy: Policy,
  changes: AreaChanges,
  extension: string | null,
): { readonly policy: Policy; readonly what: string } | { readonly error: string } {
  const done: string[] = [];
  let next = policy;
  if (changes.inherit === true) {
    const without = extension === null ? null : withoutOwnAreas(next, extension);
    if (without === null) return { error: "there are no own lists of areas and prefixes to take away" };
    next = without;
    done.push("took the own lists of areas and prefixes away");
  }
  for (const edit of ["deny", "allow", "forget"] as const) {
    const texts = changes[edit] ?? [];
    if (texts.length === 0) continue;
    const edited = editAreas(next, edit, texts, extension);
    if ("error" in edited) return edited;
    if (edited.policy !== next) done.push(edited.what);
    next = edited.policy;
  }
  const { highRisk } = changes;
  if (highRisk !== undefined && extension !== null) {
    return { error: "high-risk ranges are refused or allowed for all: leave the extension out" };
  }
  if (highRisk !== undefined && highRisk !== (next.calling.highRisk ?? "refuse")) {
    next = { ...next, calling: { ...next.calling, highRisk } };
    done.push(`set high-risk ranges inside open areas to ${highRisk}`);
  }
  return { policy: next, what: done.join(", ") };
}

const DONE: Readonly<Record<AreaEdit, string>> = { allow: "opened", deny: "closed", forget: "forgot" };

function parseAreaWish(text: string, edit: AreaEdit): ReturnType<typeof parseAreaRule> {
  const parsed = parseAreaRule(text);
  if (edit !== "forget" || "error" in parsed) return parsed;
  return { error: `only prefixes such as +4470 are forgotten; an area is closed with deny` };
}

function withLists(
  policy: Policy,
  extension: string | null,
  changed: Pick<ExtensionRules, "openAreas" | "prefixRules">,
): Policy {
  if (extension === null) return { ...policy, calling: { ...policy.calling, ...changed } };
  const own = Object.hasOwn(policy.extensions, extension) ? policy.extensions[extension] : undefined;
  return { ...policy, extensions: { ...policy.extensions, [extension]: { ...own, ...changed } } };
}
