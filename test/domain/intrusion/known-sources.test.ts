import fc from "fast-check";
import type { Circumstances } from "../../../src/domain/intrusion/finding.js";
import type { Evidence, Transport } from "../../../src/domain/intrusion/security-event.js";
import { script, source, T0 } from "./script.js";
import { World } from "./world.js";

const OFFICE = source("203.0.113.12");
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Repeat {
  readonly everyMs?: number;
  readonly fromMs?: number;
  readonly transport?: Transport;
  readonly address?: string;
}

/** The line `count` times, each in a session of its own; `#` in it is the number. */
function repeat(count: number, line: string, over: Repeat = {}): Evidence[] {
  const { everyMs = SECOND, fromMs = T0, transport = "tls", address = OFFICE } = over;
  return Array.from({ length: count }, (_, i) =>
    script(line.replaceAll("#", String(i)), {
      atMs: fromMs + i * everyMs,
      session: `${line} ${fromMs} ${i}`,
      transport,
      address,
    }),
  ).flat();
}

function office(over: Partial<Circumstances> = {}): World {
  return new World({ standingOf: () => "known", exists: (account) => /^\d{3}$/.test(account), ...over });
}

const WRONG = "C(101) F(101,x#)";

describe("PITFALL 3: the office behind NAT", () => {
  test("one wrong phone among thirty is blocked alone, and the rest goes on", () => {
    const world = office();
    for (let minute = 0; minute < 30; minute++) {
      const fromMs = T0 + minute * MINUTE;
      for (let phone = 110; phone < 140; phone++) {
        world.see(repeat(1, `C(${phone}) S(${phone})`, { fromMs: fromMs + phone }));
      }
      world.see(repeat(10, WRONG, { fromMs, everyMs: 5 * SECOND }));
    }
    expect(world.bans).toEqual([]);
    expect(world.blocks).toMatchObject([
      { account: "101", source: OFFICE, trigger: "account-failures", standing: "known", proof: "returned" },
    ]);
  });

  test("the block's evidence is that of its account alone", () => {
    const world = office({ lastSuccessAtMs: (account) => (account === null ? T0 - 5 : T0 - HOUR) });
    world.see(repeat(5, "C(105) F(105,y#)"));
    world.see(repeat(40, WRONG, { fromMs: T0 + MINUTE, everyMs: 10 * SECOND }));
    expect(world.blocks).toMatchObject([
      {
        atMs: T0 + MINUTE + 390 * SECOND + 1,
        evidence: {
          attempts: 40,
          accounts: ["101"],
          lastSuccessAtMs: T0 - HOUR,
          summary: "40 failed attempts on one account in 7 min over TLS",
          tried: [{ name: "101", tries: 40, gapMs: 10_000, gapDeviationMs: 0, kinds: ["wrong-password"] }],
        },
      },
    ]);
  });

  test("thirty-nine failures in ten minutes block nothing, nor do forty in more", () => {
    expect(office().see(repeat(39, WRONG)).blocks).toEqual([]);
    expect(office().see(repeat(200, WRONG, { everyMs: 15_500 })).blocks).toEqual([]);
  });

  test("its tries start anew after a block", () => {
    const world = office({ isBlocked: () => false });
    expect(world.see(repeat(119, WRONG)).blocks).toHaveLength(2);
  });

  test("nine accounts that fail are no attack", () => {
    const world = office();
    for (let i = 0; i < 9; i++) world.see(repeat(20, `F(10${i},x#)`, { fromMs: T0 + i * 30 * SECOND }));
    expect(world.bans).toEqual([]);
  });

  test("ten are, with proof", () => {
    const failing = (transport: Transport) =>
      Array.from({ length: 10 }, (_, i) =>
        repeat(1, `F(10${i},x)`, { fromMs: T0 + i * SECOND, transport }),
      ).flat();
    expect(office().see(failing("tcp")).bans).toMatchObject([
      {
        trigger: "failing-accounts",
        proof: "returned",
        evidence: { summary: "10 accounts failed in 9 s over TCP" },
      },
    ]);
    expect(office().see(failing("udp")).bans).toEqual([]);
  });

  test("a device of a deleted account that tries every minute for a week is left alone, and told of once a day", () => {
    const world = office();
    world.see(repeat(7 * 24 * 60, "I(gone) C(-) I(gone) F(-,x#)", { everyMs: MINUTE }));
    expect(world.bans).toEqual([]);
    expect(world.blocks).toEqual([]);
    expect(world.alarms.length).toBeLessThanOrEqual(2 * 7);
    const held = world.judge.strikesOf(OFFICE, T0 + 7 * 24 * HOUR, world.settings);
    expect(held.tried).toMatchObject([{ name: "gone", gapMs: MINUTE, kinds: ["unknown-account"] }]);
  });

  test("an account that Asterisk does not have can't be blocked, however often it fails", () => {
    const world = office().see(repeat(80, "I(gone) C(-) I(gone) F(-,x#)"));
    expect(world.blocks).toEqual([]);
    expect(world.bans).toEqual([]);
  });

  test("phones that an allow-list refuses there neither ban the office nor are blocked", () => {
    const world = office();
    for (let i = 0; i < 20; i++) {
      world.see(
        repeat(60, `A(1${i + 10},ringfence_x) C(-) A(1${i + 10},ringfence_x) F(-,y#)`, { fromMs: T0 + i }),
      );
    }
    expect(world.bans).toEqual([]);
    expect(world.blocks).toEqual([]);
    expect(world.judge.strikesOf(OFFICE, T0 + MINUTE, world.settings).aclNames).toEqual(["ringfence_x"]);
  });

  test("phones that ask with OPTIONS whether their registrar lives raise no alarm", () => {
    const world = office().see(repeat(500, "C(101)", { everyMs: 10 * SECOND }));
    expect(world.tick(T0 + 6_000 * SECOND).found).toEqual([]);
  });

  test("a flood and call attempts raise alarms; a flood with proof bans", () => {
    const world = office();
    const { judge, settings, around } = world;
    for (let i = 0; i < 30; i++) world.keep(judge.observeCall(OFFICE, T0 + i, settings, around));
    world.keep(judge.observeFlood(OFFICE, 900, T0, settings, around));
    expect(world.alarms).toEqual(["known-source-call-attempts", "known-source-flood"]);
    world.keep(judge.observeFlood(OFFICE, 900, T0, settings, around, true));
    expect(world.bans).toMatchObject([{ trigger: "flood", proof: "returned" }]);
  });
});

