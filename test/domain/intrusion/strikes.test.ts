import fc from "fast-check";
import type { Attempt } from "../../../src/domain/intrusion/attempt.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { Strikes } from "../../../src/domain/intrusion/strikes.js";
import { source, T0 } from "./script.js";

const SETTINGS = DEFAULT_INTRUSION;
const WINDOW = SETTINGS.windowMs;
const DAY = SETTINGS.slowWindowMs;
const WHO = source("203.0.113.12");

function attempt(over: Partial<Attempt> = {}): Attempt {
  const base: Attempt = {
    source: WHO,
    kind: "wrong-password",
    account: "100",
    atMs: T0,
    service: "pjsip",
    transport: "udp",
    port: 5060,
    aclName: null,
    proof: "unproven",
  };
  return { ...base, ...over };
}

function add(strikes: Strikes, over: Partial<Attempt> = {}, settings = SETTINGS): number {
  return strikes.add(attempt(over), "stranger", false, settings);
}

/** Attempts, names and logins within the window. */
function tally(strikes: Strikes, atMs: number) {
  const suspect = strikes.of(WHO, atMs, SETTINGS);
  if (suspect < 0) return [0, 0, 0];
  return [
    strikes.attempts.within(suspect, atMs, WINDOW),
    strikes.names.countWithin(strikes.nameHead(suspect), atMs, WINDOW),
    strikes.logins.within(suspect, atMs, WINDOW),
  ];
}

function namesOf(strikes: Strikes, atMs: number): string[] {
  const suspect = strikes.of(WHO, atMs, SETTINGS);
  return [...strikes.names.entries(strikes.nameHead(suspect), atMs, WINDOW)].map(({ name }) => name);
}

