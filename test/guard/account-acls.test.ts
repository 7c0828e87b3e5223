import { AccountAcls } from "../../src/guard/account-acls.js";
import type { AclReport, EndpointAcl, EndpointAcls } from "../../src/guard/ports.js";
import type { Cidr } from "../../src/domain/address.js";
import type { Block, Lock } from "../../src/domain/intrusion/ban.js";
import {
  FakeBlockStore,
  FakeLockStore,
  FakeLog,
  FakeTime,
  newBlock,
  source,
  START_MS,
  target,
} from "./support/fakes.js";

/** What Asterisk was made to hold, at each time. */
class FakeDoor implements EndpointAcls {
  readonly applied: Record<string, EndpointAcl>[] = [];
  fault: Error | null = null;

  verified = 0;

  async apply(wanted: ReadonlyMap<string, EndpointAcl>): Promise<AclReport> {
    await Promise.resolve();
    if (this.fault !== null) throw this.fault;
    this.applied.push(Object.fromEntries(wanted));
    const impossible = new Map([["wizard", "its section can't be added to"]]);
    const inForce = [...wanted.keys()].filter((name) => !impossible.has(name));
    return { inForce, impossible, reloaded: "acl", tookMs: 1 };
  }

  verify(): Promise<AclReport> {
    this.verified++;
    return Promise.resolve({ inForce: [], impossible: new Map(), reloaded: "nothing", tookMs: 1 });
  }
}

let time: FakeTime;
let log: FakeLog;
let door: FakeDoor;
let endpoints: string[] | null;
let blocks: Block[];
let locks: Lock[];
let permits: Map<string, Cidr[]>;
let acls: AccountAcls;

const lockOf = (account: string) =>
  new FakeLockStore().add({ account, fromMs: 0, untilMs: START_MS + 1_000, by: "x", sources: 20 });
const blockOf = (account: string, at: string) => new FakeBlockStore().add(newBlock(account, at));

beforeEach(() => {
  time = new FakeTime();
  log = new FakeLog();
  door = new FakeDoor();
  endpoints = ["100", "101", "carrier", "wizard"];
  [blocks, locks] = [[], []];
  permits = new Map();
  acls = new AccountAcls({
    acls: door,
    blocks: () => blocks,
    locks: () => locks,
    permits: () => Promise.resolve(permits),
    endpoints: () => endpoints,
    isTrunk: (account) => account === "carrier",
    knownSourcesOf: (account) => (account === "100" ? [source("198.51.100.7"), source("192.0.2.1")] : []),
    protectedTargets: () => [target("127.0.0.0/8"), target("192.0.2.1")],
    clock: time,
    after: time.after,
    log,
  });
});

test("blocks are denied, a lock permits what is known and protected, all others stay open", async () => {
  blocks = [blockOf("100", "203.0.113.1"), blockOf("100", "2001:db8::1"), blockOf("101", "203.0.113.1")];
  locks = [lockOf("100")];
  acls.start();
  await time.pass(0);
  expect(door.applied).toEqual([
    {
      "100": {
        permit: ["198.51.100.7", "192.0.2.1", "127.0.0.0/8"],
        deny: ["203.0.113.1", "2001:db8::/64"],
      },
      "101": { permit: null, deny: ["203.0.113.1"] },
    },
  ]);
  expect(acls.state()).toMatchObject({ endpoints: 2, pending: false, appliedAtMs: START_MS, failures: 0 });
});

test("what is no endpoint has nothing to shut, and trunks are never touched", async () => {
  blocks = ["gone\r\n[x]", "carrier", "wizard", "100"].map((account) => blockOf(account, "203.0.113.1"));
  acls.start();
  expect(acls.faultOf("100")).toBe("Asterisk is being told");
  await time.pass(0);
  expect(door.applied.map((each) => Object.keys(each))).toEqual([["100", "wizard"]]);
  expect([...acls.state().notShut]).toEqual([
    ["gone\r\n[x]", "Asterisk has no such endpoint: there is nothing to shut"],
    ["carrier", "it is a trunk now, and trunks are never shut"],
    ["wizard", "its section can't be added to"],
  ]);
  expect([acls.faultOf("100"), acls.faultOf("wizard")]).toEqual([null, "its section can't be added to"]);
});

test("the first change goes out at once, those right after it together", async () => {
  acls.start();
  await time.pass(0);
  for (const account of ["100", "101"]) {
    blocks = [...blocks, blockOf(account, "203.0.113.1")];
    acls.push();
    await time.pass(100);
  }
  expect(door.applied).toEqual([{}]);
  expect(acls.state().pending).toBe(true);
  await time.pass(800);
  expect(door.applied.slice(1)).toMatchObject([{ "100": {}, "101": {} }]);
  await time.pass(5_000);
  acls.push();
  await time.pass(0);
  expect(door.applied).toHaveLength(3);
});