describe("a blocked account", () => {
  const REFUSED = "A(101,ringfence_101) C(-) A(101,ringfence_101) F(-,x#)";
  const SWAPPED = "C(-) A(101,ringfence_101) F(-,x#) A(101,ringfence_101)";

  test.each([
    ["in order", REFUSED],
    ["swapped", SWAPPED],
    ["answered once more", `${REFUSED} A(101,ringfence_101) F(-,z#)`],
  ])("counts for nothing while it is, so a block does not extend itself: %s", (_, line) => {
    const world = office();
    world.blocked.add(`101 ${OFFICE}`);
    world.see(repeat(300, line));
    expect(world.found).toEqual([]);
    const held = world.judge.strikesOf(OFFICE, T0 + 300 * SECOND, world.settings);
    expect(held).toMatchObject({ attempts: 0, accounts: [] });
    expect(held.afterBlock).toBeGreaterThanOrEqual(300);
  });

  test("is one account: another there counts", () => {
    const world = office();
    world.blocked.add(`101 ${OFFICE}`);
    expect(world.see(repeat(40, "C(102) F(102,x#)")).blocks).toMatchObject([{ account: "102" }]);
  });

  test("is blocked at one source: a stranger who tries it is banned", () => {
    const world = new World({ standingOf: (from) => (from === OFFICE ? "known" : "stranger") });
    world.blocked.add(`101 ${OFFICE}`);
    world.see(repeat(10, WRONG, { address: "198.51.100.7" }));
    expect(world.bans).toMatchObject([{ source: "198.51.100.7" }]);
  });

  test("that is forgiven starts anew", () => {
    const world = office().see(repeat(39, WRONG));
    world.judge.forgiveAccount(OFFICE, "101");
    expect(world.see(repeat(39, WRONG, { fromMs: T0 + MINUTE })).blocks).toEqual([]);
  });
});

describe("PITFALL 23: a phone that fails and succeeds at once is two senders", () => {
  test.each<[string, Transport, number | null, "block" | "alarm"]>([
    ["never heard to work", "udp", null, "block"],
    ["worked an hour ago", "udp", T0 - HOUR, "alarm"],
    ["worked three hours ago", "udp", T0 - 3 * HOUR, "block"],
    ["works meanwhile", "udp", T0 + 10 * SECOND, "alarm"],
    ["worked until it began to fail", "tls", T0 - SECOND, "block"],
    ["works meanwhile", "tls", T0 + 10 * SECOND, "alarm"],
  ])("an account that %s and fails over %s", (_, transport, successAtMs, expected) => {
    const world = office({ lastSuccessAtMs: () => successAtMs });
    world.see(repeat(45, WRONG, { transport }));
    expect(world.found.filter(({ type }) => type === "block")).toHaveLength(expected === "block" ? 1 : 0);
    expect(world.alarms.filter((slug) => slug === "account-fails-and-works")).toHaveLength(
      expected === "alarm" ? 1 : 0,
    );
  });

  test("the alarm says what is odd", () => {
    const world = office({ lastSuccessAtMs: () => T0 });
    world.see(repeat(40, WRONG, { transport: "udp" }));
    expect(world.found).toContainEqual({
      type: "alarm",
      slug: "account-fails-and-works",
      source: OFFICE,
      detail:
        "Account 101 fails again and again at 203.0.113.12 and works there too: somebody else fails in its name, and may have forged the address. It was not blocked.",
    });
  });
});

test("PITFALL 4: no flood of forged packets in a known or protected source's name bans it or blocks what works there", () => {
  const line = fc.constantFrom(
    "F(101,x#)",
    "C(101)",
    "C(101) F(101,x#)",
    "I(n#) C(-)",
    "I(n#) C(-) I(n#) F(-,x#)",
    "A(101) C(-) A(101) F(-,x#)",
    "C(-)",
    "F(-,x#)",
    "P(101,x#)",
  );
  const burst = fc.record({
    line,
    count: fc.integer({ min: 1, max: 120 }),
    everyMs: fc.constantFrom(1, 50, 2_000),
  });
  fc.assert(
    fc.property(
      fc.array(burst, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("known" as const, "protected" as const),
      fc.constantFrom("unproven" as const, "forged" as const),
      (bursts, standing, proof) => {
        let atMs = T0;
        const world = office({
          standingOf: () => standing,
          proofOf: () => proof,
          // Its phone registers every half hour.
          lastSuccessAtMs: () => atMs - 30 * MINUTE,
        });
        for (const { line: each, count, everyMs } of bursts) {
          world.see(repeat(count, each, { fromMs: atMs, everyMs, transport: "udp" }));
          atMs += count * everyMs + 1;
        }
        world.tick(atMs + HOUR);
        expect(world.bans).toEqual([]);
        expect(world.blocks).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});
