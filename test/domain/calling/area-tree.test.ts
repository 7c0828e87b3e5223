import { areaTree } from "../../../src/domain/calling/area-tree.js";
import { knownAreas } from "../../../src/domain/calling/area-rule.js";
import { continentOf } from "../../../src/domain/calling/continents.js";
import { placeOfPrefix } from "../../../src/domain/calling/prefix-place.js";
import { DEFAULT_POLICY, type OpenArea, type Policy, type PrefixRule } from "../../../src/domain/policy.js";

function policyWith(openAreas: readonly OpenArea[], prefixRules: readonly PrefixRule[] = []): Policy {
  return { ...DEFAULT_POLICY, calling: { ...DEFAULT_POLICY.calling, openAreas, prefixRules } };
}

test("every country that a rule can name lies on a continent", () => {
  const nowhere = knownAreas().filter(({ code, kind }) => kind === "country" && continentOf(code) === null);
  expect(nowhere).toEqual([]);
});

test.each<[string, OpenArea[], PrefixRule[], string]>([
  ["nothing", [], [], "closed"],
  ["all ordinary types", [{ area: "GB", types: null }], [], "open"],
  ["one type", [{ area: "GB", types: ["mobile"] }], [], "partly"],
  ["a dear type alone", [{ area: "GB", types: ["premium"] }], [], "partly"],
  ["a prefix", [], [{ prefix: "4420", action: "allow" }], "partly"],
  ["all but a prefix", [{ area: "GB", types: null }], [{ prefix: "447", action: "deny" }], "partly"],
  ["all, and a prefix named", [{ area: "GB", types: null }], [{ prefix: "4470", action: "allow" }], "open"],
  ["another country's prefix", [], [{ prefix: "4915", action: "allow" }], "closed"],
])("with %s open, the United Kingdom is told as such", (_, areas, prefixes, openness) => {
  const tree = areaTree(policyWith(areas, prefixes), null);
  const europe = tree.continents.find(({ slug }) => slug === "europe");
  expect(europe?.countries.find(({ code }) => code === "GB")?.openness).toBe(openness);
});

test("an extension's own list stands in the global one's place", () => {
  const policy = {
    ...policyWith([]),
    extensions: { "100": { openAreas: [{ area: "satellite", types: null }] } },
  };
  const of = (extension: string | null) =>
    areaTree(policy, extension).special.find(({ code }) => code === "satellite")?.openness;
  expect([of(null), of("100"), of("104")]).toEqual(["closed", "open", "closed"]);
});

test.each([
  ["1876", "JM", "mobile"],
  ["1212", "US", "fixed-or-mobile"],
  ["1", "US", "fixed-or-mobile"],
  ["1900", "US", "premium"],
  ["44", "GB", expect.any(String)],
  ["447", "GB", expect.any(String)],
  ["4474", "GB", "mobile"],
  ["4470", "GB", "personal"],
  ["49151", "DE", "mobile"],
  ["77", "KZ", expect.any(String)],
  ["39066", "IT", "fixed"],
  ["88216", "satellite", "unknown"],
  ["979", "international-premium", "unknown"],
])("numbers that begin with %s lie in %s", (prefix, area, numberType) => {
  expect(placeOfPrefix(prefix)).toEqual({ area, numberType });
});

test.each(["0", "999", "210"])("no number begins with %s", (prefix) => {
  expect(placeOfPrefix(prefix)).toBeNull();
});
