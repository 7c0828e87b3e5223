import { NO_FINDINGS, type Standing } from "../../../src/domain/intrusion/ban.js";
import { NO_CIRCUMSTANCES } from "../../../src/domain/intrusion/finding.js";
import { Judge, type Finding, type Guilt } from "../../../src/domain/intrusion/judge.js";
import type { Evidence, ForgedEvent } from "../../../src/domain/intrusion/security-event.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { script, source, T0 } from "./script.js";

const WHO = source("203.0.113.12");
const MINUTE = 60_000;

function findings(
  events: readonly Evidence[],
  standing: Standing,
  judge = new Judge(),
  shut = false,
): Finding[] {
  const around = { ...NO_CIRCUMSTANCES, standingOf: () => standing, isShut: () => shut };
  return events.flatMap((each) => judge.observe(each, DEFAULT_INTRUSION, around));
}

function guilts(events: readonly Evidence[], standing: Standing = "stranger", judge = new Judge()): Guilt[] {
  return findings(events, standing, judge).flatMap((each) => (each.type === "guilty" ? [each.guilt] : []));
}

/** `count` failed tries, a second apart, on one account or on another each time. */
function tries(
  count: number,
  over: { account?: string; transport?: "udp" | "tls"; atMs?: number } = {},
): Evidence[] {
  return Array.from({ length: count }, (_, i) =>
    script(`F(${over.account ?? `n${i}`})`, {
      atMs: (over.atMs ?? T0) + i * 1000,
      session: `s${i}`,
      transport: over.transport ?? "udp",
    }),
  ).flat();
}

/** `count` tries on accounts that are none. */
function unknown(count: number, transport: "udp" | "tls"): Evidence[] {
  return Array.from({ length: count }, (_, i) =>
    script(`I(x${i}) C(-) I(x${i}) F(-,y)`, { atMs: T0 + i * 1000, session: `u${i}`, transport }),
  ).flat();
}

function logins(count: number): Evidence[] {
  return Array.from({ length: count }, (_, i) =>
    script("P(admin)", { atMs: T0 + i * 1000, service: "ami", transport: "tcp" }),
  ).flat();
}

function forged(over: Partial<ForgedEvent> = {}): ForgedEvent {
  return {
    type: "forged",
    form: "repeated-field",
    atMs: T0,
    service: "pjsip",
    source: WHO,
    address: WHO,
    port: 5060,
    transport: "udp",
    forgedText: "RemoteAddress: IPV4/UDP/8.8.8.8/5",
    ...over,
  };
}

