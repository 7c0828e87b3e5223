import type { Target } from "../../src/domain/address.js";
import type { Ban } from "../../src/domain/intrusion/ban.js";
import { planRepair } from "../../src/guard/repair.js";
import { newBan, START_MS, target } from "./support/fakes.js";

const ban = (of: string, leftMs: number | null): Ban => ({
  ...newBan(of, { untilMs: leftMs === null ? null : START_MS + leftMs }),
  id: 1,
  liftedAtMs: null,
  liftedBy: null,
});
const A = "203.0.113.1";
const MIN = 60_000;

/** Of one target: how long the ban lasts (undefined: no ban), for how long it is held, and what is done. */
test.each<[string, number | null | undefined, number | null | undefined, string]>([
  ["in order", 15 * MIN, 15 * MIN, "nothing"],
  ["in order, in whole seconds", 15 * MIN, 15 * MIN - 900, "nothing"],
  ["for good", null, null, "nothing"],
  ["missing", 15 * MIN, undefined, "missing"],
  ["missing for good", null, undefined, "missing"],
  ["almost over, and gone", 900, undefined, "nothing"],
  ["ends too early", 15 * MIN, 5 * MIN, "different"],
  ["ends too late", 15 * MIN, 60 * MIN, "different"],
  ["held for good, but ends", 15 * MIN, null, "different"],
  ["held with an end, but has none", null, 15 * MIN, "different"],
  ["held without a ban, seen once", undefined, 15 * MIN, "suspect"],
  ["held for good without a ban, seen once", undefined, null, "suspect"],
  ["held without a ban, but about to end", undefined, 4_000, "nothing"],
])("%s", async (_, leftMs, heldMs, done) => {
  const input = {
    inForce: leftMs === undefined ? [] : [ban(A, leftMs)],
    held: heldMs === undefined ? [] : [{ target: target(A), expiresInMs: heldMs, scope: "host" as const }],
    nowMs: START_MS,
    suspects: new Set<Target>(),
    unsettled: new Set<Target>(),
  };
  const repair = await planRepair(input);
  expect(repair.missing.map((each) => each.target)).toEqual(done === "missing" ? [A] : []);
  expect(repair.different.map((each) => each.target)).toEqual(done === "different" ? [A] : []);
  expect(repair.open).toEqual([]);
  expect([...repair.suspects]).toEqual(done === "suspect" ? [A] : []);

  const second = await planRepair({ ...input, suspects: repair.suspects });
  expect(second.open).toEqual(done === "suspect" ? [A] : []);

  const unsettled = await planRepair({
    ...input,
    suspects: repair.suspects,
    unsettled: new Set([target(A)]),
  });
  expect([unsettled.missing, unsettled.different, unsettled.open]).toEqual([[], [], []]);
});

test("held in another scope", async () => {
  const input = { nowMs: START_MS, suspects: new Set<Target>(), unsettled: new Set<Target>() };
  const held = [{ target: target(A), expiresInMs: 15 * MIN, scope: "voip" as const }];
  const repair = await planRepair({ ...input, inForce: [ban(A, 15 * MIN)], held });
  expect(repair.different.map((each) => each.target)).toEqual([A]);
  expect([repair.missing, repair.open, repair.inForce]).toEqual([[], [], 1]);
});

test("a suspect that was not seen in between is not opened", async () => {
  const held = [{ target: target(A), expiresInMs: null, scope: "host" as const }];
  const input = { inForce: [], nowMs: START_MS, unsettled: new Set<Target>() };
  const first = await planRepair({ ...input, held, suspects: new Set() });
  const second = await planRepair({ ...input, held: [], suspects: first.suspects });
  const third = await planRepair({ ...input, held, suspects: second.suspects });
  expect(third.open).toEqual([]);
});
