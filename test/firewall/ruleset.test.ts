import {
  changeText,
  elementOf,
  nameOf,
  parseSetName,
  ruleComments,
  timeoutText,
} from "../../src/firewall/ruleset.js";
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

test("what is protected is looked up before what is banned, narrow before wide", () => {
  const sets = ["ban6_64", "ban4_8", "protected6_48", "ban4_32", "protected4_24", "protected4_32"];
  expect(ruleComments(sets.map((name) => parseSetName(name)!))).toEqual([
    "1 loopback",
    "1 protected4_32",
    "1 protected4_24",
    "1 protected6_48",
    "1 ban4_32",
    "1 ban4_8",
    "1 ban6_64",
  ]);
});

test("a fresh ban is one line", () => {
  const change = { shut: [{ target: target("203.0.113.12"), timeoutMs: 900_000 }], open: [] };
  expect(changeText(change, "fresh")).toBe(
    "create element inet ringfence ban4_32 { 203.0.113.12 timeout 0d900s0ms }\n",
  );
});
