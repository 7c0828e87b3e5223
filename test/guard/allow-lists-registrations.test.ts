import { sourceOf } from "../../src/domain/address.js";
import type { SecurityEvent } from "../../src/domain/intrusion/security-event.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import type { AllowList } from "../../src/domain/registration/allow-list.js";
import { Permits } from "../../src/guard/allow-lists-permits.js";
import { Registrations } from "../../src/guard/allow-lists-registrations.js";
import type { Contact, SeenRegistration } from "../../src/guard/ports.js";
import { FakeLog, FakeTime, START_MS } from "./support/fakes.js";

const on = (text?: string, untilMs: number | null = null): AllowList => ({
  on: true,
  entries: text === undefined ? [] : [{ text, note: null, untilMs }],
});
const policyOf = (allowList: AllowList, own: Record<string, AllowList> = {}): Policy => ({
  ...DEFAULT_POLICY,
  registration: { ...DEFAULT_POLICY.registration, allowList },
  extensions: Object.fromEntries(Object.entries(own).map(([name, list]) => [name, { allowList: list }])),
});

let time: FakeTime;
let log: FakeLog;
let policy: Policy;
let held: Contact[];
let stored: readonly SeenRegistration[];
let pushed: number;
/** Ahead of each answer to `remove`. */
let expired: number;
let removing: () => Promise<void>;
let fault: Error | null;
let askedToEnd: ((endpoint: string, address: string) => boolean)[];
let registrations: Registrations;
/** What the mirror told of 203.0.113.9. */
let devices: Record<string, string>;

const contact = (endpoint: string, claims: string | null): Contact => ({
  id: `${endpoint};@1`,
  endpoint,
  session: `call-${endpoint}`,
  claims,
  isBehindProxy: false,
  userAgent: "Phone",
});
const event = (account: string, address: string, of: Partial<SecurityEvent> = {}): SecurityEvent => ({
  type: "security",
  kind: "success",
  name: "SuccessfulAuth",
  atMs: time.nowMs(),
  service: "pjsip",
  account,
  session: `call-${account}`,
  source: sourceOf(address)!,
  address,
  port: 5060,
  transport: "udp",
  aclName: null,
  challenge: null,
  response: null,
  ...of,
});
const names = () => held.map(({ endpoint }) => endpoint);

beforeEach(() => {
  [time, log, policy] = [new FakeTime(), new FakeLog(), policyOf({ on: false, entries: [] })];
  [held, stored, pushed, fault, askedToEnd] = [[], [], 0, null, []];
  devices = {};
  expired = 0;
  removing = () => Promise.resolve();
  const build = () =>
    new Registrations({
      registrar: {
        contacts: async () => {
          await Promise.resolve();
          if (fault !== null) throw fault;
          return [...held];
        },
        expire: (contacts) => {
          expired = contacts.length;
          return Promise.resolve();
        },
        remove: async ({ id }) => {
          await removing();
          held = held.filter((each) => each.id !== id);
        },
        endCalls: (isOut) => {
          askedToEnd.push(isOut);
          return Promise.resolve(0);
        },
      },
      store: { load: () => [...stored], replace: (seen) => (stored = seen) },
      policy: () => policy,
      isTrunk: (account) => account === "carrier",
      changed: () => pushed++,
      deviceOf: (source, account) =>
        source === sourceOf("203.0.113.9") ? { userAgent: devices[account] ?? null } : null,
      clock: time,
      after: time.after,
      log,
    });
  registrations = build();
});

test("a change throws out by where the password came from, not by what the phone claims", async () => {
  held = [contact("100", "198.51.100.10"), contact("101", "203.0.113.9"), contact("carrier", "192.0.2.20")];
  registrations.start();
  registrations.observe(event("100", "203.0.113.66"));
  registrations.observe(event("101", "198.51.100.10"));
  policy = policyOf(on("198.51.100.10"));
  registrations.listsChanged();
  await time.pass(0);
  expect(names()).toEqual(["101", "carrier"]);
  expect(pushed).toBe(1);
  expect(askedToEnd).toHaveLength(0);
});

