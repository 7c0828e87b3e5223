import fc from "fast-check";
import { parseTarget, type Target } from "../../src/domain/address.js";
import type { BanInForce } from "../../src/domain/intrusion/ban.js";
import { BansHeld } from "../../src/guard/bans-held.js";

const TARGETS = ["203.0.113.1", "203.0.113.2", "203.0.113.0/24", "2001:db8::/64", "2001:db8::/32"].map(
  (text) => {
    const parsed = parseTarget(text);
    if (!("target" in parsed)) throw new Error(text);
    return parsed.target;
  },
);
const [host = TARGETS[0]] = TARGETS;

const aBan = fc.record({
  id: fc.nat(),
  target: fc.constantFrom(...TARGETS),
  trigger: fc.constantFrom("attempts", "by-hand", "network"),
  scope: fc.constantFrom("host", "voip"),
  untilMs: fc.option(fc.nat({ max: 1_000 })),
}) satisfies fc.Arbitrary<BanInForce>;

test("holds what a map of bans would hold, whatever comes and goes", () => {
  const step = fc.oneof(aBan, fc.constantFrom(...TARGETS));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const held = new BansHeld();
      const model = new Map<Target, BanInForce>();
      for (const each of steps) {
        if (typeof each === "string") {
          held.delete(each);
          model.delete(each);
        } else {
          held.set(each);
          model.set(each.target, each);
        }
      }
      const byTarget = (a: BanInForce, b: BanInForce) => (a.target < b.target ? -1 : 1);
      expect([...held.values()].sort(byTarget)).toEqual([...model.values()].sort(byTarget));
      for (const target of TARGETS) expect(held.get(target)).toEqual(model.get(target) ?? null);
      const later = [...model.values()].filter(({ untilMs }) => untilMs === null || untilMs > 500);
      expect(held.countAfter(500)).toBe(later.length);
      expect([...held.idsAfter(500)]).toEqual(later.map(({ id }) => id).sort((a, b) => b - a));
    }),
  );
});

test("keeps more than its first room, and finds what covers a source", () => {
  const held = new BansHeld();
  const ban = (target: string, id: number): BanInForce => ({
    id,
    target: target as Target,
    trigger: "attempts",
    scope: "host",
    untilMs: 1_764_000_000_000 + id,
  });
  for (let n = 0; n < 250; n++) held.set(ban(`198.51.100.${n}`, n));
  held.set(ban("203.0.113.0/24", 1_000));
  held.set(ban("203.0.113.1", 1_001));
  expect(held.get("198.51.100.249" as Target)).toEqual(ban("198.51.100.249", 249));
  expect(held.covering(host as Target).map(({ id }) => id)).toEqual([1_001, 1_000]);
});
