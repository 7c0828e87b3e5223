import fc from "fast-check";
import type { Circumstances } from "../../../src/domain/intrusion/finding.js";
import type { SecurityEvent } from "../../../src/domain/intrusion/security-event.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { script, source, T0 } from "./script.js";
import { World } from "./world.js";

const WHO = source("203.0.113.12");
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The line `count` times, each in a session of its own; `#` in it is the number. */
function repeat(count: number, line: string, everyMs = SECOND, over: object = {}) {
  return Array.from({ length: count }, (_, i) =>
    script(line.replaceAll("#", String(i)), { atMs: T0 + i * everyMs, session: `${line} ${i}`, ...over }),
  ).flat();
}

describe("PITFALL 1: an attempt is not an event", () => {
  test("nine tries of four events each, every response thrice, are nine", () => {
    const world = new World().see(
      repeat(9, "I(999) C(-) I(999) F(-,x#) I(999) F(-,x#) I(999) F(-,x#)", 30 * SECOND),
    );
    expect(world.found).toEqual([]);
    expect(world.judge.counts.attempts).toBe(9);
  });

  test("a scanner that reuses one Call-ID is banned as soon as one that does not", () => {
    const tries = (session?: string) =>
      repeat(20, "I(999) C(-) I(999) F(-,x#)", SECOND, session === undefined ? {} : { session });
    expect(new World().see(tries("same")).bans.map(({ atMs }) => atMs)).toEqual(
      new World().see(tries()).bans.map(({ atMs }) => atMs),
    );
  });
});

describe("PITFALL 2: FailedACL is often no attack", () => {
  test.each([
    "registrar_attempt_exceeds_maximum_configured_contacts",
    "registrar_attempt_without_configured_aors",
    "registrar_invalid_contacts_provided",
  ])("%s never counts", (acl) => {
    const world = new World().see(repeat(200, `C(101) S(101) A(101,${acl})`));
    expect(world.found).toEqual([]);
    expect(world.judge.counts.attempts).toBe(0);
  });

  test("an address off the allow-list counts, and the list is named", () => {
    const world = new World().see(repeat(10, "A(101,ringfence_101) C(-) A(101,ringfence_101) F(-,x#)"));
    expect(world.bans).toMatchObject([
      {
        trigger: "attempts",
        evidence: {
          attempts: 10,
          aclNames: ["ringfence_101"],
          tried: [{ name: "101", kinds: ["acl-refused"] }],
        },
      },
    ]);
  });
});

describe("PITFALL 20: a ban lifted, the cause still there", () => {
  test("what it did last is known when its strikes are forgiven, and what it does since", () => {
    const world = new World().see(repeat(12, "F(101,x#)"));
    world.shut.clear();
    world.judge.forgive(WHO);
    expect(world.judge.suspect(WHO)).toMatchObject({
      lastAtMs: T0 + 11 * SECOND,
      lastKind: "wrong-password",
      lastAccount: "101",
      afterBan: 0,
    });
    world.see(script("F(102,y) F(-,z)", { atMs: T0 + MINUTE }));
    expect(world.judge.strikesOf(WHO, T0 + 2 * MINUTE, world.settings).attempts).toBe(2);
    expect(world.judge.suspect(WHO)).toMatchObject({ lastAtMs: T0 + MINUTE + 1, lastAccount: null });
  });
});

describe("the slow attack", () => {
  test("a hundred in a day, never ten in ten minutes", () => {
    const everyMs = 14 * MINUTE;
    expect(new World().see(repeat(99, "F(101,x#)", everyMs)).found).toEqual([]);
    expect(new World().see(repeat(100, "F(101,x#)", everyMs)).bans).toMatchObject([
      {
        trigger: "slow-attack",
        proof: "unproven",
        atMs: T0 + 99 * everyMs,
        evidence: {
          attempts: 100,
          summary: "100 failed attempts on 1 account in 23 h over UDP",
          tried: [{ name: "101", tries: 100, firstAtMs: T0, gapMs: everyMs }],
        },
      },
    ]);
  });

  test("a hundred in more than a day are none", () => {
    expect(new World().see(repeat(1000, "F(101,x#)", 15 * MINUTE)).found).toEqual([]);
  });
});

