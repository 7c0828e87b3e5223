import fc from "fast-check";
import { formatUsd, parseUsd } from "../../../src/domain/calling/money.js";

test.each([
  [0, "0.0000"],
  [210_000, "0.2100"],
  [8_500, "0.0085"],
  [12_345, "0.012345"],
  [12_340, "0.01234"],
  [1, "0.000001"],
  [1_000_000, "1.0000"],
  [12_500_000, "12.5000"],
  [-210_000, "-0.2100"],
])("%d micro-dollars are written %s", (micros, text) => {
  expect(formatUsd(micros)).toBe(text);
});

test.each([
  ["0.2100", 210_000],
  ["0.21", 210_000],
  [".0085", 8_500],
  ["$1.50", 1_500_000],
  [" 3 ", 3_000_000],
  ["3.", 3_000_000],
  ["0.0123456", 12_346],
  ["0.0000001", 1],
  ["0.2100000000", 210_000],
  ["0.999999999", 1_000_000],
  ["0", 0],
  ["00.5", 500_000],
])("%s is read as %d micro-dollars", (text, micros) => {
  expect(parseUsd(text)).toEqual({ micros });
});

test.each([
  "",
  ".",
  "$",
  "-0.1",
  "0,21",
  "1e3",
  "0x10",
  "1 000",
  "٠.٢",
  "NaN",
  "10000",
  "123456789012345678901234567890",
])("%p is no price, and the message says what to write", (text) => {
  const result = parseUsd(text);
  expect("error" in result && result.error).toMatch(/write/);
});

test("what is written is read back as it was", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999_999 }), (micros) => {
      expect(parseUsd(formatUsd(micros))).toEqual({ micros });
    }),
  );
});
