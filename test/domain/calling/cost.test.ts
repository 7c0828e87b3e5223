import fc from "fast-check";
import {
  affordableSeconds,
  billedSeconds,
  costMicros,
  firstMinuteMicros,
  WHOLE_MINUTES,
  type BillingTerms,
} from "../../../src/domain/calling/cost.js";

type Tariff = BillingTerms & { readonly microsPerMinute: number };

/** `210000 20000 30/6`: per minute, to connect, minimum and increment. */
function tariff(text: string): Tariff {
  const [micros, fee, increments = ""] = text.split(" ");
  const [minimum, increment] = increments.split("/").map(Number);
  return {
    microsPerMinute: Number(micros),
    connectionMicros: Number(fee),
    minimumSeconds: minimum ?? 0,
    incrementSeconds: increment ?? 1,
  };
}

/** In integers of any size, second by second of the bill. */
function independently(rate: Tariff, seconds: number): bigint {
  let billed = BigInt(rate.minimumSeconds);
  const talked = BigInt(Math.ceil(seconds));
  if (talked > billed) {
    const step = BigInt(rate.incrementSeconds);
    billed += ((talked - billed + step - 1n) / step) * step;
  }
  const sixtieths = BigInt(rate.microsPerMinute) * billed;
  return BigInt(rate.connectionMicros) + sixtieths / 60n + (sixtieths % 60n === 0n ? 0n : 1n);
}

test.each<[string, number, number, number]>([
  ["210000 0 60/60", 0, 60, 210_000],
  ["210000 0 60/60", 1, 60, 210_000],
  ["210000 0 60/60", 60, 60, 210_000],
  ["210000 0 60/60", 61, 120, 420_000],
  ["60000 0 30/6", 1, 30, 30_000],
  ["60000 0 30/6", 31, 36, 36_000],
  ["60000 0 30/6", 36, 36, 36_000],
  ["60000 0 30/6", 37, 42, 42_000],
  ["60000 0 1/1", 0, 1, 1_000],
  ["60000 0 1/1", 59.2, 60, 60_000],
  ["60000 0 0/1", 0, 0, 0],
  ["8500 0 6/6", 7, 12, 1_700],
  ["8500 0 1/1", 1, 1, 142],
  ["8500 50000 1/1", 1, 1, 50_142],
  ["0 50000 1/1", 500, 500, 50_000],
  ["9999999999 9999999999 60/60", 31_622_400, 31_622_400, 5_270_409_999_472_959],
])("%s for %d s is billed as %d s and costs %d micro-dollars", (text, seconds, billed, micros) => {
  expect(billedSeconds(tariff(text), seconds)).toBe(billed);
  expect(costMicros(tariff(text), seconds)).toBe(micros);
  expect(independently(tariff(text), seconds)).toBe(BigInt(micros));
});

test.each([-1, NaN, Infinity, 1e12])("%d is no length of a call", (seconds) => {
  expect(() => costMicros(tariff("1 0 1/1"), seconds)).toThrow(TypeError);
});

const anyTariff = fc.record({
  microsPerMinute: fc.oneof(fc.nat(2_000_000), fc.nat(9_999_999_999)),
  connectionMicros: fc.oneof(fc.constant(0), fc.nat(2_000_000)),
  minimumSeconds: fc.oneof(fc.constantFrom(0, 1, 30, 60), fc.nat(86_400)),
  incrementSeconds: fc.oneof(fc.constantFrom(1, 6, 60), fc.integer({ min: 1, max: 86_400 })),
});

test("the cost is that of an independent calculation, to the micro-dollar", () => {
  fc.assert(
    fc.property(anyTariff, fc.oneof(fc.nat(7_200), fc.nat(31_000_000)), (rate, seconds) => {
      expect(BigInt(costMicros(rate, seconds))).toBe(independently(rate, seconds));
    }),
    { numRuns: 10_000 },
  );
});

test("the longest call that money pays for is paid for, and a second more is not", () => {
  fc.assert(
    fc.property(anyTariff, fc.oneof(fc.nat(50_000_000), fc.nat(1_000)), (rate, micros) => {
      const seconds = affordableSeconds(rate, micros);
      if (seconds === null) {
        expect(costMicros(rate, 0)).toBeGreaterThan(micros);
      } else if (seconds === Infinity) {
        expect(rate.microsPerMinute).toBe(0);
      } else {
        expect(costMicros(rate, seconds)).toBeLessThanOrEqual(micros);
        if (seconds < 31_000_000) expect(costMicros(rate, seconds + 1)).toBeGreaterThan(micros);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("a fee counts into the first minute where it is to count", () => {
  const rate = { ...WHOLE_MINUTES, microsPerMinute: 60_000, connectionMicros: 40_000 };
  expect(firstMinuteMicros(rate, true)).toBe(100_000);
  expect(firstMinuteMicros(rate, false)).toBe(60_000);
});