describe("a stranger is banned", () => {
  test("at the tenth failed attempt within ten minutes, not before", () => {
    expect(guilts(tries(9, { account: "100" }))).toEqual([]);
    expect(guilts(tries(10, { account: "100" }))).toEqual([
      {
        source: WHO,
        trigger: "attempts",
        standing: "stranger",
        proof: "unproven",
        atMs: T0 + 9000,
        evidence: {
          ...NO_FINDINGS,
          attempts: 10,
          accounts: ["100"],
          firstAtMs: T0,
          lastAtMs: T0 + 9000,
          services: ["pjsip"],
          transports: ["udp"],
          summary: "10 failed attempts on 1 account in 9 s over UDP",
          tried: [
            {
              name: "100",
              tries: 10,
              firstAtMs: T0,
              lastAtMs: T0 + 9000,
              gapMs: 1000,
              gapDeviationMs: 0,
              kinds: ["wrong-password"],
            },
          ],
          ports: 1,
        },
      },
    ]);
  });

  test("but not where they are spread over more than ten minutes", () => {
    const slow = Array.from({ length: 30 }, (_, i) =>
      script("F(100)", { atMs: T0 + i * (MINUTE + 7_000), session: `s${i}` }),
    ).flat();
    expect(guilts(slow)).toEqual([]);
  });

  test("at the ninth account name, not at the eighth", () => {
    expect(guilts(tries(8))).toEqual([]);
    const [guilt] = guilts(tries(9));
    expect(guilt).toMatchObject({ trigger: "account-names", proof: "unproven" });
    expect(guilt?.evidence.accounts).toEqual(["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"]);
    expect(guilt?.evidence.summary).toBe("9 account names tried in 8 s over UDP");
  });

  test("for names that came after their challenge", () => {
    const swapped = Array.from({ length: 9 }, (_, i) =>
      script(`C(-) I(n${i})`, { atMs: T0 + i, session: `s${i}` }),
    );
    expect(guilts(swapped.flat())).toMatchObject([{ trigger: "account-names" }]);
  });

  test("for tries whose names Asterisk could not report", () => {
    const unnamed = Array.from({ length: 10 }, (_, i) => script("C(-)", { atMs: T0 + i, session: `s${i}` }));
    expect(guilts(unnamed.flat())[0]?.evidence.summary).toBe(
      "10 failed attempts without an account name within a second over UDP",
    );
  });

  test("at the fifth failed login", () => {
    expect(guilts(logins(4))).toEqual([]);
    expect(guilts(logins(5))).toMatchObject([
      {
        trigger: "logins",
        proof: "returned",
        evidence: { summary: "5 failed logins to AMI in 4 s over TCP" },
      },
    ]);
  });

  test.each([
    ["repeated-field", "A message with a forged header inside over UDP"],
    ["split-event", "A message with a whole forged event inside over UDP"],
    ["foreign-line", "A message with forged lines inside over UDP"],
  ] as const)("for %s at once", (form, summary) => {
    expect(guilts([forged({ form })])).toMatchObject([
      { source: WHO, trigger: "forged-headers", proof: "unproven", evidence: { attempts: 0, summary } },
    ]);
  });

  test("for forged headers with what was known before", () => {
    const [guilt] = guilts([...tries(2), forged({ atMs: T0 + 5000, transport: "tls" })]);
    expect(guilt?.proof).toBe("returned");
    expect(guilt?.evidence).toEqual({
      ...NO_FINDINGS,
      attempts: 2,
      accounts: ["n0", "n1"],
      firstAtMs: T0,
      lastAtMs: T0 + 5000,
      services: ["pjsip"],
      transports: ["udp", "tls"],
      summary: "A message with a forged header inside over TLS, after 2 failed attempts",
      tried: [0, 1].map((i) => ({
        name: `n${i}`,
        tries: 1,
        firstAtMs: T0 + i * 1000,
        lastAtMs: T0 + i * 1000,
        gapMs: null,
        gapDeviationMs: null,
        kinds: ["wrong-password"],
      })),
      ports: 1,
    });
  });

  test("and then the windows start anew", () => {
    expect(guilts(tries(39, { account: "100" })).map(({ atMs }) => atMs - T0)).toEqual([
      9000, 19_000, 29_000,
    ]);
  });
});

describe("proof", () => {
  test.each([
    [10, 0, "returned"],
    [9, 1, "unproven"],
    [0, 10, "unproven"],
  ])("%d attempts over TLS and %d over UDP are %s", (tls, udp, proof) => {
    const events = [
      ...tries(udp, { account: "100" }),
      ...tries(tls, { account: "100", transport: "tls", atMs: T0 + 20_000 }),
    ];
    expect(guilts(events)).toMatchObject([{ proof }]);
  });

  test("nine names are proven only if each is", () => {
    expect(guilts(tries(9, { transport: "tls" }))).toMatchObject([{ proof: "returned" }]);
    const mixed = [...tries(8, { transport: "tls" }), ...tries(9).slice(8)];
    expect(guilts(mixed)).toMatchObject([{ trigger: "account-names", proof: "unproven" }]);
  });
});

