import fc from "fast-check";
import { buildDeck } from "../../../src/domain/calling/deck.js";
import { WHOLE_MINUTES } from "../../../src/domain/calling/cost.js";
import { knownAreas } from "../../../src/domain/calling/area-rule.js";
import { type Decks, judgeCall } from "../../../src/domain/calling/judge.js";
import { DEFAULT_POLICY, type Policy } from "../../../src/domain/policy.js";

const policy: Policy = {
  ...DEFAULT_POLICY,
  version: 12,
  calling: {
    openAreas: [
      { area: "US", types: null },
      { area: "CA", types: null },
    ],
    capMicrosPerMinute: 100_000,
    withoutRate: "refuse",
    feeInFirstMinute: true,
    trunkDecks: {},
    limits: DEFAULT_POLICY.calling.limits,
  },
  extensions: {
    "200": { openAreas: [{ area: "JM", types: ["mobile"] }], capMicrosPerMinute: 500_000 },
    "201": { capMicrosPerMinute: null },
    "202": { openAreas: [] },
    "203": {
      openAreas: [
        { area: "GB", types: null },
        { area: "RU", types: null },
      ],
    },
  },
};

const deck = (name: string, prices: Record<string, number>) =>
  buildDeck(
    name,
    Object.entries(prices).map(([prefix, microsPerMinute]) => ({
      prefix,
      destination: prefix,
      microsPerMinute,
    })),
  );
const decks: Decks = new Map(
  [
    deck("default", { "1": 10_000, "1212": 100_000, "1416": 100_001, "1876": 210_000, "44": 8_500 }),
    deck("carrier-b", { "1212": 5_000 }),
  ].map((each) => [each.name, each]),
);
const none: Decks = new Map();

function judge(digits: string, from: string | null = "100", used = decks, trunk: string | null = null) {
  return judgeCall(policy, used, { from, digits, trunk });
}

describe("a call that several sent on", () => {
  const sentOn = (digits: string, from: string | null, also: readonly (string | null)[]) =>
    judgeCall(policy, decks, { from, digits, trunk: null, also });
  const JAMAICA = "18765550123";

  test("must be allowed to each of them, and is at the cost of who pays", () => {
    expect(sentOn(JAMAICA, "200", [])).toMatchObject({ decision: "allow", from: "200" });
    expect(sentOn(JAMAICA, "200", ["100"])).toMatchObject({
      decision: "refuse",
      reason: "area-closed",
      from: "200",
      detail: expect.stringMatching(/ The call was sent on by extension 100\.$/) as string,
    });
    expect(sentOn("12125550123", "200", ["100", "202"])).toMatchObject({ decision: "refuse", from: "200" });
    expect(sentOn("12125550123", "100", ["201"])).toEqual(sentOn("12125550123", "100", []));
  });

  test("by somebody unknown, goes by the global rules as well", () => {
    expect(sentOn(JAMAICA, "200", [null])).toMatchObject({
      decision: "refuse",
      detail: expect.stringContaining("sent on by somebody who can't be told") as string,
    });
    expect(sentOn("12125550123", "100", [null])).toMatchObject({ decision: "allow" });
  });

  test("that who pays may not make either, is refused for that", () => {
    expect(sentOn(JAMAICA, "100", ["202"])).toEqual(sentOn(JAMAICA, "100", []));
  });

  test("to an emergency number goes out, whoever sent it on", () => {
    expect(sentOn("911", "202", ["202", null])).toMatchObject({ decision: "allow", reason: "emergency" });
  });
});

test("the verdict of the house's own example", () => {
  expect(judge("18765550123")).toEqual({
    decision: "refuse",
    rule: "global list: US, CA",
    reason: "area-closed",
    from: "100",
    digits: "18765550123",
    number: "+18765550123",
    area: "JM",
    numberType: "mobile",
    rate: null,
    cap: { microsPerMinute: 100_000, scope: "global" },
    detail: "Refused: Jamaica is not among the allowed areas (global list: US, CA).",
    policyVersion: 12,
  });
});

