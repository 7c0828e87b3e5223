import { Nftables } from "../../src/firewall/nftables.js";
import { Namespace } from "./namespace.js";
import { firewallSuite, target, targetsOf } from "./suite.js";
import { until } from "./until.js";

jest.setTimeout(60_000);

let namespace: Namespace;
beforeAll(() => void (namespace = new Namespace()));
afterAll(() => namespace.remove());

const fresh = (): Nftables => new Nftables({ binary: namespace.nft, deadlineMs: 20_000 });
const nft = (...args: string[]): string => namespace.run("nft", ...args);

describe("what every backend promises", () => {
  firewallSuite(() => {
    nft("flush", "ruleset");
    const firewall = fresh();
    return Promise.resolve({ firewall, cleanUp: () => firewall.close() });
  });
});

const BANS = ["198.51.100.0/24", "2001:db8:0:1::/64", "203.0.113.1"];

describe("the table", () => {
  let firewall: Nftables;
  beforeEach(async () => {
    nft("flush", "ruleset");
    firewall = fresh();
    await firewall.prepare();
    await firewall.protect([target("192.0.2.1")]);
    await firewall.apply({
      shut: BANS.map((text) => ({ target: target(text), timeoutMs: null, scope: "host" })),
      open: [],
    });
  });

  test("is ahead of connection tracking and of the raw tables of others", () => {
    expect(nft("list", "chain", "inet", "ringfence", "prerouting")).toContain(
      "priority raw - 10; policy accept",
    );
  });

  test("is taken over as it is by the next daemon", async () => {
    const before = nft("-a", "list", "chain", "inet", "ringfence", "prerouting");
    const next = fresh();
    expect(await next.prepare()).toBe(false);
    await next.apply({
      shut: [{ target: target("192.0.2.0/24"), timeoutMs: null, scope: "host" }],
      open: [target(BANS[0]!)],
    });
    // The same rules by the same handles: nothing was written anew, so there was no gap.
    expect(nft("-a", "list", "chain", "inet", "ringfence", "prerouting")).toBe(before);
    expect(targetsOf(await next.held())).toEqual(["192.0.2.0/24", "2001:db8:0:1::/64", "203.0.113.1"]);
  });

  test("is prepared by the first change where nobody called prepare", async () => {
    nft("flush", "ruleset");
    await fresh().apply({
      shut: [{ target: target("203.0.113.9"), timeoutMs: null, scope: "host" }],
      open: [],
    });
    expect(targetsOf(await firewall.held())).toEqual(["203.0.113.9"]);
    expect(await firewall.prepare()).toBe(true);
  });

  test.each<[string, string[]]>([
    ["a chain without rules", ["flush chain inet ringfence prerouting"]],
    ["no chain", ["flush chain inet ringfence prerouting", "delete chain inet ringfence prerouting"]],
    ["a rule that lets everyone pass", ["insert rule inet ringfence prerouting accept"]],
    [
      "a chain at another place",
      [
        "flush chain inet ringfence prerouting",
        "delete chain inet ringfence prerouting",
        "add chain inet ringfence prerouting { type filter hook prerouting priority 0; policy accept; }",
      ],
    ],
    ["a counter lost", ["flush chain inet ringfence refuse", "delete counter inet ringfence dropped6"]],
    [
      "a set of intervals under our name",
      ["add set inet ringfence ban4_16 { type ipv4_addr; flags interval; }"],
    ],
    [
      "a set of another type under our name",
      ["add set inet ringfence ban4_16 { type ipv6_addr; flags timeout; }"],
    ],
  ])("is repaired without losing a ban: %s", async (_, damage) => {
    const rules = ruleLines();
    for (const command of damage) nft(command);
    expect(await firewall.prepare()).toBe(true);
    expect(await firewall.prepare()).toBe(false);
    expect(ruleLines()).toEqual(rules);
    expect(targetsOf(await firewall.held())).toEqual(BANS);
    await firewall.apply({
      shut: [{ target: target("172.16.0.0/16"), timeoutMs: null, scope: "host" }],
      open: [],
    });
    expect(targetsOf(await firewall.held())).toContain("172.16.0.0/16");
  });

  test("is made anew after a flush, with what is protected", async () => {
    nft("flush", "ruleset");
    await expect(firewall.held()).rejects.toMatchObject({ code: "firewall" });
    await expect(
      firewall.apply({ shut: [{ target: target("203.0.113.1"), timeoutMs: null, scope: "host" }], open: [] }),
    ).rejects.toMatchObject({ code: "firewall" });
    expect(await firewall.prepare()).toBe(true);
    expect(nft("list", "set", "inet", "ringfence", "protected4_32")).toContain("192.0.2.1");
  });

  test("gets back what was protected, once a listing has shown that it is gone", async () => {
    nft("flush", "set", "inet", "ringfence", "protected4_32");
    await firewall.held();
    expect(await firewall.prepare()).toBe(true);
    expect(nft("list", "set", "inet", "ringfence", "protected4_32")).toContain("192.0.2.1");
    await firewall.held();
    expect(await firewall.prepare()).toBe(false);
  });

  test("leaves the tables of others alone", async () => {
    nft("add table ip ringfence");
    nft("add table inet site");
    await firewall.prepare();
    await firewall.remove();
    expect(nft("list", "tables").trim().split("\n")).toEqual(["table ip ringfence", "table inet site"]);
  });
});

