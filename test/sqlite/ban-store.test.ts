import { SUPERSEDED, type Ban, type NewBan } from "../../src/domain/intrusion/ban.js";
import type { AuditFilter, BanFilter } from "../../src/guard/ports.js";
import { RingfenceError } from "../../src/domain/error.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { openDatabase } from "../../src/sqlite/database.js";
import { newBan, target } from "./support/bans.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

const targets = (bans: readonly Pick<Ban, "target">[]) => bans.map((ban) => ban.target);

test("a ban comes back as it was stored, whatever the attacker wrote", () => {
  const db = tempDatabase();
  const hostile = [
    "'; DROP TABLE bans; --",
    'a"b',
    "x\r\nEvent: Shutdown",
    "<script>",
    "\u0000",
    "é\u{1f4a3}",
  ];
  const ban = newBan({ evidence: { ...newBan().evidence, accounts: hostile } });
  const added = banStore(db).add(ban);
  expect(added).toEqual({ ...ban, id: added.id, liftedAtMs: null, liftedBy: null });
  expect(banStore(db).recent(2)).toEqual([added]);
  const { id, target: of, trigger, scope, untilMs } = added;
  expect(banStore(db).inForce(1_500)).toEqual([{ id, target: of, trigger, scope, untilMs }]);
});

test("bans of one batch are stored at its commit, for others to see", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  const other = banStore(openDatabase(db.name));
  const batch = bans.begin();
  bans.add(newBan());
  bans.add(newBan({ target: target("203.0.113.13") }));
  bans.add(newBan({ rung: 2, fromMs: 1_100 }));
  expect(targets(bans.recent(9))).toEqual(["203.0.113.12", "203.0.113.13", "203.0.113.12"]);
  expect(other.recent(9)).toEqual([]);
  batch.commit();
  expect(other.recent(9)).toEqual(bans.recent(9));
  expect(other.inForce(1_500)).toMatchObject([{ target: "203.0.113.13" }, { target: "203.0.113.12" }]);
});

test("of a batch that can't be stored nothing is, and the next one works", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  const batch = bans.begin();
  bans.add(newBan());
  // What SQLite itself does when the disk is full.
  db.exec("ROLLBACK");
  expect(() => batch.commit()).toThrow(RingfenceError);
  expect(bans.recent(9)).toEqual([]);
  const next = bans.begin();
  bans.add(newBan());
  next.commit();
  expect(bans.recent(9)).toHaveLength(1);
});

test("a ban is in force until its end, one without an end until it is lifted", () => {
  const bans = banStore(tempDatabase());
  bans.add(newBan({ untilMs: 2_000 }));
  bans.add(newBan({ target: target("2001:db8::/64"), untilMs: null }));
  expect(targets(bans.inForce(1_999))).toEqual(["203.0.113.12", "2001:db8::/64"]);
  expect(targets(bans.inForce(2_000))).toEqual(["2001:db8::/64"]);
  const lifted = bans.lift(target("2001:db8::/64"), 3_000, "cli:root");
  expect(lifted).toMatchObject([{ target: "2001:db8::/64", liftedAtMs: 3_000, liftedBy: "cli:root" }]);
  expect(bans.inForce(3_000)).toEqual([]);
});

test("a new ban takes the place of the one in force, and is not counted as forgiveness", () => {
  const bans = banStore(tempDatabase());
  bans.add(newBan({ rung: 1, fromMs: 1_000, untilMs: 9_000 }));
  bans.add(newBan({ rung: 2, fromMs: 4_000, untilMs: 12_000 }));
  expect(bans.inForce(5_000)).toMatchObject([{ untilMs: 12_000 }]);
  expect(bans.historyOf(target("203.0.113.12"), 10)).toMatchObject([
    { rung: 2, liftedAtMs: null },
    { rung: 1, liftedAtMs: 4_000, liftedBy: SUPERSEDED },
  ]);
});

test("a ban that had run out stays as it ran out when the next one comes", () => {
  const bans = banStore(tempDatabase());
  bans.add(newBan({ rung: 1, fromMs: 1_000, untilMs: 2_000 }));
  bans.add(newBan({ rung: 2, fromMs: 2_000, untilMs: 5_000 }));
  expect(bans.historyOf(target("203.0.113.12"), 1)).toMatchObject([{ rung: 2 }]);
  expect(bans.historyOf(target("203.0.113.12"), 10)[1]).toMatchObject({
    rung: 1,
    liftedAtMs: null,
    liftedBy: null,
  });
});

test("a network and an address in it are targets of their own", () => {
  const bans = banStore(tempDatabase());
  bans.add(newBan({ target: target("203.0.113.0/24") }));
  bans.add(newBan());
  expect(bans.lift(target("203.0.113.0/24"), 1_500, "cli:root")).toHaveLength(1);
  expect(targets(bans.inForce(1_500))).toEqual(["203.0.113.12"]);
});

test("lifting what is not banned, or no longer, changes nothing and leaves no audit", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  bans.add(newBan({ untilMs: 2_000 }));
  expect(bans.lift(target("203.0.113.12"), 2_000, "cli:root")).toEqual([]);
  expect(bans.lift(target("198.51.100.1"), 1_500, "cli:root")).toEqual([]);
  expect(auditStore(db).recent(10)).toEqual([]);
});

test("what people do is audited, what the machine does is its own record", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  bans.add(newBan());
  const byHand = bans.add(
    newBan({ trigger: "by-hand", cause: "by-hand", by: "web:ann", untilMs: null, rung: 0 }),
  );
  bans.lift(target("203.0.113.12"), 1_700, "cli:root");
  expect(auditStore(db).recent(10)).toMatchObject([
    { by: "cli:root", atMs: 1_700, subject: "ban 203.0.113.12", change: "lifted", before: { untilMs: null } },
    { by: "web:ann", atMs: 1_000, subject: "ban 203.0.113.12", change: "banned", after: { id: byHand.id } },
  ]);
});