test.each([
  // Emergency numbers come before everything.
  ["911", "100", "allow", "emergency", "Allowed: 911 is an emergency number."],
  ["112", "202", "allow", "emergency", /emergency/],
  ["911", null, "allow", "emergency", /emergency/],
  ["9112", "100", "refuse", "number-not-understood", /^Refused: 9112 is neither/],
  // Then the number.
  ["", "100", "refuse", "number-not-understood", "Refused: nothing was dialled."],
  ["5550123", "100", "refuse", "number-not-understood", /area code\.$/],
  ["100@evil", "100", "refuse", "number-not-understood", /only the digits/],
  // Then the area: global, or the extension's own in its place.
  [
    "12125550123",
    "100",
    "allow",
    "allowed",
    "Allowed: +12125550123 (United States) costs $0.1000 a minute, within the cap of $0.1000 (global).",
  ],
  ["12125550123", null, "allow", "allowed", /global/],
  ["12125550123", "nobody", "allow", "allowed", /global/],
  ["12125550123", "__proto__", "allow", "allowed", /global/],
  [
    "19005550123",
    "100",
    "refuse",
    "area-closed",
    "Refused: premium numbers in United States are not among the allowed areas (global list: US, CA).",
  ],
  ["12129765123", "100", "refuse", "area-closed", /premium/],
  ["011442079460000", "100", "refuse", "area-closed", /^Refused: United Kingdom is not among/],
  ["011881612345678", "100", "refuse", "area-closed", /^Refused: Satellite telephony is not among/],
  [
    "12375550123",
    "100",
    "refuse",
    "area-closed",
    "Refused: +12375550123 is in no known range of +1, which 25 countries share, and not all of them are allowed (global list: US, CA).",
  ],
  [
    "12125550123",
    "200",
    "refuse",
    "area-closed",
    "Refused: United States is not among the allowed areas (extension 200's list: JM:mobile).",
  ],
  [
    "12125550123",
    "202",
    "refuse",
    "area-closed",
    "Refused: United States is not among the allowed areas (extension 202's list: empty).",
  ],
  ["18765550123", "200", "allow", "allowed", /within the cap of \$0\.5000 \(extension 200\)/],
  ["011441481720014", "203", "refuse", "area-closed", /^Refused: Guernsey/],
  ["01177012345678", "203", "refuse", "area-closed", /^Refused: Kazakhstan/],
  // Then the price.
  [
    "14165550123",
    "100",
    "refuse",
    "rate-over-cap",
    "Refused: +14165550123 (Canada) costs $0.100001 a minute, above the cap of $0.1000 (global).",
  ],
  ["14165550123", "201", "allow", "allowed", /no cap is set/],
  [
    "01179161234567",
    "203",
    "refuse",
    "no-rate",
    "Refused: +79161234567 (Russia) has no known price: the rate deck default has no price for it.",
  ],
])("%j from %s: %s, %s", (digits, from, decision, reason, detail) => {
  const verdict = judge(digits, from);
  expect(verdict).toMatchObject({ decision, reason, from, policyVersion: 12 });
  if (typeof detail === "string") expect(verdict.detail).toBe(detail);
  else expect(verdict.detail).toMatch(detail);
});

test("without any deck, areas alone decide", () => {
  expect(judge("12125550123", "100", none)).toMatchObject({
    decision: "allow",
    reason: "no-deck",
    rate: null,
  });
  expect(judge("18765550123", "100", none)).toMatchObject({ decision: "refuse", reason: "area-closed" });
});

test("the trunk's own deck takes the default one's place", () => {
  const own = judge("12125550123", "100", decks, "carrier-b");
  expect(own.rate).toEqual({
    deck: "carrier-b",
    prefix: "1212",
    destination: "1212",
    microsPerMinute: 5_000,
    ...WHOLE_MINUTES,
  });
  expect(judge("13055550123", "100", decks, "carrier-b")).toMatchObject({ reason: "no-rate" });
  expect(judge("12125550123", "100", decks, "carrier-c").rate?.deck).toBe("default");
});