describe("windows", () => {
  test("a strike counts until the window has passed, to the millisecond", () => {
    const strikes = new Strikes();
    add(strikes);
    expect(tally(strikes, T0 + WINDOW - 1)).toEqual([1, 1, 0]);
    expect(tally(strikes, T0 + WINDOW)).toEqual([0, 0, 0]);
  });

  test("what is held of a source is held for the longest window, to the millisecond", () => {
    const strikes = new Strikes();
    add(strikes);
    expect(strikes.of(WHO, T0 + DAY - 1, SETTINGS)).toBeGreaterThanOrEqual(0);
    expect(strikes.of(WHO, T0 + DAY, SETTINGS)).toBe(-1);
  });

  test("slide: an old strike goes alone", () => {
    const strikes = new Strikes();
    add(strikes, { account: "a" });
    add(strikes, { account: "b", atMs: T0 + 1000 });
    expect(tally(strikes, T0 + WINDOW)).toEqual([1, 1, 0]);
  });

  test("agree with counting by hand, in whatever order strikes come", () => {
    const strike = fc.record({
      offset: fc.oneof(fc.nat(3 * WINDOW), fc.nat(3 * DAY)),
      late: fc.nat(50),
      proven: fc.boolean(),
      account: fc.constantFrom("a", "b", "c", null),
    });
    fc.assert(
      fc.property(fc.array(strike, { minLength: 1, maxLength: 60 }), (given) => {
        const strikes = new Strikes(8);
        // Nearly in order, as events of one stream are.
        const ordered = [...given].sort((a, b) => a.offset + a.late - (b.offset + b.late));
        for (const { offset, proven, account } of ordered) {
          add(strikes, { atMs: T0 + offset, account, proof: proven ? "returned" : "unproven" });
        }
        const nowMs = T0 + Math.max(...ordered.map(({ offset }) => offset));
        const suspect = strikes.of(WHO, nowMs, SETTINGS);
        const inside = (windowMs: number) => ordered.filter(({ offset }) => nowMs - (T0 + offset) < windowMs);
        for (const windowMs of [WINDOW, DAY]) {
          expect(strikes.attempts.within(suspect, nowMs, windowMs)).toBe(inside(windowMs).length);
          expect(strikes.attempts.provenWithin(suspect, nowMs, windowMs)).toBe(
            inside(windowMs).filter(({ proven }) => proven).length,
          );
        }
        const head = strikes.nameHead(suspect);
        const named = inside(WINDOW).filter(({ account }) => account !== null);
        expect(strikes.names.countWithin(head, nowMs, WINDOW)).toBe(
          new Set(named.map(({ account }) => account)).size,
        );
        expect(strikes.names.provenWithin(head, nowMs, WINDOW)).toBe(
          new Set(named.filter(({ proven }) => proven).map(({ account }) => account)).size,
        );
      }),
      { numRuns: 500 },
    );
  });

  test("a clock that was set back leaves nothing of the future behind", () => {
    const strikes = new Strikes();
    add(strikes, { atMs: T0 + 25 * 3_600_000 });
    add(strikes, { atMs: T0 });
    expect(tally(strikes, T0)).toEqual([1, 1, 0]);
  });

  test("years of one strike a day leave one", () => {
    const strikes = new Strikes();
    for (let day = 0; day < 800; day++) add(strikes, { atMs: T0 + day * DAY });
    const suspect = strikes.of(WHO, T0 + 799 * DAY, SETTINGS);
    expect(strikes.attempts.within(suspect, T0 + 799 * DAY, DAY)).toBe(1);
  });

  test("a list that stands still while another grows does not come back", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 9; i++) add(strikes, { atMs: T0 + i });
    // 2^31 ms is when a stamp of old looks like one of now.
    for (let atMs = T0; atMs < T0 + 2 ** 31; atMs += 20 * 3_600_000) {
      strikes.addUnanswered(WHO, { atMs, service: "pjsip", transport: "udp" }, SETTINGS);
    }
    strikes.addUnanswered(WHO, { atMs: T0 + 2 ** 31, service: "pjsip", transport: "udp" }, SETTINGS);
    expect(tally(strikes, T0 + 2 ** 31)).toEqual([0, 0, 0]);
  });

  test("nor do calls and logins, while failed attempts go on", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 3; i++) {
      strikes.addCall(WHO, T0 + i, SETTINGS);
      add(strikes, { kind: "login", atMs: T0 + i });
    }
    for (let atMs = T0; atMs <= T0 + 2 ** 31; atMs += 20 * 3_600_000) add(strikes, { atMs });
    const atMs = T0 + 2 ** 31;
    const suspect = add(strikes, { atMs });
    expect(strikes.calls.within(suspect, atMs, WINDOW)).toBe(0);
    expect(strikes.logins.within(suspect, atMs, WINDOW)).toBe(0);
  });

  test("hold no more than decides", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 500; i++) add(strikes, { account: `n${i}`, atMs: T0 + i });
    expect(tally(strikes, T0 + 500)).toEqual([100, 20, 0]);
    // The latest are kept.
    expect(namesOf(strikes, T0 + 500)).toContain("n499");
  });

  test("a forged packet neither adds to the proof of a name nor takes it away", () => {
    const strikes = new Strikes();
    const suspect = add(strikes, { proof: "returned" });
    add(strikes, { atMs: T0 + WINDOW - 1 });
    const head = strikes.nameHead(suspect);
    expect(strikes.names.countWithin(head, T0 + WINDOW - 1, WINDOW)).toBe(1);
    expect(strikes.names.provenWithin(head, T0 + WINDOW - 1, WINDOW)).toBe(1);
    expect(strikes.names.countWithin(head, T0 + WINDOW, WINDOW)).toBe(1);
    expect(strikes.names.provenWithin(head, T0 + WINDOW, WINDOW)).toBe(0);
  });

  test("logins have a window of their own", () => {
    const strikes = new Strikes();
    add(strikes, { kind: "login", service: "ami" });
    add(strikes, { atMs: T0 + 1 });
    expect(tally(strikes, T0 + 1)).toEqual([1, 1, 1]);
  });

  test("a strike that is proven later counts as proven", () => {
    const strikes = new Strikes();
    const suspect = add(strikes);
    expect(strikes.prove(WHO, T0, "100")).toBe(suspect);
    expect(strikes.attempts.provenWithin(suspect, T0, WINDOW)).toBe(1);
    expect(strikes.names.provenWithin(strikes.nameHead(suspect), T0, WINDOW)).toBe(1);
    expect(strikes.prove(WHO, T0, "100")).toBe(-1);
  });
});

