import { sourceOf, type Source } from "../../src/domain/address.js";
import type { BanScope } from "../../src/domain/intrusion/ban.js";
import { Ipset } from "../../src/firewall/ipset.js";
import { Nftables } from "../../src/firewall/nftables.js";
import type { FilterCounters, FilterSettings } from "../../src/firewall/settings.js";
import type { Firewall } from "../../src/guard/ports.js";
import { Host } from "./host.js";
import { connect, Namespace } from "./namespace.js";
import { target } from "./suite.js";
import { until } from "./until.js";

jest.setTimeout(60_000);

/** Real packets between two hosts on one wire. That something passes is shown by an answer, that it is shut out by
 *  the kernel's own count. */

const PBX4 = "192.0.2.1";
const PBX6 = "2001:db8:0:ff::1";
const ATTACKER4 = "203.0.113.12";
const NEIGHBOUR4 = "203.0.113.13";
const STRANGER4 = "198.51.100.7";
const ATTACKER6 = "2001:db8:0:1::a";
const SAME_64 = "2001:db8:0:1:ffff::b";
const OTHER_64 = "2001:db8:0:2::a";
const PORT = 5060;
const UI = 8787;
const RTP = 10_000;
const OWN = { [PBX4]: 24, [PBX6]: 64 };

let pbx: Namespace;
let tools: ReturnType<Namespace["ipsetTools"]>;
let outside: Namespace;
let server: Host;
let client: Host;
let firewall: FilterFirewall;

beforeAll(async () => {
  pbx = new Namespace();
  tools = pbx.ipsetTools();
  outside = new Namespace();
  const far = [ATTACKER4, NEIGHBOUR4, STRANGER4].map((address) => `${address}/24`);
  const far6 = [ATTACKER6, SAME_64, OTHER_64].map((address) => `${address}/64`);
  connect(
    pbx,
    Object.entries(OWN).map(([address, bits]) => `${address}/${bits}`),
    outside,
    [...far, ...far6],
  );
  for (const side of [pbx, outside]) {
    side.ip("route", "add", "default", "dev", "wire");
    side.ip("-6", "route", "add", "default", "dev", "wire");
  }
  server = new Host(pbx);
  client = new Host(outside);
  for (const port of [PORT, UI, RTP]) await server.echo(port);
});

afterAll(async () => {
  await server.stop();
  await client.stop();
  pbx.remove();
  outside.remove();
});

interface FilterFirewall extends Firewall {
  counters(): Promise<FilterCounters>;
}

const BACKENDS: Readonly<Record<string, (settings: Partial<FilterSettings>) => FilterFirewall>> = {
  nftables: (settings) => new Nftables({ binary: pbx.nft, deadlineMs: 20_000, ...settings }),
  ipset: (settings) => new Ipset({ nowMs: () => Date.now() }, { ...tools, deadlineMs: 20_000, ...settings }),
};