describe("unanswered challenges", () => {
  test.each([
    ["of accounts that exist", "C(101)"],
    ["of many accounts", "C(1#)"],
  ])("%s: fifty in an hour ban a stranger, decided half a minute later", (_, line) => {
    expect(new World().see(repeat(49, line)).tick(T0 + HOUR / 2).found).toEqual([]);
    const world = new World().see(repeat(50, line));
    expect(world.found).toEqual([]);
    world.tick(T0 + 49 * SECOND + 32_000);
    expect(world.found).toEqual([]);
    world.tick(T0 + 49 * SECOND + 32_001);
    expect(world.bans).toMatchObject([
      {
        source: WHO,
        trigger: "unanswered-challenges",
        proof: "unproven",
        atMs: T0 + 49 * SECOND + 32_001,
        evidence: {
          summary: "50 challenges left without an answer in 49 s over UDP",
          firstAtMs: T0,
          lastAtMs: T0 + 49 * SECOND,
        },
      },
    ]);
  });

  test("the events of others tell the time as well", () => {
    const world = new World().see(repeat(50, "C(101)"));
    world.see(repeat(100, "C(200) S(200)", SECOND, { atMs: T0 + 2 * MINUTE, address: "198.51.100.1" }));
    expect(world.bans).toMatchObject([{ source: WHO }]);
  });

  test("one Call-ID for all gains nothing", () => {
    const world = new World().see(repeat(80, "C(101)", SECOND, { session: "same" })).tick(T0 + HOUR / 2);
    expect(world.bans).toMatchObject([{ trigger: "unanswered-challenges" }]);
  });

  test.each([
    ["answered rightly", "C(101) S(101)"],
    ["after a stale nonce", "C(101) C(101) S(101)"],
    ["repeated because the answer was lost", "C(101) +1s C(101) +2s C(101) S(101)"],
  ])("%s: %s is none", (_, line) => {
    expect(new World().see(repeat(300, line)).tick(T0 + 2 * HOUR).found).toEqual([]);
    const oneSession = repeat(300, line, 10 * SECOND, { session: "same" });
    expect(new World().see(oneSession).tick(T0 + 2 * HOUR).found).toEqual([]);
  });

  test("spread over more than an hour, no fifty count", () => {
    expect(new World().see(repeat(400, "C(101)", 73 * SECOND)).tick(T0 + 10 * HOUR).found).toEqual([]);
  });

  test("are proven over TCP", () => {
    const world = new World().see(repeat(50, "C(101)", SECOND, { transport: "tcp" })).tick(T0 + HOUR / 2);
    expect(world.bans).toMatchObject([{ trigger: "unanswered-challenges", proof: "returned" }]);
  });

  test("a challenge that nobody Asterisk knows left is an attempt, and unanswered beside", () => {
    const world = new World().see(repeat(5, "I(999) C(-)")).tick(T0 + MINUTE);
    expect(world.judge.strikesOf(WHO, T0 + MINUTE, world.settings)).toMatchObject({
      attempts: 5,
      unanswered: 5,
    });
  });
});

