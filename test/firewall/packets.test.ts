import { Nftables } from "../../src/firewall/nftables.js";
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
const OWN = { [PBX4]: 24, [PBX6]: 64 };

let pbx: Namespace;
let outside: Namespace;
let server: Host;
let client: Host;
let firewall: Nftables;

beforeAll(async () => {
  pbx = new Namespace();
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
  await server.echo(PORT);
});

afterAll(async () => {
  await server.stop();
  await client.stop();
  pbx.remove();
  outside.remove();
});

beforeEach(async () => {
  pbx.run("nft", "flush", "ruleset");
  firewall = new Nftables({ binary: pbx.nft, deadlineMs: 20_000 });
  await firewall.prepare();
});

const to = (from: string): string => (from.includes(":") ? PBX6 : PBX4);
const passes = (from: string): Promise<void> =>
  until(async () => (await client.udp(from, to(from), PORT)) === true);

async function isShutOut(from: string): Promise<void> {
  const family = from.includes(":") ? "ipv6" : "ipv4";
  const before = (await firewall.counters())[family].packets;
  expect(await client.udp(from, to(from), PORT)).toBe(false);
  expect((await firewall.counters())[family].packets).toBeGreaterThan(before);
}

function shut(text: string, timeoutMs: number | null = null): Promise<void> {
  return firewall.apply({ shut: [{ target: target(text), timeoutMs, scope: "host" }], open: [] });
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

test("the PBX always reaches itself", async () => {
  await shut("127.0.0.0/8");
  await shut(PBX4);
  await shut("2001:db8:0:ff::/64");
  for (const own of ["127.0.0.1", PBX4, PBX6]) {
    await until(async () => (await server.udp(own, own, PORT)) === true);
  }
});
