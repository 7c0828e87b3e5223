import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import type { Registration } from "../../src/domain/registration/affected.js";
import { PolicyFile, type PolicyFileParts } from "../../src/guard/policy-file.js";
import { policyYaml } from "../../src/policy-yaml.js";

const phone = (extension: string, address: string): Registration => ({
  extension,
  contact: `${extension};@1`,
  address,
  addressIs: "seen",
  userAgent: "SIPp",
  sinceMs: 1,
});

function world(over: Partial<PolicyFileParts> = {}, first: Policy = { ...DEFAULT_POLICY, version: 4 }) {
  let current = first;
  let before: { policy: Policy; change: string } | null = null;
  const audited: { by: string; what: string }[] = [];
  const file = new PolicyFile({
    rules: {
      policy: () => current,
      edit: (next, by, what) => {
        before = { policy: current, change: what };
        audited.push({ by, what });
        current = { ...next, version: current.version + 1 };
      },
    },
    text: policyYaml,
    history: {
      before: () => before,
      without: (id) => (id === 7 ? before : id === 8 ? { newer: ["calling.capMicrosPerMinute"] } : null),
    },
    registered: () => Promise.resolve([phone("100", "198.51.100.10"), phone("101", "198.51.100.11")]),
    isTrunk: (account) => account === "carrier",
    decks: () => ["default"],
    clock: { nowMs: () => Date.UTC(2026, 10, 27) },
    ...over,
  });
  return { file, audited, policy: () => current };
}

const wish = { dryRun: false, nobody: false, by: "cli:root" };
const LIST = "registration: { allow-list: { on: true, entries: [198.51.100.10] } }";

test("what is exported is imported without a change, and leaves no audit row", async () => {
  const { file, audited } = world();
  expect(file.export()).toContain("version 4, 2026-11-27T00:00:00.000Z");
  expect(await file.import(file.export(), wish)).toMatchObject({ changes: [], policyVersion: 4 });
  expect(audited).toEqual([]);
});

test("a dry run tells what would change and who would be thrown out, and changes nothing", async () => {
  const { file, audited, policy } = world();
  const told = await file.import(LIST, { ...wish, dryRun: true });
  expect(told).toMatchObject({
    changes: [
      { setting: "registration.allow-list.on", before: "false", after: "true" },
      { setting: "registration.allow-list.entries", before: null, after: "198.51.100.10" },
    ],
    throwsOut: [{ extension: "101" }],
    policyVersion: 4,
  });
  expect(audited).toEqual([]);
  expect(policy()).toMatchObject({ version: 4, registration: DEFAULT_POLICY.registration });
});

test("an import is one change with one audit row, and undo takes it back; twice is as before", async () => {
  const { file, audited, policy } = world();
  const text = `${LIST}\ncalling: { cap: 0.10 }\nnever-ban: [{ target: 192.0.2.9, note: office }]\n`;
  expect(await file.import(text, wish)).toMatchObject({ policyVersion: 5 });
  const imported = policy();
  expect(await file.undo(wish)).toMatchObject({
    policyVersion: 6,
    undid:
      "imported a policy file: 4 settings (calling.cap, registration.allow-list.on, registration.allow-list.entries, never-ban)",
    changes: [
      { setting: "calling.cap", before: "0.1000", after: "0.2500" },
      { setting: "registration.allow-list.on", before: "true", after: "false" },
      { setting: "registration.allow-list.entries", before: "198.51.100.10", after: null },
      { setting: "never-ban", before: "192.0.2.9 (note office)", after: null },
    ],
  });
  expect(policy()).toEqual({ ...DEFAULT_POLICY, version: 6 });
  await file.undo(wish);
  expect(policy()).toEqual({ ...imported, version: 7 });
  expect(audited.map(({ what }) => what.split(":")[0])).toEqual([
    "imported a policy file",
    "took back",
    "took back",
  ]);
});

test("nobody who may register is asked back about, once for each list", async () => {
  const { file, policy } = world();
  const text = `registration: { allow-list: { on: true, entries: [] } }
extensions:
  "100": { allow-list: { on: true, entries: [{ entry: 192.0.2.1, until: 2026-01-01T00:00:00Z }] } }
`;
  expect(await file.import(text, wish)).toEqual({
    refused: "refused",
    message:
      "Nobody can register on any extension without a list of its own, not even you. Nobody can register as extension 100, not even you. Nothing was changed: name at least one address, or say that it is meant (--yes-nobody)",
  });
  expect(policy().version).toBe(4);
  expect(await file.import(text, { ...wish, dryRun: true })).toMatchObject({ warnings: { length: 2 } });
  expect(await file.import(text, { ...wish, nobody: true })).toMatchObject({ policyVersion: 5 });
  // It is so already: another change need not say it again.
  expect(await file.import("calling: { cap: off }", wish)).toMatchObject({ policyVersion: 6 });
});

test("a trunk gets no list, and a deck that is not loaded is told", async () => {
  const { file } = world();
  const list = "{ on: true, entries: [192.0.2.1] }";
  expect(await file.import(`extensions:\n  carrier:\n    allow-list: ${list}\n`, wish)).toEqual({
    faults: [
      {
        line: 3,
        setting: "extensions.carrier.allow-list",
        message: "this is a trunk, and trunks have no allow-list: leave it out",
      },
    ],
  });
  expect(await file.import("calling: { trunk-decks: { carrier: gold } }", wish)).toMatchObject({
    warnings: ["Trunk carrier has the deck gold, and no deck of that name is loaded."],
  });
});

test("where Asterisk can't be asked the import is made, and says that it can't tell", async () => {
  const { file } = world({ registered: () => Promise.reject(new Error("no connection")) });
  expect(await file.import(LIST, wish)).toMatchObject({
    policyVersion: 5,
    throwsOut: [],
    warnings: ["Which phones would lose their registration can't be told: no connection."],
  });
});

test("a policy that was never changed has nothing to take back", async () => {
  expect(await world().file.undo(wish)).toMatchObject({ refused: "not-found" });
});

test("one change is taken back, unless something newer changed the same", async () => {
  const { file, policy, audited } = world();
  const wish = { dryRun: false, nobody: false, by: "web:alice" };
  await file.import("calling:\n  cap: 0.1000\n", wish);
  expect(await file.undoChange(8, wish)).toEqual({
    refused: "refused",
    message: "calling.capMicrosPerMinute changed again after that: take the newer change back first.",
  });
  expect(await file.undoChange(9, wish)).toMatchObject({ refused: "not-found" });
  expect(policy().calling.capMicrosPerMinute).toBe(100_000);
  expect(await file.undoChange(7, wish)).toMatchObject({
    undid: expect.stringContaining("imported") as string,
  });
  expect(policy().calling.capMicrosPerMinute).not.toBe(100_000);
  expect(audited.at(-1)).toMatchObject({ by: "web:alice" });
});

test("what somebody changed while an import looked for phones is not lost", async () => {
  let change = (): void => undefined;
  const { file, policy, audited } = world({
    registered: () => {
      change();
      return Promise.resolve([]);
    },
  });
  expect(await file.import(LIST, wish)).toMatchObject({ policyVersion: 5 });
  change = () => void file.import("calling: { cap: 0.10 }", wish);
  const refused = await file.import("registration: { allow-list: { on: false, entries: [] } }", wish);
  expect(refused).toMatchObject({ refused: "stale" });
  expect(policy()).toMatchObject({ version: 6, calling: { capMicrosPerMinute: 100_000 } });
  expect(policy().registration.allowList.on).toBe(true);
  expect(audited).toHaveLength(2);
});
