import fc from "fast-check";
import { changesBetween } from "../src/domain/policy-file/changes.js";
import { readPolicy, writePolicy } from "../src/domain/policy-file/policy-form.js";
import { DEFAULT_POLICY, type Policy } from "../src/domain/policy.js";
import { policyYaml } from "../src/policy-yaml.js";
import { arbitraryPolicy } from "./domain/policy-file/arbitrary-policy.js";

function read(text: string, before: Policy = DEFAULT_POLICY): Policy | string[] {
  const file = policyYaml.parse(text);
  if ("faults" in file) return file.faults.map(({ line, message }) => `${line}: ${message}`);
  const result = readPolicy(file.tree, before);
  if ("policy" in result) return result.policy;
  return result.faults.map(({ path, message }) => `${file.lineOf(path)}: ${path.join(".")}: ${message}`);
}

test("any policy, written and read by any other PBX, is the same policy", () => {
  fc.assert(
    fc.property(arbitraryPolicy, arbitraryPolicy, (policy, other) => {
      const text = policyYaml.format(writePolicy(policy), ["a heading"]);
      expect(read(text, other)).toEqual({ ...policy, version: other.version });
    }),
    { numRuns: 80 },
  );
});

test("what differs is told, and nothing where nothing does", () => {
  fc.assert(
    fc.property(arbitraryPolicy, arbitraryPolicy, (one, other) => {
      expect(changesBetween(writePolicy(one), writePolicy(one))).toEqual([]);
      const same =
        JSON.stringify([...flat(writePolicy(one))]) === JSON.stringify([...flat(writePolicy(other))]);
      expect(changesBetween(writePolicy(one), writePolicy(other)).length > 0).toBe(!same);
    }),
    { numRuns: 60 },
  );
});

/** Order of extensions and of names in a map says nothing. */
function* flat(tree: unknown, path = ""): Generator<string> {
  if (tree instanceof Map) {
    const names = [...(tree as Map<string, unknown>).keys()].sort();
    if (names.length === 0) yield `${path} {}`;
    for (const name of names) yield* flat((tree as Map<string, unknown>).get(name), `${path}.${name}`);
  } else
    yield `${path} ${JSON.stringify(tree, (_key, value: unknown) => (value instanceof Map ? [...value] : value))}`;
}

test("the file is one that people can read", () => {
  const text = policyYaml.format(
    writePolicy({
      ...DEFAULT_POLICY,
      extensions: {
        "100": {
          capMicrosPerMinute: 500_000,
          allowList: {
            on: true,
            entries: [
              { text: "195.168.1.1-195.168.1.100", note: null, untilMs: null },
              { text: "198.51.100.12", note: "hotel: 3rd floor", untilMs: Date.UTC(2026, 10, 27, 18) },
            ],
          },
        },
      },
    }),
    ["one", "two"],
  );
  expect(text).toMatch(/^# one\n# two\ndial-plan:\n {2}country: US\n/);
  expect(text).toContain('  cap: "0.2500"\n');
  expect(text).toContain(`extensions:
  "100":
    cap: "0.5000"
    allow-list:
      on: true
      entries:
        - 195.168.1.1-195.168.1.100
        - entry: 198.51.100.12
          note: "hotel: 3rd floor"
          until: 2026-11-27T18:00:00.000Z
`);
  expect(text).toContain("  ladder: [15m, 1h, 6h, 1d, 7d]\n");
});

test("what is left out stays as it is; what is named whole is taken whole", () => {
  const before: Policy = {
    ...DEFAULT_POLICY,
    extensions: { "100": { capMicrosPerMinute: 1, openAreas: [] }, "101": { capMicrosPerMinute: 2 } },
  };
  expect(read("calling:\n  cap: off\n", before)).toEqual({
    ...before,
    calling: { ...before.calling, capMicrosPerMinute: null },
  });
  expect(read("extensions: { 100: { cap: 0.1 } }", before)).toMatchObject({
    extensions: { "100": { capMicrosPerMinute: 100_000 } },
  });
  expect((read("extensions: { 100: { cap: 0.1 } }", before) as Policy).extensions).toEqual({
    "100": { capMicrosPerMinute: 100_000 },
  });
  expect(read("extensions:\n", before)).toMatchObject({ extensions: {} });
  expect(read("", before)).toEqual(before);
});

test.each([
  ["as people write them", "dial-plan: { outside-prefix: 0, international-prefixes: [00, 011] }", "00"],
  ["in quotes", 'dial-plan: { outside-prefix: "0", international-prefixes: ["00", "011"] }', "00"],
])("zeros ahead of digits are kept: %s", (_how, text, prefix) => {
  expect((read(text) as Policy).dialPlan.internationalPrefixes[0]).toBe(prefix);
});

test("every fault is told at once, with its line", () => {
  const text = `calling:
  cap: cheap
  opn-areas: [US]
  limits: { spend: 1x }
registration:
  allow-list:
    on: true
    entries:
      - 195.168.1.0/24
      - 195.168.1.300
      - entry: office.example.com
extensions:
  "1 0":
    cap: off
  "101":
    allow-list: { entries: [195.168.1.1] }
intrusion:
  attempts: 0
never-ban: [0.0.0.0/0]
`;
  const faults = read(text) as string[];
  expect(faults.map((fault) => fault.replace(/: (write|there|"|an ext|a price|that is).*/s, ""))).toEqual([
    "3: calling.opn-areas",
    "2: calling.cap",
    "4: calling.limits.spend",
    "13: extensions.1 0",
    "16: extensions.101.allow-list",
    "18: intrusion.attempts",
    "10: registration.allow-list.entries.1.entry",
    "11: registration.allow-list.entries.2.entry",
    "19: never-ban.0",
  ]);
});

test.each([
  ["calling: [", /^1: /],
  ["calling: {}\ncalling: {}\n", /^2: Map keys must be unique/],
  ["a: &x 1\nb: *x\n", /anchors and aliases/],
  ["- US\n", /^1: : write dial-plan, calling/],
  ["calling: 5", /^1: calling: write open-areas/],
  ["calling: { open-areas: US }", /write a list of areas/],
  ["extensions: { 100: { allow-list: { on: maybe, entries: [] } } }", /write true or false/],
  ["extensions: { 100: { limits: { system-spend: 5 } } }", /holds for the whole system/],
  ["calling: { prefixes: { '0044': deny } }", /no number begins with \+0/],
  ["calling: { prefixes: { '44': deny, '+44': allow } }", /comes twice/],
])("%j is refused with what to write", (text, says) => {
  expect((read(text) as string[]).join("\n")).toMatch(says);
});

test.each([
  ["lists", "[".repeat(50_000)],
  ["closed lists", `areas: ${"[".repeat(50_000)}${"]".repeat(50_000)}`],
  ["maps", "{a: ".repeat(20_000)],
  ["items", `a:\n  ${"- ".repeat(50_000)}x`],
  ["questions", `${"? ".repeat(50_000)}x`],
  ["indents", Array.from({ length: 3_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
])("%s too deep in each other are a fault, and no end of the stack", (_what, text) => {
  expect(read(text)).toEqual([expect.stringMatching(/^\d+: lists and maps lie more than 100 deep/)]);
});
