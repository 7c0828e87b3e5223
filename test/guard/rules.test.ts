import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import type { Happening, Log, PolicyStore } from "../../src/guard/ports.js";
import { loadRules, type RuleParts, type Rules } from "../../src/guard/rules.js";
import { target } from "../target.js";

interface Saved {
  readonly by: string;
  readonly atMs: number;
  readonly change: string;
}

/** A store in memory, and what the rules did to the world. */
function world(over: Partial<RuleParts> = {}, first: Policy = DEFAULT_POLICY) {
  const saved: Saved[] = [];
  const seen: Policy[] = [];
  const told: Happening[] = [];
  const errors: string[] = [];
  let stored = first;
  const store: PolicyStore = {
    load: () => stored,
    save: (next, by, atMs, change) => {
      saved.push({ by, atMs, change });
      stored = { ...next, version: stored.version + 1 };
      return stored;
    },
  };
  const quiet = () => undefined;
  const log: Log = { error: (message) => void errors.push(message), warn: quiet, info: quiet, debug: quiet };
  const rules = loadRules({
    store,
    clock: { nowMs: () => 5_000 },
    log,
    tell: (happening) => void told.push(happening),
    onPolicy: [(policy) => void seen.push(policy)],
    ...over,
  });
  return { rules, saved, seen, told, errors, stored: () => stored };
}

const us = { area: "US", types: null };
const jm = { area: "JM", types: null };

test("an edit is stored, becomes the rules of the moment, and is told to all", () => {
  const { rules, saved, seen, told, stored } = world();
  expect(rules.openAreas(["jm", "US:premium"], null, "cli:root")).toMatchObject({
    scope: "global",
    areas: [us, jm, { area: "US", types: ["premium"] }],
    policyVersion: 2,
  });
  expect(saved).toEqual([{ by: "cli:root", atMs: 5_000, change: "opened JM US:premium" }]);
  expect(rules.policy()).toBe(stored());
  expect(seen).toEqual([stored()]);
  expect(told).toEqual([{ type: "policy", version: 2 }]);
});

/** Each row: an edit that leaves everything as it is. */
test.each<[string, (rules: Rules) => unknown]>([
  ["opening what is open", (rules) => rules.openAreas(["US"], null, "x")],
  ["closing what is closed", (rules) => rules.closeAreas(["JM", "US:premium"], null, "x")],
  ["the same cap", (rules) => rules.setCap(250_000, null, "x")],
  ["the same dial plan", (rules) => rules.setDialPlan(DEFAULT_POLICY.dialPlan, "x")],
  ["no areas at all", (rules) => rules.openAreas([], null, "x")],
])("%s stores nothing", (_, edit) => {
  const { rules, saved, told } = world();
  expect(edit(rules) ?? {}).not.toHaveProperty("refused");
  expect([saved, told]).toEqual([[], []]);
});

/** Each row: an edit that is refused, and what its message says. */
test.each<[string, (rules: Rules) => unknown, string, string]>([
  [
    "areas nobody knows, all at once",
    (r) => r.openAreas(["XX", "UK", "US:loud"], null, "x"),
    "refused",
    "write GB",
  ],
  ["an extension that is none", (r) => r.openAreas(["JM"], "1 0;DROP", "x"), "refused", "such as 100"],
  ["__proto__", (r) => r.setCap(1, "__proto__", "x"), "refused", "such as 100"],
  ["a cap that is no money", (r) => r.setCap(0.5, null, "x"), "refused", "such as 0.2500"],
  ["a cap below nothing", (r) => r.setCap(-1, null, "x"), "refused", "such as 0.2500"],
  [
    "a country that is none",
    (r) => r.setDialPlan({ ...dialPlan, country: "ZZ" }, "x"),
    "refused",
    "such as US",
  ],
  [
    "everybody on the never-ban list",
    (r) => r.addNeverBan(target("0.0.0.0/0"), "x"),
    "refused",
    "smaller network",
  ],
  [
    "taking off what is not on it",
    (r) => r.removeNeverBan(target("192.0.2.1"), "x"),
    "not-found",
    "192.0.2.1 is not",
  ],
  [
    "global rules for one that has them",
    (r) => r.useGlobalRules("100", "x"),
    "not-found",
    "no rules of its own",
  ],
  [
    "own rules of an object's insides",
    (r) => r.useGlobalRules("constructor", "x"),
    "not-found",
    "no rules of its own",
  ],
])("%s is refused with advice", (_, edit, refused, advice) => {
  const { rules, saved } = world();
  expect(edit(rules)).toEqual({ refused, message: expect.stringContaining(advice) });
  expect(saved).toEqual([]);
});

