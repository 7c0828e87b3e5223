import fc from "fast-check";
import { formatTarget, networkOf, networkOfTarget, sourceOf } from "../../../src/domain/address.js";
import { NO_CIRCUMSTANCES } from "../../../src/domain/intrusion/finding.js";
import { networkAround } from "../../../src/domain/intrusion/network-around.js";
import type { SecurityEvent, Transport } from "../../../src/domain/intrusion/security-event.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { script, source, T0 } from "./script.js";
import { World } from "./world.js";

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Rotation {
  readonly addressOf: (index: number) => string;
  readonly addresses: number;
  readonly triesEach: number;
  readonly everyMs?: number;
  readonly transport?: Transport;
}

/** In an IPv4 /24 the rule holds only then. */
const BANNING = { ...DEFAULT_INTRUSION, groupAction: "ban" } as const;

const NET6 = (index: number): string => `2001:db8:a:${index.toString(16)}::66`;
const NET4 = (index: number): string => `203.0.113.${index}`;

/** Guesses one after the other, each address as often as it may and then the next one. Returns how many were judged before their
 *  address was shut: what the attacker got. */
function rotate(world: World, rotation: Rotation): number {
  const { addressOf, addresses, triesEach, everyMs = SECOND, transport = "tcp" } = rotation;
  let got = 0;
  for (let n = 0; n < addresses * triesEach; n++) {
    const address = addressOf(1 + Math.floor(n / triesEach));
    if (world.shut.has(source(address))) continue;
    got++;
    world.see(guess(address, n, T0 + n * everyMs, transport));
  }
  return got;
}
function guess(address: string, n: number, atMs: number, transport: Transport): SecurityEvent[] {
  return script(`C(100) F(100,x${n})`, { address, atMs, session: `${address} ${n}`, transport });
}

describe("whoever goes through the addresses of a network, each below its own limit, gets one try from each in the end", () => {
  test.each([
    ["a /48 over TCP, nine from each /64", { addressOf: NET6, addresses: 1_000, triesEach: 9 }],
    ["a /48, one from each", { addressOf: NET6, addresses: 1_000, triesEach: 1 }],
    ["a /24 over TCP, nine from each address", { addressOf: NET4, addresses: 250, triesEach: 9 }],
    ["a /24 slowly, within a day", { addressOf: NET4, addresses: 250, triesEach: 9, everyMs: 38_000 }],
  ])("%s", (_, rotation) => {
    const world = new World({}, BANNING);
    const got = rotate(world, rotation);
    // Those that brought the first 50 are not shut, but for the one that was trying then.
    const before = Math.ceil(DEFAULT_INTRUSION.groupAttempts / rotation.triesEach) - 1;
    expect(got).toBe(50 + (rotation.addresses - before - 1));
    expect(world.bans).toHaveLength(rotation.addresses - before);
    expect(world.bans[0]).toMatchObject({ trigger: "neighbours", proof: "returned", standing: "stranger" });
    const without = new World({}, { ...BANNING, groupSources: 1_001 });
    expect(rotate(without, rotation)).toBe(rotation.addresses * rotation.triesEach);
  });

  test("and those that came before are shut as soon as they go on", () => {
    const world = new World();
    rotate(world, { addressOf: NET6, addresses: 10, triesEach: 9 });
    expect(world.shut.has(source(NET6(1)))).toBe(false);
    world.see(guess(NET6(1), 1_000, T0 + HOUR, "tcp"));
    expect(world.bans.at(-1)).toMatchObject({
      source: source(NET6(1)),
      evidence: {
        attempts: 10,
        summary: "50 failed attempts by 10 sources of 2001:db8:a::/48 in 60 min, of which this is one",
      },
    });
  });
});

test("what is not proven, and may be forged in the names of a network, counts for nobody there", () => {
  const world = new World({}, BANNING);
  expect(rotate(world, { addressOf: NET4, addresses: 100, triesEach: 9, transport: "udp" })).toBe(900);
  world.see(guess("203.0.113.200", 1, T0 + HOUR, "tcp"));
  expect(world.bans).toEqual([]);
});

test("over UDP an answer with the nonce that went there is proof", () => {
  const world = new World({ proofOf: () => "returned" });
  expect(rotate(world, { addressOf: NET6, addresses: 100, triesEach: 9, transport: "udp" })).toBe(50 + 94);
  expect(world.bans[0]).toMatchObject({ trigger: "neighbours", proof: "returned" });
});

