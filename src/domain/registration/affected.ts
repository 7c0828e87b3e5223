import { effectiveList, lets, type AllowList } from "./allow-list.js";

/** One registered phone. `contact`, `userAgent` and `address` where it is `claimed` are the phone's own words. */
export interface Registration {
  readonly extension: string;
  /** Asterisk's id of the contact. */
  readonly contact: string;
  /** Canonical text without port; null where nothing told it. */
  readonly address: string | null;
  /** `seen`: Asterisk saw its password come from there. `claimed`: the contact says so, and nothing better is known. */
  readonly addressIs: "seen" | "claimed";
  readonly userAgent: string | null;
  /** When this registration was first seen, Unix milliseconds; null where it is older than Ringfence's memory. */
  readonly sinceMs: number | null;
}

/** The lists of a PBX. */
export interface AllowLists {
  readonly global: AllowList;
  readonly own: ReadonlyMap<string, AllowList>;
}

/** Those that the lists do not let in. Trunks are none of a list's business, and are not to be asked about. */
export function thrownOut(
  registrations: readonly Registration[],
  lists: AllowLists,
  nowMs: number,
): Registration[] {
  return registrations.filter((registration) => isThrownOut(registration, lists, nowMs));
}

export function isThrownOut({ extension, address }: Registration, lists: AllowLists, nowMs: number): boolean {
  const { list } = effectiveList(lists.global, lists.own.get(extension));
  return list.on && (address === null || !lets(list, address, nowMs));
}