test("a trunk that is bound has the prices of that deck alone, even where it is missing", () => {
  const bound: Policy = {
    ...policy,
    calling: { ...policy.calling, trunkDecks: { "carrier-c": "carrier-b", "carrier-d": "gone" } },
  };
  const on = (trunk: string) => judgeCall(bound, decks, { from: "100", digits: "12125550123", trunk });
  expect(on("carrier-c").rate?.deck).toBe("carrier-b");
  expect(on("carrier-e").rate?.deck).toBe("default");
  expect(on("constructor").rate?.deck).toBe("default");
  expect(on("carrier-d")).toMatchObject({
    decision: "refuse",
    reason: "no-rate",
    detail: expect.stringContaining("no rate deck named gone is loaded"),
  });
});

test.each([
  ["within the cap with its fee", 40_000, 60_000, true, "allow"],
  ["above the cap with its fee alone", 40_001, 60_000, true, "refuse"],
  ["whose fee does not count", 90_000, 60_000, false, "allow"],
  ["above the cap by the minute", 0, 100_001, false, "refuse"],
])("a destination %s", (_, connectionMicros, microsPerMinute, feeInFirstMinute, decision) => {
  const terms = { connectionMicros, minimumSeconds: 1, incrementSeconds: 1 };
  const row = { prefix: "1", destination: "", microsPerMinute, terms };
  const rules: Policy = { ...policy, calling: { ...policy.calling, feeInFirstMinute } };
  const used: Decks = new Map([["default", buildDeck("default", [row])]]);
  const verdict = judgeCall(rules, used, { from: "100", digits: "12125550123", trunk: null });
  expect(verdict.decision).toBe(decision);
  expect(verdict.rate).toMatchObject(terms);
  if (connectionMicros > 0) expect(verdict.detail).toContain(" to connect");
});

test("where the carrier takes no calls there is no price, whatever calls without one may do", () => {
  const row = (prefix: string, microsPerMinute: number | null) => ({
    prefix,
    destination: "",
    microsPerMinute,
  });
  const used: Decks = new Map([["default", buildDeck("default", [row("1", 1), row("1212", null)])]]);
  const rules: Policy = { ...policy, calling: { ...policy.calling, withoutRate: "allow" } };
  expect(judgeCall(rules, used, { from: "100", digits: "12125550123", trunk: null })).toMatchObject({
    decision: "refuse",
    reason: "no-rate",
    detail: expect.stringContaining("the carrier takes no calls to 1212"),
  });
});

test("decks of other trunks alone say nothing about a price", () => {
  const others: Decks = new Map([["carrier-b", deck("carrier-b", { "1": 1 })]]);
  expect(judge("12125550123", "100", others, "carrier-c")).toMatchObject({
    decision: "refuse",
    reason: "no-rate",
  });
});

test("a number without a price passes where the rules say so", () => {
  const lenient: Policy = { ...policy, calling: { ...policy.calling, withoutRate: "allow" } };
  const request = { from: "203", digits: "01179161234567", trunk: null };
  expect(judgeCall(lenient, decks, request)).toMatchObject({
    decision: "allow",
    reason: "no-rate-allowed",
    rate: null,
  });
});

test("long lists are cut short, and hostile names are not repeated", () => {
  const openAreas = ["GB", "DE", "FR", "ES", "IT", "NL", "BE", "AT", "CH", "DK", "SE", "NO", "FI", "PL"].map(
    (area) => ({
      area,
      types: null,
    }),
  );
  const evil = "200\r\nAction: Originate";
  const judged = judgeCall({ ...policy, extensions: { [evil]: { openAreas } } }, none, {
    from: evil,
    digits: "12125550123",
    trunk: null,
  });
  expect(judged.detail).toBe(
    "Refused: United States is not among the allowed areas " +
      "(the extension's list: GB, DE, FR, ES, IT, NL, BE, AT, CH, DK, SE, NO and 2 more).",
  );
});