describe("proof by the nonce that came back", () => {
  const witness = (proof: "returned" | "forged"): Partial<Circumstances> => ({
    proofOf: (challenge) => (challenge === "nonce" ? proof : "unproven"),
  });

  test.each([
    ["wrong passwords", "C(101) F(101,x#)"],
    ["unknown accounts", "I(999) C(-) I(999) F(-,x#)"],
    ["the same, swapped", "C(-) I(999) F(-,x#) I(999)"],
    ["off the allow-list", "A(101) C(-) A(101) F(-,x#)"],
    ["unnamed", "C(-) F(-,x#)"],
    ["identified by the answer", "C(-) F(101,x#)"],
  ])("ten %s over UDP are proven: %s", (_, line) => {
    const world = new World(witness("returned")).see(repeat(10, line));
    expect(world.bans).toMatchObject([
      { trigger: "attempts", proof: "returned", evidence: { attempts: 10 } },
    ]);
    expect(new World().see(repeat(10, line)).bans).toMatchObject([{ proof: "unproven" }]);
  });

  test("where no answer comes, nothing is", () => {
    const unanswered = repeat(10, "I(999) C(-)");
    expect(new World(witness("returned")).see(unanswered).bans).toMatchObject([{ proof: "unproven" }]);
  });

  test("a known source is banned for names by the answer that proves the last of them", () => {
    const world = new World({ ...witness("returned"), standingOf: () => "known" });
    const events = repeat(9, "I(n#) C(-) I(n#) F(-,x#)");
    expect(world.see(events.slice(0, -1)).bans).toEqual([]);
    expect(world.see(events.slice(-1)).bans).toMatchObject([{ trigger: "account-names", proof: "returned" }]);
  });

  test.each([
    ["a wrong password", "F(101,x#)"],
    ["an unknown account", "I(n#) F(-,x#)"],
    ["the same, swapped", "F(-,x#) I(n#)"],
    ["off the allow-list", "A(101) F(-,x#)"],
  ])("%s with a nonce that never went there is nobody's attempt: %s", (_, line) => {
    const world = new World(witness("forged")).see(repeat(49, line, 100));
    expect(world.found).toEqual([]);
    expect(world.judge.counts.attempts).toBe(0);
    expect(world.judge.strikesOf(WHO, T0 + MINUTE, world.settings)).toMatchObject({
      attempts: 0,
      accounts: [],
      unanswered: 49,
    });
  });

  test("but it draws a challenge that nobody answers: fifty are a scan", () => {
    const world = new World(witness("forged")).see(repeat(50, "F(101,x#)"));
    expect(world.bans).toMatchObject([{ trigger: "unanswered-challenges", proof: "unproven" }]);
  });

  test("a forged answer leaves the real try that it came between", () => {
    const world = new World(witness("forged"));
    world.see(script("I(999) C(-) I(999) F(-,x)"));
    expect(world.judge.strikesOf(WHO, T0 + MINUTE, world.settings)).toMatchObject({
      attempts: 1,
      unanswered: 1,
    });
  });

  test("a forged answer hides its own name only, and no try after it", () => {
    const world = new World(witness("forged")).see(script("F(-,x) I(1) I(2) C(-) F(-,y) I(3)"));
    expect(world.judge.strikesOf(WHO, T0 + MINUTE, world.settings)).toMatchObject({
      attempts: 1,
      accounts: ["2"],
    });
  });

  describe("a scan of names at chan_sip, which challenges everybody and names no account unknown", () => {
    const scan = (names: number, over: Partial<SecurityEvent> = {}) =>
      Array.from({ length: names }, (_, n) =>
        script(`C(guest${n})`, { service: "sip", session: `0x${n}`, atMs: T0 + n * SECOND, ...over }),
      ).flat();
    const listed = { lacks: (account: string) => account.startsWith("guest") };

    test("nine names that Asterisk does not have, none answered", () => {
      const world = new World(listed).see(scan(12));
      expect(world.bans).toEqual([]);
      world.tick(T0 + 5 * MINUTE);
      expect(world.bans).toMatchObject([{ trigger: "account-names", proof: "unproven" }]);
    });

    test("over TCP they are proven", () => {
      const world = new World(listed).see(scan(12, { transport: "tcp" })).tick(T0 + 5 * MINUTE);
      expect(world.bans).toMatchObject([{ trigger: "account-names", proof: "returned" }]);
    });

    test.each([
      ["of names that it has", { lacks: () => false }, {}],
      ["from a known source", { ...listed, standingOf: () => "known" as const }, {}],
      ["of PJSIP, which says itself what it does not know", listed, { service: "pjsip" as const }],
    ])("no ban %s", (_, around, over) => {
      expect(new World(around).see(scan(12, over)).tick(T0 + 5 * MINUTE).bans).toEqual([]);
    });

    test("a phone that answers counts for nothing", () => {
      const phones = Array.from({ length: 12 }, (_, n) =>
        script(`C(guest${n}) S(guest${n})`, { service: "sip", session: `0x${n}` }),
      ).flat();
      expect(new World(listed).see(phones).tick(T0 + 5 * MINUTE).bans).toEqual([]);
    });
  });

  test("whoever answers rightly is not asked of chan_sip's nonces, which nobody mirrors", () => {
    const world = new World(witness("forged")).see(repeat(10, "P(101,x#)", SECOND, { service: "sip" }));
    expect(world.bans).toMatchObject([{ trigger: "attempts", proof: "unproven" }]);
  });
});

test("a change of settings applies at the next event", () => {
  const world = new World().see(repeat(8, "F(101,x#)"));
  const strict = { ...DEFAULT_INTRUSION, attempts: 5 };
  const [next] = script("F(101,y)", { atMs: T0 + MINUTE, session: "next" });
  expect(next && world.judge.observe(next, strict, world.around)).toMatchObject([
    { type: "guilty", guilt: { evidence: { attempts: 9 } } },
  ]);
});