test("Asterisk is told once those have gone who are off the list, since it is slow at both at once", async () => {
  held = [contact("100", "203.0.113.9"), contact("101", "203.0.113.9")];
  let done: () => void = () => undefined;
  removing = () => new Promise<void>((resolve) => (done = resolve));
  registrations.start();
  policy = policyOf(on("198.51.100.10"), { "101": on("203.0.113.9") });
  registrations.listsChanged();
  await time.pass(500);
  expect([names(), pushed]).toEqual([["100", "101"], 0]);
  done();
  await time.pass(0);
  expect([names(), pushed]).toEqual([["101"], 1]);
});

test("a crowd is marked as expired first, which is quicker than to remove each", async () => {
  held = Array.from({ length: 600 }, (_, n) =>
    contact(`${1_000 + n}`, n < 550 ? "203.0.113.9" : "198.51.100.10"),
  );
  removing = () => (expired === 550 ? Promise.resolve() : Promise.reject(new Error("too early")));
  registrations.start();
  policy = policyOf(on("198.51.100.10"));
  registrations.listsChanged();
  await time.pass(0);
  expect(names()).toHaveLength(50);
});

test.each([
  ["Asterisk is slow to forget them", () => (removing = () => new Promise(() => undefined))],
  ["Asterisk can't be asked", () => (fault = new Error("no AMI connection"))],
])("new lists do not wait for long: %s", async (_why, happens) => {
  held = [contact("100", "203.0.113.9")];
  registrations.start();
  await time.pass(0);
  happens();
  policy = policyOf(on("198.51.100.10"));
  registrations.listsChanged();
  await time.pass(2_000);
  expect(pushed).toBe(1);
});

test("a change in the last moment before the daemon stops is not held back", async () => {
  held = [contact("100", "203.0.113.9")];
  const stop = registrations.start();
  await time.pass(0);
  registrations.listsChanged();
  await stop();
  expect(pushed).toBe(1);
});

test("a phone that came back before Asterisk had the list goes when it has", async () => {
  registrations.start();
  policy = policyOf(on("198.51.100.10"));
  registrations.listsChanged();
  await time.pass(0);
  held = [contact("100", "203.0.113.9")];
  registrations.listsInForce();
  await time.pass(0);
  expect(names()).toEqual([]);
});

test("where a phone signed in is known after a restart of the daemon; without that its claim counts, as such", async () => {
  held = [contact("100", "10.0.0.5"), contact("101", "10.0.0.6"), contact("102", null)];
  registrations.start();
  registrations.observe(event("100", "198.51.100.10"));
  await registrations.list();
  expect(stored).toMatchObject([{ account: "100", address: "198.51.100.10", firstAtMs: START_MS }]);
  time.slip(5_000);
  registrations.observe(event("100", "198.51.100.11"));
  expect(await registrations.list()).toMatchObject([
    { extension: "100", address: "198.51.100.11", addressIs: "seen", sinceMs: START_MS },
    { extension: "101", address: "10.0.0.6", addressIs: "claimed", sinceMs: null },
    { extension: "102", address: null, addressIs: "claimed" },
  ]);
});

test("an entry that ends throws out by itself, and Asterisk is told", async () => {
  held = [contact("100", "198.51.100.10")];
  policy = policyOf(on("198.51.100.10", START_MS + 30_000));
  registrations.start();
  await time.pass(29_000);
  expect(names()).toEqual(["100"]);
  await time.pass(2_000);
  expect(names()).toEqual([]);
  expect(pushed).toBe(1);
});

test("running calls of phones off the list end where that is set, and no others", async () => {
  policy = policyOf(on("198.51.100.10"), { "101": { on: false, entries: [] } });
  policy = { ...policy, registration: { ...policy.registration, runningCalls: "end" } };
  registrations.start();
  registrations.listsChanged();
  await time.pass(0);
  const [isOut] = askedToEnd;
  expect(isOut?.("100", "203.0.113.9")).toBe(true);
  expect(isOut?.("100", "198.51.100.10")).toBe(false);
  expect(isOut?.("101", "203.0.113.9")).toBe(false);
  expect(isOut?.("carrier", "192.0.2.20")).toBe(false);
  expect(isOut?.("anonymous", "203.0.113.9")).toBe(false);
});

