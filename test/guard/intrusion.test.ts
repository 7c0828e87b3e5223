import { DEFAULT_INTRUSION } from "../../src/domain/intrusion/settings.js";
import type { ForgedEvent } from "../../src/domain/intrusion/security-event.js";
import { script, source, T0 } from "../domain/intrusion/script.js";
import { HOUR, WHO, world } from "./support/intrusion-world.js";

const MINUTE = 60_000;
/** Of Asterisk's own form. */
const NONCE = `${T0 / 1000}/0123456789abcdef0123456789abcdef`;

test("ten failures make a ban, planned from the ban book's history, at the daemon's time", () => {
  const { bans, fail, state } = world();
  fail(9);
  expect(bans).toEqual([]);
  fail(1);
  expect(bans).toMatchObject([
    { target: WHO, rung: 1, fromMs: T0 + 10_000, untilMs: T0 + 10_000 + 15 * MINUTE },
  ]);
  state.nowMs += 16 * MINUTE;
  fail(10);
  expect(bans[0]).toMatchObject({ rung: 2, untilMs: state.nowMs + 60 * MINUTE });
});

test("a source that goes on while it is banned is not banned again, and is counted", () => {
  const { bans, fail, intrusion } = world();
  fail(60);
  expect(bans).toHaveLength(1);
  expect(intrusion.describe(WHO)).toMatchObject({ afterBan: 50, strikes: { attempts: 0 } });
});

test("new settings hold from the next event on", () => {
  const { bans, fail, state } = world();
  fail(4);
  state.settings = { ...DEFAULT_INTRUSION, attempts: 5 };
  fail(1);
  expect(bans).toMatchObject([{ evidence: { attempts: 5 } }]);
});

test("successes are remembered, of whatever service", () => {
  const { intrusion, saw } = world();
  for (const event of script("C(100) S(100) S(-)")) intrusion.observe(event);
  expect(saw).toEqual([[WHO, "100", T0 + 1]]);
});

test("alarms are told and logged", () => {
  const { bans, told, logged, fail } = world("known");
  fail(10);
  expect(bans).toEqual([]);
  expect(told).toEqual([
    {
      type: "alarm",
      slug: "known-source-attempts",
      detail: "203.0.113.12 is known and was not banned. 10 failed attempts on 1 account in 9 s over UDP.",
    },
  ]);
  expect(logged).toEqual(["warn: intrusion alarm"]);
});

test("a ban that the ban book refuses is told, in its words", () => {
  const { told, state, fail } = world();
  state.answer = "refuse";
  fail(10);
  expect(told).toEqual([{ type: "alarm", slug: "ban-refused", detail: "It belongs to the trunk carrier." }]);
});

test("a broken store stops neither the stream nor the next ban", () => {
  const { bans, told, logged, state, fail } = world();
  state.answer = "throw";
  fail(15);
  expect(logged).toEqual(["error: a source could not be banned"]);
  expect(told).toEqual([{ type: "alarm", slug: "ban-failed", detail: "203.0.113.12 could not be banned." }]);
  state.answer = "ban";
  fail(5);
  expect(bans).toHaveLength(1);
});

test("nobody is banned for a forgery by nobody", () => {
  const { intrusion, bans, told } = world();
  const forged: ForgedEvent = {
    type: "forged",
    form: "split-event",
    atMs: T0,
    service: "pjsip",
    source: null,
    address: null,
    port: null,
    transport: "unknown",
    forgedText: "RemoteAddress: IPV4/UDP/8.8.8.8/5",
  };
  intrusion.observe(forged);
  expect(bans).toEqual([]);
  expect(told).toMatchObject([{ slug: "forged-headers-by-nobody" }]);
  expect(intrusion.counts()).toEqual({ events: 1, attempts: 0, forgeries: 1 });
});

test("a ban carries the cause that was worked out, and what there is to say about it", () => {
  const { bans, fail } = world();
  fail(10);
  expect(bans).toMatchObject([
    {
      cause: "outdated-credentials",
      evidence: {
        confidence: 0.7,
        advice: "Enter the new password.",
        hint: "Extension 100.",
        story: "A phone tries extension 100.",
      },
    },
  ]);
});

test("one failing account of a known source is blocked there alone, once, and longer the next time", () => {
  const { bans, blocks, fail, state } = world("known");
  fail(40);
  expect(bans).toEqual([]);
  expect(blocks).toMatchObject([
    { account: "100", source: WHO, rung: 1, trigger: "account-failures", fromMs: state.nowMs },
  ]);
  fail(60);
  expect(blocks).toHaveLength(1);
});

test("a block that can't be stored stops neither the stream nor the next one", () => {
  const { blocks, logged, told, fail, state } = world("known");
  state.answer = "throw";
  fail(40);
  expect(logged).toContain("error: an account could not be blocked");
  expect(told).toContainEqual({
    type: "alarm",
    slug: "block-failed",
    detail: "An account could not be blocked at 203.0.113.12.",
  });
  state.answer = "ban";
  fail(40);
  expect(blocks).toHaveLength(1);
});

