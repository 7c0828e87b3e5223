import { PhoneNumberUtil, ShortNumberInfo } from "google-libphonenumber";
import { emergencyNumbers, isEmergency } from "../../../src/domain/calling/emergency.js";
import type { DialPlan } from "../../../src/domain/policy.js";

const plan = (country: string, outsidePrefix: string | null = null): DialPlan => ({
  country,
  outsidePrefix,
  internationalPrefixes: [],
});

test.each([
  ["911", plan("US")],
  ["112", plan("US")],
  ["999", plan("US")],
  ["9911", plan("US", "9")],
  ["911", plan("US", "9")],
  ["999", plan("GB")],
  ["110", plan("DE")],
  ["0112", plan("DE", "0")],
  ["000", plan("AU")],
  ["119", plan("JP")],
  ["17", plan("FR")],
])("%s is an emergency call on %j", (digits, dialPlan) => {
  expect(isEmergency(digits, dialPlan)).toBe(true);
});

test.each([
  ["999123", plan("GB")],
  ["9112", plan("US")],
  ["9911", plan("US")],
  ["99911", plan("US", "9")],
  ["+911", plan("US")],
  ["+112", plan("DE")],
  ["911#", plan("US")],
  [" 911", plan("US")],
  ["٩١١", plan("US")],
  ["11", plan("US")],
  ["", plan("US")],
  ["110", plan("US")],
  ["__proto__", plan("__proto__")],
])("%s is none on %j", (digits, dialPlan) => {
  expect(isEmergency(digits, dialPlan)).toBe(false);
});

test("the list for the dialplan holds each number once, with the outside prefix too", () => {
  expect(emergencyNumbers(plan("US", "9"))).toEqual(["112", "911", "999", "9112", "9911", "9999"]);
});

test("a country without numbers in the table still has those of everywhere", () => {
  expect(emergencyNumbers(plan("TK"))).toEqual(["112", "911", "999"]);
});

test("the table holds what google's library says of every region, in two and three digits", () => {
  const info = ShortNumberInfo.getInstance();
  const digits = Array.from({ length: 1_100 }, (_, index) =>
    index < 100 ? String(index).padStart(2, "0") : String(index - 100).padStart(3, "0"),
  );
  for (const region of PhoneNumberUtil.getInstance().getSupportedRegions()) {
    const numbers = new Set(emergencyNumbers(plan(region)));
    const missing = digits.filter((each) => info.isEmergencyNumber(each, region) && !numbers.has(each));
    const more = [...numbers].filter(
      (each) => !info.isEmergencyNumber(each, region) && !["112", "911", "999"].includes(each),
    );
    expect([region, missing, more]).toEqual([region, [], []]);
  }
});
