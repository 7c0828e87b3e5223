import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { banStore } from "../../src/sqlite/ban-store.js";
import { checkpoint, durably, findDamage, openDatabase } from "../../src/sqlite/database.js";
import { newBan } from "./support/bans.js";
import { clearTemp, tempDatabase, tempFolder } from "./support/temp.js";

afterEach(clearTemp);

const MIGRATIONS = join(__dirname, "../../src/sqlite/migrations");
const files = readdirSync(MIGRATIONS).sort();

/** The schema as the first `count` migrations make it. */
function oldMigrations(count: number): string {
  const folder = join(tempFolder(), "migrations");
  mkdirSync(folder);
  for (const file of files.slice(0, count)) cpSync(join(MIGRATIONS, file), join(folder, file));
  return folder;
}

const schemaOf = (db: ReturnType<typeof openDatabase>) =>
  db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();

test("makes the file and its folder, readable by nobody else", () => {
  const path = join(tempFolder(), "new", "ringfence.db");
  const db = tempDatabase(path);
  banStore(db).add(newBan());
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
});

test("every table is STRICT, foreign keys are enforced, the journal is a WAL", () => {
  const db = tempDatabase();
  const tables = db
    .prepare("SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite_%'")
    .all();
  expect(tables.length).toBeGreaterThan(5);
  expect(tables.filter((table) => (table as { strict: number }).strict !== 1)).toEqual([]);
  expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
  expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(db.pragma("busy_timeout", { simple: true })).toBe(5_000);
});

test.each(files.map((_, index) => index))("upgrades from schema %i, keeping what is there", (version) => {
  const path = join(tempFolder(), "ringfence.db");
  const old = openDatabase(path, oldMigrations(version));
  expect(old.pragma("user_version", { simple: true })).toBe(version);
  if (version > 0) {
    // As the first release wrote it: the store of today knows columns that were not there then.
    const evidence =
      '{"attempts":10,"accounts":["100"],"firstAtMs":500,"lastAtMs":1000,"services":["pjsip"],"transports":["udp"],"summary":"x"}';
    old
      .prepare(
        `INSERT INTO bans (target, latest, cause, trigger, standing, proof, scope, rung, from_ms, until_ms, by, evidence)
         VALUES ('203.0.113.12', 1, 'attack', 'attempts', 'stranger', 'unproven', 'host', 1, 1000, 2000, 'ringfence', ?)`,
      )
      .run(evidence);
  }
  old.close();
  const db = tempDatabase(path);
  expect(db.pragma("user_version", { simple: true })).toBe(files.length);
  expect(banStore(db).recent(10)).toHaveLength(version > 0 ? 1 : 0);
  expect(schemaOf(db)).toEqual(schemaOf(tempDatabase()));
});

test("an upgrade that fails leaves the version before it, whole", () => {
  const path = join(tempFolder(), "ringfence.db");
  openDatabase(path, oldMigrations(1)).close();
  const broken = oldMigrations(1);
  writeFileSync(
    join(broken, "0002-broken.sql"),
    "CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE half (y);",
  );
  expect(() => openDatabase(path, broken)).toThrow(
    `cannot open the database ${path}: table half already exists`,
  );
  const db = new BetterSqlite3(path);
  expect(db.pragma("user_version", { simple: true })).toBe(1);
  expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
  db.close();
});

test("refuses migrations with a gap", () => {
  const folder = oldMigrations(1);
  writeFileSync(join(folder, "0003-late.sql"), "SELECT 1;");
  expect(() => openDatabase(join(tempFolder(), "x.db"), folder)).toThrow(
    "migration 0003-late.sql is out of order",
  );
});

test("refuses a database newer than the program, and leaves it alone", () => {
  const path = join(tempFolder(), "ringfence.db");
  const db = openDatabase(path);
  db.pragma("user_version = 99");
  db.close();
  expect(() => openDatabase(path)).toThrow(
    /newer Ringfence \(schema 99, this one knows \d+\).*restore a backup/,
  );
});

test("refuses another program's database, and leaves it alone", () => {
  const path = join(tempFolder(), "asterisk.db");
  const other = new BetterSqlite3(path);
  other.exec("CREATE TABLE astdb (key, value)");
  other.close();
  const before = readFileSync(path);
  expect(() => openDatabase(path)).toThrow("another program's database: name a file of Ringfence's own");
  expect(readFileSync(path)).toEqual(before);
});

test("refuses a file that is no database, and says what to do", () => {
  const path = join(tempFolder(), "ringfence.db");
  writeFileSync(path, "this is no database, and long enough for SQLite to see it is not".repeat(20));
  expect(() => openDatabase(path)).toThrow(/no SQLite database: move it away and restore a backup/);
});

test("reports damage instead of reading around it", () => {
  const path = join(tempFolder(), "ringfence.db");
  const whole = openDatabase(path);
  banStore(whole).add(newBan());
  expect(findDamage(whole)).toEqual([]);
  const root = whole.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'bans_by_end'").pluck().get();
  const pageBytes = Number(whole.pragma("page_size", { simple: true }));
  whole.close();
  const bytes = readFileSync(path);
  bytes.fill(0xab, (Number(root) - 1) * pageBytes, Number(root) * pageBytes);
  writeFileSync(path, bytes);
  const damaged = tempDatabase(path);
  expect(findDamage(damaged)).not.toEqual([]);
  expect(() => banStore(damaged).inForce(1_500)).toThrow(/cannot read the bans: .*restore a backup/);
});

test("says that the folder cannot be written to", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "file"), "");
  chmodSync(join(folder, "file"), 0o600);
  const path = join(folder, "file", "ringfence.db");
  expect(() => openDatabase(path)).toThrow(`cannot open the database ${path}: `);
});

test("a lock kept too long is `busy`, not damage", () => {
  const path = join(tempFolder(), "ringfence.db");
  const holder = tempDatabase(path);
  const waiter = tempDatabase(path);
  waiter.pragma("busy_timeout = 10");
  holder.exec("BEGIN IMMEDIATE");
  expect(() => banStore(waiter).add(newBan())).toThrow("database is locked");
  holder.exec("ROLLBACK");
  expect(banStore(waiter).add(newBan()).target).toBe("203.0.113.12");
});

test("a durable write goes back to the ordinary level, also when it fails", () => {
  const db = tempDatabase();
  const level = () => db.pragma("synchronous", { simple: true });
  expect(durably(db, level)).toBe(2);
  expect(level()).toBe(1);
  expect(() =>
    durably(db, () => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(level()).toBe(1);
});

test("a checkpoint moves the log into the file", () => {
  const path = join(tempFolder(), "ringfence.db");
  const db = tempDatabase(path);
  banStore(db).add(newBan());
  const before = statSync(path).size;
  checkpoint(db);
  expect(statSync(path).size).toBeGreaterThan(before);
});