test("a failure is told and tried again until it goes well", async () => {
  door.fault = new Error("no route to Asterisk");
  acls.start();
  await time.pass(0);
  expect(acls.state()).toMatchObject({ pending: true, failures: 1, lastError: "no route to Asterisk" });
  expect(log.messages("warn")).toEqual(["the accounts' ACLs are not in force; trying again"]);
  door.fault = null;
  await time.pass(1_000);
  expect(acls.state()).toMatchObject({ pending: false, failures: 0, lastError: null });
});

test("an account whose older list is still in force is told of, as long as the change did not reach Asterisk", async () => {
  blocks = [blockOf("100", "203.0.113.1")];
  acls.start();
  await time.pass(0);
  expect(acls.faultOf("100")).toBeNull();
  door.fault = new Error("the disk is full");
  blocks = [...blocks, blockOf("100", "203.0.113.2")];
  await time.pass(2_000);
  acls.push();
  await time.pass(0);
  expect(acls.faultOf("100")).toBe("the disk is full");
  door.fault = null;
  await time.pass(5_000);
  expect(acls.faultOf("100")).toBeNull();
});

test("nothing is written before Asterisk has told its endpoints", async () => {
  endpoints = null;
  blocks = [blockOf("100", "203.0.113.1")];
  acls.start();
  await time.pass(0);
  expect([door.applied, acls.state().pending]).toEqual([[], true]);
  endpoints = ["100"];
  acls.push();
  await time.pass(0);
  expect(door.applied).toMatchObject([{ "100": {} }]);
});

test("what somebody changed in Asterisk is put right in time, and no longer after the stop", async () => {
  const stop = acls.start();
  await time.pass(0);
  await time.pass(60_000);
  expect([door.applied.length, door.verified]).toEqual([1, 1]);
  await stop();
  expect(time.waiting).toBe(0);
});

test("an allow-list is the permit; with a lock only what both permit, and a block is denied all the same", async () => {
  permits.set("100", ["198.51.100.0/29", "2001:db8::1/128"] as Cidr[]);
  permits.set("101", [] as Cidr[]);
  permits.set("later", ["192.0.2.7"] as Cidr[]);
  blocks = [blockOf("100", "198.51.100.3")];
  acls.start();
  await time.pass(0);
  expect(door.applied.at(-1)).toEqual({
    "100": { permit: ["198.51.100.0/29", "2001:db8::1/128"], deny: ["198.51.100.3"] },
    "101": { permit: [], deny: [] },
    later: { permit: ["192.0.2.7"], deny: [] },
  });
  locks = [lockOf("100")];
  acls.push();
  await time.pass(1_000);
  expect(door.applied.at(-1)?.["100"]).toEqual({ permit: ["198.51.100.7"], deny: ["198.51.100.3"] });
});

test("a trunk is never given an allow-list", async () => {
  permits.set("carrier", []);
  acls.start();
  await time.pass(0);
  expect(door.applied.at(-1)).toEqual({});
});

test("a change in the second before the daemon stops is in force while it is away", async () => {
  const stop = acls.start();
  await time.pass(0);
  permits.set("100", ["198.51.100.10" as Cidr]);
  acls.push();
  expect(door.applied).toHaveLength(1);
  await stop();
  expect(door.applied.at(-1)).toEqual({ "100": { permit: ["198.51.100.10"], deny: [] } });
});

test("the stop waits neither for an Asterisk that is away, nor for long", async () => {
  const stop = acls.start();
  await time.pass(0);
  door.apply = () => new Promise(() => undefined);
  permits.set("100", ["198.51.100.10" as Cidr]);
  acls.push();
  const stopped = stop();
  await time.pass(10_000);
  await stopped;
  expect(log.messages("warn")).toEqual([
    "the last changes of the accounts' ACLs go to Asterisk at the next start",
  ]);
});

test("a list that lets everybody in is no restriction", async () => {
  const everybody = ["0.0.0.0/0", "::/0"] as string[] as Cidr[];
  endpoints = ["100", "101", "102", "103"];
  for (const name of ["100", "101"]) permits.set(name, everybody);
  permits.set("102", ["0.0.0.0/0" as Cidr]);
  permits.set("103", []);
  blocks = [blockOf("100", "203.0.113.1")];
  acls.start();
  await time.pass(0);
  expect(acls.state()).toMatchObject({ endpoints: 3, open: 1 });
});
