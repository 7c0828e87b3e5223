import type { PrefixRule } from "../policy.js";
import { startsCallingCode } from "./numbering.js";

/** The rule that decides about a number (E.164 digits without `+`): the longest prefix, and a denied one where two are as long.
 *  Null where none matches. */
export function prefixRuleOf(digits: string, rules: readonly PrefixRule[]): PrefixRule | null {
  let found: PrefixRule | null = null;
  for (const rule of rules) {
    if (!digits.startsWith(rule.prefix)) continue;
    const longer = rule.prefix.length - (found?.prefix.length ?? 0);
    if (longer > 0 || (longer === 0 && rule.action === "deny")) found = rule;
  }
  return found;
}

/** Whether a text is meant for a prefix rather than an area: `+4470`, `prefix:+4470`. */
export function isPrefixText(text: string): boolean {
  return /^\s*(\+|prefix:|[0-9])/i.test(text);
}

/** Reads `+4470` and `prefix:+4470`: the digits. */
export function parsePrefix(text: string): { prefix: string } | { error: string } {
  const digits = /^(?:prefix:)?\+?([0-9 -]{1,30})$/i.exec(text.trim())?.[1]?.replaceAll(/[ -]/g, "");
  if (digits === undefined || digits === "" || digits.length > MOST_DIGITS) {
    return { error: `a prefix is + and 1 to ${MOST_DIGITS} digits that numbers begin with, such as +4470` };
  }
  if (digits.startsWith("0")) {
    return {
      error: `no number begins with +0: write the prefix with its country code, such as +44 for 0044`,
    };
  }
  if (!startsCallingCode(digits)) return { error: `no country has a code that +${digits} begins with` };
  return { prefix: digits };
}

/** The list with the rule, in the place of an opposite one for the same prefix; the same list where it was there. */
export function withPrefixRule(rules: readonly PrefixRule[], added: PrefixRule): readonly PrefixRule[] {
  const same = rules.filter(({ prefix }) => prefix === added.prefix);
  if (same.length === 1 && same[0]?.action === added.action) return rules;
  const others = rules.filter(({ prefix }) => prefix !== added.prefix);
  return [...others, added].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}

/** The list without any rule for the prefix; the same list where there was none. */
export function withoutPrefixRule(rules: readonly PrefixRule[], prefix: string): readonly PrefixRule[] {
  const rest = rules.filter((rule) => rule.prefix !== prefix);
  return rest.length === rules.length ? rules : rest;
}

/** The form that `parsePrefix` reads. */
export function formatPrefix(prefix: string): string {
  return `+${prefix}`;
}

const MOST_DIGITS = 15;