test("recent is the newest first, over all targets", () => {
  const bans = banStore(tempDatabase());
  for (const text of ["203.0.113.1", "203.0.113.2", "203.0.113.3"])
    bans.add(newBan({ target: target(text) }));
  expect(targets(bans.recent(2))).toEqual(["203.0.113.3", "203.0.113.2"]);
  expect([0, 10 ** 15].map((atMs) => bans.countSince(atMs))).toEqual([3, 0]);
});

test("a row that means nothing names its table, id and field", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  const { id } = bans.add(newBan());
  db.prepare("UPDATE bans SET target = '203.0.113.012', cause = 'whim' WHERE id = ?").run(id);
  const read = () => bans.recent(1);
  expect(read).toThrow(RingfenceError);
  expect(read).toThrow(`table bans, row ${id} cannot be read: `);
  expect(read).toThrow("target: not an address");
  expect(read).toThrow("cause: expected one of attack, outdated-credentials");
});

test("an interrupted change leaves neither ban nor audit row", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  db.exec("CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'disk trouble'); END");
  expect(() => bans.add(newBan({ trigger: "by-hand" }))).toThrow(
    "cannot store the ban of 203.0.113.12: disk trouble",
  );
  expect(bans.recent(10)).toEqual([]);
});

describe("many bans", () => {
  const at = (minute: number, of: string, change: Partial<NewBan> = {}) =>
    newBan({ target: target(of), fromMs: minute * 60_000, untilMs: 10 ** 9, ...change });

  test("are read page by page, newest first, through a filter", () => {
    const bans = banStore(tempDatabase());
    for (let i = 1; i <= 5; i++) bans.add(at(i, `203.0.113.${i}`));
    bans.add(at(6, "198.51.100.1", { cause: "typo", standing: "known", note: "Reception's Phone" }));
    const page = (filter: BanFilter, before: number | null = null, limit = 10) =>
      targets(bans.page(filter, before, limit));
    expect(page({}, null, 2)).toEqual(["198.51.100.1", "203.0.113.5"]);
    expect(page({}, 5, 2)).toEqual(["203.0.113.4", "203.0.113.3"]);
    expect(page({ cause: "typo" })).toEqual(["198.51.100.1"]);
    expect(page({ standing: "stranger", sinceMs: 4 * 60_000 })).toEqual(["203.0.113.5", "203.0.113.4"]);
    expect(page({ text: "reception" })).toEqual(["198.51.100.1"]);
    expect(page({ text: "113.2" })).toEqual(["203.0.113.2"]);
    expect(page({ text: "%" })).toEqual([]);
    expect(bans.newestId()).toBe(6);
    expect(targets(bans.page({ text: "203" }, 5, 10, 3))).toEqual(["203.0.113.4", "203.0.113.3"]);
    expect(banStore(tempDatabase()).newestId()).toBe(0);
    expect(targets(bans.byIds([6, 1, 99], {}))).toEqual(["198.51.100.1", "203.0.113.1"]);
    expect(targets(bans.byIds([6, 1], { cause: "attack" }))).toEqual(["203.0.113.1"]);
  });

  test("of one network are found: sources alone, those that are over too", () => {
    const bans = banStore(tempDatabase());
    bans.add(at(1, "203.0.113.1"));
    bans.add(at(2, "203.0.113.2", { untilMs: 121_000 }));
    bans.add(at(3, "203.0.113.0/25"));
    bans.add(at(3, "203.0.112.3"));
    bans.add(at(4, "2001:db8:7:1::1"));
    expect(targets(bans.ofNetwork(target("203.0.113.0/24"), 0))).toEqual(["203.0.113.2", "203.0.113.1"]);
    expect(targets(bans.ofNetwork(target("203.0.113.0/24"), 61_000))).toEqual(["203.0.113.2"]);
    expect(targets(bans.ofNetwork(target("2001:db8:7::/48"), 0))).toEqual(["2001:db8:7:1::/64"]);
  });

  test("can be noted on afterwards, and that is audited", () => {
    const db = tempDatabase();
    const bans = banStore(db);
    bans.add(at(1, "203.0.113.1"));
    expect(bans.setNote(target("203.0.113.1"), "the lift's phone", 5, "cli:ann")).toMatchObject({
      note: "the lift's phone",
    });
    bans.setNote(target("203.0.113.1"), "the lift's phone", 6, "cli:ann");
    expect(bans.recent(1)).toMatchObject([{ note: "the lift's phone" }]);
    expect(bans.setNote(target("203.0.113.9"), "x", 7, "cli:ann")).toBeNull();
    expect(auditStore(db).recent(9)).toMatchObject([
      { change: "noted", by: "cli:ann", before: { note: null }, after: { note: "the lift's phone" } },
    ]);
    expect(auditStore(db).recent(9)).toHaveLength(1);
  });
});

test("the audit is read page by page, by time and by subject", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  for (let i = 1; i <= 4; i++) {
    bans.add(
      newBan({ target: target(`203.0.113.${i}`), trigger: "by-hand", fromMs: i * 100, by: "cli:ann" }),
    );
  }
  const list = (filter: Partial<AuditFilter>) =>
    auditStore(db)
      .list({ sinceMs: null, subject: null, beforeId: null, limit: 9, ...filter })
      .map(({ id }) => id);
  expect(list({})).toEqual([4, 3, 2, 1]);
  expect(list({ limit: 2, beforeId: 4 })).toEqual([3, 2]);
  expect(list({ sinceMs: 300 })).toEqual([4, 3]);
  expect(list({ subject: "203.0.113.2" })).toEqual([2]);
});