test("an account that many sources try is told of, and locked where the settings say so", () => {
  const { intrusion, locks, told, state } = world();
  const from = (count: number, first: number) => {
    for (let i = 0; i < count; i++) {
      state.nowMs += 1000;
      const address = `198.51.100.${first + i}`;
      for (const event of script("F(100)", { atMs: state.nowMs, address })) intrusion.observe(event);
    }
  };
  from(20, 1);
  expect(told).toEqual([
    { type: "alarm", slug: "account-attacked", detail: "20 sources tried extension 100 and failed." },
  ]);
  expect(locks).toEqual([]);
  expect(intrusion.failingOn("100")).toEqual({ sources: 20, windowMs: HOUR, isMany: true });
  expect(intrusion.failingOn("101")).toMatchObject({ sources: 0, isMany: false });
  state.settings = { ...DEFAULT_INTRUSION, accountAction: "lock" };
  state.nowMs += 2 * HOUR;
  expect(intrusion.failingOn("100")).toMatchObject({ sources: 0, isMany: false });
  from(20, 101);
  expect(locks).toMatchObject([{ account: "100", sources: 20, untilMs: state.nowMs + HOUR }]);
});

test("what the mirror showed proves who sent an answer, or that nobody there can have", () => {
  const { intrusion, bans, state } = world();
  const answer = (nonce: string) => {
    state.nowMs += 1000;
    for (const event of script("F(100)", { atMs: state.nowMs })) {
      intrusion.observe({ ...event, challenge: nonce });
    }
  };
  intrusion.mirrored([
    { type: "challenge", atMs: T0 - 60_000, source: source("198.51.100.1"), nonce: "first" },
    { type: "challenge", atMs: T0, source: WHO, nonce: NONCE },
  ]);
  for (let i = 0; i < 30; i++) answer("garbage");
  expect(bans).toEqual([]);
  for (let i = 0; i < 10; i++) answer(NONCE);
  expect(bans).toMatchObject([{ trigger: "attempts", proof: "returned", evidence: { attempts: 10 } }]);
});

test("a flood bans a stranger, and never on the kernel's word alone a known source", () => {
  const { intrusion, bans } = world();
  intrusion.flood(WHO, 400);
  expect(bans).toMatchObject([{ trigger: "flood", proof: "unproven" }]);
  const office = world("known");
  office.intrusion.flood(WHO, 400);
  expect(office.bans).toEqual([]);
  expect(office.told).toMatchObject([{ type: "alarm", slug: "known-source-flood" }]);
});

test("a challenge that nobody answers counts once its time is over, without another event", () => {
  const { intrusion, bans, state } = world();
  for (let i = 0; i < 50; i++) {
    for (const event of script("C(100)", { atMs: T0 + i * 100, session: `s${i}` })) intrusion.observe(event);
  }
  state.nowMs = T0 + 20_000;
  intrusion.tick();
  expect(bans).toEqual([]);
  state.nowMs = T0 + 60_000;
  intrusion.tick();
  expect(bans).toMatchObject([{ trigger: "unanswered-challenges" }]);
});

test("thirty calls in a minute are a script", () => {
  const { intrusion, bans } = world();
  for (let i = 0; i < 30; i++) intrusion.call(WHO, T0 + i * 1000);
  expect(bans).toMatchObject([{ trigger: "call-attempts" }]);
});

describe("describe", () => {
  test("says what is held against a source and how far it is from a ban", () => {
    const { intrusion, fail } = world();
    fail(3);
    expect(intrusion.describe(WHO)).toMatchObject({
      source: WHO,
      standing: "stranger",
      ban: null,
      history: [],
      strikes: {
        attempts: 3,
        logins: 0,
        accounts: ["100"],
        firstAtMs: T0 + 1000,
        lastAtMs: T0 + 3000,
        services: ["pjsip"],
        transports: ["udp"],
      },
      attemptsLeft: 7,
      last: { atMs: T0 + 3000, kind: "wrong-password", account: "100" },
      afterBan: 0,
      unansweredChallenges: 0,
      known: [],
    });
  });

  test("of a source never heard of is empty", () => {
    expect(world("known").intrusion.describe(source("198.51.100.1"))).toMatchObject({
      standing: "known",
      strikes: { attempts: 0, accounts: [], firstAtMs: null },
      attemptsLeft: null,
      last: null,
    });
  });

  test("lets what is past go", () => {
    const { intrusion, fail, state } = world();
    fail(3);
    state.nowMs += 10 * MINUTE;
    expect(intrusion.describe(WHO)).toMatchObject({
      strikes: { attempts: 0, accounts: [] },
      attemptsLeft: 10,
    });
  });

  test("shows the ban and starts anew when it is lifted and forgiven", () => {
    const { intrusion, fail, bans } = world();
    fail(10);
    expect(intrusion.describe(WHO)).toMatchObject({
      ban: { rung: 1 },
      history: [{ rung: 1 }],
      attemptsLeft: null,
    });
    bans.length = 0;
    intrusion.forgive(WHO);
    expect(intrusion.describe(WHO)).toMatchObject({ ban: null, afterBan: 0, attemptsLeft: 10 });
  });
});
