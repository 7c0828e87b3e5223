import { answerOf, digitsToDial, parseCheck } from "../../../src/asterisk/ari/check.js";
import type { E164, Verdict } from "../../../src/domain/calling/verdict.js";

const channel = { channelId: "1763779000.1", channelName: "PJSIP/100-0000001f" };

test.each([
  [["check", "1", "18005550123", "", "", ""], { from: "100", digits: "18005550123", trunk: null }],
  [["check", "1", "18005550123"], { from: "100", digits: "18005550123", trunk: null }],
  [
    ["check", "2", "+18005550123", "", "", "PJSIP/101-00000001"],
    { from: "101", digits: "+18005550123", trunk: null },
  ],
  [["check", "1", "*67#", "", "", ""], { from: "100", digits: "*67#", trunk: null }],
])("%j asks %j", (args, request) => {
  expect(parseCheck({ ...channel, args })).toEqual({ token: args[1], request });
});

test.each([
  [[]],
  [["check"]],
  [["check", "1", ""]],
  [["check", "", "18005550123"]],
  [["check", "x", "18005550123"]],
  [["check", "1", "1800'5550123"]],
  [["check", "1", "1".repeat(41)]],
  [["check", "1", "1", "", "", "", "one too many"]],
  [["other", "1", "18005550123"]],
])("%j is no check of ours", (args) => {
  expect(parseCheck({ ...channel, args })).toBeNull();
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
  [allowed, "7:allow:allowed:+18005550123:555"],
  [emergency, "7:allow:emergency::555"],
  [{ ...basis, decision: "refuse", reason: "area-closed", number }, "7:refuse:area-closed:+18005550123:"],
  [
    { ...basis, decision: "refuse", reason: "number-not-understood", number: null },
    "7:refuse:number-not-understood::",
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
