import type { Target } from "../../src/domain/address.js";
import { differenceOf } from "../../src/guard/decision-difference.js";

const on = (text: string, atMs = 0) => {
  const [target = "", account = null] = text.split(" ");
  return { target: target as Target, account, atMs };
};

test.each([
  ["nothing at all", [], [], [], [], 0],
  ["the same", ["203.0.113.1"], ["203.0.113.1"], [], [], 1],
  ["each its own", ["203.0.113.1"], ["203.0.113.2"], ["203.0.113.1"], ["203.0.113.2"], 0],
  ["the same twice", ["203.0.113.1", "203.0.113.1"], ["203.0.113.1"], [], [], 1],
  ["a block is no ban", ["203.0.113.1 104"], ["203.0.113.1"], ["203.0.113.1 104"], ["203.0.113.1"], 0],
  ["other accounts", ["203.0.113.1 104"], ["203.0.113.1 105"], ["203.0.113.1 104"], ["203.0.113.1 105"], 0],
  ["shut out with the network", ["203.0.113.1"], ["203.0.113.0/24"], [], ["203.0.113.0/24"], 0],
  [
    "a block within the network",
    ["203.0.113.1 104"],
    ["203.0.113.0/24"],
    ["203.0.113.1 104"],
    ["203.0.113.0/24"],
    0,
  ],
  ["IPv6", ["2001:db8:0:1::/64"], ["2001:db8::/48"], [], ["2001:db8::/48"], 0],
] as const)("%s", (_, first, second, onlyFirst, onlySecond, both) => {
  const of = (texts: readonly string[]) => texts.map((text) => on(text));
  const found = differenceOf(of(first), of(second));
  expect(found.onlyFirst).toEqual(of(onlyFirst));
  expect(found.onlySecond).toEqual(of(onlySecond));
  expect(found.both).toHaveLength(both);
});

test("of several decisions on one source the first is told", () => {
  const found = differenceOf([on("203.0.113.1", 5), on("203.0.113.1", 9)], [on("203.0.113.1", 7)]);
  expect(found.both).toEqual([[on("203.0.113.1", 5), on("203.0.113.1", 7)]]);
});
