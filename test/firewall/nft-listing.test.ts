import { RingfenceError } from "../../src/domain/error.js";
import { heldIn, isWhole, parseListing } from "../../src/firewall/nft-listing.js";

const OURS = { family: "inet", table: "ringfence" };
const base = [
  {
    chain: { ...OURS, name: "prerouting", type: "filter", hook: "prerouting", prio: -310, policy: "accept" },
  },
  { counter: { ...OURS, name: "dropped4", packets: 3, bytes: 180 } },
  { counter: { ...OURS, name: "dropped6", packets: 0, bytes: 0 } },
];
const set = (name: string, type: string, elem?: unknown): object => ({
  set: { ...OURS, name, type, flags: ["timeout"], ...(elem ? { elem } : {}) },
});
const rule = (comment?: string): object => ({
  rule: { ...OURS, chain: "prerouting", ...(comment ? { comment } : {}) },
});
const json = (...entries: object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: { json_schema_version: 1 } }, ...entries] });
const element = (val: unknown, expires: number): object => ({ elem: { val, timeout: 900, expires } });

test("elements are read as targets, each once, and what matches nobody is left out", () => {
  const listing = parseListing(
    json(
      set("ban4_32", "ipv4_addr", [
        element("203.0.113.1", 12),
        "203.0.113.2",
        element("203.0.113.1", 12),
        element("not an address", 1),
        element({ prefix: { addr: "10.0.0.0", len: 8 } }, 1),
        { elem: null },
        7,
      ]),
      set("ban4_24", "ipv4_addr", [element("198.51.100.0", 0), element("198.51.100.7", 5)]),
      set("ban6_64", "ipv6_addr", ["2001:db8:0:1::", "2001:db8::1"]),
      set("protected4_32", "ipv4_addr", ["192.0.2.1"]),
      set("somebody_elses", "ipv4_addr", ["192.0.2.9"]),
    ),
  );
  expect(heldIn(listing, "ban")).toEqual([
    { target: "203.0.113.1", expiresInMs: 12_000 },
    { target: "203.0.113.2", expiresInMs: null },
    { target: "198.51.100.0/24", expiresInMs: 0 },
    { target: "2001:db8:0:1::/64", expiresInMs: null },
  ]);
  expect(heldIn(listing, "protected")).toEqual([{ target: "192.0.2.1", expiresInMs: null }]);
});

const SETS = [set("ban4_32", "ipv4_addr"), set("ban6_64", "ipv6_addr"), set("ban4_24", "ipv4_addr")];
const RULES = ["1 loopback", "1 ban4_32", "1 ban4_24", "1 ban6_64"].map((comment) => rule(comment));
const WANTED = [{ kind: "ban", family: 4, bits: 32 } as const, { kind: "ban", family: 6, bits: 64 } as const];

test.each<[string, object[], boolean]>([
  ["everything there", [...base, ...SETS, ...RULES], true],
  ["nothing there", [], false],
  ["no chain", [...base.slice(1), ...SETS, ...RULES], false],
  ["a rule missing", [...base, ...SETS, ...RULES.slice(0, 3)], false],
  ["a rule of somebody else's in front", [...base, ...SETS, rule(), ...RULES], false],
  ["rules in another order", [...base, ...SETS, ...[...RULES].reverse()], false],
  ["a counter missing", [base[0]!, base[1]!, ...SETS, ...RULES], false],
  ["a set missing", [...base, SETS[0]!, ...RULES.slice(0, 2)], false],
  ["a set that nothing looks up", [...base, ...SETS, set("ban4_16", "ipv4_addr"), ...RULES], false],
  ["a set of another type", [...base, ...SETS, set("ban4_16", "ipv6_addr"), ...RULES], false],
  [
    "a set of intervals",
    [
      ...base,
      ...SETS,
      { set: { ...OURS, name: "ban4_16", type: "ipv4_addr", flags: ["interval", "timeout"] } },
      ...RULES,
    ],
    false,
  ],
  [
    "flags as newer nft may write them",
    [
      ...base,
      { set: { ...OURS, name: "ban4_32", type: "ipv4_addr", flags: "timeout" } },
      SETS[1]!,
      ...["1 loopback", "1 ban4_32", "1 ban6_64"].map((comment) => rule(comment)),
    ],
    true,
  ],
  [
    "a chain that accepts too late",
    [
      {
        chain: { ...OURS, name: "prerouting", type: "filter", hook: "prerouting", prio: 0, policy: "accept" },
      },
      ...base.slice(1),
      ...SETS,
      ...RULES,
    ],
    false,
  ],
])("%s: whole is %p", (_, entries, whole) => {
  expect(isWhole(parseListing(json(...entries)), WANTED)).toBe(whole);
});

test("what is in the tables of others is not ours", () => {
  const elsewhere = [...base, ...SETS, ...RULES].map((entry) =>
    Object.fromEntries(Object.entries(entry).map(([kind, object]) => [kind, { ...object, table: "site" }])),
  );
  const listing = parseListing(json({ table: { family: "ip", name: "ringfence" } }, ...elsewhere));
  expect(listing).toMatchObject({ sets: [], rules: [], chain: "missing", wrongSets: [] });
});

test.each(["", "{", "[]", "null", '{"nftables":{}}'])("%p is refused", (text) => {
  expect(() => parseListing(text)).toThrow(RingfenceError);
});
