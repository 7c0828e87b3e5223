import type { Firewall, HeldShut } from "../../src/guard/ports.js";
import { until } from "./until.js";
import { target } from "../target.js";

export { target };

/** What every backend promises. `make` gives a fresh one with nothing in it, and its own cleaning up. */
export function firewallSuite(
  make: () => Promise<{ firewall: Firewall; cleanUp: () => Promise<void> }>,
): void {
  let firewall: Firewall;
  let cleanUp: () => Promise<void>;

  beforeEach(async () => {
    ({ firewall, cleanUp } = await make());
    await firewall.prepare();
  });
  afterEach(() => cleanUp());

  test("prepare says whether anything was missing", async () => {
    expect(await firewall.prepare()).toBe(false);
    await firewall.remove();
    expect(await firewall.prepare()).toBe(true);
    expect(await firewall.held()).toEqual([]);
  });

  test.each([
    ["an IPv4 address", "203.0.113.12"],
    ["an IPv6 source", "2001:db8:0:1::/64"],
    ["an IPv4 network", "203.0.113.0/24"],
    ["half of IPv4", "128.0.0.0/1"],
    ["all of IPv4", "0.0.0.0/0"],
    ["two IPv4 addresses", "203.0.113.12/31"],
    ["an IPv6 network", "2001:db8::/32"],
    ["a narrow IPv6 network", "2001:db8:0:2::/63"],
    ["all of IPv6", "::/0"],
    ["the IPv6 source of zeros", "::/64"],
  ])("shuts %s out, and opens it again", async (_, text) => {
    await firewall.apply({ shut: [{ target: target(text), timeoutMs: 600_000, scope: "host" }], open: [] });
    const held = await firewall.held();
    expect(held.map((each) => each.target)).toEqual([text]);
    expect(held[0]!.expiresInMs).toBeGreaterThan(590_000 - 60_000);
    expect(held[0]!.expiresInMs).toBeLessThanOrEqual(600_000);

    await firewall.apply({ shut: [], open: [target(text)] });
    expect(await firewall.held()).toEqual([]);
  });

  test("a change of nothing is fine", async () => {
    await firewall.apply({ shut: [], open: [] });
    expect(await firewall.held()).toEqual([]);
  });

  test("opening what is not shut is no error and hides nothing else in the change", async () => {
    await firewall.apply({
      shut: [{ target: target("203.0.113.1"), timeoutMs: 60_000, scope: "host" }],
      open: [target("203.0.113.9"), target("198.51.100.0/25"), target("2001:db8:9::/64")],
    });
    expect(targetsOf(await firewall.held())).toEqual(["203.0.113.1"]);
  });

  test.each([
    ["longer", 60_000, 7_200_000],
    ["shorter", 7_200_000, 60_000],
    ["for good", 60_000, null],
    ["no longer for good", null, 60_000],
  ])("shutting what is shut makes it last %s", async (_, first, second) => {
    const both = [target("203.0.113.5"), target("198.51.100.0/24"), target("2001:db8:0:5::/64")];
    await firewall.apply({
      shut: both.map((each) => ({ target: each, timeoutMs: first, scope: "host" })),
      open: [],
    });
    await firewall.apply({
      shut: both.map((each) => ({ target: each, timeoutMs: second, scope: "host" })),
      open: [],
    });
    const held = await firewall.held();
    expect(targetsOf(held)).toEqual([...both].sort());
    for (const { expiresInMs } of held) {
      if (second === null) expect(expiresInMs).toBeNull();
      else {
        expect(expiresInMs).toBeGreaterThan(second / 2);
        expect(expiresInMs).toBeLessThanOrEqual(second);
      }
    }
  });

  test("one change may name a target twice: the last end counts, and shut wins over open", async () => {
    await firewall.apply({
      shut: [
        { target: target("203.0.113.5"), timeoutMs: 60_000, scope: "host" },
        { target: target("203.0.113.5"), timeoutMs: null, scope: "host" },
      ],
      open: [target("203.0.113.5"), target("203.0.113.6"), target("203.0.113.6")],
    });
    expect(await firewall.held()).toEqual([{ target: "203.0.113.5", expiresInMs: null, scope: "host" }]);
  });

  test("networks may lie within each other, and are opened one by one", async () => {
    const nested = ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.1"].map(target);
    await firewall.apply({
      shut: nested.map((each, i) => ({ target: each, timeoutMs: 600_000 + i * 60_000, scope: "host" })),
      open: [],
    });
    expect(targetsOf(await firewall.held())).toEqual([...nested].sort());
    await firewall.apply({ shut: [], open: [target("10.1.0.0/16")] });
    expect(targetsOf(await firewall.held())).toEqual(["10.0.0.0/8", "10.1.1.0/24", "10.1.1.1"]);
  });

  test("networks side by side are not fused", async () => {
    const neighbours = ["192.0.2.0/25", "192.0.2.128/25", "192.0.2.5", "192.0.2.6"].map(target);
    await firewall.apply({
      shut: neighbours.map((each) => ({ target: each, timeoutMs: null, scope: "host" })),
      open: [],
    });
    await firewall.apply({ shut: [], open: [target("192.0.2.128/25")] });
    expect(targetsOf(await firewall.held())).toEqual(["192.0.2.0/25", "192.0.2.5", "192.0.2.6"]);
  });

  test("what is due is lifted by itself, and only that", async () => {
    const soon = ["203.0.113.1", "2001:db8:0:1::/64", "198.51.100.0/24"].map(target);
    await firewall.apply({
      shut: [
        ...soon.map((each) => ({ target: each, timeoutMs: 300, scope: "host" as const })),
        { target: target("203.0.113.2"), timeoutMs: 3_600_000, scope: "host" as const },
        { target: target("203.0.113.3"), timeoutMs: null, scope: "host" as const },
      ],
      open: [],
    });
    await until(async () => (await firewall.held()).length === 2);
    expect(targetsOf(await firewall.held())).toEqual(["203.0.113.2", "203.0.113.3"]);
    // Opening what has just run out is no error either.
    await firewall.apply({ shut: [], open: soon });
  });

  test.each([0, -5, 0.25])("a timeout of %p ms is over at once, not for good", async (timeoutMs) => {
    await firewall.apply({ shut: [{ target: target("203.0.113.1"), timeoutMs, scope: "host" }], open: [] });
    await until(async () => (await firewall.held()).length === 0);
  });

  test.each([49, 365, 3_650])("a ban of %p days is possible", async (days) => {
    await firewall.apply({
      shut: [{ target: target("203.0.113.1"), timeoutMs: days * 86_400_000, scope: "host" }],
      open: [],
    });
    const [held] = await firewall.held();
    expect(held!.expiresInMs).toBeGreaterThan((days - 1) * 86_400_000);
    expect(held!.expiresInMs).toBeLessThanOrEqual(days * 86_400_000);
  });

  test("what is shut stays through another prepare and a change of what is protected", async () => {
    await firewall.apply({
      shut: ["203.0.113.1", "198.51.100.0/24"].map((text) => ({
        target: target(text),
        timeoutMs: null,
        scope: "host",
      })),
      open: [],
    });
    await firewall.protect(["192.0.2.0/24", "203.0.113.1", "2001:db8::/48"].map(target));
    expect(await firewall.prepare()).toBe(false);
    await firewall.protect([]);
    expect(await firewall.prepare()).toBe(false);
    expect(targetsOf(await firewall.held())).toEqual(["198.51.100.0/24", "203.0.113.1"]);
  });

  test("10,000 go in and out in one change each", async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => target(`10.7.${i >> 8}.${i & 255}`));
    await firewall.apply({
      shut: many.map((each) => ({ target: each, timeoutMs: 3_600_000, scope: "host" })),
      open: [],
    });
    // A listing right after a mass add can repeat rows and miss others.
    await until(async () => (await firewall.held()).length === many.length);
    await firewall.apply({ shut: [], open: many });
    expect(await firewall.held()).toEqual([]);
  });

  test("changes asked for at once are all made, in their order", async () => {
    const change = (text: string, shut: boolean): Promise<void> =>
      firewall.apply(
        shut
          ? { shut: [{ target: target(text), timeoutMs: null, scope: "host" }], open: [] }
          : { shut: [], open: [target(text)] },
      );
    await Promise.all([
      change("198.51.100.0/24", true),
      change("198.51.100.0/25", true),
      change("203.0.113.1", true),
      change("203.0.113.1", false),
      change("198.51.100.0/24", false),
      firewall.prepare(),
      change("203.0.113.2", true),
    ]);
    expect(targetsOf(await firewall.held())).toEqual(["198.51.100.0/25", "203.0.113.2"]);
  });

  test("counts from nothing", async () => {
    expect(await firewall.counters()).toMatchObject({ packets: 0, bytes: 0 });
  });

  test("remove takes everything out, also a second time", async () => {
    await firewall.apply({
      shut: [{ target: target("203.0.113.1"), timeoutMs: null, scope: "host" }],
      open: [],
    });
    await firewall.remove();
    await firewall.remove();
    await firewall.prepare();
    expect(await firewall.held()).toEqual([]);
    await firewall.close();
  });
}

export function targetsOf(held: readonly HeldShut[]): string[] {
  return held.map((each) => String(each.target)).sort();
}
