import fc from "fast-check";
import type { AttemptChange } from "../../../src/domain/intrusion/attempt.js";
import { Attempts } from "../../../src/domain/intrusion/attempts.js";
import { NO_CIRCUMSTANCES } from "../../../src/domain/intrusion/finding.js";
import type { SecurityEvent } from "../../../src/domain/intrusion/security-event.js";
import { event, script, source, T0 } from "./script.js";

/** What is told of, in short: `unknown-account 999`, `named 999`, `forgiven 100`. */
function told(events: readonly SecurityEvent[], attempts = new Attempts()): string[] {
  return events.flatMap((each) => attempts.observe(each, NO_CIRCUMSTANCES)).map(inShort);
}

function inShort(change: AttemptChange): string {
  switch (change.type) {
    case "failed":
      return `${change.attempt.kind} ${change.attempt.account ?? "-"}`;
    case "named":
      return `named ${change.attempt.account}`;
    case "proven":
    case "unanswered":
      return change.type;
    case "forgiven":
      return `forgiven ${change.account ?? "-"}`;
  }
}

function countOf(changes: readonly string[]): number {
  return changes.reduce(
    (sum, text) => sum + (text.startsWith("forgiven") ? -1 : /^(named|proven|unanswered)/.test(text) ? 0 : 1),
    0,
  );
}

const UNKNOWN = "unknown-account 999";

describe("the events of one try are one attempt", () => {
  test.each<[string, string, string[]]>([
    ["an unknown account", "I(999) C(-)", [UNKNOWN]],
    ["an unknown account, answered", "I(999) C(-) I(999) F(-,x)", [UNKNOWN]],
    ["its first leg swapped", "C(-) I(999) I(999) F(-,x)", ["unidentified -", "named 999"]],
    ["its second leg swapped", "I(999) C(-) F(-,x) I(999)", [UNKNOWN]],
    ["both legs swapped", "C(-) I(999) F(-,x) I(999)", ["unidentified -", "named 999"]],
    ["an answer out of the blue", "I(999) F(-,x)", [UNKNOWN]],
    ["the same swapped", "F(-,x) I(999)", ["unidentified -", "named 999"]],
    ["a name that Asterisk can't report", "C(-)", ["unidentified -"]],
    ["the same, answered", "C(-) F(-,x)", ["unidentified -"]],
    ["a wrong password", "C(100) F(100,x)", ["wrong-password 100"]],
    ["a wrong password without a challenge", "F(100,x)", ["wrong-password 100"]],
    ["an address off the allow-list", "A(100) C(-) A(100) F(-,x)", ["acl-refused 100"]],
    ["the same, unanswered", "A(100) C(-)", ["acl-refused 100"]],
    ["the same, refused with a 403", "A(100)", ["acl-refused 100"]],
    ["identified by the answer's user name only", "C(-) F(100,x)", ["unidentified -", "named 100"]],
    ["the same with the From user reported", "I(did) C(-) F(100,x)", ["unknown-account did", "named 100"]],
  ])("%s: %s", (_, line, expected) => {
    expect(told(script(line))).toEqual(expected);
  });

  test.each<[string, string]>([
    ["a good registration", "C(100) S(100)"],
    ["a good registration and its stale nonce", "C(100) C(100) S(100)"],
    ["a challenge that stays without an answer", "C(100)"],
    ["a request that Asterisk does not support", "O(100)"],
    [
      "a phone over max_contacts",
      "C(100) S(100) A(100,registrar_attempt_exceeds_maximum_configured_contacts)",
    ],
    ["an endpoint without AOR", "C(100) S(100) A(100,registrar_attempt_without_configured_aors)"],
    ["a contact that makes no sense", "C(100) S(100) A(100,registrar_invalid_contacts_provided)"],
  ])("%s is none: %s", (_, line) => {
    expect(told(script(line))).toEqual([]);
  });
});