function ruleLines(): string[] {
  return nft("list", "chain", "inet", "ringfence", "prerouting").split("\n");
}

describe("a broken nft", () => {
  const change = {
    shut: [{ target: target("203.0.113.1"), timeoutMs: null, scope: "host" as const }],
    open: [],
  };

  test("that is missing", async () => {
    const firewall = new Nftables({ binary: "/nonexistent/nft", deadlineMs: 20_000 });
    for (const attempt of [
      firewall.prepare(),
      firewall.apply(change),
      firewall.held(),
      firewall.counters(),
    ]) {
      await expect(attempt).rejects.toMatchObject({ name: "RingfenceError", code: "firewall" });
    }
  });

  test("that hangs is ended at the deadline", async () => {
    const pidFile = `${namespace.nft}.pid`;
    const binary = namespace.script("hangs", `echo $$ > ${pidFile}; exec sleep 600`);
    const firewall = new Nftables({ binary, deadlineMs: 1_000 });
    await expect(firewall.prepare()).rejects.toThrow(/was not done after 1000 ms/);
    const pid = Number(namespace.run("cat", pidFile));
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  test("that can't list while changes come is given up, and says so by its code", async () => {
    nft("flush", "ruleset");
    const line = 'case "$*" in "list table"*) exec sleep 600;; esac; exec nft "$@"';
    const firewall = new Nftables({ binary: namespace.script("restless", line), deadlineMs: 20_000 });
    await firewall.prepare();
    const listing = firewall.held();
    await firewall.apply(change);
    await expect(listing).rejects.toMatchObject({ name: "RingfenceError", code: "busy" });
    await firewall.close();
  });

  test("that ends without reading what it is told", async () => {
    nft("flush", "ruleset");
    await fresh().prepare();
    const binary = namespace.script(
      "deaf",
      'case "$*" in "-f -") exec <&-; echo "no" >&2; exit 1;; esac; exec nft "$@"',
    );
    const firewall = new Nftables({ binary, deadlineMs: 20_000 });
    await firewall.prepare();
    const many = Array.from({ length: 20_000 }, (_, i) => target(`10.7.${i >> 8}.${i & 255}`));
    await expect(
      firewall.apply({
        shut: many.map((each) => ({ target: each, timeoutMs: 60_000, scope: "host" })),
        open: [],
      }),
    ).rejects.toThrow(/failed: no/);
  });

  test.each([
    ["prints something else", "echo hello"],
    ["prints nothing", "exit 0"],
    ["prints other JSON", 'echo "{}"'],
  ])("that %s is not believed", async (_, line) => {
    const firewall = new Nftables({ binary: namespace.script("odd", line), deadlineMs: 20_000 });
    await expect(firewall.prepare()).rejects.toMatchObject({ code: "firewall" });
    await expect(firewall.held()).rejects.toMatchObject({ code: "firewall" });
  });

  test("that fails at first does not stop what follows", async () => {
    nft("flush", "ruleset");
    const flag = `${namespace.nft}.failed`;
    const binary = namespace.script(
      "once",
      `if [ ! -e ${flag} ]; then touch ${flag}; exit 3; fi; exec nft "$@"`,
    );
    const firewall = new Nftables({ binary, deadlineMs: 20_000 });
    await expect(firewall.prepare()).rejects.toMatchObject({ code: "firewall" });
    await firewall.apply(change);
    await until(async () => targetsOf(await firewall.held()).includes("203.0.113.1"));
  });
});