const { dialPlan } = DEFAULT_POLICY;

test("an extension's own list begins as the global one and then takes its place", () => {
  const { rules } = world();
  expect(rules.areas("100")).toMatchObject({ scope: "global", areas: [us], policyVersion: 1 });
  rules.openAreas(["JM"], "100", "x");
  rules.closeAreas(["US"], null, "x");
  expect(rules.areas("100")).toMatchObject({ scope: { extension: "100" }, areas: [us, jm] });
  expect(rules.areas("101")).toMatchObject({ scope: "global", areas: [] });
  expect(rules.useGlobalRules("100", "x")).toBeNull();
  expect(rules.areas("100")).toMatchObject({ scope: "global", areas: [] });
});

test("prefixes go into a list of their own, which an extension has in the global one's place", () => {
  const { rules, saved } = world();
  rules.closeAreas(["+4470"], null, "x");
  rules.openAreas(["prefix:+88161", "JM"], "100", "x");
  expect(rules.areas(null)).toMatchObject({ prefixes: [{ prefix: "4470", action: "deny" }], areas: [us] });
  expect(rules.areas("100")).toMatchObject({
    scope: { extension: "100" },
    prefixScope: { extension: "100" },
    prefixes: [
      { prefix: "4470", action: "deny" },
      { prefix: "88161", action: "allow" },
    ],
  });
  rules.openAreas(["+4470"], null, "x");
  expect(rules.areas(null).prefixes).toEqual([{ prefix: "4470", action: "allow" }]);
  const before = saved.length;
  rules.openAreas(["+4470"], null, "x");
  expect(saved.length).toBe(before);
  rules.setCap(1, "100", "x");
  expect(rules.inheritAreas("100", "x")).toMatchObject({ prefixScope: "global" });
  expect(rules.areas("100")).toMatchObject({ scope: "global", areas: [us] });
  expect(rules.cap("100").microsPerMinute).toBe(1);
  expect(rules.forgetPrefixes(["+4470"], null, "x")).toMatchObject({ prefixes: [] });
  expect(rules.setHighRisk("allow", "x").highRisk).toBe("allow");
});

test.each([
  ["+0044", "+44 for 0044"],
  ["+", "1 to 15 digits"],
  ["+999", "no country has a code"],
  ["prefix:44a", "1 to 15 digits"],
])("%s is no prefix", (text, advice) => {
  const { rules, saved } = world();
  expect(rules.openAreas([text], null, "x")).toMatchObject({ message: expect.stringContaining(advice) });
  expect(saved).toEqual([]);
});

test("an extension's own cap may be the global one's amount, more, or none", () => {
  const { rules, saved } = world();
  expect(rules.setCap(250_000, "100", "x")).toEqual({
    scope: { extension: "100" },
    microsPerMinute: 250_000,
  });
  expect(rules.setCap(null, "101", "x")).toEqual({ scope: { extension: "101" }, microsPerMinute: null });
  expect(rules.setCap(100_000, null, "x")).toEqual({ scope: "global", microsPerMinute: 100_000 });
  expect([rules.cap("100"), rules.cap("101"), rules.cap("102")].map((cap) => cap.microsPerMinute)).toEqual([
    250_000,
    null,
    100_000,
  ]);
  expect(saved.map(({ change }) => change)).toEqual([
    "set the price cap to $0.2500 a minute for extension 100",
    "took the price cap away for extension 101",
    "set the price cap to $0.1000 a minute",
  ]);
});

