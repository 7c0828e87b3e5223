import { WHOLE_MINUTES } from "../../../src/domain/calling/cost.js";
import { Ledger, type RunningCall } from "../../../src/domain/calling/ledger.js";
import { DEFAULT_LIMITS } from "../../../src/domain/calling/limits.js";
import { endsAtMs, sliceOf, topUpOf } from "../../../src/domain/calling/slice.js";
import type { E164 } from "../../../src/domain/calling/verdict.js";

const price = { microsPerMinute: 100_000, ...WHOLE_MINUTES };
const bySecond = { microsPerMinute: 60_000, connectionMicros: 5_000, minimumSeconds: 1, incrementSeconds: 1 };

test.each([
  ["plenty: five minutes and a second", price, 0, 0, 20_000_000, null, 600_000, 359],
  ["no limit at all: the same", price, 0, 0, Infinity, null, 600_000, 359],
  ["less: half of what is left", price, 0, 0, 1_000_000, null, 500_000, 299],
  ["little: a minute and a second, not half", price, 0, 0, 300_000, null, 200_000, 119],
  ["the last: all of it", price, 0, 0, 100_000, null, 100_000, 59],
  ["no longer than the call may last", price, 0, 0, 20_000_000, 40, 100_000, 40],
  ["billed by the second", bySecond, 0, 0, 20_000_000, null, 306_000, 300],
  ["after two minutes: five more", bySecond, 120, 125_000, 20_000_000, null, 426_000, 420],
])("set aside: %s", (_, rate, at, held, left, longest, reservedMicros, paidSeconds) => {
  expect(sliceOf(rate, at, held, left, longest)).toEqual({ reservedMicros, paidSeconds });
});

test("nothing is set aside that does not pay for the shortest call", () => {
  expect(sliceOf(price, 0, 0, 99_999, null)).toBeNull();
  expect(sliceOf(price, 0, 0, -1, null)).toBeNull();
});

test("a call that costs nothing by its length is never topped up", () => {
  const flat = { ...bySecond, microsPerMinute: 0 };
  expect(sliceOf(flat, 0, 0, 5_000, null)).toEqual({ reservedMicros: 5_000, paidSeconds: null });
});

function running(over: Partial<RunningCall> = {}): { ledger: Ledger; call: RunningCall } {
  const rate = { deck: "default", prefix: "44", destination: "", ...price };
  const call: RunningCall = {
    channelId: "1.1",
    extension: "100",
    number: "+442079460123" as E164,
    international: true,
    startedAtMs: 0,
    reservedMicros: 600_000,
    paidSeconds: 359,
    longestSeconds: 3_600,
    rate,
    ...over,
  };
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call });
  return { ledger, call };
}

test("a call is topped up a minute ahead, and counts with all that is set aside", () => {
  const { ledger, call } = running({ answeredAtMs: 10_000 });
  expect(topUpOf(call, DEFAULT_LIMITS, ledger, 308_999)).toBeNull();
  const change = topUpOf(call, DEFAULT_LIMITS, ledger, 309_000);
  expect(change).toEqual({
    type: "topped-up",
    channelId: "1.1",
    reservedMicros: 1_000_000,
    paidSeconds: 599,
  });
  ledger.apply(change!);
  expect([ledger.committed("100", 0), ledger.committed(null, 0)]).toEqual([1_000_000, 1_000_000]);
  expect(endsAtMs(ledger.runningCall("1.1")!)).toBe(609_000);
  ledger.apply({ type: "settled", channelId: "1.1", micros: 700_000, endedAtMs: 400_000 });
  expect([ledger.committed("100", 0), ledger.committed(null, 0)]).toEqual([700_000, 700_000]);
});

test("with nothing left it is not, and ends when what it has is used up", () => {
  const { ledger, call } = running();
  expect(topUpOf(call, { ...DEFAULT_LIMITS, spendMicros: 600_000 }, ledger, 350_000)).toBeNull();
  expect(endsAtMs(call)).toBe(359_000);
});

test("what it has cost while the daemon was away is counted, and ends it where that is too much", () => {
  const { ledger, call } = running();
  const change = topUpOf(call, { ...DEFAULT_LIMITS, spendMicros: 700_000 }, ledger, 900_000);
  expect(change).toMatchObject({ reservedMicros: 1_500_000, paidSeconds: 900 });
  ledger.apply(change!);
  expect(endsAtMs(ledger.runningCall("1.1")!)).toBe(900_000);
});

test("a call without a price is ended at its longest, when the dialplan has not done so", () => {
  const { call } = running({ rate: null, paidSeconds: null, reservedMicros: 0 });
  expect(endsAtMs(call)).toBe(3_602_000);
  expect(endsAtMs({ ...call, longestSeconds: null })).toBe(Infinity);
});
