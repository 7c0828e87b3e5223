import fc from "fast-check";
import type { Attempt } from "../../../src/domain/intrusion/attempt.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { Strikes, tallyOf } from "../../../src/domain/intrusion/strikes.js";
import { source, T0 } from "./script.js";

const SETTINGS = DEFAULT_INTRUSION;
const WINDOW = SETTINGS.windowMs;
const WHO = source("203.0.113.12");

function attempt(over: Partial<Attempt> = {}): Attempt {
  const base: Attempt = {
    source: WHO,
    kind: "wrong-password",
    account: "100",
    atMs: T0,
    service: "pjsip",
    transport: "udp",
  };
  return { ...base, ...over };
}

function tally(strikes: Strikes, atMs: number) {
  const suspect = strikes.of(WHO);
  if (suspect === null) return null;
  const { attempts, names, logins } = tallyOf(suspect, atMs, SETTINGS);
  return [attempts.all, names.all, logins.all];
}

describe("windows", () => {
  test("a strike counts until the window has passed, to the millisecond", () => {
    const strikes = new Strikes();
    strikes.add(attempt(), SETTINGS);
    expect(tally(strikes, T0 + WINDOW - 1)).toEqual([1, 1, 0]);
    expect(tally(strikes, T0 + WINDOW)).toEqual([0, 0, 0]);
  });

  test("slide: an old strike goes alone", () => {
    const strikes = new Strikes();
    strikes.add(attempt({ account: "a" }), SETTINGS);
    strikes.add(attempt({ account: "b", atMs: T0 + 1000 }), SETTINGS);
    expect(tally(strikes, T0 + WINDOW)).toEqual([1, 1, 0]);
  });

  test("agree with counting by hand, in whatever order strikes come", () => {
    const times = fc.array(fc.nat(3 * WINDOW), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.nat(1000), (offsets, swap) => {
        const strikes = new Strikes();
        // Nearly in order, as events of one stream are.
        const ordered = offsets.sort((a, b) => a - b);
        const [x, y] = [swap % ordered.length, (swap + 1) % ordered.length];
        if (Math.abs(ordered[x]! - ordered[y]!) < 50) [ordered[x], ordered[y]] = [ordered[y]!, ordered[x]!];
        const settings = { ...SETTINGS, attempts: 100 };
        for (const offset of ordered) strikes.add(attempt({ atMs: T0 + offset }), settings);
        const nowMs = T0 + Math.max(...ordered);
        const expected = ordered.filter((offset) => nowMs - (T0 + offset) < WINDOW).length;
        expect(tallyOf(strikes.of(WHO)!, nowMs, settings).attempts.all).toBe(expected);
      }),
    );
  });

  test("a clock that was set back leaves nothing of the future behind", () => {
    const strikes = new Strikes();
    strikes.add(attempt({ atMs: T0 + 24 * 3_600_000 }), SETTINGS);
    strikes.add(attempt({ atMs: T0 }), SETTINGS);
    expect(tally(strikes, T0)).toEqual([1, 1, 0]);
  });

  test("hold no more than decides", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 500; i++) strikes.add(attempt({ account: `n${i}`, atMs: T0 + i }), SETTINGS);
    expect(tally(strikes, T0 + 500)).toEqual([10, 20, 0]);
    // The latest are kept.
    expect(strikes.of(WHO)?.names?.map(({ name }) => name)).toContain("n499");
  });

  test("know which strikes are proven", () => {
    const strikes = new Strikes();
    for (const transport of ["udp", "unknown", "tcp", "tls", "ws", "wss"] as const) {
      strikes.add(attempt({ transport, account: transport }), SETTINGS);
    }
    const { attempts, names } = tallyOf(strikes.of(WHO)!, T0, SETTINGS);
    expect(attempts).toEqual({ all: 6, proven: 4 });
    expect(names).toEqual({ all: 6, proven: 4 });
  });

  test("a forged packet neither adds to the proof of a name nor takes it away", () => {
    const strikes = new Strikes();
    strikes.add(attempt({ transport: "tcp" }), SETTINGS);
    strikes.add(attempt({ transport: "udp", atMs: T0 + WINDOW - 1 }), SETTINGS);
    expect(tallyOf(strikes.of(WHO)!, T0 + WINDOW - 1, SETTINGS).names).toEqual({ all: 1, proven: 1 });
    expect(tallyOf(strikes.of(WHO)!, T0 + WINDOW, SETTINGS).names).toEqual({ all: 1, proven: 0 });
  });

  test("logins have a window of their own", () => {
    const strikes = new Strikes();
    strikes.add(attempt({ kind: "login", service: "ami" }), SETTINGS);
    strikes.add(attempt({ atMs: T0 + 1 }), SETTINGS);
    expect(tally(strikes, T0 + 1)).toEqual([1, 1, 1]);
  });
});

