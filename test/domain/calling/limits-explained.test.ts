import { DEFAULT_LIMITS } from "../../../src/domain/calling/limits.js";
import {
  CALL_LIMITS,
  formatLimit,
  LIMIT_NAMES,
  parseLimits,
} from "../../../src/domain/calling/limits-explained.js";

test.each(LIMIT_NAMES)("%s is read as it is written", (field) => {
  const text = formatLimit(field, DEFAULT_LIMITS);
  expect(parseLimits({ [CALL_LIMITS[field].name]: text }, false)).toEqual({
    limits: { [field]: DEFAULT_LIMITS[field] },
  });
});

test("every limit can be switched off", () => {
  const off = Object.fromEntries(LIMIT_NAMES.map((field) => [CALL_LIMITS[field].name, "off"]));
  expect(parseLimits(off, false)).toEqual({
    limits: {
      attemptsPerMinute: null,
      concurrentInternational: null,
      spendMicros: null,
      systemSpendMicros: null,
      internationalSeconds: null,
      newCountry: "allow",
      newSource: "allow",
      scriptPauseSeconds: null,
    },
  });
});

test.each<[string, Record<string, string>, boolean, RegExp]>([
  ["a name nobody knows", { spent: "1" }, false, /no limit of that name: write attempts/],
  ["a count that is none", { attempts: "-1" }, false, /attempts: write a whole number/],
  ["money in another form", { spend: "20,00" }, false, /spend: write US dollars such as 20.00, or off/],
  ["a length without a unit", { "international-length": "60" }, false, /a duration such as 60m/],
  ["a length of days", { "international-length": "2d" }, false, /from 1s to 24h/],
  ["a word nobody knows", { "new-source": "ban" }, false, /allow or alarm or refuse/],
  ["the system's for an extension", { "system-spend": "1" }, true, /whole system: set it without/],
])("%s is refused with what to write", (_, texts, own, message) => {
  const parsed = parseLimits(texts, own);
  expect("faults" in parsed && parsed.faults.join("; ")).toMatch(message);
});
