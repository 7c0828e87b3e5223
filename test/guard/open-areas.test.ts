import { parseAreaRule } from "../../src/domain/calling/area-rule.js";
import type { OpenArea } from "../../src/domain/policy.js";
import { withArea, withoutArea } from "../../src/guard/open-areas.js";

function rule(text: string): OpenArea {
  const parsed = parseAreaRule(text);
  if ("error" in parsed) throw new Error(parsed.error);
  return parsed.area;
}

const list = (text: string) => text.split(" ").filter(Boolean).map(rule);

test.each([
  ["US", "JM", "US JM"],
  ["", "satellite", "satellite"],
  ["US", "US:premium", "US US:premium"],
  ["US US:premium", "US:pager", "US US:premium,pager"],
  ["US:premium CA", "US", "US:premium CA US"],
])("%s with %s is %s", (before, added, after) => {
  expect(withArea(list(before), rule(added))).toEqual(list(after));
});

test.each([
  ["US CA", "US"],
  ["US:premium,pager", "US:pager"],
])("%s has %s already: the same list", (before, added) => {
  const open = list(before);
  expect(withArea(open, rule(added))).toBe(open);
});

test.each([
  ["US JM CA", "JM", "US CA"],
  ["US US:premium", "US", ""],
  ["US:fixed,mobile JM", "US:mobile", "JM US:fixed"],
  ["US:premium JM", "US:premium", "JM"],
  ["US US:premium", "US:premium", "US:fixed,mobile,fixed-or-mobile,toll-free,voip,voicemail,unknown"],
  ["GB", "GB:mobile,voip", "GB:fixed,fixed-or-mobile,toll-free,voicemail,unknown"],
])("%s without %s is %s", (before, closed, after) => {
  expect(withoutArea(list(before), rule(closed))).toEqual(list(after));
});

test.each([
  ["US", "JM"],
  ["US", "US:premium"],
  ["", "US"],
])("%s has no %s to close: the same list", (before, closed) => {
  const open = list(before);
  expect(withoutArea(open, rule(closed))).toBe(open);
});