describe("standing", () => {
  const cases: [string, Evidence[]][] = [
    ["attempts", tries(10, { account: "100", transport: "tls" })],
    ["attempts", tries(10, { account: "100" })],
    ["logins", logins(5)],
    ["account-names", tries(9)],
    ["forged-headers", [forged()]],
  ];
  test.each(cases)("a known source gets an alarm, no ban, for %s", (trigger, events) => {
    expect(findings(events, "known")).toMatchObject([
      { type: "alarm", slug: `known-source-${trigger}`, source: WHO },
    ]);
  });

  test.each<[string, Evidence[]]>([
    ["account-names", unknown(9, "tls")],
    ["failing-accounts", tries(10, { transport: "tls" })],
    ["forged-headers", [forged({ transport: "tcp" })]],
  ])("a known source that is proven to have sent them is banned for %s", (trigger, events) => {
    expect(guilts(events, "known")).toMatchObject([{ trigger, standing: "known", proof: "returned" }]);
  });

  test.each<[string, Evidence[]]>([
    ...cases,
    ["account-names", tries(9, { transport: "tls" })],
    ["forged-headers", [forged({ transport: "tcp" })]],
  ])("a protected source is never banned, not for %s either", (trigger, events) => {
    expect(findings(events, "protected")).toMatchObject([
      { type: "alarm", slug: `protected-source-${trigger}` },
    ]);
  });

  test("an alarm is raised once a window, however long the flood", () => {
    const judge = new Judge();
    expect(findings(tries(599, { account: "100" }), "protected", judge)).toHaveLength(1);
    const later = tries(20, { account: "100", atMs: T0 + 11 * MINUTE });
    expect(findings(later, "protected", judge)).toHaveLength(1);
  });

  test("an alarm says what is odd, and shows nothing that the sender wrote", () => {
    const events = Array.from({ length: 9 }, (_, i) =>
      script(`F(<script>${i})`, { atMs: T0 + i, session: `s${i}` }),
    );
    expect(findings(events.flat(), "known")).toEqual([
      {
        type: "alarm",
        slug: "known-source-account-names",
        source: WHO,
        detail: "203.0.113.12 is known and was not banned. 9 account names tried within a second over UDP.",
      },
    ]);
  });

  test("nobody is banned for what nobody can be shown to have sent", () => {
    const judge = new Judge();
    const events = [0, 1, 2].map((i) => forged({ source: null, address: null, atMs: T0 + i }));
    expect(findings(events, "stranger", judge)).toMatchObject([
      { slug: "forged-headers-by-nobody", source: null },
    ]);
    expect(judge.counts.forgeries).toBe(3);
  });
});

describe("a source that is banned already", () => {
  test("is not banned again while the drop takes effect; what is heard is counted", () => {
    const judge = new Judge();
    const events = [...tries(30, { account: "100" }), ...tries(30), forged()];
    expect(findings(events, "stranger", judge, true)).toEqual([]);
    expect(judge.suspect(WHO)?.afterBan).toBe(61);
    expect(judge.counts).toEqual({ events: 61, attempts: 60, forgeries: 1 });
  });

  test("starts without strikes when the ban is over", () => {
    const judge = new Judge();
    findings(tries(30, { account: "100" }), "stranger", judge, true);
    expect(guilts(tries(9, { account: "100", atMs: T0 + MINUTE }), "stranger", judge)).toEqual([]);
  });
});

test("a source that is forgiven starts anew", () => {
  const judge = new Judge();
  guilts(tries(9, { account: "100" }), "stranger", judge);
  judge.forgive(WHO);
  expect(guilts(tries(9, { account: "100", atMs: T0 + MINUTE }), "stranger", judge)).toEqual([]);
});

test("what a success takes back counts neither against the source nor in the sum", () => {
  const judge = new Judge();
  const typos = Array.from({ length: 30 }, (_, i) =>
    script("C(100) F(100,x) S(100)", { atMs: T0 + i * 1000, session: `s${i}` }),
  ).flat();
  expect(guilts(typos, "stranger", judge)).toEqual([]);
  expect(judge.counts.attempts).toBe(0);
});

test.each([
  [500, "within a second"],
  [41_400, "in 41 s"],
  [119_000, "in 119 s"],
  [185_000, "in 3 min"],
])("attempts over %d ms are said to lie %s", (ms, words) => {
  const [guilt] = guilts([
    ...tries(1, { account: "100" }),
    ...Array.from({ length: 9 }, (_, i) => script("F(100)", { atMs: T0 + ms, session: `t${i}` })).flat(),
  ]);
  expect(guilt?.evidence.summary).toContain(words);
});
