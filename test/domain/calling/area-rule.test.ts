import {
  areaVerdict,
  formatAreaRule,
  HIGH_RISK_TYPES,
  knownAreas,
  NUMBER_TYPES,
  parseAreaRule,
} from "../../../src/domain/calling/area-rule.js";
import type { NumberType, OpenArea } from "../../../src/domain/policy.js";

test.each([
  ["US", { area: "US", types: null }],
  [" us ", { area: "US", types: null }],
  ["JM:mobile", { area: "JM", types: ["mobile"] }],
  ["US:premium", { area: "US", types: ["premium"] }],
  ["gb: Premium , shared-cost", { area: "GB", types: ["premium", "shared-cost"] }],
  ["XK", { area: "XK", types: null }],
  ["satellite", { area: "satellite", types: null }],
  ["International-Premium", { area: "international-premium", types: null }],
])("%j is the rule %j", (text, area) => {
  expect(parseAreaRule(text)).toEqual({ area });
});

test.each([
  ["", /two letters of a country/],
  ["UK", /write GB for United Kingdom/],
  ["Jamaica", /write JM for Jamaica/],
  ["1876", /two letters of a country/],
  ["ZZ", /two letters of a country/],
  ["US:", /unknown number type: write US:TYPE/],
  ["US:cheap", /unknown number type: write US:TYPE with one or more of fixed, mobile/],
  ["US:mobile:premium", /two letters of a country/],
  ["__proto__", /two letters of a country/],
  ["<script>", /^that is no area/],
])("%j is refused with what to write", (text, error) => {
  expect(parseAreaRule(text)).toEqual({ error: expect.stringMatching(error) });
});

test("rules are written as they are read", () => {
  for (const text of ["US", "JM:mobile", "US:premium,shared-cost", "satellite"]) {
    const rule = parseAreaRule(text);
    expect("area" in rule && formatAreaRule(rule.area)).toBe(text);
  }
});

test("every known area can be named in a rule and has a name of its own", () => {
  const areas = knownAreas();
  expect(areas.length).toBeGreaterThan(245);
  expect(new Set(areas.map((area) => area.name)).size).toBe(areas.length);
  for (const { code, kind, name } of areas) {
    expect(parseAreaRule(code)).toEqual({ area: { area: code, types: null } });
    expect(kind === "special" || name !== code).toBe(true);
  }
});

const us: OpenArea[] = [{ area: "US", types: null }];
const at = (area: string, numberType: NumberType) => ({ area, candidates: [area], numberType });

test.each(NUMBER_TYPES.map((type) => [type, !HIGH_RISK_TYPES.includes(type)] as const))(
  "an area opened without types opens %s: %s",
  (numberType, open) => {
    expect(areaVerdict(at("US", numberType), us).open).toBe(open);
    expect(areaVerdict(at("US", numberType), [{ area: "US", types: [numberType] }]).open).toBe(true);
  },
);

test.each([
  ["an area that no rule opens", at("JM", "mobile"), us, { open: false, because: "area" }],
  ["no rule at all", at("US", "fixed"), [], { open: false, because: "area" }],
  ["a type that no rule opens", at("US", "premium"), us, { open: false, because: "type" }],
  [
    "types that are named alone",
    at("US", "mobile"),
    [{ area: "US", types: ["premium"] }],
    { open: false, because: "type" },
  ],
  ["two rules of one area", at("US", "premium"), [...us, { area: "US", types: ["premium"] }], { open: true }],
  [
    "a special destination by its name",
    at("international-premium", "premium"),
    [{ area: "international-premium", types: null }],
    { open: true },
  ],
  [
    "a special destination that is not opened",
    at("satellite", "mobile"),
    us,
    { open: false, because: "area" },
  ],
] as const)("%s", (_, place, rules, verdict) => {
  expect(areaVerdict(place, rules as OpenArea[])).toEqual(verdict);
});

test("where the country can't be told, every country that it may be has to be open", () => {
  const place = { area: null, candidates: ["RU", "KZ"], numberType: "unknown" as const };
  const open = (...codes: string[]) => codes.map((area): OpenArea => ({ area, types: null }));
  expect(areaVerdict(place, open("RU"))).toEqual({ open: false, because: "untold" });
  expect(areaVerdict(place, open("KZ"))).toEqual({ open: false, because: "untold" });
  expect(areaVerdict(place, open("RU", "KZ"))).toEqual({ open: true });
  expect(areaVerdict({ ...place, candidates: [] }, open("RU"))).toEqual({ open: false, because: "untold" });
});
