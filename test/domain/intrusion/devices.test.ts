import type { Source } from "../../../src/domain/address.js";
import { describeDevice, Devices } from "../../../src/domain/intrusion/devices.js";
import type { Sighting } from "../../../src/domain/intrusion/sighting.js";

type Request = Extract<Sighting, { type: "request" }>;
const office = "198.51.100.10" as Source;
const T = 1_800_000_000_000;

function request(more: Partial<Request>): Request {
  return {
    type: "request",
    atMs: T,
    source: office,
    port: 5060,
    transport: "udp",
    method: "REGISTER",
    session: "s",
    account: "100",
    userAgent: "Yealink SIP-T46S 66.85.0.5",
    nonce: null,
    otherNonces: [],
    ...more,
  };
}

function registrations(devices: Devices, times: readonly number[]): void {
  for (const seconds of times) {
    devices.heard(request({ atMs: T + seconds * 1_000 }));
    devices.heard(request({ atMs: T + seconds * 1_000 + 30, nonce: "n" }));
  }
}

test("a phone that registers regularly", () => {
  const devices = new Devices();
  registrations(devices, [0, 60, 119, 181, 240]);
  expect(devices.of(office, "100")).toEqual({
    userAgent: "Yealink SIP-T46S 66.85.0.5",
    methods: { REGISTER: 10 },
    registerEveryMs: 60_000,
    lastAtMs: T + 240_030,
  });
});

test.each([
  ["one registration", [0], null],
  ["two", [0, 60], null],
  ["three", [0, 60, 120], 60_000],
  ["one reboot among them", [0, 60, 120, 125, 185, 245], 60_000],
  ["a guesser with pauses", [0, 3, 90, 95, 300, 1000], null],
  ["faster than a registration takes", [0, 1, 2, 3, 4, 5, 6], null],
])("the interval of %s", (_, times, expected) => {
  const devices = new Devices();
  registrations(devices, times);
  expect(devices.of(office, "100")?.registerEveryMs).toBe(expected);
});

test("the devices of one source are told apart by account", () => {
  const devices = new Devices();
  devices.heard(request({ account: "100" }));
  devices.heard(request({ account: "101", method: "INVITE", userAgent: "Snom D785" }));
  devices.heard(request({ account: null, method: "OPTIONS", userAgent: null }));
  expect(devices.at(office).map(({ account, device }) => [account, device.userAgent])).toEqual([
    ["100", "Yealink SIP-T46S 66.85.0.5"],
    ["101", "Snom D785"],
    [null, null],
  ]);
  expect(devices.of(office, "102")).toBeNull();
});

test("a method with a name of the sender's own is counted as other", () => {
  const devices = new Devices();
  for (const method of ["__proto__", "constructor", "HACK", "INVITE"]) devices.heard(request({ method }));
  expect(devices.of(office, "100")?.methods).toEqual({ other: 3, INVITE: 1 });
});

test.each([
  ["Yealink SIP-T46S 66.85.0.5", "a Yealink SIP-T46S"],
  ["Grandstream GXP2170 1.0.11.35", "a Grandstream GXP2170"],
  ["PolycomVVX-VVX_411-UA/5.9.0.9373", "a PolycomVVX-VVX_411-UA"],
  ["Linphone/3.6.1 (eXosip2/4.1.0)", "a Linphone"],
  ["Zoiper rv2.10.11.7", "a Zoiper"],
  ["Asterisk PBX 22.10.1", "an Asterisk PBX"],
  ["friendly-scanner", "a friendly-scanner"],
  ['<script>alert(1)</script>"\r\nX: y', "a scriptalert"],
  ["\u0000\u202e", "a device that does not say what it is"],
  ["x".repeat(500), `a ${"x".repeat(40)}`],
  [null, "a device that does not say what it is"],
])("%j is called %j", (userAgent, expected) => {
  expect(describeDevice({ userAgent, methods: {}, registerEveryMs: null, lastAtMs: T })).toBe(expected);
});

test.each([
  [{ REGISTER: 10 }, 60_000, "a Yealink, REGISTER every 60 s"],
  [{ REGISTER: 10, INVITE: 3 }, 60_000, "a Yealink, REGISTER every 60 s, 3 INVITE"],
  [{ REGISTER: 10, INVITE: 30 }, null, "a Yealink, 30 INVITE, 10 REGISTER"],
])("methods %j each %s ms", (methods, registerEveryMs, expected) => {
  expect(describeDevice({ userAgent: "Yealink", methods, registerEveryMs, lastAtMs: T })).toBe(expected);
});

describe("memory", () => {
  test("one source that rotates accounts pushes out its own alone", () => {
    const devices = new Devices({ pairs: 100, perSource: 10 });
    devices.heard(request({}));
    for (let n = 0; n < 1_000; n++) {
      devices.heard(request({ source: "203.0.113.9" as Source, account: `a${n}`, atMs: T + n }));
    }
    expect(devices.size).toBe(11);
    expect(devices.of(office, "100")).not.toBeNull();
    expect(devices.at("203.0.113.9" as Source).map(({ account }) => account)).toContain("a999");
  });

  test("the one that was silent for longest is forgotten first, and what stays is found", () => {
    const devices = new Devices({ pairs: 3, perSource: 10 });
    for (const account of ["1", "2", "3", "1", "4"]) devices.heard(request({ account }));
    expect(devices.at(office).map(({ account }) => account)).toEqual(["1", "3", "4"]);
    expect(devices.size).toBe(3);
  });

  test("what a sender writes is kept short", () => {
    const devices = new Devices();
    devices.heard(request({ account: "a".repeat(9_000), userAgent: "u".repeat(9_000) }));
    const [held] = devices.at(office);
    expect(held?.account).toHaveLength(64);
    expect(held?.device.userAgent).toHaveLength(80);
  });
});