test("whatever is dialled, there is a verdict, and only digits are ever allowed", () => {
  const open: Policy = {
    ...policy,
    dialPlan: { country: "US", outsidePrefix: "9", internationalPrefixes: ["00"] },
    calling: {
      ...policy.calling,
      withoutRate: "allow",
      openAreas: ["US", "JM", "GB", "DE", "satellite"].map((area) => ({ area, types: null })),
    },
  };
  const digit = fc.constantFrom("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  const digits = fc.oneof(
    fc.string({
      unit: fc.oneof({ weight: 20, arbitrary: digit }, fc.constantFrom("+", "*", "#", "a", "٣", "３", "&")),
      maxLength: 18,
    }),
    fc.string({ unit: digit, minLength: 10, maxLength: 11 }),
    fc.string({ unit: "binary", maxLength: 50 }),
    fc.stringMatching(/^[9]?(1|011|00)?[2-9][0-9]{9}[^0-9]?$/),
  );
  let allowed = 0;
  // Nothing of what the caller wrote gets into it: plain text, and the letters of Curaçao and its like.
  const letters = [
    ...new Set(knownAreas().flatMap(({ name }) => Array.from(name.replace(/[\x20-\x7e]/g, "")))),
  ].join("");
  const sentence = new RegExp(`^(Allowed|Refused): [\\x20-\\x7e${letters}]+\\.$`);
  fc.assert(
    fc.property(digits, fc.option(fc.string()), fc.option(fc.string()), (dialled, from, trunk) => {
      const verdict = judgeCall(open, decks, { from, digits: dialled, trunk });
      expect(verdict.detail).toMatch(sentence);
      if (verdict.decision === "refuse") return;
      allowed += 1;
      expect(dialled).toMatch(/^\+?[0-9]+$/);
    }),
    { numRuns: 5_000 },
  );
  expect(allowed).toBeGreaterThan(100);
});

test.each([
  ["+447012345678", [{ prefix: "4470", action: "allow" }], "allow", "allowed", "global prefix +4470 allowed"],
  [
    "+442079460000",
    [{ prefix: "4420", action: "deny" }],
    "refuse",
    "area-closed",
    "global prefix +4420 denied",
  ],
  [
    "+442079460000",
    [
      { prefix: "44", action: "deny" },
      { prefix: "4420", action: "allow" },
    ],
    "allow",
    "allowed",
    "global prefix +4420 allowed",
  ],
  [
    "+442079460000",
    [
      { prefix: "4420", action: "allow" },
      { prefix: "4420", action: "deny" },
    ],
    "refuse",
    "area-closed",
    "global prefix +4420 denied",
  ],
  ["+18765550123", [{ prefix: "1876", action: "allow" }], "refuse", "rate-over-cap", "global cap of $0.1000"],
] as const)("%s by prefix rules %j: %s, %s, %s", (digits, prefixRules, decision, reason, rule) => {
  const ruled = { ...policy, calling: { ...policy.calling, prefixRules } };
  const verdict = judgeCall(ruled, decks, { from: "100", digits, trunk: null });
  expect(verdict).toMatchObject({ decision, reason, rule });
});

test("a risky part of an open country stays closed until it is opened by its prefix or the setting", () => {
  const call = { from: "203", digits: "+78401234567", trunk: null };
  const verdictBy = (change: Partial<Policy["calling"]>, own: Partial<Policy["extensions"][string]> = {}) =>
    judgeCall(
      {
        ...policy,
        calling: { ...policy.calling, ...change },
        extensions: { ...policy.extensions, "203": { ...policy.extensions["203"], ...own } },
      },
      none,
      call,
    );
  expect(verdictBy({})).toMatchObject({ reason: "high-risk-range", rule: "high-risk range +7840" });
  expect(verdictBy({ highRisk: "allow" })).toMatchObject({ reason: "no-deck" });
  expect(verdictBy({ prefixRules: [{ prefix: "7840", action: "allow" }] }).reason).toBe("no-deck");
  expect(verdictBy({}, { prefixRules: [{ prefix: "7840", action: "allow" }] }).rule).toBe(
    "extension 203's prefix +7840 allowed",
  );
  expect(verdictBy({}, { openAreas: [{ area: "RU", types: ["fixed"] }] }).reason).toBe("no-deck");
});
