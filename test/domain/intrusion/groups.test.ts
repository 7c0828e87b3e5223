import { asSource, sourceOf, type Source } from "../../../src/domain/address.js";
import type { BannedNeighbour } from "../../../src/domain/intrusion/ban.js";
import { groupIn, planNetworkBan } from "../../../src/domain/intrusion/groups.js";
import { networkAround } from "../../../src/domain/intrusion/network-around.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { target } from "../../target.js";

const NET = target("203.0.113.0/24");
const RULES = { ...DEFAULT_INTRUSION, groupSources: 3 };

function banned(last: number, change: Partial<BannedNeighbour> = {}): BannedNeighbour {
  return {
    target: target(`203.0.113.${last}`),
    trigger: "attempts",
    proof: "returned",
    fromMs: last * 1_000,
    liftedBy: null,
    attempts: 10,
    ...change,
  };
}

test.each([
  ["203.0.113.7", "203.0.113.0/24"],
  ["2001:db8:7:8::1", "2001:db8:7::/48"],
  ["::ffff:203.0.113.7", "203.0.113.0/24"],
])("%s has its neighbours in %s", (address, network) => {
  expect(networkAround(sourceOf(address) as Source)).toBe(network);
});

test("enough of them make a group, each source counted once", () => {
  expect(groupIn(NET, [banned(2), banned(1)], RULES)).toBeNull();
  expect(groupIn(NET, [banned(2), banned(2), banned(1)], RULES)).toBeNull();
  expect(groupIn(NET, [banned(3), banned(2), banned(2), banned(1)], RULES)).toEqual({
    network: NET,
    sources: ["203.0.113.3", "203.0.113.2", "203.0.113.1"],
    newest: "203.0.113.3",
    attempts: 40,
    firstAtMs: 1_000,
    lastAtMs: 3_000,
  });
});

test.each<[string, Partial<BannedNeighbour>, boolean]>([
  ["whose evidence is unproven, and may be forged", { proof: "unproven" }, false],
  ["by hand", { trigger: "by-hand" }, false],
  ["that somebody lifted", { liftedBy: "cli:ann" }, false],
  ["that a newer one took the place of", { liftedBy: "superseded" }, true],
])("a ban %s: %p counts: %p", (_, change, counts) => {
  expect(groupIn(NET, [banned(3, change), banned(2), banned(1)], RULES) !== null).toBe(counts);
});

test("the network is banned on its own ladder, as what it is", () => {
  const group = groupIn(NET, [banned(3), banned(2), banned(1)], RULES)!;
  const ban = planNetworkBan(group, [], RULES, 5_000, 0.5);
  expect(ban).toMatchObject({
    target: NET,
    trigger: "network",
    cause: "attack",
    rung: 1,
    fromMs: 5_000,
    untilMs: 5_000 + 15 * 60_000,
  });
  expect(ban.evidence.summary).toBe("3 sources in it were shut out one by one");
  expect(asSource(ban.target)).toBeNull();
  const again = { ...ban, id: 1, liftedAtMs: null, liftedBy: null };
  expect(planNetworkBan(group, [again], RULES, 10_000_000, 0.5).rung).toBe(2);
});