test("an own cap can be taken away again, and nothing else with it", () => {
  const { rules, saved } = world();
  rules.setCap(null, "100", "x");
  rules.setLimits({ attempts: "3" }, "100", "x");
  expect(rules.inheritCap("100", "x")).toEqual({ ...rules.cap(null), scope: "global" });
  expect(rules.policy().extensions).toEqual({ "100": { limits: { attemptsPerMinute: 3 } } });
  expect(saved.at(-1)?.change).toBe("took the own price cap away for extension 100");
  expect(rules.inheritCap("100", "x")).toMatchObject({ refused: "not-found" });
});

test("one limit of its own can be taken away while another is set", () => {
  const { rules, saved } = world();
  rules.setLimits({ attempts: "3", spend: "5" }, "100", "x");
  rules.setLimits({ attempts: null, "international-calls": "1" }, "100", "x");
  expect(rules.policy().extensions).toEqual({
    "100": { limits: { spendMicros: 5_000_000, concurrentInternational: 1 } },
  });
  expect(saved.at(-1)?.change).toBe(
    "set the limits attempts everyone's 10, international-calls 1 for extension 100",
  );
  rules.setLimits({ spend: null, "international-calls": null }, "100", "x");
  expect(rules.policy().extensions).toEqual({});
  const before = saved.length;
  rules.setLimits({ spend: null }, "100", "x");
  expect(saved.length).toBe(before);
  expect(rules.setLimits({ nonsense: null }, "100", "x")).toMatchObject({ refused: "refused" });
  rules.setLimits({ attempts: "3" }, null, "x");
  expect(rules.setLimits({ attempts: null }, null, "x")).toMatchObject({ limits: { attemptsPerMinute: 10 } });
});

test("own areas and an own cap of one extension stand beside each other", () => {
  const { rules } = world();
  rules.openAreas(["JM"], "100", "x");
  rules.setCap(1, "100", "x");
  expect(rules.policy().extensions).toEqual({ "100": { openAreas: [us, jm], capMicrosPerMinute: 1 } });
});

test("the never-ban list grows and shrinks with its notes", () => {
  const { rules, saved } = world();
  const office = target("198.51.100.0/24");
  expect(rules.addNeverBan(office, "x", "the office")).toBeNull();
  expect(rules.addNeverBan(office, "x")).toBeNull();
  expect(rules.addNeverBan(target("192.0.2.1"), "x")).toBeNull();
  expect(rules.neverBan()).toEqual({
    targets: [office, "192.0.2.1"],
    notes: { [office]: "the office" },
    policyVersion: 3,
  });
  expect(rules.policy().neverBanNotes).toEqual({ [office]: "the office" });
  expect(rules.addNeverBan(office, "x", "the new office")).toBeNull();
  expect(rules.policy().neverBanNotes).toEqual({ [office]: "the new office" });
  expect(rules.removeNeverBan(target("198.51.100.7"), "x")).toMatchObject({
    refused: "not-found",
    message: "198.51.100.7 is not on the never-ban list; 198.51.100.0/24, which holds it, is",
  });
  expect(rules.removeNeverBan(office, "x")).toBeNull();
  expect(rules.policy()).toMatchObject({ neverBan: ["192.0.2.1"], neverBanNotes: {} });
  expect(saved).toHaveLength(4);
});

test("as long as home alone is open, the open area moves with the home country", () => {
  const { rules, saved } = world();
  expect(rules.setDialPlan({ ...dialPlan, country: "de", outsidePrefix: "0" }, "x")).toBeNull();
  expect(rules.dialPlan()).toEqual({ country: "DE", outsidePrefix: "0", internationalPrefixes: [] });
  expect(rules.areas(null).areas).toEqual([{ area: "DE", types: null }]);
  expect(saved[0]?.change).toContain("open area DE in place of US");
});

test.each<[string, Policy["calling"]["openAreas"]]>([
  ["a list that somebody made", [us, jm]],
  ["types that somebody chose", [{ area: "US", types: ["fixed"] }]],
  ["an empty list", []],
])("%s stays when the home country changes", (_, openAreas) => {
  const first = { ...DEFAULT_POLICY, calling: { ...DEFAULT_POLICY.calling, openAreas } };
  const { rules } = world({}, first);
  expect(rules.setDialPlan({ ...dialPlan, country: "DE" }, "x")).toBeNull();
  expect(rules.areas(null).areas).toEqual(openAreas);
});

