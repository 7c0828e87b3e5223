import { spanText } from "../../src/guard/explain-words.js";
import { limitValue, relative } from "../../src/ui/parts/format.js";

const NOW = new Date("2026-01-31T12:00:00Z");
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [4 * SECOND, "just now"],
  [-4 * SECOND, "just now"],
  [-41 * SECOND, "41 s ago"],
  [15.6 * MINUTE, "in 16 min"],
  [HOUR + 59 * MINUTE, "in 2 h"],
  [-47 * HOUR, "47 h ago"],
  [3.4 * DAY, "in 3 days"],
  [-90 * DAY, "3 months ago"],
  [800 * DAY, "in 2 years"],
])("%i ms ahead are told as %s", (ms, text) => {
  expect(relative(new Date(NOW.getTime() + ms), NOW)).toBe(text);
});

test("it says what the daemon's own sentences say", () => {
  let compared = 0;
  for (let ms = 5 * SECOND; ms < 2 * DAY - HOUR; ms += 7_777) {
    expect(relative(new Date(NOW.getTime() + ms), NOW)).toBe(`in ${spanText(ms)}`);
    compared++;
  }
  console.log(`${compared} spans`);
});

test.each([
  ["10", "10"],
  ["1h", "1h"],
  ["off", "off"],
  ["20.0000", "$20.00"],
  ["1234.5000", "$1,234.50"],
  ["0.1234", "$0.1234"],
])("a limit of %s reads %s", (value, text) => {
  expect(limitValue(value)).toBe(text);
});
