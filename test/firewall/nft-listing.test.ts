import { RingfenceError } from "../../src/domain/error.js";
import { isWhole, parseListing } from "../../src/firewall/nft-listing.js";
import { CHAINS, ruleComments } from "../../src/firewall/ruleset.js";
import { nameOf, PACKET_SETS, parseSetName, typeOf, type AddressSet } from "../../src/firewall/sets.js";
import { FILTER_DEFAULTS } from "../../src/firewall/settings.js";

const OURS = { family: "inet", table: "ringfence" };
const BASE_CHAIN = { type: "filter", hook: "prerouting", prio: -310, policy: "accept" };

/** A listing of what Ringfence makes, edited. */
function listing(
  names: readonly string[],
  edit: (entries: Entry[]) => Entry[] = (entries) => entries,
): string {
  const sets = names.map((name) => parseSetName(name)!);
  const comments = ruleComments(sets, FILTER_DEFAULTS);
  const entries: Entry[] = [
    ...CHAINS.map((name) => ({ chain: { ...OURS, name, ...(name === "prerouting" ? BASE_CHAIN : {}) } })),
    ...["dropped4", "dropped6", "flooded", "crowded"].map((name) => ({
      counter: { ...OURS, name, packets: 3, bytes: 180 },
    })),
    ...PACKET_SETS.map((name) => ({
      set: {
        ...OURS,
        name,
        type: name.endsWith("4") ? "ipv4_addr" : "ipv6_addr",
        flags: ["timeout", "dynamic"],
      },
    })),
    ...sets.map(setEntry),
    ...CHAINS.flatMap((chain) => comments[chain].map((comment) => ({ rule: { ...OURS, chain, comment } }))),
  ];
  return json(...edit(entries));
}

type Entry = Record<string, Record<string, unknown>>;

const setEntry = (set: AddressSet): Entry => ({
  set: { ...OURS, name: nameOf(set), type: typeOf(set), flags: ["timeout"] },
});
const json = (...entries: object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: { json_schema_version: 1 } }, ...entries] });

const NAMES = ["ban4_32", "ban6_64", "ban4_24", "voip4_32", "known4_32"];
const WANTED = NAMES.slice(0, 2).map((name) => parseSetName(name)!);
const without =
  (kind: string, name: string) =>
  (entries: Entry[]): Entry[] =>
    entries.filter((entry) => (entry[kind]?.["name"] ?? entry[kind]?.["comment"]) !== name);
const instead =
  (kind: string, name: string, change: object) =>
  (entries: Entry[]): Entry[] =>
    entries.map((entry) =>
      entry[kind]?.["name"] === name ? { [kind]: { ...entry[kind], ...change } } : entry,
    );
const extra =
  (...more: Entry[]) =>
  (entries: Entry[]): Entry[] => [...more, ...entries];

test.each<[string, (entries: Entry[]) => Entry[], boolean]>([
  ["everything there", (entries) => entries, true],
  ["nothing there", () => [], false],
  ["no base chain", without("chain", "prerouting"), false],
  ["a chain missing", without("chain", "refuse"), false],
  ["a rule missing", (entries) => entries.slice(0, -1), false],
  ["a rule of somebody else's in front", extra({ rule: { ...OURS, chain: "prerouting" } }), false],
  ["rules in another order", (entries) => [...entries].reverse(), false],
  ["a counter missing", without("counter", "flooded"), false],
  ["a set missing", without("set", "ban4_32"), false],
  ["a set that packets fill missing", without("set", "over6"), false],
  ["a set that nothing looks up", extra(setEntry({ kind: "ban", family: 4, bits: 16 })), false],
  ["a set of another type", instead("set", "ban4_24", { type: "ipv6_addr" }), false],
  ["a set of intervals", instead("set", "ban4_24", { flags: ["interval", "timeout"] }), false],
  ["a set that packets fill of another type", instead("set", "flood4", { type: "ipv6_addr" }), false],
  ["flags as newer nft may write them", instead("set", "ban4_24", { flags: "timeout" }), true],
  ["a chain that accepts too late", instead("chain", "prerouting", { prio: 0 }), false],
  ["a chain of ours with a hook of its own", instead("chain", "sip", BASE_CHAIN), false],
])("%s: whole is %p", (_, edit, whole) => {
  expect(isWhole(parseListing(listing(NAMES, edit)), WANTED, FILTER_DEFAULTS)).toBe(whole);
});

test("other settings ask for other rules", () => {
  expect(isWhole(parseListing(listing(NAMES)), WANTED, { ...FILTER_DEFAULTS, answer: "reject" })).toBe(false);
});

test("what is in the tables of others is not ours", () => {
  const elsewhere = (entries: Entry[]): Entry[] =>
    entries.map((entry) =>
      Object.fromEntries(Object.entries(entry).map(([kind, object]) => [kind, { ...object, table: "site" }])),
    );
  const found = parseListing(listing(NAMES, elsewhere));
  expect([found.sets, found.wrongSets, found.rules.prerouting]).toEqual([[], [], []]);
  expect([found.chains.size, found.counters.size, found.packetSets.size]).toEqual([0, 0, 0]);
});

test.each(["", "{", "[]", "null", '{"nftables":{}}'])("%p is refused", (text) => {
  expect(() => parseListing(text)).toThrow(RingfenceError);
});
