import { Devices } from "../../../src/domain/intrusion/devices.js";
import { Pings } from "../../../src/domain/intrusion/pings.js";
import type { Sighting } from "../../../src/domain/intrusion/sighting.js";
import { source, T0 } from "./script.js";

const WHO = source("203.0.113.12");
const DAY = 86_400_000;
type Request = Extract<Sighting, { type: "request" }>;

const ping = (over: Partial<Request> = {}): Request => ({
  ...{ type: "request", atMs: T0, source: WHO, port: 5060, transport: "udp", method: "OPTIONS" },
  ...{ session: "call-1", account: "ping", userAgent: "kamailio", nonce: null, otherNonces: [] },
  ...over,
});

/** As the daemon hears them: the ledger of devices first. */
function world() {
  const devices = new Devices();
  const pings = new Pings();
  const hear = (...requests: Request[]): boolean[] =>
    requests.map((request) => {
      devices.heard(request);
      return pings.heard(request, (at) => devices.at(at));
    });
  return { pings, hear };
}

const every = (ms: number, count: number, over: (n: number) => Partial<Request> = () => ({})): Request[] =>
  Array.from({ length: count }, (_, n) => ping({ atMs: T0 + n * ms, session: `call-${n}`, ...over(n) }));
const counted = (heard: readonly boolean[]): number => heard.filter((isPing) => !isPing).length;

test.each<[string, Request[]]>([
  ["every 30 s for a day", every(30_000, 2_880)],
  ["every 5 s", every(5_000, 200)],
  ["once a second", every(1_000, 600)],
  ["as each of two trunks", every(15_000, 100, (n) => ({ account: n % 2 === 0 ? "one" : "two" }))],
  ["without a name", every(30_000, 100, () => ({ account: null, userAgent: null }))],
  ["ten at once, every 10 s", every(10_000, 20).flatMap((each) => Array.from({ length: 10 }, () => each))],
  [
    "over TCP, from another port each time",
    every(30_000, 100, (n) => ({ transport: "tcp", port: 1024 + n })),
  ],
])("who asks with OPTIONS %s counts for nothing", (_, requests) => {
  expect(counted(world().hear(...requests))).toBe(0);
});

test.each<[string, Request[], number]>([
  ["goes through names", every(30_000, 30, (n) => ({ account: `guest${n}` })), 28],
  ["goes round three names", every(30_000, 30, (n) => ({ account: `guest${n % 3}` })), 28],
  ["asks ten times a second", every(100, 300), 300 - 10 - 29],
  ["asks twice a second", every(500, 300), 300 - 10 - 149],
  ["calls itself a scanner", every(30_000, 30, () => ({ userAgent: "friendly-scanner" })), 30],
  ["answers with a password", every(30_000, 30, () => ({ nonce: "x" })), 30],
  ["answers with an empty nonce", every(30_000, 30, () => ({ nonce: "" })), 30],
  ["answers twice", every(30_000, 30, () => ({ otherNonces: ["x"] })), 30],
  ["gives a name that is no name", every(30_000, 30, () => ({ account: "a\nb" })), 30],
  ["asks as nobody speaks", every(30_000, 30, () => ({ account: "a\u00ff" })), 30],
  ["writes the method small", every(30_000, 30, () => ({ method: "options" })), 30],
])("who %s is counted", (_, requests, times) => {
  expect(Math.abs(counted(world().hear(...requests)) - times)).toBeLessThanOrEqual(1);
});

describe("whoever did anything else within a day is counted", () => {
  const other = (over: Partial<Request> = {}) => ping({ method: "REGISTER", ...over });
  test.each<[string, Request]>([
    ["another method", other()],
    ["an invitation", other({ method: "INVITE" })],
    ["a message that only ends something", other({ method: "BYE" })],
    ["a third name", ping({ account: "c" })],
    ["a password", ping({ nonce: "x" })],
    ["a scanner's name", ping({ userAgent: "sipvicious" })],
  ])("%s, ahead or between", (_, odd) => {
    const ahead = world();
    ahead.hear(ping({ account: "a" }), ping({ account: "b" }));
    ahead.hear(odd);
    expect(ahead.hear(ping({ account: "a", atMs: T0 + DAY - 1 }))).toEqual([false]);
    expect(ahead.hear(ping({ account: "a", atMs: T0 + DAY + 60_000 }))).toEqual([true]);
  });

  test("also where it began with that, and where the ledger of pings is full", () => {
    const { hear, pings } = world();
    hear(other({ account: "100" }));
    expect(hear(ping({ atMs: T0 + 60_000 }))).toEqual([false]);
    for (let n = 0; n < 6_000; n++) {
      hear(ping({ source: source(`10.0.${n >> 8}.${n & 255}`), atMs: T0 + 70_000 }));
    }
    expect(hear(ping({ atMs: T0 + 80_000 }))).toEqual([false]);
    expect(pings.of(WHO, T0 + 80_000)).toBeNull();
  });

  test("three names that went before the ledger was full", () => {
    const { hear } = world();
    hear(...["a", "b", "c"].map((account) => ping({ account })));
    for (let n = 0; n < 6_000; n++) hear(ping({ source: source(`10.0.${n >> 8}.${n & 255}`) }));
    expect(hear(ping({ account: "a", atMs: T0 + 60_000 }))).toEqual([false]);
  });
});

test("tells as whom, how often, and what Asterisk answers", () => {
  const { pings, hear } = world();
  expect(pings.of(WHO, T0)).toBeNull();
  hear(...every(30_000, 12));
  pings.answered(WHO, 401);
  pings.answered(source("203.0.113.13"), 200);
  expect(pings.of(WHO, T0 + 12 * 30_000)).toEqual({
    ...{ names: ["ping"], userAgent: "kamailio", count: 12, everyMs: 30_000, status: 401 },
    ...{ firstAtMs: T0, lastAtMs: T0 + 11 * 30_000 },
  });
  expect(pings.of(source("203.0.113.13"), T0)).toBeNull();
  expect(pings.of(WHO, T0 + 3 * DAY)).toBeNull();
});