describe("what bears no proof pushes no proof out", () => {
  test("of an attempt", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 70; i++) add(strikes, { atMs: T0 + i, proof: "returned", account: null });
    for (let i = 0; i < 500; i++) add(strikes, { atMs: T0 + 100 + i, account: null });
    const suspect = strikes.of(WHO, T0 + 1000, SETTINGS);
    expect(strikes.attempts.provenWithin(suspect, T0 + 1000, WINDOW)).toBe(70);
    expect(strikes.attempts.within(suspect, T0 + 1000, WINDOW)).toBe(170);
    // Two windows' worth is the most.
    for (let i = 0; i < 500; i++) add(strikes, { atMs: T0 + 700 + i, proof: "returned", account: null });
    expect(strikes.attempts.within(suspect, T0 + 1200, WINDOW)).toBe(100);
  });

  test("of a name", () => {
    const strikes = new Strikes();
    const known = (over: Partial<Attempt>) => strikes.add(attempt(over), "known", true, SETTINGS);
    for (let i = 0; i < 9; i++) known({ account: `proven${i}`, atMs: T0 + i, proof: "returned" });
    let suspect = -1;
    for (let i = 0; i < 300; i++) suspect = known({ account: `n${i}`, atMs: T0 + 100 + i });
    expect(strikes.names.provenWithin(strikes.nameHead(suspect), T0 + 400, WINDOW)).toBe(9);
    expect(strikes.names.countWithin(strikes.nameHead(suspect), T0 + 400, WINDOW)).toBe(64);
  });
});

describe("taking back", () => {
  test("removes that attempt and its name", () => {
    const strikes = new Strikes();
    add(strikes, { account: "100" });
    add(strikes, { account: "101", atMs: T0 + 1 });
    strikes.takeBack(WHO, T0, "100");
    expect(tally(strikes, T0 + 1)).toEqual([1, 1, 0]);
    expect(namesOf(strikes, T0 + 1)).toEqual(["101"]);
  });

  test.each([0, 1])("keeps a name that was tried at another time (%d)", (taken) => {
    const strikes = new Strikes();
    add(strikes);
    add(strikes, { atMs: T0 + 1 });
    strikes.takeBack(WHO, T0 + taken, "100");
    expect(tally(strikes, T0 + 1)).toEqual([1, 1, 0]);
  });

  test("what is no longer there does no harm", () => {
    const strikes = new Strikes();
    strikes.takeBack(WHO, T0, "100");
    add(strikes, { atMs: T0 + 5 });
    strikes.takeBack(WHO, T0, null);
    expect(tally(strikes, T0 + 5)).toEqual([1, 1, 0]);
  });
});

test("clearing starts the windows anew", () => {
  const strikes = new Strikes();
  add(strikes);
  strikes.clear(WHO);
  expect(tally(strikes, T0)).toEqual([0, 0, 0]);
  add(strikes, { atMs: T0 + 1, transport: "tls" });
  expect(tally(strikes, T0 + 1)).toEqual([1, 1, 0]);
});

test.each([
  [[5060], 1],
  [[5060, 5060, 5061], 2],
  [Array.from({ length: 100 }, (_, i) => 5000 + i), 32],
  [[], null],
])("knows from how many ports they came", (ports, count) => {
  const strikes = new Strikes();
  if (ports.length === 0) add(strikes, { port: null });
  ports.forEach((port, i) => add(strikes, { port, atMs: T0 + i }));
  expect(strikes.traces.portsOf(strikes.of(WHO, T0, SETTINGS))).toBe(count);
});

