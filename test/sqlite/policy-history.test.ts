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