describe("one Call-ID for all tries gains nothing", () => {
  test.each<[string, string, number]>([
    ["challenged and never answered", "I(999) C(-)", 1],
    ["swapped", "C(-) I(999)", 1],
    ["one way, then the other", "I(999) C(-) C(-) I(999)", 2],
    ["answered each time", "I(999) C(-) I(999) F(-,R)", 1],
    ["answered each time, swapped", "C(-) I(999) F(-,R) I(999)", 1],
    ["answered again without a new challenge", "I(999) F(-,R)", 1],
    ["answered again without a new challenge, swapped", "F(-,R) I(999)", 1],
    ["challenged once, then two answers", "I(999) C(-) I(999) F(-,R1) I(999) F(-,R2)", 2],
    ["unnamed", "C(-)", 1],
    ["unnamed and answered", "C(-) F(-,R)", 1],
    ["wrong passwords", "C(100) F(100,R)", 1],
    ["wrong passwords under one challenge", "F(100,R)", 1],
    ["off the allow-list", "A(100) C(-) A(100) F(-,R)", 1],
  ])("%s: 1,000 × %s", (_, line, each) => {
    const events = Array.from({ length: 1000 }, (__, i) =>
      script(line.replace(/R/g, `r${i}-`), { atMs: T0 + i * 10 }),
    ).flat();
    expect(countOf(told(events))).toBe(each * 1000);
  });

  test("nor does another name each time", () => {
    const events = Array.from({ length: 100 }, (_, i) =>
      script(`I(${i}) C(-) I(${i}) F(-,r${i})`, { atMs: T0 + i * 10 }),
    ).flat();
    expect(told(events)).toEqual(Array.from({ length: 100 }, (_, i) => `unknown-account ${i}`));
  });

  test("nor one response for all names", () => {
    expect(countOf(told(script("F(100,x) F(101,x) F(102,x)")))).toBe(3);
    expect(countOf(told(script("I(1) F(-,x) I(2) F(-,x) I(3) F(-,x)")))).toBe(3);
  });

  test("a second naming is told of late, at its own time", () => {
    const attempts = new Attempts();
    const changes = script("I(999) C(-) I(999) C(-)").flatMap((each) =>
      attempts.observe(each, NO_CIRCUMSTANCES),
    );
    expect(changes.map((change) => change.type === "failed" && change.attempt.atMs - T0)).toEqual([0, 2]);
  });
});

describe("a retransmission is no attempt", () => {
  test.each<[string, string, number]>([
    ["of a wrong password", "C(100) F(100,x) F(100,x) F(100,x)", 1],
    ["among other answers", "F(100,x) F(100,y) F(100,x) F(100,y)", 2],
    ["of an unknown account's answer", "I(999) C(-) I(999) F(-,x) I(999) F(-,x)", 1],
    ["swapped", "I(999) C(-) I(999) F(-,x) F(-,x) I(999)", 1],
    ["of an answer out of the blue", "I(999) F(-,x) I(999) F(-,x)", 1],
    ["of an unnamed one", "C(-) F(-,x) F(-,x)", 1],
    ["and what follows counts", "I(999) C(-) I(999) F(-,x) I(999) F(-,x) I(999) F(-,y)", 2],
    ["but the same guess later is another", "F(100,x) +33s F(100,x)", 2],
    ["chan_sip's", "C(100) P(100,x) P(100,x) P(100,y)", 2],
  ])("%s: %s", (_, line, count) => {
    expect(countOf(told(script(line)))).toBe(count);
  });

  test("where the response is not told, each failure counts", () => {
    expect(countOf(told(script("F(100) F(100)")))).toBe(2);
  });

  test("the same response in another session is another guess", () => {
    const attempts = new Attempts();
    const events = ["a", "b"].flatMap((session) => script("F(100,x)", { session }));
    expect(countOf(told(events, attempts))).toBe(2);
  });

  test("a name that keeps the answers looking alike still counts every 32 s", () => {
    const events = Array.from({ length: 70 }, (_, i) => script("F(-,x)", { atMs: T0 + i * 1000 })).flat();
    expect(countOf(told(events))).toBe(3);
  });
});

