import { join } from "node:path";
import { DEFAULT_POLICY, type ExtensionRules, type Policy } from "../../src/domain/policy.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { policyStore } from "../../src/sqlite/policy-store.js";
import { target } from "./support/bans.js";
import { clearTemp, tempDatabase, tempFolder } from "./support/temp.js";

afterEach(clearTemp);

const full: Policy = {
  version: 1,
  dialPlan: {
    country: "GB",
    outsidePrefix: "9",
    internationalPrefixes: ["00", "011"],
    areaCode: "20",
    trunkPrefix: "",
    shortestOutside: 6,
  },
  calling: {
    openAreas: [
      { area: "GB", types: null },
      { area: "GB", types: ["premium", "shared-cost"] },
      { area: "satellite", types: [] },
    ],
    capMicrosPerMinute: null,
    withoutRate: "allow",
    feeInFirstMinute: false,
    prefixRules: [{ prefix: "4470", action: "deny" }],
    highRisk: "allow",
    trunkDecks: { "carrier-a": "wholesale", "o'neil": "default" },
  },
  extensions: {
    "100": { openAreas: [{ area: "JM", types: ["fixed"] }], capMicrosPerMinute: 1_000_000 },
    "101": { openAreas: [], prefixRules: [] },
    "102": { capMicrosPerMinute: null, prefixRules: [{ prefix: "8816", action: "allow" }] },
    "o'brien": { capMicrosPerMinute: 0 },
  },
  intrusion: { ...DEFAULT_POLICY.intrusion, attempts: 7, jitter: 0.25, ladderMs: [1, 2, 3] },
  neverBan: [target("192.0.2.1"), target("198.51.100.0/24")],
  neverBanNotes: { "198.51.100.0/24": "the office" },
};

test("before the first change the defaults are in force", () => {
  expect(policyStore(tempDatabase()).load()).toEqual(DEFAULT_POLICY);
});

test("every rule comes back as it was stored, also to another connection", () => {
  const path = join(tempFolder(), "ringfence.db");
  const stored = policyStore(tempDatabase(path)).save(full, "cli:root", 1_000, "imported a policy");
  expect(stored).toEqual({ ...full, version: 2 });
  expect(policyStore(tempDatabase(path)).load()).toEqual(stored);
});

/** Each row: what an edit does to the extension rules of `full`. */
test.each<[string, Record<string, ExtensionRules>]>([
  ["adds one", { ...full.extensions, "103": {} }],
  ["removes all", {}],
  ["gives one up its own areas", { ...full.extensions, "100": { capMicrosPerMinute: 1_000_000 } }],
  ["swaps its areas", { ...full.extensions, "100": { openAreas: [{ area: "US", types: null }] } }],
])("an edit that %s is stored whole", (_, extensions) => {
  const path = join(tempFolder(), "ringfence.db");
  const store = policyStore(tempDatabase(path));
  const first = store.save(full, "cli:root", 1_000, "imported a policy");
  const second = store.save({ ...first, extensions }, "cli:root", 2_000, "changed extension rules");
  expect(second).toEqual({ ...full, extensions, version: 3 });
  expect(policyStore(tempDatabase(path)).load()).toEqual(second);
});

test("the audit says who, when, what, and only what differs", () => {
  const db = tempDatabase();
  const store = policyStore(db);
  const first = store.save(full, "cli:root", 1_000, "imported a policy");
  const neverBan = [target("192.0.2.1")];
  const calling = { ...first.calling, capMicrosPerMinute: 250_000 };
  store.save({ ...first, calling, neverBan, neverBanNotes: {} }, "web:ann", 2_000, "set the cap");
  expect(auditStore(db).recent(1)).toEqual([
    {
      id: 2,
      atMs: 2_000,
      by: "web:ann",
      subject: "policy",
      change: "set the cap",
      before: {
        version: 2,
        "calling.capMicrosPerMinute": null,
        "neverBan.198.51.100.0/24": { note: "the office" },
      },
      after: { version: 3, "calling.capMicrosPerMinute": 250_000 },
    },
  ]);
});

