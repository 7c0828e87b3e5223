import fc from "fast-check";
import { Ledger, MOST_SOURCES, type RunningCall } from "../../../src/domain/calling/ledger.js";
import type { E164, Rate } from "../../../src/domain/calling/verdict.js";
import { sourceOf, type Source } from "../../../src/domain/address.js";

const DAY = 86_400_000;
const source = "203.0.113.12" as Source;

function rate(microsPerMinute: number, over: Partial<Rate> = {}): Rate {
  return {
    deck: "default",
    prefix: "44",
    destination: "UK",
    microsPerMinute,
    connectionMicros: 0,
    minimumSeconds: 60,
    incrementSeconds: 60,
    ...over,
  };
}

function call(over: Partial<RunningCall> = {}): RunningCall {
  return {
    channelId: "1.1",
    extension: "100",
    number: "+442079460123" as E164,
    international: true,
    startedAtMs: 0,
    reservedMicros: 600_000,
    longestSeconds: 3_600,
    rate: rate(10_000),
    ...over,
  };
}

function end(ledger: Ledger, channelId: string, answeredAtMs: number | null, endedAtMs: number): void {
  const change = ledger.settlement(channelId, answeredAtMs, endedAtMs);
  if (change !== null) ledger.apply(change);
}

test("a running call counts with what is reserved, then with what it cost", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call() });
  expect([ledger.committed("100", 0), ledger.committed(null, 0), ledger.committed("101", 0)]).toEqual([
    600_000, 600_000, 0,
  ]);
  expect(ledger.spent("100", 61_000)).toBe(20_000);
  expect(ledger.runningInternational("100")).toBe(1);
  end(ledger, "1.1", 5_000, 66_000);
  expect([ledger.committed("100", 66_000), ledger.committed(null, 66_000)]).toEqual([20_000, 20_000]);
  expect(ledger.runningInternational("100")).toBe(0);
  end(ledger, "1.1", 5_000, 600_000);
  expect(ledger.committed("100", 66_000)).toBe(20_000);
});

test.each<[string, number | null, number, number]>([
  ["never answered", null, 30_000, 0],
  ["hung up within its first second", 1_000, 1_000, 10_000],
  ["a minute to the millisecond", 1_000, 61_000, 10_000],
  ["a begun second more", 1_000, 61_001, 20_000],
  ["a clock that was set back meanwhile", 10_000, 1_000, 10_000],
])("%s", (_, answeredAtMs, endedAtMs, micros) => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call() });
  end(ledger, "1.1", answeredAtMs, endedAtMs);
  expect(ledger.committed("100", endedAtMs)).toBe(micros);
});

test("a call counts from its start until 24 hours later, and longer while it runs", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call({ startedAtMs: 1_000 }) });
  end(ledger, "1.1", 1_000, 61_000);
  expect(ledger.committed("100", DAY + 999)).toBe(10_000);
  expect(ledger.committed("100", DAY + 1_000)).toBe(0);

  ledger.apply({ type: "dialled", call: call({ startedAtMs: DAY + 1_000 }) });
  expect(ledger.committed("100", 3 * DAY)).toBe(600_000);
  end(ledger, "1.1", DAY + 1_000, 3 * DAY);
  expect(ledger.committed("100", 3 * DAY)).toBe(0);
  expect(ledger.committed(null, 3 * DAY)).toBe(0);
});

test("a call whose end nobody told is settled at all that it may have cost", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call() });
  ledger.apply({ type: "dialled", call: call({ channelId: "1.2", longestSeconds: null }) });
  expect(ledger.overdue(3_600_000)).toEqual([]);
  const [change, ...others] = ledger.overdue(2 * 3_600_000);
  expect(change).toEqual({
    type: "settled",
    channelId: "1.1",
    startedAtMs: 0,
    micros: 600_000,
    endedAtMs: 7_200_000,
  });
  expect(others).toEqual([]);
  expect(ledger.overdue(2 * DAY)).toHaveLength(2);
});

test("attempts of the last minute count, and those of a clock that was ahead no longer", () => {
  const ledger = new Ledger();
  for (const atMs of [0, 30_000, 59_999, 10_000_000]) {
    ledger.apply({ type: "attempt", extension: "100", source: null, atMs, counted: true });
  }
  ledger.apply({ type: "attempt", extension: "100", source: null, atMs: 59_999, counted: false });
  expect(ledger.attempts("100", 10_000_000)).toBe(1);
  const other = new Ledger();
  for (const atMs of [0, 30_000, 59_999]) {
    other.apply({ type: "attempt", extension: "100", source: null, atMs, counted: true });
  }
  expect([59_999, 60_000, 90_000, 120_000].map((atMs) => other.attempts("100", atMs))).toEqual([3, 2, 1, 0]);
});

test("a pause ends by itself", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "pause", source, untilMs: 1_000 });
  expect(ledger.pausedUntil(source, 999)).toBe(1_000);
  expect(ledger.pausedUntil(source, 1_000)).toBeNull();
});

test("an extension's sources are remembered up to their limit, and then the newest", () => {
  const ledger = new Ledger();
  const from = (n: number) => sourceOf(`10.0.${n >> 8}.${n & 255}`)!;
  expect(ledger.calledFrom("100", from(0))).toBe("never");
  const use = (n: number) => ledger.apply({ type: "source", extension: "100", source: from(n), atMs: n });
  for (let n = 0; n < MOST_SOURCES; n++) use(n);
  expect([0, 1, MOST_SOURCES].map((n) => ledger.calledFrom("100", from(n)))).toEqual([
    "before",
    "before",
    "elsewhere",
  ]);
  use(MOST_SOURCES);
  expect([0, 1, MOST_SOURCES].map((n) => ledger.calledFrom("100", from(n)))).toEqual([
    "elsewhere",
    "before",
    "before",
  ]);
  expect(ledger.state(0).sources).toHaveLength(MOST_SOURCES);
});

