import { parseIp, type Cidr } from "../address.js";
import { compile, holds } from "./compile.js";
import { parseEntry, type AddressRange, type AllowEntry } from "./entry.js";

/** From where an extension may register and call. On and empty: nobody may. */
export interface AllowList {
  readonly on: boolean;
  readonly entries: readonly AllowEntry[];
}

export interface RegistrationRules {
  readonly allowList: AllowList;
  /** What becomes of the calls of a phone that a change throws out. */
  readonly runningCalls: "keep" | "end";
}

export const DEFAULT_REGISTRATION: RegistrationRules = {
  allowList: { on: false, entries: [] },
  runningCalls: "keep",
};

/** The list that holds for an extension, and whose it is. */
export interface EffectiveList {
  readonly scope: "global" | "own";
  readonly list: AllowList;
}

/** An extension's own list takes the place of the global one, whatever the two say. */
export function effectiveList(global: AllowList, own: AllowList | undefined): EffectiveList {
  return own === undefined ? { scope: "global", list: global } : { scope: "own", list: own };
}

export function isInForce(entry: Pick<AllowEntry, "untilMs">, nowMs: number): boolean {
  return entry.untilMs === null || entry.untilMs > nowMs;
}

/** The next time at which one of the entries ends; null where none does. */
export function nextEndOf(list: AllowList, nowMs: number): number | null {
  let next: number | null = null;
  for (const { untilMs } of list.entries) {
    if (untilMs !== null && untilMs > nowMs && (next === null || untilMs < next)) next = untilMs;
  }
  return next;
}

/** The addresses that a list lets in now; null: it is off, and everybody may. */
export function permittedBy(list: AllowList, nowMs: number): readonly AddressRange[] | null {
  return list.on ? inForce(list, rangesOf(list), nowMs) : null;
}

/** The same for Asterisk: the fewest networks. Who asks for them keeps them, so that the ranges need not be kept beside. */
export function permitOf(list: AllowList, nowMs: number): readonly Cidr[] | null {
  if (!list.on) return null;
  return compile(inForce(list, known.get(list) ?? list.entries.map(rangeOfEntry), nowMs));
}

function inForce(
  { entries }: AllowList,
  ranges: readonly AddressRange[],
  nowMs: number,
): readonly AddressRange[] {
  return entries.every((entry) => isInForce(entry, nowMs))
    ? ranges
    : ranges.filter((_range, index) => isInForce(entries[index] ?? NEVER, nowMs));
}

/** Whether the list lets `address` in; one that is no address is let in by a list that is off alone. */
export function lets(list: AllowList, address: string, nowMs: number): boolean {
  const permitted = permittedBy(list, nowMs);
  if (permitted === null) return true;
  const ip = parseIp(address);
  return ip !== null && holds(permitted, ip);
}

/** What the entries of each list were found to be, in their order: lists are asked again and again, and never change. */
const known = new WeakMap<AllowList, readonly AddressRange[]>();

function rangesOf(list: AllowList): readonly AddressRange[] {
  const before = known.get(list);
  if (before !== undefined) return before;
  const ranges = list.entries.map(rangeOfEntry);
  known.set(list, ranges);
  return ranges;
}

/** Entries are parsed before they get into a list, so this cannot fail on one. */
function rangeOfEntry(entry: AllowEntry): AddressRange {
  const parsed = parseEntry(entry.text);
  if ("error" in parsed) throw new TypeError(`not an entry of an allow-list: ${parsed.error}`);
  return parsed.range;
}

const NEVER: Pick<AllowEntry, "untilMs"> = { untilMs: -Infinity };