describe.each(Object.keys(BACKENDS))("%s", (backend) => {
  beforeEach(async () => {
    pbx.clear();
    firewall = BACKENDS[backend]!({});
    await firewall.prepare();
  });

  afterEach(() => firewall.close());

  const source = (text: string): Source => sourceOf(text.split("/")[0]!)!;
  const to = (from: string): string => (from.includes(":") ? PBX6 : PBX4);
  const passes = (from: string): Promise<void> =>
    until(async () => (await client.udp(from, to(from), PORT)) === true);

  async function isShutOut(from: string): Promise<void> {
    const family = from.includes(":") ? "ipv6" : "ipv4";
    const before = (await firewall.counters())[family].packets;
    expect(await client.udp(from, to(from), PORT)).toBe(false);
    expect((await firewall.counters())[family].packets).toBeGreaterThan(before);
  }

  function shut(text: string, timeoutMs: number | null = null, scope: BanScope = "host"): Promise<void> {
    return firewall.apply({ shut: [{ target: target(text), timeoutMs, scope }], open: [] });
  }

  test.each([
    ["an address", ATTACKER4, [ATTACKER4], [NEIGHBOUR4, STRANGER4, ATTACKER6]],
    ["a network", "203.0.113.0/24", [ATTACKER4, NEIGHBOUR4], [STRANGER4, ATTACKER6]],
    ["an address written as a network", "203.0.113.12/32", [ATTACKER4], [NEIGHBOUR4]],
    ["a wide network", "128.0.0.0/1", [ATTACKER4, NEIGHBOUR4, STRANGER4], [ATTACKER6]],
    ["an IPv6 source, all hosts of it", "2001:db8:0:1::/64", [ATTACKER6, SAME_64], [OTHER_64, ATTACKER4]],
    ["an IPv6 network", "2001:db8::/47", [ATTACKER6, SAME_64, OTHER_64], [ATTACKER4]],
    ["an IPv6 network within /60", "2001:db8:0:2::/63", [OTHER_64], [ATTACKER6]],
  ])("%s is shut out and opened, and nobody else", async (_, text, out, others) => {
    for (const from of [...out, ...others]) await passes(from);
    await shut(text);
    for (const from of out) await isShutOut(from);
    for (const from of others) await passes(from);
    await firewall.apply({ shut: [], open: [target(text)] });
    for (const from of out) await passes(from);
  });

  test.each([
    ["IPv4", ATTACKER4, ATTACKER4],
    ["IPv6", ATTACKER6, "2001:db8:0:1::/64"],
  ])("ping fails too, %s", async (_, from, text) => {
    await until(() => client.ping(from, to(from)));
    await shut(text);
    const before = (await firewall.counters()).packets;
    expect(client.ping(from, to(from))).toBe(false);
    expect((await firewall.counters()).packets).toBeGreaterThan(before);
  });

  test.each([
    ["IPv4", ATTACKER4, ATTACKER4],
    ["IPv4 network", ATTACKER4, "203.0.112.0/22"],
    ["IPv6", SAME_64, "2001:db8:0:1::/64"],
  ])("an established TCP flow stops, even behind a rule that accepts it, %s", async (_, from, text) => {
    pbx.run("nft", "add table inet site");
    pbx.run("nft", "add chain inet site input { type filter hook input priority -400; policy accept; }");
    pbx.run("nft", "add rule inet site input ct state established accept");
    await until(async () => (await client.connect(from, to(from), PORT)) === true);
    await until(async () => (await client.say()) === true);
    expect(pbx.run("conntrack", "-L", "-f", from.includes(":") ? "ipv6" : "ipv4")).toContain(from);

    await shut(text);
    const before = (await firewall.counters()).packets;
    expect(await client.say()).toBe(false);
    expect((await firewall.counters()).packets).toBeGreaterThan(before);
  });

  test.each([
    ["IPv4", ATTACKER4, ATTACKER4],
    ["IPv4 network", NEIGHBOUR4, "203.0.113.0/24"],
    ["IPv6", ATTACKER6, "2001:db8:0:1::/64"],
  ])("a ban lifts when due, with nobody there to lift it, %s", async (_, from, text) => {
    await shut(text, 3_600_000);
    await isShutOut(from);
    await shut(text, 700);
    await firewall.close();
    await passes(from);
  });

  test.each([
    ["IPv4", ATTACKER4, ATTACKER4],
    ["IPv6", ATTACKER6, "2001:db8:0:1::/64"],
  ])("packets that are dropped don't make a ban longer, %s", async (_, from, text) => {
    await shut(text, 3_600_000);
    await until(async () => {
      await isShutOut(from);
      return (await firewall.held())[0]!.expiresInMs! < 3_600_000 - 1_500;
    });
  });

  test("a ban may end while a wider one goes on", async () => {
    await shut("203.0.112.0/22");
    await shut("203.0.113.0/24", 300);
    await until(async () => (await firewall.held()).length === 1);
    await isShutOut(ATTACKER4);
  });

  test.each([
    ["an address in a shut network", NEIGHBOUR4, NEIGHBOUR4, "203.0.113.0/24", ATTACKER4],
    ["a network, an address of it shut", ATTACKER4, "203.0.112.0/23", ATTACKER4, null],
    ["an IPv6 source in a shut network", ATTACKER6, "2001:db8:0:1::/64", "2001:db8::/32", OTHER_64],
  ])("what is protected passes though it is shut: %s", async (_, from, shielded, text, other) => {
    await shut(text);
    await isShutOut(from);
    await firewall.protect([target(shielded), target("192.0.2.0/24")]);
    await passes(from);
    if (other !== null) await isShutOut(other);
    await firewall.protect([]);
    await isShutOut(from);
  });

  test.each([
    ["IPv4", ATTACKER4, ATTACKER4, sourceOf(ATTACKER4)!],
    ["IPv4 network", NEIGHBOUR4, "203.0.113.0/24", sourceOf(NEIGHBOUR4)!],
    ["IPv6", SAME_64, "2001:db8:0:1::/64", sourceOf(ATTACKER6)!],
  ])("tells when who is shut out last tried to call, %s", async (_, from, text, source) => {
    await shut(text);
    expect(await client.udp(from, to(from), RTP)).toBe(false);
    await until(async () => (await connects(from, UI)) === true);
    expect(await firewall.lastTried(source)).toBeNull();
    await isShutOut(from);
    const agoMs = await firewall.lastTried(source);
    expect(agoMs).toBeGreaterThanOrEqual(0);
    expect(agoMs).toBeLessThan(60_000);
    // It is remembered beyond the ban, and renewed by each packet.
    await firewall.apply({ shut: [], open: [target(text)] });
    await passes(from);
    expect(await firewall.lastTried(source)).not.toBeNull();
    expect(await firewall.lastTried(sourceOf(STRANGER4)!)).toBeNull();
  });

  /** A firewall with other settings, in the place of the usual one. */
  async function startWith(settings: Partial<FilterSettings>): Promise<void> {
    await firewall.close();
    firewall = BACKENDS[backend]!(settings);
    await firewall.prepare();
  }

  const connects = (from: string, port: number): Promise<unknown> => client.connect(from, to(from), port);

  describe.each([
    ["IPv4", ATTACKER4, ATTACKER4, NEIGHBOUR4],
    ["IPv4, as a network", ATTACKER4, "203.0.113.8/29", STRANGER4],
    ["IPv6", ATTACKER6, "2001:db8:0:1::/64", OTHER_64],
  ])("scopes, %s", (_, from, text, other) => {
    test("a host that is shut out reaches the web UI and nothing else", async () => {
      await shut(text);
      await isShutOut(from);
      expect(await connects(from, RTP)).toBe(false);
      await until(async () => (await connects(from, UI)) === true);
      expect(await client.udp(from, to(from), UI)).toBe(false);
      await passes(other);
    });

    test("voip shuts the ports of calls alone", async () => {
      await shut(text, null, "voip");
      await isShutOut(from);
      for (const port of [RTP, UI]) await until(async () => (await connects(from, port)) === true);
      await until(async () => (await client.udp(from, to(from), RTP)) === true);
      await until(() => client.ping(from, to(from)));
      await passes(other);
      expect(await connects(from, PORT)).toBe(false);
    });

    test("the scope of a ban can be changed, both ways", async () => {
      await shut(text, null, "voip");
      await until(async () => (await connects(from, RTP)) === true);
      await shut(text, null, "host");
      expect(await connects(from, RTP)).toBe(false);
      await shut(text, null, "voip");
      await until(async () => (await connects(from, RTP)) === true);
      await isShutOut(from);
      await firewall.apply({ shut: [], open: [target(text)] });
      await passes(from);
    });

    if (backend === "nftables") {
      test("reject answers at once: a reset to TCP, port unreachable to the rest", async () => {
        await startWith({ answer: "reject" });
        await shut(text);
        await until(async () => (await connects(from, PORT)) === "ECONNREFUSED");
        await until(async () => (await client.udpError(from, to(from), PORT)) === "ECONNREFUSED");
        expect(client.ping(from, to(from))).toBe(false);
        await until(async () => (await connects(from, UI)) === true);
        expect(firewall.notes()).toEqual([]);
      });
    }

    if (backend === "nftables") {
      test("reject resets a flow that is established", async () => {
        await startWith({ answer: "reject" });
        await until(async () => (await connects(from, PORT)) === true);
        await until(async () => (await client.say()) === true);
        await shut(text, null, "voip");
        expect(await client.say()).toBe("ECONNRESET");
      });
    }
  });

  describe("floods", () => {
    beforeEach(() => startWith({ flood: { packets: 20, seconds: 60, strangers: null } }));

    /** How many of `count` packets, sent in one go, were dropped as too many. */
    async function flood(from: string, count: number): Promise<number> {
      const before = (await firewall.counters()).flooded;
      await client.flood(from, to(from), PORT, count);
      return (await firewall.counters()).flooded - before;
    }

    test.each([
      ["IPv4", ATTACKER4, ATTACKER4, NEIGHBOUR4],
      ["IPv6, by /64", ATTACKER6, "2001:db8:0:1::/64", OTHER_64],
    ])("a source over the limit is dropped and named, others pass, %s", async (_, from, text, other) => {
      expect(await flood(other, 20)).toBe(0);
      expect(await flood(from, 15)).toBe(0);
      expect(await firewall.floods()).toEqual([]);
      const dropped = await flood(from, 300);
      expect(dropped).toBeGreaterThan(200);
      expect(dropped).toBeLessThan(300);
      // The packet that makes the entry is not counted in it by every backend.
      const [first, ...none] = await firewall.floods();
      expect([first!.target, none]).toEqual([text, []]);
      expect([dropped, dropped - 1]).toContain(first!.packets);
      expect(await firewall.floods()).toEqual([]);
      const again = await flood(from, 100);
      expect(await firewall.floods()).toEqual([{ target: text, packets: again }]);
      await passes(other);
      // It passes again once it is quiet, and other ports never were limited.
      await passes(from);
      expect(await client.udp(from, to(from), RTP)).toBe(true);
    });

    test("two addresses of one /64 share a limit", async () => {
      expect(await flood(ATTACKER6, 20)).toBe(0);
      expect(await flood(SAME_64, 100)).toBeGreaterThan(50);
    });

    test("a known source may send ten times as much, a protected one what it likes", async () => {
      await firewall.know([ATTACKER4, "2001:db8:0:1::/64"].map(source));
      await firewall.protect([target(NEIGHBOUR4)]);
      for (const from of [ATTACKER4, ATTACKER6]) {
        expect(await flood(from, 190)).toBe(0);
        expect(await flood(from, 500)).toBeGreaterThan(200);
      }
      expect(await flood(NEIGHBOUR4, 1_000)).toBe(0);
      await firewall.know([]);
      expect(await flood(ATTACKER6, 100)).toBeGreaterThan(50);
    });

    test("all strangers together have a limit, which those who are known do not share", async () => {
      await startWith({ flood: { packets: 1_000, seconds: 1, strangers: 50 } });
      await firewall.know([NEIGHBOUR4, "2001:db8:0:2::/64"].map(source));
      const crowd = async (from: string, count: number): Promise<number> => {
        const before = (await firewall.counters()).crowded;
        await client.flood(from, to(from), PORT, count);
        return (await firewall.counters()).crowded - before;
      };
      for (const from of [ATTACKER4, ATTACKER6]) {
        expect(await crowd(from, 1_000)).toBeGreaterThan(500);
        expect(await firewall.floods()).toEqual([]);
      }
      for (const from of [NEIGHBOUR4, OTHER_64]) expect(await crowd(from, 300)).toBe(0);
      // It passes again once there are fewer.
      await passes(ATTACKER4);
      await passes(ATTACKER6);
    });

    test("without a limit nothing is dropped", async () => {
      await startWith({ flood: null });
      expect(await flood(ATTACKER4, 500)).toBe(0);
    });

    if (backend === "nftables") {
      test("when there is no place to count more sources, they share a limit, and the known keep theirs", async () => {
        await firewall.know([source(NEIGHBOUR4)]);
        const sprayed = Array.from({ length: 65_535 }, (_, i) => `100.64.${i >> 8}.${i & 255}`);
        const script = `add element inet ringfence flood4 { ${sprayed.map((each) => `${each} timeout 1h`).join(", ")} }\n`;
        pbx.feed(script, "nft", "-f", "-");
        // 10 times the limit of one: a lone packet passes, a flood does not, though nobody knows whose it is.
        await passes(STRANGER4);
        expect(await flood(ATTACKER4, 1_000)).toBeGreaterThan(500);
        expect(await firewall.floods()).toEqual([]);
        expect(await flood(NEIGHBOUR4, 150)).toBe(0);
        await passes(ATTACKER6);
      });
    }
  });

  test("the PBX always reaches itself", async () => {
    await shut("127.0.0.0/8");
    await shut(PBX4);
    await shut("2001:db8:0:ff::/64");
    for (const own of ["127.0.0.1", PBX4, PBX6]) {
      await until(async () => (await server.udp(own, own, PORT)) === true);
    }
  });
});
