import { execFileSync } from "node:child_process";
import { fallbackPatterns } from "../../../src/domain/calling/fallback.js";
import { judgeCall } from "../../../src/domain/calling/judge.js";
import { knownCountries, planOf } from "../../../src/domain/calling/numbering.js";
import {
  DEFAULT_POLICY,
  type DialPlan,
  type OpenArea,
  type Policy,
  type PrefixRule,
} from "../../../src/domain/policy.js";
import { libphonenumberExamples, neighbours } from "./examples.js";

function policyOf(country: string, outsidePrefix: string | null = null, openAreas?: OpenArea[]): Policy {
  return {
    ...DEFAULT_POLICY,
    dialPlan: { country, outsidePrefix, internationalPrefixes: [] },
    calling: { ...DEFAULT_POLICY.calling, openAreas: openAreas ?? [{ area: country, types: null }] },
  };
}

/** As the dialplan does it. */
function passer(policy: Policy): (digits: string) => boolean {
  const { allow, deny } = fallbackPatterns(policy);
  const [allowed, denied] = [new RegExp(allow), new RegExp(deny)];
  return (digits) => allowed.test(digits) && !denied.test(digits);
}

const passers = new Map<string, (digits: string) => boolean>();

/** Made once for each dial plan. */
function passerOn(country: string, outsidePrefix: string | null): (digits: string) => boolean {
  const key = `${country}/${outsidePrefix ?? ""}`;
  const made = passers.get(key) ?? passer(policyOf(country, outsidePrefix));
  passers.set(key, made);
  return made;
}

test.each([
  ["US", null, "2125550123"],
  ["US", null, "12125550123"],
  ["US", null, "+12125550123"],
  ["US", null, "18005550199"],
  ["US", "9", "912125550123"],
  ["US", "9", "92125550123"],
  ["US", "9", "12125550123"],
  ["GB", null, "02079460000"],
  ["GB", null, "+442079460000"],
  ["GB", null, "07400123456"],
  ["DE", null, "030123456"],
  ["DE", null, "015123456789"],
  ["DE", "0", "0030123456"],
  ["IT", null, "0612345678"],
  ["IT", null, "3123456789"],
  ["RU", null, "84951234567"],
  ["CN", null, "13123456789"],
  ["JM", null, "18765230123"],
])("on a PBX of %s with outside prefix %s, %s passes", (country, outsidePrefix, digits) => {
  expect(passerOn(country, outsidePrefix)(digits)).toBe(true);
});

test.each([
  ["US", null, "18765550123"],
  ["US", null, "8765550123"],
  ["US", null, "14165550123"],
  ["US", null, "011442079460000"],
  ["US", null, "+442079460000"],
  ["US", null, "19005550123"],
  ["US", null, "12129765123"],
  ["US", null, "15005550123"],
  ["US", null, "17005550123"],
  ["US", null, "12375550123"],
  ["US", null, "5550123"],
  ["US", null, "*6712125550123"],
  ["US", null, ""],
  ["US", null, "911"],
  ["US", "9", "918765550123"],
  ["US", "9", "9011442079460000"],
  ["US", "9", "9011491234"],
  ["US", "9", "9725550123"],
  ["US", "9", "999900972599123456"],
  ["GB", null, "01481720014"],
  ["GB", null, "09012345678"],
  ["GB", null, "0018765550123"],
  ["GB", null, "2079460000"],
  ["DE", null, "0018765550123"],
  ["DE", null, "09001234567"],
  ["DE", "0", "0018765550123"],
  ["DE", "0", "00018765550123"],
  ["DE", "0", "009001234567"],
  ["IT", null, "000972599123456"],
  ["IT", null, "0669812345"],
  ["RU", null, "87012345678"],
  ["JM", null, "12125550123"],
])("on a PBX of %s with outside prefix %s, %j does not pass", (country, outsidePrefix, digits) => {
  expect(passerOn(country, outsidePrefix)(digits)).toBe(false);
});

