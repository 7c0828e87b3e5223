import { changeText, timeoutText } from "../../src/firewall/changes.js";
import { CHAINS, chainsText, ruleComments, type Chain } from "../../src/firewall/ruleset.js";
import { BASE_SETS, elementOf, nameOf, parseSetName } from "../../src/firewall/sets.js";
import { FILTER_DEFAULTS, type FilterSettings } from "../../src/firewall/settings.js";
import { target } from "./suite.js";

test.each([
  [null, ""],
  [900_000, " timeout 0d900s0ms"],
  [86_400_000, " timeout 1d0s0ms"],
  [86_401_500, " timeout 1d1s500ms"],
  [99.2, " timeout 0d0s100ms"],
  // 0 would mean "for good" to nft.
  [0, " timeout 0d0s1ms"],
  [-1, " timeout 0d0s1ms"],
  // Eight digits a unit are the most that nft reads.
  [365 * 86_400_000 - 1, " timeout 364d86399s999ms"],
  [Number.MAX_SAFE_INTEGER, " timeout 36500d0s0ms"],
  [Infinity, " timeout 36500d0s0ms"],
])("%p ms is written as %p", (ms, text) => {
  expect(timeoutText(ms)).toBe(text);
});

test.each([
  ["203.0.113.12", "ban4_32", "203.0.113.12"],
  ["203.0.113.0/24", "ban4_24", "203.0.113.0"],
  ["0.0.0.0/0", "ban4_0", "0.0.0.0"],
  ["2001:db8::1", "ban6_64", "2001:db8::"],
  ["2001:db8::/32", "ban6_32", "2001:db8::"],
  ["::/0", "ban6_0", "::"],
])("%s goes into %s as %s", (text, set, address) => {
  const element = elementOf("ban", target(text));
  expect([nameOf(element.set), element.address]).toEqual([set, address]);
  expect(parseSetName(set)).toEqual(element.set);
});

test.each(["ban4_33", "ban6_65", "ban4_024", "ban4_", "ban5_24", "sshguard", "ban4_32 ", "constructor"])(
  "%p is no set of ours",
  (name) => {
    expect(parseSetName(name)).toBeNull();
  },
);

const names = (comments: readonly string[]): string[] => comments.map((comment) => comment.split(" ")[0]!);

test("what is protected is looked up before what is banned, narrow before wide", () => {
  const sets = [
    "ban6_64",
    "ban4_8",
    "protected6_48",
    "ban4_32",
    "protected4_24",
    "protected4_32",
    "voip4_16",
  ];
  const comments = ruleComments(
    sets.map((name) => parseSetName(name)!),
    FILTER_DEFAULTS,
  );
  expect(names(comments.prerouting)).toEqual([
    "loopback",
    "protected4_32",
    "protected4_24",
    "protected6_48",
    "ban4_32",
    "ban4_8",
    "ban6_64",
    "sip-udp",
    "sip-tcp",
  ]);
  expect(names(comments.sip).slice(0, 2)).toEqual(["voip4_16", "flood4"]);
});

test.each<[string, Partial<FilterSettings>, Chain[]]>([
  ["answer", { answer: "reject" }, ["refuse"]],
  ["SIP ports", { sipPorts: { udp: [5060], tcp: [] } }, ["prerouting", "refuse"]],
  ["UI ports", { uiPorts: [443] }, ["shut"]],
  ["flood limit", { flood: { packets: 50, seconds: 2, strangers: null } }, ["sip"]],
])("another %s makes other comments, so that the chains are written anew", (_, change, chains) => {
  const before = ruleComments(BASE_SETS, FILTER_DEFAULTS);
  const after = ruleComments(BASE_SETS, { ...FILTER_DEFAULTS, ...change });
  expect(CHAINS.filter((each) => before[each].join() !== after[each].join())).toEqual(chains);
});

test.each([
  [100, 2, "over 50/second burst 100 packets"],
  [100, 3, "over 2000/minute burst 100 packets"],
  [1, 60, "over 1/minute burst 1 packets"],
  [1, 600, "over 1/minute burst 1 packets"],
])("%p packets in %p s are limited to %s", (packets, seconds, text) => {
  const chains = chainsText(BASE_SETS, { ...FILTER_DEFAULTS, flood: { packets, seconds, strangers: null } });
  expect(chains).toContain(
    `update @flood4 { ip saddr timeout ${Math.max(2 * seconds, 2)}s limit rate ${text} } goto over`,
  );
});

test("without a limit nothing is counted", () => {
  expect(chainsText(BASE_SETS, FILTER_DEFAULTS)).toContain(
    "limit rate over 500/second burst 500 packets counter name crowded drop",
  );
  expect(chainsText(BASE_SETS, { ...FILTER_DEFAULTS, flood: null })).not.toMatch(/@flood|@busy|limit rate/);
});

const BAN = { target: target("203.0.113.12"), timeoutMs: 900_000, scope: "host" as const };

test("a fresh ban is taken out of the other scope, and put in", () => {
  expect(changeText({ shut: [BAN], open: [] }, "fresh", BASE_SETS)).toBe(
    "add element inet ringfence voip4_32 { 203.0.113.12 }\n" +
      "delete element inet ringfence voip4_32 { 203.0.113.12 }\n" +
      "create element inet ringfence ban4_32 { 203.0.113.12 timeout 0d900s0ms }\n",
  );
});

test("nothing is taken out of a set that there is not", () => {
  expect(changeText({ shut: [BAN], open: [target("10.0.0.0/8")] }, "fresh", [])).toBe(
    "create element inet ringfence ban4_32 { 203.0.113.12 timeout 0d900s0ms }\n",
  );
});