test("who put a target on the never-ban list first stays on record", () => {
  const db = tempDatabase();
  const store = policyStore(db);
  const first = store.save(full, "web:ann", 1_000, "imported");
  store.save({ ...first, neverBanNotes: { "192.0.2.1": "the PBX" } }, "web:bob", 2_000, "changed notes");
  expect(db.prepare("SELECT * FROM never_ban ORDER BY target").all()).toEqual([
    { target: "192.0.2.1", note: "the PBX", added_at_ms: 1_000, added_by: "web:ann" },
    { target: "198.51.100.0/24", note: null, added_at_ms: 1_000, added_by: "web:ann" },
  ]);
});

test("a change made on an older version is refused and changes nothing", () => {
  const path = join(tempFolder(), "ringfence.db");
  const [ann, bob] = [policyStore(tempDatabase(path)), policyStore(tempDatabase(path))];
  const [forAnn, forBob] = [ann.load(), bob.load()];
  const saved = ann.save({ ...forAnn, neverBan: [target("192.0.2.1")] }, "web:ann", 1_000, "added");
  expect(() => bob.save({ ...forBob, neverBan: [] }, "web:bob", 2_000, "removed")).toThrow(
    "the policy is at version 2 and this change was made on version 1: make it again",
  );
  expect(bob.load()).toEqual(saved);
});

test("an interrupted change leaves the rules, the version and the audit as they were", () => {
  const db = tempDatabase();
  const store = policyStore(db);
  const before = store.save(full, "cli:root", 1_000, "imported a policy");
  db.exec("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'disk trouble'); END");
  expect(() => store.save({ ...before, extensions: {} }, "cli:root", 2_000, "cleared")).toThrow(
    "disk trouble",
  );
  expect(policyStore(db).load()).toEqual(before);
  expect(store.load()).toEqual(before);
  expect(auditStore(db).recent(10)).toHaveLength(1);
});

test.each([
  [
    "a cap that is no number",
    { calling: { ...full.calling, capMicrosPerMinute: NaN } },
    "calling.capMicrosPerMinute",
  ],
  ["a cap below zero", { calling: { ...full.calling, capMicrosPerMinute: -1 } }, "capMicrosPerMinute"],
  ["a ladder without rungs", { intrusion: { ...full.intrusion, ladderMs: [] } }, "ladderMs"],
])("%s is never stored", (_, rules, field) => {
  const store = policyStore(tempDatabase());
  expect(() => store.save({ ...full, ...rules }, "cli:root", 1_000, "wrong")).toThrow(field);
  expect(store.load()).toEqual(DEFAULT_POLICY);
});

test("a setting that has no row has its default, so that an upgrade can add settings", () => {
  const db = tempDatabase();
  policyStore(db).save(full, "cli:root", 1_000, "imported a policy");
  db.exec("DELETE FROM policy_settings WHERE key = 'intrusion.attempts'");
  expect(policyStore(db).load().intrusion).toEqual({
    ...full.intrusion,
    attempts: DEFAULT_POLICY.intrusion.attempts,
  });
});

test.each([
  [
    "UPDATE policy_settings SET value = '-5' WHERE key = 'intrusion.windowMs'",
    'policy_settings, row "intrusion"',
  ],
  [
    "INSERT INTO policy_settings VALUES ('intrusion.mood', '1')",
    'policy_settings, row "intrusion.mood": no such',
  ],
  [
    "UPDATE open_areas SET types = '[\"loud\"]' WHERE position = 2",
    'open_areas, row "2" cannot be read: types.0',
  ],
  [
    "UPDATE never_ban SET target = '192.0.2.01' WHERE note IS NULL",
    'never_ban, row "192.0.2.01" cannot be read',
  ],
])("damage by hand is named, not read around: %s", (sql, message) => {
  const db = tempDatabase();
  policyStore(db).save(full, "cli:root", 1_000, "imported a policy");
  db.exec(sql);
  expect(() => policyStore(db).load()).toThrow(message);
});