describe("a success takes back", () => {
  test.each<[string, string, string[]]>([
    ["the wrong password before it", "C(100) F(100,x) S(100)", ["wrong-password 100", "forgiven 100"]],
    ["the first leg it answers", "C(-) S(100)", ["unidentified -", "forgiven -"]],
    ["the first leg, named by its From", "I(did) C(-) S(100)", ["unknown-account did", "forgiven did"]],
    [
      "one try only",
      "F(100,x) F(100,y) S(100) S(100)",
      ["wrong-password 100", "wrong-password 100", "forgiven 100"],
    ],
    ["no answer for another account", "F(101,x) S(100)", ["wrong-password 101"]],
    ["no unknown account's answer", "I(999) C(-) I(999) F(-,x) S(100)", [UNKNOWN]],
    ["no first leg but its own", "I(999) C(-) C(100) S(100)", [UNKNOWN]],
    ["nothing that lies long back", "F(100,x) +40s S(100)", ["wrong-password 100"]],
  ])("%s: %s", (_, line, expected) => {
    expect(told(script(line))).toEqual(expected);
  });

  test("names the attempt by its time", () => {
    const attempts = new Attempts();
    const changes = script("C(100) F(100,x) S(100)").flatMap((each) =>
      attempts.observe(each, NO_CIRCUMSTANCES),
    );
    expect(changes[1]).toEqual({
      type: "forgiven",
      source: source("203.0.113.12"),
      atMs: T0 + 1,
      account: "100",
    });
  });
});

describe("services", () => {
  test.each(["ami", "http"] as const)("every failure at %s is a login", (service) => {
    const line = "I(root) P(guard) F(guard) A(guard) F(guard)";
    expect(told(script(line, { service, transport: "tcp" }))).toEqual([
      "login root",
      "login guard",
      "login guard",
      "login guard",
      "login guard",
    ]);
    expect(told(script("C(guard) S(guard)", { service }))).toEqual([]);
  });

  test("one session id at two services is two sessions", () => {
    const events = [...script("I(999) C(-)"), ...script("I(999) C(-)", { service: "iax2" })];
    expect(countOf(told(events))).toBe(2);
  });

  test("carries what a ban will be explained with", () => {
    const given = event({ transport: "tls", service: "sip", account: "x".repeat(200) });
    expect(new Attempts().observe(given, NO_CIRCUMSTANCES)).toEqual([
      {
        type: "failed",
        attempt: {
          source: source("203.0.113.12"),
          kind: "wrong-password",
          account: "x".repeat(64),
          atMs: T0,
          service: "sip",
          transport: "tls",
          port: 5060,
          aclName: null,
          proof: "returned",
        },
      },
    ]);
  });
});

test("knows which challenges wait for an answer", () => {
  const attempts = new Attempts();
  told(
    ["a", "b", "c"].flatMap((session) => script("C(100)", { session })),
    attempts,
  );
  expect(attempts.unansweredOf(source("203.0.113.12"))).toBe(3);
  told(script("S(100)", { session: "a" }), attempts);
  told(script("F(100,x)", { session: "b" }), attempts);
  expect(attempts.unansweredOf(source("203.0.113.12"))).toBe(1);
  expect(attempts.unansweredOf(source("203.0.113.13"))).toBe(0);
});

