import table from "../../../src/domain/calling/high-risk-ranges.json";
import { HIGH_RISK_RANGES } from "../../../src/domain/calling/high-risk.js";

test("each range is there once, and says who says so and when that was looked up", () => {
  const prefixes = HIGH_RISK_RANGES.map(({ prefix }) => prefix);
  expect(new Set(prefixes).size).toBe(prefixes.length);
  for (const { prefix, source, date } of HIGH_RISK_RANGES) {
    expect([prefix, date]).toEqual([prefix, expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
    expect(source.length).toBeGreaterThan(20);
  }
});

test("no source stands there unused", () => {
  const used = new Set(table.ranges.map(([, , , , source]) => source));
  expect(Object.keys(table.sources).filter((source) => !used.has(source))).toEqual([]);
});
