import { RingfenceError } from "../domain/error.js";
import type { FirewallCounters } from "../guard/ports.js";
import { CHAIN, CHAINS, counterNames, FAMILY, PRIORITY, ruleComments, TABLE, type Chain } from "./ruleset.js";
import { nameOf, PACKET_SETS, parseSetName, typeOf, type AddressSet, type PacketSet } from "./sets.js";
import type { FilterSettings } from "./settings.js";

/** What nft said of our table's structure; empty where there is none. */
export interface Listing {
  /** Sets of ours that are as they should be. */
  readonly sets: readonly AddressSet[];
  readonly packetSets: ReadonlySet<PacketSet>;
  /** Names of ours that stand for a set of another make; nothing can be put into those. */
  readonly wrongSets: readonly string[];
  /** Missing where the chain is. */
  readonly chains: ReadonlyMap<Chain, "right" | "wrong">;
  /** The comments of each chain's rules, in their order; a rule without one is an empty text. */
  readonly rules: Readonly<Record<Chain, readonly string[]>>;
  /** Missing where the named counter is. */
  readonly counters: ReadonlyMap<string, FirewallCounters>;
}

/** Reads what `nft -j -t list …` printed, and of it what is ours. Throws a RingfenceError where that is not the JSON that nft documents (libnftables-json). */
export function parseListing(json: string): Listing {
  const sets: AddressSet[] = [];
  const packetSets = new Set<PacketSet>();
  const wrongSets: string[] = [];
  const chains = new Map<Chain, "right" | "wrong">();
  const rules: Record<Chain, string[]> = { prerouting: [], shut: [], sip: [], refuse: [], over: [] };
  const counters = new Map<string, FirewallCounters>();

  for (const entry of entriesOf(json)) {
    const chain = ours(entry["chain"]);
    const chainName = CHAINS.find((name) => name === chain?.["name"]);
    if (chain !== null && chainName !== undefined) {
      chains.set(chainName, isRightChain(chainName, chain) ? "right" : "wrong");
    }

    const rule = ours(entry["rule"]);
    const ruleChain = CHAINS.find((name) => name === rule?.["chain"]);
    if (rule !== null && ruleChain !== undefined) {
      rules[ruleChain].push(typeof rule["comment"] === "string" ? rule["comment"] : "");
    }

    const counter = ours(entry["counter"]);
    if (counter !== null) counters.set(String(counter["name"]), countsOf(counter));

    const set = ours(entry["set"]);
    if (set === null) continue;
    const name = String(set["name"]);
    const packetSet = PACKET_SETS.find((each) => each === name);
    const addressSet = parseSetName(name);
    if (packetSet !== undefined) {
      // `dynamic` is not told by every nft.
      const right = set["type"] === typeOf({ family: name.endsWith("4") ? 4 : 6 }) && !has(set, "interval");
      if (right && has(set, "timeout")) packetSets.add(packetSet);
      else wrongSets.push(name);
    } else if (addressSet !== null) {
      if (set["type"] === typeOf(addressSet) && has(set, "timeout", "alone")) sets.push(addressSet);
      else wrongSets.push(name);
    }
  }
  return { sets, packetSets, wrongSets, chains, rules, counters };
}

/** Whether nothing is missing, and every set in the table is looked up, in the right order. */
export function isWhole(listing: Listing, wanted: readonly AddressSet[], settings: FilterSettings): boolean {
  const names = new Set(listing.sets.map(nameOf));
  const comments = ruleComments(listing.sets, settings);
  return (
    CHAINS.every((name) => listing.chains.get(name) === "right") &&
    listing.wrongSets.length === 0 &&
    wanted.every((set) => names.has(nameOf(set))) &&
    PACKET_SETS.every((name) => listing.packetSets.has(name)) &&
    counterNames().every((name) => listing.counters.has(name)) &&
    CHAINS.every((name) => comments[name].join("\n") === listing.rules[name].join("\n"))
  );
}

function ours(object: unknown): Record<string, unknown> | null {
  const found = record(object);
  return found?.["family"] === FAMILY && found["table"] === TABLE ? found : null;
}

function isRightChain(name: Chain, chain: Record<string, unknown>): boolean {
  if (name !== CHAIN) return chain["hook"] === undefined;
  return (
    chain["type"] === "filter" &&
    chain["hook"] === "prerouting" &&
    chain["prio"] === PRIORITY &&
    chain["policy"] === "accept"
  );
}

function has(set: Record<string, unknown>, flag: string, alone?: "alone"): boolean {
  const listed: unknown = set["flags"];
  const flags: unknown[] = Array.isArray(listed) ? listed : [listed];
  return flags.includes(flag) && (alone === undefined || flags.length === 1);
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
