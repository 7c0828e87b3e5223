import type { SecurityEvent } from "../../src/domain/intrusion/security-event.js";
import type { Sighting } from "../../src/domain/intrusion/sighting.js";
import { script, T0 } from "../domain/intrusion/script.js";
import { WHO, world } from "./support/intrusion-world.js";

type Request = Extract<Sighting, { type: "request" }>;
type Step = (events: SecurityEvent[], shown: Request) => readonly ("ami" | "mirror" | SecurityEvent)[];

const shown = (over: Partial<Request>): Request => ({
  ...{ type: "request", atMs: T0, source: WHO, port: 5060, transport: "udp", method: "OPTIONS" },
  ...{ session: "call-1", account: "ping", userAgent: null, nonce: null, otherNonces: [] },
  ...over,
});

/** What AMI tells of one OPTIONS, and when the mirror shows it among that. */
const ORDERS: [string, Step][] = [
  ["ahead of AMI", (events) => ["mirror", ...events]],
  ["between AMI's events", ([first, ...rest]) => [first!, "mirror", ...rest]],
  ["after AMI", (events) => [...events, "mirror"]],
];

/** `count` requests of one method, 20 s apart, told of in that order. */
function play(
  of: ReturnType<typeof world>,
  order: Step,
  count: number,
  how: {
    line?: string;
    session?: (n: number) => string;
    every?: number;
    request?: (n: number) => Partial<Request>;
  } = {},
): void {
  const { line = "I(ping) C(-)", session = (n) => `call-${n}`, every = 20_000, request = () => ({}) } = how;
  for (let n = 0; n < count; n++) {
    of.state.nowMs += every;
    const atMs = of.state.nowMs;
    const mirrored = shown({ atMs, session: session(n), ...request(n) });
    const named = line.replaceAll("ping", mirrored.account ?? "-");
    for (const step of order(script(named, { atMs, session: mirrored.session }), mirrored)) {
      if (step === "mirror") of.intrusion.mirrored([mirrored]);
      else if (typeof step !== "string") of.intrusion.observe(step);
    }
    of.intrusion.tick();
  }
}

describe.each(ORDERS)("the mirror shows %s", (_, order) => {
  test.each<[string, string]>([
    ["that Asterisk lacks", "I(ping) C(-)"],
    ["that Asterisk has", "C(100)"],
    ["that Asterisk can't print", "C(-)"],
  ])("pings under a name %s count for nothing, all day", (__, line) => {
    const of = world();
    play(of, order, 24 * 180, { line });
    of.state.nowMs += 60_000;
    of.intrusion.tick();
    expect(of.bans).toEqual([]);
    const { strikes, unansweredChallenges } = of.intrusion.describe(WHO);
    expect([strikes.attempts, strikes.unanswered, strikes.accounts, unansweredChallenges]).toEqual([
      0,
      0,
      [],
      0,
    ]);
    expect(of.intrusion.counts().attempts).toBe(0);
    expect(of.intrusion.pingingAt(WHO)).toMatchObject({ names: ["ping"], everyMs: 20_000, count: 24 * 180 });
  });

  test("so do they under one Call-ID", () => {
    const of = world();
    play(of, order, 500, { session: () => "the-same" });
    expect(of.bans).toEqual([]);
    expect(of.intrusion.describe(WHO).strikes.attempts).toBe(0);
  });

  test.each<[string, Parameters<typeof play>[3]]>([
    ["goes through names", { request: (n) => ({ account: `guest${n}` }) }],
    ["asks at a scanner's pace", { every: 50 }],
    ["asks with REGISTER", { request: () => ({ method: "REGISTER" }) }],
    [
      "asks with REGISTER under its ping's Call-ID",
      { session: () => "x", request: (n) => (n < 2 ? {} : { method: "REGISTER" }) },
    ],
    ["mixes methods", { request: (n) => ({ method: n % 2 === 0 ? "OPTIONS" : "REGISTER" }) }],
    ["answers what it was asked", { request: () => ({ nonce: "x" }), line: "I(ping) C(-) I(ping) F(-,x)" }],
  ])("who %s is banned", (__, how) => {
    const of = world();
    play(of, order, 30, { every: 5_000, ...how });
    expect(of.bans).toMatchObject([{ target: WHO }]);
  });

  test("pings buy no tries: ten of another kind are as many as ever", () => {
    const of = world();
    play(of, order, 30, { every: 5_000 });
    play(of, order, 9, { every: 5_000, request: () => ({ method: "REGISTER" }), session: (n) => `r-${n}` });
    expect(of.bans).toEqual([]);
    play(of, order, 1, { every: 5_000, request: () => ({ method: "REGISTER" }), session: () => "r-9" });
    expect(of.bans).toHaveLength(1);
  });
});

test("a ping excuses one request: what else comes under its Call-ID before the mirror has shown it is counted", () => {
  const of = world();
  of.intrusion.mirrored([shown({ atMs: T0 })]);
  // Eleven requests told by AMI, of which the mirror has shown one ping so far.
  for (let n = 0; n < 11; n++) {
    for (const event of script("I(ping) C(-) I(ping) F(-)", { atMs: T0 + n, session: "call-1" }))
      of.intrusion.observe(event);
  }
  expect(of.bans).toHaveLength(1);
});

test("without a mirror nothing changes", () => {
  const of = world();
  play(of, (events) => events, 10);
  expect(of.bans).toHaveLength(1);
});