test.each([
  ["nothing is open", []],
  ["the home country is not open", [{ area: "CA", types: null }]],
])("where %s, nothing passes", (_, openAreas: OpenArea[]) => {
  const passes = passer(policyOf("US", null, openAreas));
  expect(["12125550123", "14165550123", "", "911", "+12125550123"].filter(passes)).toEqual([]);
});

test("opened types pass, others don't", () => {
  const passes = passer(policyOf("DE", null, [{ area: "DE", types: ["mobile", "premium"] }]));
  expect(["015123456789", "09001234567", "030123456", "08001234567"].map(passes)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("other prefixes for international calls don't pass", () => {
  const policy = policyOf("US");
  const dialPlan = { ...policy.dialPlan, internationalPrefixes: ["2125"] };
  expect(passer(policy)("2125550123")).toBe(true);
  expect(passer({ ...policy, dialPlan })("2125550123")).toBe(false);
});

const examples = libphonenumberExamples();

/** Everything that people and scanners dial: each example of the world and its neighbours, in every form. */
function dialledOn(country: string, outsidePrefix: string | null): string[] {
  const home = planOf(country);
  if (home === null) throw new Error(`no plan of ${country}`);
  const prefixes = ["", home.trunkPrefix ?? "", "00", "011", "000"];
  const outside = outsidePrefix === null ? [""] : ["", outsidePrefix];
  const dialled = examples.flatMap(({ number }) => {
    const atHome = number.startsWith(`+${home.callingCode}`);
    return [number, ...(atHome ? neighbours(number) : [])].flatMap((each) => {
      const digits = each.slice(1);
      const national = atHome ? [digits.slice(home.callingCode.length)] : [];
      const forms = [digits, ...national].flatMap((form) => prefixes.map((prefix) => prefix + form));
      return [each, ...outside.flatMap((prefix) => forms.map((form) => prefix + form))];
    });
  });
  return [...new Set(dialled)];
}

test.each([
  ...["US", "CA", "JM", "GB", "GG", "DE", "IT", "RU", "KZ", "FR", "ES", "AU", "BR", "CN", "FI", "CL"].map(
    (country) => [country, null] as const,
  ),
  ...["US", "DE", "IT", "DK"].flatMap((country) => [[country, "0"] as const, [country, "9"] as const]),
])("nothing passes on a PBX of %s with outside prefix %s that the rules refuse", (country, outsidePrefix) => {
  const policy = policyOf(country, outsidePrefix);
  const passes = passer(policy);
  const passed = dialledOn(country, outsidePrefix).filter(passes);
  const wrong = passed
    .map((digits) => judgeCall(policy, new Map(), { from: "100", digits, trunk: null }))
    .filter((verdict) => verdict.decision === "refuse" && verdict.reason === "area-closed");
  expect(passed.length).toBeGreaterThan(5);
  expect(wrong).toEqual([]);
});

const PREFIXES: PrefixRule[] = [
  { prefix: "44208", action: "deny" },
  { prefix: "1212", action: "deny" },
  { prefix: "1212555", action: "allow" },
  { prefix: "4930", action: "deny" },
  { prefix: "790", action: "deny" },
];

test.each<[string, Partial<DialPlan>]>([
  ["US", { areaCode: "212", outsidePrefix: "9", shortestOutside: 7 }],
  ["US", { areaCode: "212" }],
  ["US", { trunkPrefix: "" }],
  ["GB", { areaCode: "20", shortestOutside: 6 }],
  ["DE", { areaCode: "30", outsidePrefix: "0" }],
  ["DE", { areaCode: "30", trunkPrefix: "" }],
  ["DK", { trunkPrefix: "0" }],
  ["FR", { trunkPrefix: "8" }],
  ["IT", { areaCode: "06", trunkPrefix: "1", outsidePrefix: "9" }],
  ["RU", { areaCode: "495" }],
  ["AT", { areaCode: "1", outsidePrefix: "0" }],
])(
  "nothing passes on a PBX of %s with %j that rules for areas, prefixes and risks refuse",
  (country, own) => {
    const made = policyOf(country);
    const policy: Policy = {
      ...made,
      dialPlan: { ...made.dialPlan, ...own },
      calling: { ...made.calling, prefixRules: PREFIXES },
    };
    const passes = passer(policy);
    const local = (digits: string): string[] => [digits.slice(-7), digits.slice(-8), digits];
    const dialled = dialledOn(country, own.outsidePrefix ?? null);
    const trunk =
      own.trunkPrefix === undefined ? [] : dialled.map((digits) => `${own.trunkPrefix ?? ""}${digits}`);
    const passed = [...new Set([...dialled.flatMap(local), ...trunk])].filter(passes);
    const wrong = passed
      .map((digits) => judgeCall(policy, new Map(), { from: "100", digits, trunk: null }))
      .filter(({ reason }) => reason === "area-closed" || reason === "high-risk-range");
    expect(passed.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  },
);

test("a risky part of the home country does not pass, unless it is allowed", () => {
  const policy = policyOf("RU");
  const allowed: PrefixRule[] = [{ prefix: "7840", action: "allow" }];
  expect(passer(policy)("88401234567")).toBe(false);
  expect(passer({ ...policy, calling: { ...policy.calling, prefixRules: allowed } })("88401234567")).toBe(
    true,
  );
  expect(passer({ ...policy, calling: { ...policy.calling, highRisk: "allow" } })("88401234567")).toBe(true);
});

test("nothing passes where the home country is denied by its prefix", () => {
  const prefix = "1";
  const policy = policyOf("US");
  const prefixRules: PrefixRule[] = [{ prefix, action: "deny" }];
  const passes = passer({ ...policy, calling: { ...policy.calling, prefixRules } });
  expect(["12125550123", "+12125550123"].filter(passes)).toEqual([]);
});

test("shorter numbers than the shortest outside do not pass", () => {
  const policy = policyOf("DE");
  const passes = passer({ ...policy, dialPlan: { ...policy.dialPlan, shortestOutside: 9 } });
  expect(passes("030123456")).toBe(false);
  expect(passes("030123456789")).toBe(true);
});

test("in every country, ordinary numbers pass, and what passes is no longer than AMI takes", () => {
  const missed: unknown[] = [];
  let passed = 0;
  for (const country of knownCountries()) {
    const policy = policyOf(country);
    const { allow, deny } = fallbackPatterns(policy);
    expect(Math.max(allow.length, deny.length)).toBeLessThanOrEqual(900);
    const passes = passer(policy);
    for (const { number, numberType } of examples.filter((example) => example.country === country)) {
      const verdict = judgeCall(policy, new Map(), { from: null, digits: number, trunk: null });
      const ordinary = numberType === "fixed" || numberType === "mobile" || numberType === "fixed-or-mobile";
      if (!ordinary || verdict.numberType === "unknown") continue;
      if (passes(number)) passed += 1;
      else missed.push([country, number, numberType]);
    }
  }
  expect(passed).toBeGreaterThan(400);
  expect(missed).toEqual([]);
});

test("the patterns mean the same to POSIX tools", () => {
  const lines = [
    "12125550123",
    "2125550123",
    "18765550123",
    "+12125550123",
    "912125550123",
    "011442079460000",
  ];
  for (const outsidePrefix of [null, "9"]) {
    const policy = policyOf("US", outsidePrefix);
    const { allow, deny } = fallbackPatterns(policy);
    const grep = (pattern: string): string[] =>
      execFileSync("grep", ["-E", pattern], {
        input: `${lines.join("\n")}\n`,
        encoding: "utf8",
        timeout: 10_000,
      })
        .trim()
        .split("\n");
    const denied = grep(deny);
    const passed = grep(allow).filter((line) => !denied.includes(line));
    expect(passed).toEqual(lines.filter(passer(policy)));
  }
});
