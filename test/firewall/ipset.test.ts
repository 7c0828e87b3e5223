import { Ipset } from "../../src/firewall/ipset.js";
import { Namespace } from "./namespace.js";
import { firewallSuite, target, targetsOf } from "./suite.js";

jest.setTimeout(60_000);

let namespace: Namespace;
let tools: ReturnType<Namespace["ipsetTools"]>;
beforeAll(() => {
  namespace = new Namespace();
  tools = namespace.ipsetTools();
});
afterAll(() => namespace.remove());

const clock = { nowMs: () => Date.now() };
const fresh = (): Ipset => new Ipset(clock, { ...tools, deadlineMs: 20_000 });
const ipset = (...args: string[]): string => namespace.run("ipset", ...args);

describe("what every backend promises", () => {
  firewallSuite(() => {
    namespace.clear();
    const firewall = fresh();
    return Promise.resolve({ firewall, cleanUp: () => firewall.close() });
  });
});

const BANS = ["198.51.100.0/24", "2001:db8:0:1::/64", "203.0.113.1"];

describe("sets and rules", () => {
  let firewall: Ipset;
  beforeEach(async () => {
    namespace.clear();
    namespace.run("iptables", "-t", "raw", "-A", "PREROUTING", "-s", "192.0.2.77", "-j", "DROP");
    ipset("create", "theirs", "hash:ip");
    firewall = fresh();
    await firewall.prepare();
    await firewall.protect([target("192.0.2.1")]);
    await firewall.apply({
      shut: BANS.map((text) => ({ target: target(text), timeoutMs: null, scope: "host" })),
      open: [],
    });
  });

  test("come first, and leave alone what belongs to others", async () => {
    const saved = namespace.run("iptables-save", "-t", "raw");
    expect(saved).toMatch(
      /-A PREROUTING -m comment --comment "?ringfence:jump:1"? -j RINGFENCE\n-A PREROUTING -s 192\.0\.2\.77/,
    );
    await firewall.remove();
    expect(namespace.run("iptables-save", "-t", "raw")).toContain("-A PREROUTING -s 192.0.2.77");
    for (const save of ["iptables-save", "ip6tables-save"])
      expect(namespace.run(save)).not.toMatch(/RINGFENCE/i);
    expect(ipset("list", "-n").trim()).toBe("theirs");
  });

  test.each<[string, string[][]]>([
    ["a rule gone", [["iptables", "-t", "raw", "-D", "RINGFENCE", "1"]]],
    ["chains flushed", [["ip6tables", "-t", "raw", "-F"]]],
    ["a rule that lets everyone pass", [["iptables", "-t", "raw", "-I", "RINGFENCE", "1", "-j", "ACCEPT"]]],
    ["another rule ahead", [["iptables", "-t", "raw", "-I", "PREROUTING", "1", "-j", "ACCEPT"]]],
    [
      "the way to us doubled",
      [
        [
          "iptables",
          "-t",
          "raw",
          "-I",
          "PREROUTING",
          "1",
          "-m",
          "comment",
          "--comment",
          "ringfence:jump:1",
          "-j",
          "RINGFENCE",
        ],
      ],
    ],
    ["nft flush ruleset", [["nft", "flush", "ruleset"]]],
  ])("are repaired without losing a ban: %s", async (_, damage) => {
    const before = namespace
      .run("ip6tables-save", "-t", "raw")
      .split("\n")
      .filter((line) => line.includes("RINGFENCE"));
    for (const [command = "", ...args] of damage) namespace.run(command, ...args);
    expect(await firewall.prepare()).toBe(true);
    expect(await firewall.prepare()).toBe(false);
    expect(targetsOf(await firewall.held())).toEqual(BANS);
    const after = namespace
      .run("ip6tables-save", "-t", "raw")
      .split("\n")
      .filter((line) => line.includes("RINGFENCE"));
    expect(after).toEqual(before);
  });

  test("are made anew when the sets are gone, with what is protected", async () => {
    namespace.clear();
    await expect(firewall.held()).rejects.toMatchObject({ code: "firewall" });
    await expect(
      firewall.apply({ shut: [{ target: target("203.0.113.1"), timeoutMs: null, scope: "host" }], open: [] }),
    ).rejects.toMatchObject({ code: "firewall" });
    expect(await firewall.prepare()).toBe(true);
    expect(ipset("list", "ringfence-protected4")).toContain("192.0.2.1");
    expect(await firewall.held()).toEqual([]);
  });

  test("a set of another make under our name is replaced", async () => {
    namespace.clear();
    ipset("create", "ringfence-host4", "hash:ip");
    expect(await firewall.prepare()).toBe(true);
    expect(await firewall.prepare()).toBe(false);
    expect(ipset("list", "-t", "ringfence-host4")).toContain("Type: hash:net");
  });

  test("get back what was protected, once a listing has shown that it is gone", async () => {
    ipset("flush", "ringfence-protected4");
    await firewall.held();
    expect(await firewall.prepare()).toBe(true);
    expect(ipset("list", "ringfence-protected4")).toContain("192.0.2.1");
  });

  test("are taken over as they are by the next daemon", async () => {
    const next = fresh();
    expect(await next.prepare()).toBe(false);
    expect(targetsOf(await next.held())).toEqual(BANS);
  });
});

test("a ban beyond the kernel's longest is told as ending when it does, and as too short when it has to be renewed", async () => {
  namespace.clear();
  const time = { now: Date.now() };
  const firewall = new Ipset({ nowMs: () => time.now }, { ...tools, deadlineMs: 20_000 });
  await firewall.prepare();
  await firewall.apply({
    shut: [{ target: target("203.0.113.1"), timeoutMs: 100 * 86_400_000, scope: "voip" }],
    open: [],
  });
  expect(ipset("list", "ringfence-voip4")).toMatch(/203\.0\.113\.1 timeout 21474\d\d comment "until:/);
  expect((await firewall.held())[0]!.expiresInMs).toBeCloseTo(100 * 86_400_000, -4);
  ipset(
    "-exist",
    "add",
    "ringfence-voip4",
    "203.0.113.1",
    "timeout",
    "3600",
    "comment",
    `until:${time.now + 75 * 86_400_000}`,
  );
  expect((await firewall.held())[0]!.expiresInMs).toBeLessThanOrEqual(3_600_000);
});

test("what it can't do it says", () => {
  expect(fresh().notes()).toEqual([]);
  expect(new Ipset(clock, { answer: "reject" }).notes()).toHaveLength(1);
});

test.each(["ipset", "iptables", "ip6tables"])("without %s nothing is believed", async (missing) => {
  const firewall = new Ipset(clock, { ...tools, [missing]: "/nonexistent/tool", deadlineMs: 20_000 });
  await expect(firewall.prepare()).rejects.toMatchObject({ name: "RingfenceError", code: "firewall" });
});
