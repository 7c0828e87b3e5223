import { formatTarget, networkOf, parseIp, type Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type { FirewallCounters, HeldShut } from "../guard/ports.js";
import {
  CHAIN,
  COUNTERS,
  FAMILY,
  nameOf,
  parseSetName,
  PRIORITY,
  ruleComments,
  TABLE,
  typeOf,
  type AddressSet,
  type SetKind,
} from "./ruleset.js";

/** What nft said of our table; empty where there is none. */
export interface Listing {
  /** Sets of ours that are as they should be. */
  readonly sets: readonly AddressSet[];
  /** Names of ours that stand for a set of another make; nothing can be put into those. */
  readonly wrongSets: readonly string[];
  readonly chain: "right" | "wrong" | "missing";
  /** The comments of the chain's rules, in their order; a rule without one is an empty text. */
  readonly rules: readonly string[];
  /** Missing where the named counter is. */
  readonly counters: ReadonlyMap<string, FirewallCounters>;
  /** By set name; only what is whole: an element that no masked address can equal shuts nobody out. */
  readonly elements: ReadonlyMap<string, readonly HeldShut[]>;
}

/** Reads what `nft -j list …` printed, and of it what is ours. Throws a RingfenceError where that is not the JSON that nft documents (libnftables-json). */
export function parseListing(json: string): Listing {
  const sets: AddressSet[] = [];
  const wrongSets: string[] = [];
  const rules: string[] = [];
  const counters = new Map<string, FirewallCounters>();
  const elements = new Map<string, HeldShut[]>();
  let chain: Listing["chain"] = "missing";

  for (const entry of entriesOf(json)) {
    const chained = ours(entry["chain"]);
    if (chained?.["name"] === CHAIN) chain = isOurChain(chained) ? "right" : "wrong";

    const rule = ours(entry["rule"]);
    if (rule?.["chain"] === CHAIN) rules.push(typeof rule["comment"] === "string" ? rule["comment"] : "");

    const counter = ours(entry["counter"]);
    if (counter !== null) counters.set(String(counter["name"]), countsOf(counter));

    const listed = ours(entry["set"]);
    const name = String(listed?.["name"]);
    const set = parseSetName(name);
    if (listed === null || set === null) continue;
    if (listed["type"] !== typeOf(set) || !isTimeoutOnly(listed["flags"])) {
      wrongSets.push(name);
      continue;
    }
    sets.push(set);
    elements.set(name, elementsOf(set, listed["elem"]));
  }
  return { sets, wrongSets, chain, rules, counters, elements };
}

/** Whether nothing is missing, and every set in the table is looked up, in the right order. */
export function isWhole(listing: Listing, wanted: readonly AddressSet[]): boolean {
  const names = new Set(listing.sets.map(nameOf));
  return (
    listing.chain === "right" &&
    listing.wrongSets.length === 0 &&
    wanted.every((set) => names.has(nameOf(set))) &&
    Object.values(COUNTERS).every((name) => listing.counters.has(name)) &&
    ruleComments(listing.sets).join("\n") === listing.rules.join("\n")
  );
}

/** Every element of one kind, each target once: a listing during a resize repeats rows. */
export function heldIn(listing: Listing, kind: SetKind): HeldShut[] {
  const held = new Map<Target, HeldShut>();
  for (const set of listing.sets) {
    if (set.kind !== kind) continue;
    for (const each of listing.elements.get(nameOf(set)) ?? []) held.set(each.target, each);
  }
  return [...held.values()];
}

function elementsOf(set: AddressSet, listed: unknown): HeldShut[] {
  if (!Array.isArray(listed)) return [];
  return (listed as unknown[]).flatMap((item) => {
    const element = record(record(item)?.["elem"]);
    const address = element === null ? item : element["val"];
    const ip = typeof address === "string" ? parseIp(address) : null;
    if (ip?.family !== set.family) return [];
    const network = networkOf(ip, set.bits);
    if (network.base !== ip.value) return [];
    const expires = element?.["expires"];
    return [
      { target: formatTarget(network), expiresInMs: typeof expires === "number" ? expires * 1000 : null },
    ];
  });
}

function ours(object: unknown): Record<string, unknown> | null {
  const found = record(object);
  return found?.["family"] === FAMILY && found["table"] === TABLE ? found : null;
}

function isOurChain(chain: Record<string, unknown>): boolean {
  return (
    chain["type"] === "filter" &&
    chain["hook"] === "prerouting" &&
    chain["prio"] === PRIORITY &&
    chain["policy"] === "accept"
  );
}

function isTimeoutOnly(flags: unknown): boolean {
  return Array.isArray(flags) ? flags.length === 1 && flags[0] === "timeout" : flags === "timeout";
}

function countsOf(counter: Record<string, unknown>): FirewallCounters {
  return { packets: Number(counter["packets"] ?? 0), bytes: Number(counter["bytes"] ?? 0) };
}

function entriesOf(json: string): Record<string, unknown>[] {
  let listed: unknown;
  try {
    listed = record(JSON.parse(json))?.["nftables"];
  } catch (error) {
    throw new RingfenceError("firewall", "nft printed something else than JSON", { cause: error });
  }
  if (!Array.isArray(listed)) throw new RingfenceError("firewall", "nft printed JSON without `nftables`");
  return (listed as unknown[]).map(record).filter((entry) => entry !== null);
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