test("an IPv4 /24 is often many people's: nobody there is guilty of what others did, and that is told once a day", () => {
  const world = new World();
  expect(rotate(world, { addressOf: NET4, addresses: 100, triesEach: 9 })).toBe(900);
  expect(world.bans).toEqual([]);
  expect(world.found).toEqual([
    {
      type: "alarm",
      slug: "neighbours-spared",
      source: null,
      detail:
        "50 attempts to sign in failed from 6 sources of 203.0.113.0/24, and nothing is done to its strangers together: an IPv4 /24 is often many people's. Where it is one attacker's, ringfence bans add 203.0.113.0/24 shuts it out.",
    },
  ]);
});

test("forged packets in the names of many networks push out nothing", () => {
  const world = new World({}, BANNING);
  for (let n = 0; n < 49; n++) world.see(guess(NET4(1 + (n % 10)), n, T0 + n * SECOND, "tcp"));
  for (let n = 0; n < 10_000; n++) {
    world.see(guess(`45.${n >> 8}.${n & 255}.1`, n, T0 + 60 * SECOND, "udp"));
  }
  expect(world.bans).toEqual([]);
  world.see(guess("203.0.113.99", 1, T0 + HOUR, "tcp"));
  expect(world.bans).toMatchObject([{ source: "203.0.113.99", proof: "returned", trigger: "neighbours" }]);
});

test("one or four who fail for ever make no neighbour guilty", () => {
  const world = new World({ isShut: () => false }, BANNING);
  for (let n = 0; n < 2_000; n++) world.see(guess(NET4(1 + (n % 4)), n, T0 + n * 30 * SECOND, "tcp"));
  world.see(guess("203.0.113.200", 1, T0 + 2_000 * 30 * SECOND, "tcp"));
  expect(world.bans.map(({ source: who }) => who)).not.toContain("203.0.113.200");
  expect(world.bans.some(({ trigger }) => trigger === "neighbours")).toBe(false);
});

test("a try that ended in a success, and one whose time is over, count for nothing", () => {
  const world = new World({}, BANNING);
  for (let n = 0; n < 60; n++) {
    const over = { address: NET4(1 + n), atMs: T0 + n * SECOND, session: `${n}`, transport: "tcp" } as const;
    world.see(script(`C(100) F(100,x${n}) C(100) S(100)`, over));
  }
  rotate(world, { addressOf: (index) => NET4(100 + index), addresses: 49, triesEach: 1 });
  world.see(guess("203.0.113.250", 1, T0 + DAY, "tcp"));
  expect(world.bans).toEqual([]);
});

test.each([
  ["a known source", "198.51.100.9 is a known source"],
  ["a protected one", "198.51.100.9 is on the never-ban list"],
])("strangers beside %s are left to their own limits, and that is told once a day", (_, why) => {
  const world = new World({ whySpared: (network) => (network === "198.51.100.0/24" ? why : null) });
  const got = rotate(world, {
    addressOf: (index) => `198.51.100.${10 + index}`,
    addresses: 100,
    triesEach: 9,
  });
  expect(got).toBe(900);
  expect(world.bans).toEqual([]);
  expect(world.found).toEqual([
    {
      type: "alarm",
      slug: "neighbours-spared",
      source: null,
      detail: `50 attempts to sign in failed from 6 sources of 198.51.100.0/24, and nothing is done to its strangers together: ${why}.`,
    },
  ]);
});

test("known sources of the network are no part of it", () => {
  const world = new World({ standingOf: () => "known" }, BANNING);
  rotate(world, { addressOf: NET4, addresses: 200, triesEach: 9 });
  expect(world.bans).toEqual([]);
});

test("whom a list refuses is no part of it", () => {
  const world = new World(NO_CIRCUMSTANCES, BANNING);
  for (let n = 0; n < 200; n++) {
    const over = { address: NET4(1 + n), atMs: T0 + n * SECOND, session: `${n}`, transport: "tcp" } as const;
    world.see(script("A(100,ringfence_100) C(-) A(100,ringfence_100) F(-,x)", over));
  }
  expect(world.bans).toEqual([]);
});

test("the network is that of the address, whatever zeros it holds", () => {
  const addresses = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom("::", "1::", "0:0:0:1::", "1:0:0:2::", "0:1::"),
  );
  fc.assert(
    fc.property(addresses, (address) => {
      const who = sourceOf(address);
      if (who === null) return;
      const { family, base } = networkOfTarget(who);
      const around = formatTarget(networkOf({ family, value: base }, family === 4 ? 24 : 48));
      expect(networkAround(who)).toBe(around);
    }),
  );
});