describe("taking back", () => {
  test("removes that attempt and its name", () => {
    const strikes = new Strikes();
    strikes.add(attempt({ account: "100" }), SETTINGS);
    strikes.add(attempt({ account: "101", atMs: T0 + 1 }), SETTINGS);
    strikes.takeBack(WHO, T0, "100");
    expect(tally(strikes, T0 + 1)).toEqual([1, 1, 0]);
    expect(strikes.of(WHO)?.names?.map(({ name }) => name)).toEqual(["101"]);
  });

  test("keeps a name that was tried since", () => {
    const strikes = new Strikes();
    strikes.add(attempt(), SETTINGS);
    strikes.add(attempt({ atMs: T0 + 1 }), SETTINGS);
    strikes.takeBack(WHO, T0, "100");
    expect(tally(strikes, T0 + 1)).toEqual([1, 1, 0]);
  });

  test("what is no longer there does no harm", () => {
    const strikes = new Strikes();
    strikes.takeBack(WHO, T0, "100");
    strikes.add(attempt({ atMs: T0 + 5 }), SETTINGS);
    strikes.takeBack(WHO, T0, null);
    expect(tally(strikes, T0 + 5)).toEqual([1, 1, 0]);
  });
});

test("clearing starts the windows anew", () => {
  const strikes = new Strikes();
  strikes.add(attempt(), SETTINGS);
  strikes.clear(WHO);
  expect(tally(strikes, T0)).toEqual([0, 0, 0]);
  strikes.add(attempt({ atMs: T0 + 1, transport: "tls" }), SETTINGS);
  expect(tally(strikes, T0 + 1)).toEqual([1, 1, 0]);
});

describe("bounded memory", () => {
  const others = (i: number) => source(`198.51.${Math.floor(i / 250)}.${(i % 250) + 1}`);

  test("a spray of addresses does not push out who has more strikes", () => {
    const strikes = new Strikes(50);
    for (let i = 0; i < 3; i++) strikes.add(attempt({ atMs: T0 + i }), SETTINGS);
    for (let i = 0; i < 5000; i++) {
      strikes.add(attempt({ source: others(i), atMs: T0 + 10 + i }), SETTINGS);
    }
    expect(strikes.size).toBe(50);
    expect(tally(strikes, T0 + 6000)).toEqual([3, 1, 0]);
  });

  test("of the equally suspicious, the one quiet for longest goes", () => {
    const strikes = new Strikes(3);
    for (let i = 0; i < 4; i++) strikes.add(attempt({ source: others(i), atMs: T0 + i }), SETTINGS);
    expect([0, 1, 2, 3].map((i) => strikes.of(others(i)) !== null)).toEqual([false, true, true, true]);
  });

  test("where all others have more strikes, the newcomer is judged by what it does now and forgotten", () => {
    const strikes = new Strikes(2);
    for (let i = 0; i < 4; i++) strikes.add(attempt({ source: others(i % 2), atMs: T0 + i }), SETTINGS);
    const newcomer = strikes.add(attempt({ atMs: T0 + 10 }), SETTINGS);
    expect(tallyOf(newcomer, T0 + 10, SETTINGS).attempts.all).toBe(1);
    expect(strikes.of(WHO)).toBeNull();
    expect(strikes.size).toBe(2);
  });

  test("but once their strikes are past, they make room, however many they had", () => {
    const strikes = new Strikes(2);
    for (let i = 0; i < 10; i++) strikes.add(attempt({ source: others(i % 2), atMs: T0 + i }), SETTINGS);
    strikes.add(attempt({ atMs: T0 + WINDOW + 10 }), SETTINGS);
    expect(strikes.of(WHO)).not.toBeNull();
    expect(strikes.size).toBe(2);
  });

  test("what is past goes by itself as others come", () => {
    const strikes = new Strikes();
    for (let i = 0; i < 500; i++) strikes.add(attempt({ source: others(i % 480), atMs: T0 }), SETTINGS);
    for (let i = 0; i < 700; i++) {
      strikes.add(attempt({ source: source(`10.0.${i >> 8}.${i & 255}`), atMs: T0 + WINDOW }), SETTINGS);
    }
    expect(strikes.of(others(0))).toBeNull();
    expect(strikes.size).toBe(700);
  });

  test("a banned source that goes on counts no strikes", () => {
    const strikes = new Strikes();
    strikes.countAfterBan({ source: WHO, atMs: T0 }, SETTINGS);
    strikes.countAfterBan({ source: WHO, atMs: T0 + 1 }, SETTINGS);
    expect(strikes.of(WHO)?.afterBan).toBe(2);
    expect(tally(strikes, T0 + 1)).toEqual([0, 0, 0]);
  });
});
