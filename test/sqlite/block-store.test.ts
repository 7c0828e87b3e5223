import { SUPERSEDED, type NewBlock } from "../../src/domain/intrusion/ban.js";
import { sourceOf, type Source } from "../../src/domain/address.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { blockStore } from "../../src/sqlite/block-store.js";
import { lockStore } from "../../src/sqlite/lock-store.js";
import { proposalStore } from "../../src/sqlite/proposal-store.js";
import { newBan, target } from "./support/bans.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

const OFFICE = sourceOf("198.51.100.7") as Source;
const HOME = sourceOf("2001:db8::1") as Source;

function newBlock(change: Partial<NewBlock> = {}): NewBlock {
  const { standing, proof, rung, fromMs, untilMs, note, by, evidence } = newBan();
  return {
    account: "100",
    source: OFFICE,
    cause: "outdated-credentials",
    trigger: "account-failures",
    ...{ standing, proof, rung, fromMs, untilMs, note, by, evidence },
    ...change,
  };
}

test("a block comes back as it was stored, whatever the account is called", () => {
  const db = tempDatabase();
  for (const account of ["'; DROP TABLE blocks; --", "x\r\ny", "\u0000", "é\u{1f4a3}"]) {
    const added = blockStore(db).add(newBlock({ account }));
    expect(blockStore(db).of({ account }, 5)).toEqual([added]);
    expect(added).toEqual({ ...newBlock({ account }), id: added.id, liftedAtMs: null, liftedBy: null });
  }
});

test("one is in force for an account and a source; others are pairs of their own", () => {
  const blocks = blockStore(tempDatabase());
  blocks.add(newBlock({ rung: 1 }));
  const second = blocks.add(newBlock({ rung: 2, fromMs: 1_500, untilMs: 9_000 }));
  const other = blocks.add(newBlock({ account: "101", untilMs: null }));
  const home = blocks.add(newBlock({ source: HOME }));
  expect(blocks.inForce(1_600).map(({ id }) => id)).toEqual([second.id, other.id, home.id]);
  expect(blocks.inForce(2_000).map(({ id }) => id)).toEqual([second.id, other.id]);
  expect(blocks.byIds([second.id, home.id])).toEqual([home, second]);
  expect(blocks.historyOf("100", OFFICE, 9)).toMatchObject([
    { rung: 2, liftedBy: null },
    { rung: 1, liftedBy: SUPERSEDED, liftedAtMs: 1_500 },
  ]);
  expect(blocks.of({ source: OFFICE }, 9)).toHaveLength(3);
  expect(blocks.recent(1)).toEqual([home]);
  expect([blocks.countSince(0), blocks.countSince(1_500)]).toEqual([4, 1]);
});

test("lifting ends the pair once; what people do is audited", () => {
  const db = tempDatabase();
  const blocks = blockStore(db);
  blocks.add(newBlock());
  blocks.add(newBlock({ account: "101", trigger: "by-hand", by: "cli:ann" }));
  expect(blocks.lift("100", OFFICE, 1_700, "cli:root")).toMatchObject([{ liftedAtMs: 1_700 }]);
  expect(blocks.lift("100", OFFICE, 1_800, "cli:root")).toEqual([]);
  expect(auditStore(db).recent(10)).toMatchObject([
    { by: "cli:root", subject: "block 100 at 198.51.100.7", change: "lifted", before: { untilMs: 2_000 } },
    { by: "cli:ann", subject: "block 101 at 198.51.100.7", change: "blocked" },
  ]);
});

test("locks: one in force for an account", () => {
  const db = tempDatabase();
  const locks = lockStore(db);
  const lock = { account: "100", fromMs: 1_000, untilMs: 5_000, by: "ringfence", sources: 20 };
  locks.add(lock);
  const second = locks.add({ ...lock, fromMs: 2_000, untilMs: 6_000 });
  expect(locks.inForce(5_500)).toEqual([second]);
  expect(locks.inForce(6_000)).toEqual([]);
  expect(locks.recent(9)).toMatchObject([{ liftedBy: null }, { liftedBy: SUPERSEDED }]);
  expect(locks.lift("100", 3_000, "cli:ann")).toMatchObject([{ id: second.id, liftedBy: "cli:ann" }]);
  expect(locks.lift("100", 3_000, "cli:ann")).toEqual([]);
  expect(auditStore(db).recent(9)).toMatchObject([{ subject: "lock 100", change: "lifted" }]);
});

test("proposals: one open for a network, renewed, and decided once", () => {
  const db = tempDatabase();
  const proposals = proposalStore(db);
  const [network, sources] = [target("203.0.113.0/24"), [target("203.0.113.1"), target("203.0.113.2")]];
  proposals.propose({ network, atMs: 1_000, sources: sources.slice(1), attempts: 10 });
  const open = proposals.propose({ network, atMs: 2_000, sources, attempts: 20 });
  expect(proposals.open()).toEqual([open]);
  expect(open).toMatchObject({ atMs: 2_000, sources, attempts: 20, decision: null });
  expect(proposals.decide(network, "dismissed", 3_000, "cli:ann")).toMatchObject({ decision: "dismissed" });
  expect(proposals.decide(network, "accepted", 3_000, "cli:ann")).toBeNull();
  expect([proposals.open(), proposals.latestOf(network)?.decidedBy]).toEqual([[], "cli:ann"]);
  expect(proposals.latestOf(target("203.0.112.0/24"))).toBeNull();
  expect(auditStore(db).recent(9)).toMatchObject([
    { subject: "proposal 203.0.113.0/24", change: "dismissed", after: { sources } },
  ]);
});

test("a note is put on the newest block of a pair, and audited", () => {
  const db = tempDatabase();
  const blocks = blockStore(db);
  expect(blocks.setNote("100", OFFICE, "called them", 5, "cli:ann")).toBeNull();
  const older = blocks.add(newBlock());
  blocks.add(newBlock({ fromMs: older.fromMs + 1 }));
  expect(blocks.setNote("100", OFFICE, "called them", 5, "cli:ann")).toMatchObject({ note: "called them" });
  expect(blocks.historyOf("100", OFFICE, 9).map(({ note }) => note)).toEqual(["called them", older.note]);
  expect(auditStore(db).recent(1)).toMatchObject([
    { subject: "block 100 at 198.51.100.7", change: "noted", by: "cli:ann", after: { note: "called them" } },
  ]);
});

test("a lock by hand is audited, one by the machine is not", () => {
  const db = tempDatabase();
  const lock = { fromMs: 1, untilMs: 9, sources: 0 };
  lockStore(db).add({ ...lock, account: "100", by: "ringfence" });
  lockStore(db).add({ ...lock, account: "101", by: "cli:ann" });
  expect(auditStore(db).recent(9)).toMatchObject([{ subject: "lock 101", change: "locked", by: "cli:ann" }]);
});