test("what failed is tried again, calls and all", async () => {
  held = [contact("100", "203.0.113.9")];
  policy = policyOf(on());
  policy = { ...policy, registration: { ...policy.registration, runningCalls: "end" } };
  fault = new Error("no AMI connection");
  registrations.start();
  registrations.listsChanged();
  await time.pass(0);
  expect(registrations.fault()).toBe("no AMI connection");
  fault = null;
  await time.pass(60_000);
  expect(names()).toEqual([]);
  expect(askedToEnd.length).toBeGreaterThan(0);
  expect(registrations.fault()).toBeNull();
});

test("a refusal counts once a try, and is told while the list still refuses that address", () => {
  policy = policyOf(on("198.51.100.10"));
  const refuse = (atMs: number, address = "203.0.113.9") =>
    registrations.observe(event("100", address, { kind: "acl-refused", atMs }));
  refuse(START_MS);
  refuse(START_MS + 10);
  refuse(START_MS + 60_000);
  refuse(START_MS, "198.51.100.10");
  const device = { userAgent: null, like: "untold" };
  const told = [{ account: "100", address: "203.0.113.9", atMs: START_MS + 60_000, count: 2, ...device }];
  expect(registrations.refusedLately({ account: "100" })).toEqual(told);
  expect(registrations.refusedLately({ address: "203.0.113.9" })).toEqual(told);
  policy = policyOf(on("203.0.113.0/24"));
  expect(registrations.refusedLately({ account: "100" })).toMatchObject([{ address: "198.51.100.10" }]);
});

test("a known phone at a new address is told from another device by what it calls itself", async () => {
  policy = policyOf(on("198.51.100.10"));
  held = [contact("100", "198.51.100.10"), contact("101", "198.51.100.10")];
  registrations.start();
  await time.pass(0);
  devices = { "100": "Phone", "101": "friendly-scanner", "102": "Phone" };
  for (const account of ["100", "101", "102", "103"]) {
    registrations.observe(event(account, "203.0.113.9", { kind: "acl-refused", session: account }));
  }
  const told = registrations
    .refusedLately({})
    .map(({ account, userAgent, like }) => [account, userAgent, like]);
  expect(told.sort()).toEqual([
    ["100", "Phone", "its-phone"],
    ["101", "friendly-scanner", "another-device"],
    ["102", "Phone", "untold"],
    ["103", null, "untold"],
  ]);
});

test("permits: the global list for all but trunks and anonymous, an own list in its place, on or off", async () => {
  const own = { "101": on("2001:db8::1"), "102": { on: false, entries: [] }, gone: on(), carrier: on() };
  policy = policyOf(on("198.51.100.10"), own);
  const parts = { policy: () => policy, isTrunk: (account: string) => account === "carrier", clock: time };
  const permits = new Permits({ ...parts, forEach: false });
  expect(await permits.of(["100", "101", "102", "carrier", "anonymous"])).toEqual(
    new Map([
      ["100", ["198.51.100.10"]],
      ["101", ["2001:db8::1/128"]],
      ["gone", []],
    ]),
  );

  // Where each is to have a list, who is open has one that says so.
  const everybody = ["0.0.0.0/0", "::/0"];
  const forEach = new Permits({ ...parts, forEach: true });
  expect((await forEach.of(["102", "carrier"])).get("102")).toEqual(everybody);
  policy = policyOf({ on: false, entries: [] }, own);
  expect(await forEach.of(["100", "101", "carrier", "anonymous"])).toEqual(
    new Map([
      ["100", everybody],
      ["101", ["2001:db8::1/128"]],
      ["102", everybody],
      ["gone", []],
    ]),
  );
});