test("refusals are changed by reason, and taken away again", () => {
  const { rules, saved } = world();
  const refusal = { cause: 34, announcement: "standard" };
  expect(rules.setRefusals({ refusals: { "area-closed": refusal }, tellCaller: "message" }, "x")).toBeNull();
  expect(rules.refusals()).toEqual({ refusals: { "area-closed": refusal }, tellCaller: "message" });
  expect(saved[0]?.change).toBe(
    "set refusals: area-closed to cause 34, announcement standard; what the caller is told to message",
  );
  expect(rules.setRefusals({ refusals: { "area-closed": refusal } }, "x")).toBeNull();
  expect(saved).toHaveLength(1);
  expect(rules.setRefusals({ refusals: { "area-closed": null }, tellCaller: "no" }, "x")).toBeNull();
  expect(rules.policy().calling).toEqual(DEFAULT_POLICY.calling);
});

test.each([
  [{ cause: 0, announcement: null }, "area-closed: a cause is a whole number from 1 to 127"],
  [
    { cause: 21, announcement: "../../etc/passwd" },
    "area-closed: an announcement is the names of Asterisk's sounds",
  ],
])("no refusal: %p", (refusal, message) => {
  const { rules, saved } = world();
  expect(rules.setRefusals({ refusals: { "area-closed": refusal } }, "x")).toMatchObject({
    refused: "refused",
    message: expect.stringContaining(message),
  });
  expect(saved).toEqual([]);
});

test("a store that fails leaves the rules of the moment, and tells nobody", () => {
  const broken: PolicyStore = {
    load: () => DEFAULT_POLICY,
    save: () => {
      throw new Error("disk full");
    },
  };
  const { rules, seen, told } = world({ store: broken });
  expect(() => rules.openAreas(["JM"], null, "x")).toThrow("disk full");
  expect(rules.policy()).toBe(DEFAULT_POLICY);
  expect([seen, told]).toEqual([[], []]);
});

test("one part that does not take the new rules is logged, and the others still hear of them", () => {
  const heard: number[] = [];
  const { rules, errors, told } = world({
    onPolicy: [
      () => {
        throw new Error("hung");
      },
      (policy) => void heard.push(policy.version),
    ],
  });
  rules.openAreas(["JM"], null, "x");
  expect([heard, errors, told]).toEqual([
    [2],
    ["a part of the daemon did not take the new rules"],
    [{ type: "policy", version: 2 }],
  ]);
});

describe("detection", () => {
  test("settings are changed by their names, all or none, and the change is told in words", () => {
    const { rules, saved } = world();
    expect(rules.setDetection({ attempts: "12", window: "5m" }, "cli:ann")).toBeNull();
    expect(rules.detection()).toMatchObject({ attempts: 12, windowMs: 300_000 });
    expect(saved.at(-1)).toMatchObject({
      by: "cli:ann",
      change: "set attempts 12 (was 10), window 5m (was 10m)",
    });
    expect(rules.setDetection({ attempts: 20, window: "soon" }, "cli:ann")).toEqual({
      refused: "refused",
      message: "window: write a duration such as 10m, from 10s to 6h",
    });
    expect(rules.setDetection({ "x\ny": 1 }, "cli:ann")).toMatchObject({
      message: "that name: there is no such setting",
    });
    expect(rules.detection().attempts).toBe(12);
  });

  test("what changes nothing stores nothing", () => {
    const { rules, saved } = world();
    expect(rules.setDetection({ attempts: 10 }, "cli:ann")).toBeNull();
    expect(rules.resetDetection([], "cli:ann")).toBeNull();
    expect(saved).toEqual([]);
  });

  test("settings go back to their defaults, some or all", () => {
    const { rules } = world();
    rules.setDetection({ attempts: 12, window: "5m", jitter: 0 }, "cli:ann");
    expect(rules.resetDetection(["attempts"], "cli:ann")).toBeNull();
    expect(rules.detection()).toMatchObject({ attempts: 10, windowMs: 300_000 });
    expect(rules.resetDetection([], "cli:ann")).toBeNull();
    expect(rules.detection()).toEqual(DEFAULT_POLICY.intrusion);
    expect(rules.resetDetection(["atempts"], "cli:ann")).toMatchObject({ refused: "not-found" });
  });
});