test("an alarm of a source is due again after its time, to the millisecond, and each kind by itself", () => {
  const strikes = new Strikes();
  const suspect = add(strikes);
  const due = (slug: string, atMs: number) => strikes.isAlarmDue(suspect, slug, atMs, 1_000);
  expect([due("a", T0), due("a", T0), due("a", T0 + 999), due("b", T0 + 999)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect([due("a", T0 + 1_000), due("a", T0 + 1_999), due("a", T0 + 2_000)]).toEqual([true, false, true]);
  // A clock that was set back does not hold an alarm up for good.
  expect(due("a", T0 - 10_000)).toBe(true);
  strikes.clear(WHO);
  expect(due("a", T0 - 10_000)).toBe(true);
});

test("a banned source that goes on counts no strikes", () => {
  const strikes = new Strikes();
  strikes.countAfterBan(WHO, T0, SETTINGS);
  strikes.countAfterBan(WHO, T0 + 1, SETTINGS);
  expect(strikes.afterBan(strikes.of(WHO, T0 + 1, SETTINGS))).toBe(2);
  expect(tally(strikes, T0 + 1)).toEqual([0, 0, 0]);
});

test("what goes on at an account that is blocked counts as no strike either, one for one", () => {
  const strikes = new Strikes();
  for (let i = 0; i < 3; i++) strikes.countAfterBlock(WHO, T0 + i, SETTINGS);
  expect(strikes.afterBlock(strikes.of(WHO, T0 + 3, SETTINGS))).toBe(3);
  expect(tally(strikes, T0 + 3)).toEqual([0, 0, 0]);
});

test("of the three hundredth source as much is known as of the first", () => {
  const strikes = new Strikes();
  const all = Array.from({ length: 300 }, (_, i) => source(`198.51.${Math.floor(i / 250)}.${(i % 250) + 1}`));
  for (const [i, who] of all.entries()) {
    add(strikes, { source: who, account: `a${i}` });
    add(strikes, { source: who, account: `b${i}`, atMs: T0 + 1, port: 5061 });
    strikes.countAfterBan(who, T0 + 2, SETTINGS);
    strikes.countAfterBlock(who, T0 + 3, SETTINGS);
  }
  const known = all.map((who) => {
    const suspect = strikes.of(who, T0 + 4, SETTINGS);
    return {
      names: [...strikes.names.entries(strikes.nameHead(suspect), T0 + 4, WINDOW)]
        .map(({ name }) => name)
        .sort(),
      last: strikes.lastAccount(suspect),
      attempts: strikes.attempts.within(suspect, T0 + 4, WINDOW),
      ports: strikes.traces.portsOf(suspect),
      after: [strikes.afterBan(suspect), strikes.afterBlock(suspect)],
    };
  });
  expect(known).toEqual(
    all.map((_, i) => ({ names: [`a${i}`, `b${i}`], last: `b${i}`, attempts: 2, ports: 2, after: [1, 1] })),
  );
});

test("whoever takes the place of a source that is forgotten begins with nothing of it", () => {
  const strikes = new Strikes(1);
  const gone = add(strikes, { account: "of the one before" });
  expect(strikes.isAlarmDue(gone, "odd", T0, DAY)).toBe(true);
  strikes.countAfterBan(WHO, T0, SETTINGS);
  const next = add(strikes, { source: source("198.51.100.1"), account: null, atMs: T0 + 1 });
  expect(strikes.size).toBe(1);
  expect(strikes.isAlarmDue(next, "odd", T0 + 1, DAY)).toBe(true);
  expect([strikes.afterBan(next), strikes.lastAccount(next), strikes.nameHead(next)]).toEqual([0, null, 0]);
});

test("a window of many account names counts as many as it needs", () => {
  const settings = { ...SETTINGS, accountNames: 40, attempts: 100 };
  const strikes = new Strikes();
  for (let i = 0; i < 60; i++) add(strikes, { account: `n${i}`, atMs: T0 + i }, settings);
  const suspect = strikes.of(WHO, T0 + 60, settings);
  expect(strikes.names.countWithin(strikes.nameHead(suspect), T0 + 60, WINDOW)).toBe(41);
});

describe("bounded memory", () => {
  test.each([
    ["logins", (strikes: Strikes, atMs: number) => add(strikes, { kind: "login", atMs })],
    [
      "unanswered challenges",
      (strikes: Strikes, atMs: number) =>
        strikes.addUnanswered(WHO, { atMs, service: "pjsip", transport: "udp" }, SETTINGS),
    ],
    ["calls", (strikes: Strikes, atMs: number) => strikes.addCall(WHO, atMs, SETTINGS)],
  ])("%s keep their sender's place as failed attempts do", (_what, strike) => {
    const strikes = new Strikes(4);
    for (let i = 0; i < 3; i++) strike(strikes, T0 + i);
    for (let i = 0; i < 40; i++) add(strikes, { source: others(i >> 1), atMs: T0 + 10 + i });
    expect(strikes.of(WHO, T0 + 60, SETTINGS)).toBeGreaterThanOrEqual(0);
  });

  const others = (i: number) => source(`198.51.${Math.floor(i / 250)}.${(i % 250) + 1}`);
  const isHeld = (strikes: Strikes, i: number, atMs: number) => strikes.of(others(i), atMs, SETTINGS) >= 0;

  test("a spray of addresses does not push out who has more strikes", () => {
    const strikes = new Strikes(50);
    for (let i = 0; i < 3; i++) add(strikes, { atMs: T0 + i });
    for (let i = 0; i < 5000; i++) {
      // Each of them twice, so that they are no mere newcomers either.
      for (const again of [0, 1]) add(strikes, { source: others(i), atMs: T0 + 10 + i + again });
    }
    expect(strikes.size).toBe(50);
    expect(tally(strikes, T0 + 6000)).toEqual([3, 1, 0]);
  });

  test("nor those who have as many", () => {
    const strikes = new Strikes(8);
    for (let i = 0; i < 14; i++) add(strikes, { source: others(i % 7), atMs: T0 + i });
    for (let i = 0; i < 200; i++) add(strikes, { source: others(100 + (i >> 1)), atMs: T0 + 100 + i });
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => isHeld(strikes, i, T0 + 400))).toEqual(Array(7).fill(true));
  });

  test("of the equally suspicious, the one quiet for longest goes", () => {
    const strikes = new Strikes(3);
    for (let i = 0; i < 4; i++) add(strikes, { source: others(i), atMs: T0 + i });
    expect([0, 1, 2, 3].map((i) => isHeld(strikes, i, T0 + 4))).toEqual([false, true, true, true]);
  });

  test("a table full of spoofed suspects does not blind the judge", () => {
    const strikes = new Strikes(16);
    for (let i = 0; i < 16 * 9; i++) add(strikes, { source: others(i % 16), atMs: T0 + i });
    for (let i = 0; i < 10; i++) add(strikes, { atMs: T0 + 1000 + i });
    expect(tally(strikes, T0 + 1010)).toEqual([10, 1, 0]);
    expect(strikes.size).toBe(16);
  });

  test("those whose strikes are past make room first, however many they had", () => {
    const strikes = new Strikes(2);
    for (let i = 0; i < 5; i++) add(strikes, { source: others(0), atMs: T0 + i });
    add(strikes, { source: others(1), atMs: T0 + DAY - 1 });
    add(strikes, { atMs: T0 + DAY + 10 });
    expect([0, 1].map((i) => isHeld(strikes, i, T0 + DAY + 10))).toEqual([false, true]);
    expect(strikes.size).toBe(2);
  });

  test("what is past goes by itself as others come", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 500; i++) add(strikes, { source: others(i % 480), atMs: T0 });
    for (let i = 0; i < 700; i++) {
      add(strikes, { source: source(`10.0.${i >> 8}.${i & 255}`), atMs: T0 + DAY });
    }
    expect(isHeld(strikes, 0, T0 + DAY)).toBe(false);
    expect(strikes.size).toBe(700);
  });

  test("forgetting never lowers a source that is worse than each of the others", () => {
    const sprays = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 4 })), { maxLength: 400 });
    fc.assert(
      fc.property(sprays, fc.integer({ min: 2, max: 24 }), (sprayed, limit) => {
        const strikes = new Strikes(limit);
        const counts = new Map<number, number>();
        for (let i = 0; i < 6; i++) add(strikes, { atMs: T0 + i });
        let atMs = T0 + 10;
        for (const [who, times] of sprayed) {
          for (let i = 0; i < times && (counts.get(who) ?? 0) < 5; i++) {
            counts.set(who, (counts.get(who) ?? 0) + 1);
            add(strikes, { source: others(who), atMs: atMs++ });
          }
        }
        expect(strikes.size).toBeLessThanOrEqual(limit);
        expect(tally(strikes, atMs)[0]).toBe(6);
      }),
    );
  });
});
