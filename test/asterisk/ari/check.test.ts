import { answerOf, digitsToDial, parseCheck } from "../../../src/asterisk/ari/check.js";
import type { E164, Verdict } from "../../../src/domain/calling/verdict.js";

const channel = { channelId: "1763779000.1", channelName: "PJSIP/100-0000001f" };

const isTrunk = (endpoint: string): boolean => endpoint === "carrier";
const nobody = ["", "", "", "", "", "", "", ""];

test.each([
  [["check", "1", "18005550123", "", ...nobody], { from: "100", digits: "18005550123", trunk: null }],
  [["check", "2", "+18005550123", "wholesale", ...nobody], { from: "100", trunk: "wholesale" }],
  [["check", "2", "1", "a b; DROP", ...nobody], { from: "100", trunk: null }],
  [["check", "1", "*67#", "", ...nobody], { from: "100", digits: "*67#", trunk: null }],
  [
    ["check", "2", "1", "", "PJSIP/101-00000001", "PJSIP/102-00000002", ...nobody.slice(2)],
    { from: "102", also: ["101"] },
  ],
  [["check", "2", "1", "", "", "", "PJSIP/103-00000001", ...nobody.slice(3)], { from: "103" }],
  [["check", "2", "1", "", "", "", "", "PJSIP/104-00000001", "", "", "", ""], { from: "104" }],
])("%j asks %j", (args, request) => {
  expect(parseCheck({ ...channel, args }, isTrunk)).toMatchObject({ token: args[1], request });
});

test.each<[string, string | null]>([
  ["198.51.100.10:5060", "198.51.100.10"],
  ["198.51.100.10", "198.51.100.10"],
  ["[2001:db8:1:2::66]:5060", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::66", "2001:db8:1:2::/64"],
  ["", null],
  ["198.51.100.300:5060", null],
  ["x", null],
])("a call whose packets come from %s has the source %s", (address, source) => {
  const args = ["check", "1", "18005550123", "", ...nobody, address];
  expect(parseCheck({ ...channel, args }, isTrunk)?.request.source).toBe(source);
});

test("the address of a channel that somebody transferred says nothing of who did", () => {
  const args = ["check", "1", "1", "", "", "", "PJSIP/103-00000001", ...nobody.slice(3), "192.0.2.1:5060"];
  expect(parseCheck({ ...channel, args }, isTrunk)?.request).toMatchObject({ from: "103", source: null });
});

test.each([
  [["PJSIP/carrier-00000001", "PJSIP/105-00000002", "", ""], { from: "105", also: [] }],
  [["PJSIP/carrier-00000001", "", "PJSIP/105-00000002", ""], { from: "105", also: [] }],
  [["PJSIP/carrier-00000001", "", "", "106"], { from: null, also: ["106"] }],
])("a Local channel's origin %j makes it %j", (origin, request) => {
  const args = ["check", "1", "1", "", "", "", "", "", ...origin];
  const local = { ...channel, channelName: "Local/1@x-00000001;2", args };
  expect(parseCheck(local, isTrunk)).toMatchObject({ request });
});

test.each([
  [["PJSIP/100-00000001", "", ...nobody], { from: "100", also: [null] }],
  [["PJSIP/carrier-00000001", "", ...nobody.slice(1), ""], { from: null, also: [] }],
  [
    ["PJSIP/carrier-00000001", "", "", "", "PJSIP/102-00000002", ...nobody.slice(3)],
    { from: "102", also: [null] },
  ],
])("the names %j of the call that made a channel count when its own tell nobody: %j", (earlier, request) => {
  const gone = ["check", "1", "1", "", ...nobody, "", ...earlier];
  const local = { ...channel, channelName: "Local/1@x-00000001;2", args: gone };
  expect(parseCheck(local, isTrunk)).toMatchObject({ request });
  expect(parseCheck({ ...channel, args: gone }, isTrunk)).toMatchObject({
    request: { from: "100", also: [] },
  });
});

test.each([
  [[]],
  [["check"]],
  [["check", "1", "", "", ...nobody]],
  [["check", "", "18005550123", "", ...nobody]],
  [["check", "x", "18005550123", "", ...nobody]],
  [["check", "1", "1800'5550123", "", ...nobody]],
  [["check", "1", "1".repeat(41), "", ...nobody]],
  [["check", "1", "1", "", ...nobody, "192.0.2.1:5060", "PJSIP/100-00000001", "one too many"]],
  [["check", "1", "1", "", "", ""]],
  [["other", "1", "18005550123", "", ...nobody]],
])("%j is no check of ours", (args) => {
  expect(parseCheck({ ...channel, args }, isTrunk)).toBeNull();
});

const basis = {
  from: "100",
  digits: "918005550123",
  area: "US",
  numberType: null,
  rate: null,
  cap: null,
  detail: "",
  policyVersion: 1,
};
const number = "+18005550123" as E164;

const allowed: Verdict = { ...basis, decision: "allow", reason: "allowed", number };
const emergency: Verdict = { ...basis, digits: "9911", decision: "allow", reason: "emergency", number: null };

test.each<[Verdict, string]>([
  [allowed, "7:allow:allowed:+18005550123:555:"],
  [emergency, "7:allow:emergency::555:"],
  [{ ...allowed, longestSeconds: 90.5 }, "7:allow:allowed:+18005550123:555:90"],
  [{ ...allowed, longestSeconds: 0 }, "7:allow:allowed:+18005550123:555:1"],
  [{ ...allowed, longestSeconds: null }, "7:allow:allowed:+18005550123:555:"],
  [{ ...basis, decision: "refuse", reason: "area-closed", number }, "7:refuse:area-closed:+18005550123::"],
  [
    { ...basis, decision: "refuse", reason: "number-not-understood", number: null },
    "7:refuse:number-not-understood:::",
  ],
])("the answer with %j", (verdict, answer) => {
  expect(answerOf("7", verdict, "555")).toBe(answer);
});

test.each<[Verdict, string | null, string]>([
  [allowed, "9", "18005550123"],
  [emergency, "9", "911"],
  [{ ...emergency, digits: "911" }, "9", "911"],
  [{ ...emergency, digits: "911" }, null, "911"],
  [{ ...emergency, digits: "0112" }, "0", "112"],
])("%j with the outside prefix %j dials %s", (verdict, outsidePrefix, digits) => {
  const dialPlan = { country: "US", outsidePrefix, internationalPrefixes: [] };
  expect(digitsToDial(verdict, dialPlan)).toBe(digits);
});