describe("what others report", () => {
  test("thirty call attempts in a minute", () => {
    const world = new World();
    for (let i = 0; i < 30; i++) {
      expect(world.bans).toEqual([]);
      world.keep(world.judge.observeCall(WHO, T0 + i * SECOND, world.settings, world.around));
    }
    expect(world.bans).toMatchObject([
      { trigger: "call-attempts", evidence: { summary: "30 call attempts in 29 s" } },
    ]);
  });

  test("a flood bans a stranger at once, and nobody who is protected", () => {
    const world = new World();
    const { judge, settings, around } = world;
    world.keep(judge.observeFlood(WHO, 4_000, T0, settings, around));
    expect(world.bans).toMatchObject([
      {
        trigger: "flood",
        proof: "unproven",
        evidence: { summary: "A flood: 4000 packets beyond what one source may send" },
      },
    ]);
    expect(
      judge.observeFlood(WHO, 4_000, T0, settings, {
        ...around,
        isShut: () => false,
        standingOf: () => "protected",
      }),
    ).toEqual([]);
    expect(judge.observeFlood(WHO, 4_000, T0, settings, around)).toEqual([]);
  });
});

describe("an account under attack", () => {
  const attacked = (count: number, everyMs: number, account = "101") =>
    Array.from({ length: count }, (_, i) =>
      script(`F(${account},x)`, { atMs: T0 + i * everyMs, address: `198.51.100.${i + 1}` }),
    ).flat();
  const told = (world: World) => world.found.filter(({ type }) => type === "account-attacked");
  const exists = { exists: (account: string) => account === "101" };

  test("is told of once a window when twenty sources fail on it", () => {
    expect(told(new World(exists).see(attacked(19, SECOND)))).toEqual([]);
    expect(told(new World(exists).see(attacked(60, SECOND)))).toEqual([
      { type: "account-attacked", account: "101", sources: 20, atMs: T0 + 19 * SECOND },
    ]);
  });

  test("not when they take longer than the window, nor where it does not exist", () => {
    expect(told(new World(exists).see(attacked(200, 190 * SECOND)))).toEqual([]);
    expect(told(new World(exists).see(attacked(60, SECOND, "999")))).toEqual([]);
  });

  test("one source however often is one", () => {
    expect(told(new World({ ...exists, standingOf: () => "known" }).see(repeat(200, "F(101,x#)")))).toEqual(
      [],
    );
  });
});

/** Counting as a person would, with all of the past at hand. */
test("decides at the same event as an independent count, however sources and tries fall between each other", () => {
  const kind = fc.constantFrom("I(n) C(-)", "I(n) C(-) I(n) F(-,r)", "F(n,r)", "C(n) F(n,r)", "C(n) S(n)");
  const step = fc.record({
    who: fc.nat(2),
    kind,
    name: fc.nat(11),
    pauseMs: fc.oneof(fc.nat(20_000), fc.nat(5 * MINUTE)),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 250 }), (steps) => {
      const world = new World({ isShut: () => false });
      const past = new Map<string, { atMs: number; name: string }[]>();
      const expected: string[] = [];
      let atMs = T0;
      steps.forEach(({ who, kind: line, name, pauseMs }, i) => {
        const address = `198.51.100.${who + 1}`;
        const words = line.replaceAll("n", `a${name}`).replaceAll("r", `x${i}`);
        world.see(script(words, { atMs, session: `s${i}`, address }));
        if (!line.includes("S")) {
          const tries = [
            ...(past.get(address) ?? []),
            { atMs: line.startsWith("C") ? atMs + 1 : atMs, name: `a${name}` },
          ];
          const recent = tries.filter((each) => atMs + 3 - each.atMs <= 10 * MINUTE);
          const inWindow = recent.filter((each) => tries.at(-1)!.atMs - each.atMs < 10 * MINUTE);
          const names = new Set(inWindow.map((each) => each.name)).size;
          const trigger =
            names > 8
              ? "account-names"
              : inWindow.length >= 10
                ? "attempts"
                : tries.filter((each) => tries.at(-1)!.atMs - each.atMs < 24 * HOUR).length >= 100
                  ? "slow-attack"
                  : null;
          if (trigger !== null) expected.push(`${address} ${trigger} ${tries.at(-1)!.atMs}`);
          past.set(address, trigger === null ? tries : []);
        }
        atMs += pauseMs + 10;
      });
      const decided = world.bans
        .filter(({ trigger }) => trigger !== "unanswered-challenges")
        .map((guilt) => `${guilt.source} ${guilt.trigger} ${guilt.atMs}`);
      fc.pre(world.bans.every(({ trigger }) => trigger !== "unanswered-challenges"));
      expect(decided).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