test("what a ledger hands over is all that it knows", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call() });
  ledger.apply({ type: "dialled", call: call({ channelId: "1.2", startedAtMs: 5, extension: "101" }) });
  end(ledger, "1.2", 10, 90_000);
  ledger.apply({ type: "attempt", extension: "100", source, atMs: 1, counted: true });
  ledger.apply({ type: "country", extension: "100", area: "GB", atMs: 1 });
  ledger.apply({ type: "source", extension: "100", source, atMs: 1 });
  ledger.apply({ type: "pause", source, untilMs: 500_000 });
  const state = ledger.state(30_000);
  const heir = new Ledger(structuredClone(state));
  expect(heir.state(30_000)).toEqual(state);
  expect(heir.committed(null, 30_000)).toBe(ledger.committed(null, 30_000));
  expect([heir.hasCalled("100", "GB"), heir.calledFrom("100", source)]).toEqual([true, "before"]);
  end(heir, "1.1", 0, 60_000);
  expect(heir.committed("100", 60_000)).toBe(10_000);
});

/** The same money, worked out another way: from every call anew, in whole numbers of any size. */
function reckoned(calls: readonly Done[], nowMs: number): bigint {
  let micros = 0n;
  for (const { startedAtMs, lastedMs, rate: terms } of calls) {
    if (startedAtMs <= nowMs - DAY || lastedMs === null) continue;
    const seconds = BigInt(Math.ceil(lastedMs / 1_000));
    const [minimum, step] = [BigInt(terms.minimumSeconds), BigInt(terms.incrementSeconds)];
    let billed = minimum;
    while (billed < seconds) billed += step;
    micros += BigInt(terms.connectionMicros) + (billed * BigInt(terms.microsPerMinute) + 59n) / 60n;
  }
  return micros;
}

interface Done {
  readonly startedAtMs: number;
  /** Null: never answered. */
  readonly lastedMs: number | null;
  readonly rate: Rate;
}

test("10,000 calls over three days cost to the micro-dollar what they cost by themselves", () => {
  const ledger = new Ledger();
  const done: Done[] = [];
  const [values] = fc.sample(
    fc.array(
      fc.tuple(fc.nat(25_000), fc.option(fc.nat(600_000), { freq: 5 }), fc.nat(2_000_000), fc.nat(3)),
      {
        minLength: 10_000,
        maxLength: 10_000,
      },
    ),
    { seed: 23, numRuns: 1 },
  );
  const terms = [
    { minimumSeconds: 60, incrementSeconds: 60 },
    { minimumSeconds: 30, incrementSeconds: 6 },
    { minimumSeconds: 1, incrementSeconds: 1, connectionMicros: 12_345 },
    { minimumSeconds: 0, incrementSeconds: 7 },
  ];
  let nowMs = 0;
  let compared = 0;
  (values ?? []).forEach(([waitMs, lastedMs, microsPerMinute, kind], index) => {
    nowMs += waitMs;
    const made = rate(microsPerMinute, terms[kind]);
    const channelId = `c${index}`;
    ledger.apply({ type: "dialled", call: call({ channelId, startedAtMs: nowMs, rate: made }) });
    end(ledger, channelId, lastedMs === null ? null : nowMs, nowMs + (lastedMs ?? 5_000));
    done.push({ startedAtMs: nowMs, lastedMs, rate: made });
    if (index % 250 !== 0) return;
    expect(BigInt(ledger.committed("100", nowMs))).toBe(reckoned(done, nowMs));
    expect(BigInt(ledger.committed(null, nowMs))).toBe(reckoned(done, nowMs));
    compared++;
  });
  expect(nowMs).toBeGreaterThan(DAY);
  expect(compared).toBe(40);
});

test("a call that has been answered costs by its answer so far, and its legs are remembered", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call({ channelId: "1.1", startedAtMs: 0 }) });
  ledger.apply({ type: "answered", channelId: "1.1", legId: "1.2", atMs: 50_000 });
  ledger.apply({ type: "answered", channelId: "1.1", legId: "1.3", atMs: 55_000 });
  ledger.apply({ type: "answered", channelId: "none", legId: "1.4", atMs: 55_000 });
  expect(ledger.runningCall("1.1")).toMatchObject({ answeredAtMs: 50_000, legs: ["1.2", "1.3"] });
  const heir = new Ledger(ledger.state(60_000));
  expect(heir.runningCall("1.1")).toEqual(ledger.runningCall("1.1"));
  expect(heir.spent("100", 109_000)).toBe(ledger.spent("100", 109_000));
});

test("an end that is told late does not end the channel's next call", () => {
  const ledger = new Ledger();
  ledger.apply({ type: "dialled", call: call({ channelId: "1.1", startedAtMs: 0 }) });
  const late = ledger.settlement("1.1", 0, 1_000);
  if (late === null) throw new Error("the call does not run");
  ledger.apply({ type: "dialled", call: call({ channelId: "1.1", startedAtMs: 1_001 }) });
  ledger.apply(late);
  expect(ledger.running(null)).toHaveLength(1);
});
