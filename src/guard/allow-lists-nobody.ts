import type { Policy } from "../domain/policy.js";
import { isInForce, type AllowList } from "../domain/registration/allow-list.js";
import { listsOf } from "./allow-lists-permits.js";

/** On, and nobody is on it. */
export function shutsAll({ on, entries }: AllowList, nowMs: number): boolean {
  return on && !entries.some((entry) => isInForce(entry, nowMs));
}

/** @param extension null: the global list */
export function nobodyWarning(extension: string | null): string {
  return `Nobody can register ${forText(extension)}, not even you.`;
}

/** Why a list was not put in force. */
export function nobodyRefusal(extension: string | null): string {
  return `the list would be on and empty: nobody can register ${forText(extension)}, not even you. Name at least one address, or say that it is meant (--yes-nobody)`;
}

/** A warning for each list that lets nobody in after a change, and let somebody in before it. */
export function nobodyWarnings(before: Policy, after: Policy, nowMs: number): string[] {
  const [was, is] = [listsOf(before), listsOf(after)];
  const isNew = (list: AllowList, old: AllowList | undefined) =>
    shutsAll(list, nowMs) && !(old !== undefined && shutsAll(old, nowMs));
  return [
    ...(isNew(is.global, was.global) ? [nobodyWarning(null)] : []),
    ...[...is.own].flatMap(([extension, list]) =>
      isNew(list, was.own.get(extension)) ? [nobodyWarning(extension)] : [],
    ),
  ];
}

function forText(extension: string | null): string {
  return extension === null ? "on any extension without a list of its own" : `as extension ${extension}`;
}
