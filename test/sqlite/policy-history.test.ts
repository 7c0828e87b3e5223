import fc from "fast-check";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { policyHistory } from "../../src/sqlite/policy-history.js";
import { policyStore } from "../../src/sqlite/policy-store.js";
import { arbitraryPolicy } from "../domain/policy-file/arbitrary-policy.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

test("a policy that was never changed has none before it", () => {
  expect(policyHistory(tempDatabase()).before(DEFAULT_POLICY)).toBeNull();
});

test("the policy before any change is told by its audit row", () => {
  const db = tempDatabase();
  const [store, history] = [policyStore(db), policyHistory(db)];
  let now = store.save(DEFAULT_POLICY, "cli:root", 1, "stored the defaults");
  fc.assert(
    fc.property(arbitraryPolicy, (next) => {
      const before = now;
      now = store.save({ ...next, version: before.version }, "cli:root", 2, "imported a policy file");
      const told = history.before(now);
      expect(told?.change).toBe("imported a policy file");
      // The order of the never-ban list says nothing.
      const sorted = (policy: Policy | undefined) => ({
        ...policy,
        neverBan: [...(policy?.neverBan ?? [])].sort(),
      });
      expect(sorted(told?.policy)).toEqual(sorted({ ...before, version: now.version }));
    }),
    { numRuns: 60 },
  );
});

test("what was stored by another hand is not taken for the change before", () => {
  const db = tempDatabase();
  const [store, history] = [policyStore(db), policyHistory(db)];
  const stored: Policy = store.save(DEFAULT_POLICY, "cli:root", 1, "stored the defaults");
  expect(history.before({ ...stored, version: 9 })).toBeNull();
});

describe("one change taken out", () => {
  const edits = () => {
    const db = tempDatabase();
    const [store, history] = [policyStore(db), policyHistory(db)];
    let now = store.save(DEFAULT_POLICY, "cli:root", 1, "stored the defaults");
    const change = (part: Partial<Policy>, what: string): number => {
      now = store.save({ ...now, ...part }, "web:alice", 2, what);
      return db.prepare("SELECT max(id) FROM audit").pluck().get() as number;
    };
    return { history, change, now: () => now };
  };
  const cap = (now: Policy, micros: number | null) => ({
    calling: { ...now.calling, capMicrosPerMinute: micros },
  });

  test("leaves what others changed meanwhile as it is", () => {
    const { history, change, now } = edits();
    const before = now();
    const id = change(cap(now(), 100_000), "set the cap");
    change({ intrusion: { ...now().intrusion, attempts: 7 } }, "set attempts");
    const told = history.without(id, now());
    expect(told).toEqual({
      change: "set the cap",
      policy: { ...now(), calling: before.calling },
    });
  });

  test("is refused where something newer changed the same", () => {
    const { history, change, now } = edits();
    const id = change(cap(now(), 100_000), "set the cap");
    change(cap(now(), 200_000), "set the cap again");
    expect(history.without(id, now())).toEqual({ newer: ["calling.capMicrosPerMinute"] });
    expect(history.without(999, now())).toBeNull();
  });
});