describe("memory is bounded", () => {
  const limits = { perSource: 4, overall: 10, idleMs: 32_000 };

  test("and what has been counted stays counted when its session is forgotten", () => {
    const attempts = new Attempts(limits);
    let count = 0;
    for (let i = 0; i < 100; i++)
      count += countOf(told(script("I(999) C(-)", { session: `s${i}` }), attempts));
    expect(count).toBe(100);
    expect(attempts.size).toBe(4);
  });

  test("a spray of addresses keeps within the overall limit", () => {
    const attempts = new Attempts(limits);
    for (let i = 0; i < 200; i++)
      told(script("C(100)", { address: `198.51.100.${i}`, atMs: T0 + i }), attempts);
    expect(attempts.size).toBe(10);
  });

  test("one source's sessions don't push out another's", () => {
    const attempts = new Attempts(limits);
    const victim = { address: "198.51.100.7" };
    told(script("I(999) C(-)", victim), attempts);
    for (let i = 0; i < 100; i++) told(script("I(1) C(-)", { session: `s${i}`, atMs: T0 + i }), attempts);
    expect(told(script("I(999) F(-,x)", { ...victim, atMs: T0 + 200 }), attempts)).toEqual([]);
  });

  test("the session heard of last is kept", () => {
    const attempts = new Attempts(limits);
    told(script("I(999) C(-)", { session: "long" }), attempts);
    for (let i = 0; i < 3; i++) told(script("C(1)", { session: `s${i}`, atMs: T0 + 10 + i }), attempts);
    told(script("C(100)", { session: "long", atMs: T0 + 20 }), attempts);
    told(script("C(1)", { session: "s9", atMs: T0 + 30 }), attempts);
    expect(told(script("I(999) F(-,x)", { session: "long", atMs: T0 + 40 }), attempts)).toEqual([]);
  });

  test("silent sessions go without being asked for", () => {
    const attempts = new Attempts({ perSource: 64, overall: 1000, idleMs: 32_000 });
    for (let i = 0; i < 50; i++) told(script("C(1)", { session: `s${i}` }), attempts);
    told(script("C(1)", { session: "later", atMs: T0 + 60_000 }), attempts);
    expect(attempts.size).toBe(1);
  });
});

test("many sources at once count as each alone, however their events fall between each other", () => {
  const tries = fc.constantFrom(
    "I(999) C(-)",
    "C(-) I(999)",
    "I(999) C(-) I(999) F(-,x)",
    "I(998) C(-) F(-,y) I(998)",
    "C(100) F(100,z)",
    "C(100) F(100,z) F(100,z)",
    "C(100) F(100,w) S(100)",
    "C(100) S(100)",
    "A(100) C(-) A(100) F(-,v)",
    "C(-)",
    "C(-) F(-,u)",
    "P(guard)",
  );
  const dialog = fc.record({
    session: fc.constantFrom("a", "b", "c"),
    tries: fc.array(tries, { maxLength: 4 }),
  });
  const sources = fc.array(fc.array(dialog, { maxLength: 4 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(sources, fc.infiniteStream(fc.nat()), (all, picks) => {
      const queues = all.map((dialogs, i) =>
        dialogs.flatMap(({ session, tries: lines }) =>
          lines.flatMap((line) => script(line, { session, address: `203.0.113.${i + 1}` })),
        ),
      );
      const alone = queues.map((events) => told(events));
      const together: string[][] = queues.map(() => []);
      const attempts = new Attempts();
      const left = queues.map((events) => [...events]);
      for (let open = left.filter((events) => events.length > 0); open.length > 0;) {
        const queue = open[picks.next().value % open.length]!;
        together[left.indexOf(queue)]!.push(...told([queue.shift()!], attempts));
        open = left.filter((events) => events.length > 0);
      }
      expect(together).toEqual(alone);
    }),
    { numRuns: 500 },
  );
});

test("no arrangement of requests under one Call-ID hides a try or makes two of one", () => {
  const request = fc.record({
    kind: fc.constantFrom("C", "F"),
    name: fc.constantFrom("a", "b", null),
    swapped: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 30 }), (requests) => {
      const words = requests.flatMap(({ kind, name, swapped }, i) => {
        const leg = kind === "C" ? "C(-)" : `F(-,r${i})`;
        if (name === null) return [leg];
        return swapped ? [leg, `I(${name})`] : [`I(${name})`, leg];
      });
      const count = countOf(told(script(words.join(" "))));
      const challenges = requests.filter(({ kind }) => kind === "C").length;
      // A try has two legs at most, of which one is a challenge.
      expect(count).toBeGreaterThanOrEqual(
        Math.max(challenges, requests.length - challenges, requests.length / 2),
      );
      expect(count).toBeLessThanOrEqual(requests.length);
    }),
    { numRuns: 3_000 },
  );
});
