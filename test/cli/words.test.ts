import { laterTime } from "../../src/cli/words.js";

/** A Wednesday at noon, where the test runs. */
const now = new Date(2026, 10, 25, 12, 0, 0).getTime();
const here = (...parts: [number, number, number, number, number, number]) => new Date(...parts).toISOString();

test.each([
  ["friday", here(2026, 10, 27, 23, 59, 59)],
  ["Fri", here(2026, 10, 27, 23, 59, 59)],
  ["wednesday", here(2026, 10, 25, 23, 59, 59)],
  ["tuesday", here(2026, 11, 1, 23, 59, 59)],
  ["today", here(2026, 10, 25, 23, 59, 59)],
  ["tomorrow", here(2026, 10, 26, 23, 59, 59)],
  ["2026-11-27", here(2026, 10, 27, 23, 59, 59)],
  ["2026-11-27 18:00", here(2026, 10, 27, 18, 0, 0)],
  ["2026-11-27T18:00:00Z", "2026-11-27T18:00:00.000Z"],
  ["2026-11-27T18:00+01:00", "2026-11-27T17:00:00.000Z"],
])("until %s", (text, time) => {
  expect(laterTime(text, undefined, now)).toBe(time);
});

test.each([
  ["soon"],
  ["f"],
  ["27.11.2026"],
  ["2026-11-31"],
  ["2026-13-01"],
  ["2026-11-27 25:00"],
  ["2026-11-27 noon"],
])("until %s is refused with what to write", (text) => {
  expect(() => laterTime(text, undefined, now)).toThrow(/write a day such as friday/);
});

test.each([["2026-11-24"], ["2026-11-25 11:59"]])("until %s is over", (text) => {
  expect(() => laterTime(text, undefined, now)).toThrow(/that is over/);
});
