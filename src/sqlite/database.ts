import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { RingfenceError } from "../domain/error.js";
import { inStore, storeError } from "./store-error.js";

export type Database = BetterSqlite3.Database;

/** "RFNC", in the file's header: tells our files from those of other programs. */
const APPLICATION_ID = 0x52_46_4e_43;

/** How long a write waits for another connection's. The import thread holds the lock for milliseconds at a time. */
const BUSY_TIMEOUT_MS = 5_000;

/** The import thread checkpoints for everyone, so that the fsync falls on no thread that serves calls or events; this many
 *  pages (64 MB) are the backstop for when it does not. */
const BACKSTOP_PAGES = 16_000;
const CHECKPOINT_PAGES = 1_000;
/** Of each connection; the driver's own setting is 16 MB. The system's cache holds the file as well. */
const CACHE_KB = 4_000;
const MOST_WAL_BYTES = 64 * 1024 * 1024;

interface Migration {
  readonly version: number;
  readonly file: string;
}

/** Opens the database file, makes it (mode 0600) where it is missing, and brings its tables up to date. Every thread opens its
 *  own connection. Throws RingfenceError `store` where the file is damaged, another program's, or newer than
 *  this program; `busy` where another process keeps it locked. */
export function openDatabase(path: string, migrations = join(__dirname, "migrations")): Database {
  return inStore(`open the database ${path}`, () => {
    makeFile(path);
    const db = new BetterSqlite3(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      refuseForeign(db);
      db.pragma("journal_mode = WAL");
      // Survives the death of the process. What must survive a power cut as well says so (`durably`).
      db.pragma("synchronous = NORMAL");
      db.pragma("foreign_keys = ON");
      db.pragma(`cache_size = -${CACHE_KB}`);
      db.pragma(`wal_autocheckpoint = ${BACKSTOP_PAGES}`);
      db.pragma(`journal_size_limit = ${MOST_WAL_BYTES}`);
      migrate(db, listMigrations(migrations));
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** What SQLite finds wrong with the file, at most ten findings; empty where it is sound. Reads the whole file. */
export function findDamage(db: Database): string[] {
  return inStore("check the database", () => {
    const found = db.pragma("quick_check(10)") as { quick_check: string }[];
    const dangling = db.pragma("foreign_key_check") as { table: string; parent: string }[];
    return [
      ...found.map((row) => row.quick_check).filter((finding) => finding !== "ok"),
      ...dangling.slice(0, 10).map((row) => `a row of ${row.table} has lost its row in ${row.parent}`),
    ];
  });
}

/** Writes a consistent copy to `file`, a little at a time, while others write. */
export async function copyDatabase(db: Database, file: string): Promise<void> {
  try {
    await db.backup(file);
  } catch (cause) {
    throw storeError(`copy the database to ${file}`, cause);
  }
}

/** Runs `write` in one transaction that has reached the disk when this returns: for what people changed by hand. */
export function durably<T>(db: Database, write: () => T): T {
  db.pragma("synchronous = FULL");
  try {
    return db.transaction(write).immediate();
  } finally {
    db.pragma("synchronous = NORMAL");
  }
}

/** Makes this connection the one that checkpoints: as it writes, and each time that `checkpoint` is called. */
export function takeCheckpoints(db: Database): void {
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
}

/** Moves what the write-ahead log holds into the database file, as far as that goes without waiting. */
export function checkpoint(db: Database): void {
  inStore("checkpoint the database", () => db.pragma("wal_checkpoint(PASSIVE)"));
}

/** The schema of a database that is not brought up to date here, and the newest that this program knows. Throws RingfenceError
 *  `store` where it is another program's, empty, or newer than this program. @param name the file, for people */
export function checkSchema(
  db: Database,
  name: string,
  migrations = join(__dirname, "migrations"),
): { readonly schema: number; readonly newest: number } {
  return inStore(`read ${name}`, () => {
    if (numberOf(db, "application_id") !== APPLICATION_ID) {
      throw new RingfenceError("store", `${name} is no database of Ringfence's`);
    }
    const schema = numberOf(db, "user_version");
    const newest = listMigrations(migrations).at(-1)?.version ?? 0;
    if (schema > newest) throw tooNew(name, schema, newest);
    return { schema, newest };
  });
}

function tooNew(name: string, schema: number, newest: number): RingfenceError {
  return new RingfenceError(
    "store",
    `${name} was written by a newer Ringfence (schema ${schema}, this one knows ${newest}): ` +
      "install that version again, or restore a backup made before the upgrade",
  );
}

/** SQLite would make the file world-readable; its -wal and -shm files take their mode from it. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
}

function refuseForeign(db: Database): void {
  const id = numberOf(db, "application_id");
  if (id === APPLICATION_ID) return;
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (id === 0 && tables === 0) return;
  throw new RingfenceError(
    "store",
    `${db.name} is another program's database: name a file of Ringfence's own`,
  );
}

/** Each migration is one transaction of its own, so that an interrupted upgrade goes on where it stopped. */
function migrate(db: Database, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  for (;;) {
    const done = db
      .transaction(() => {
        const version = numberOf(db, "user_version");
        if (version > newest) throw tooNew(db.name, version, newest);
        const next = migrations.find((migration) => migration.version === version + 1);
        if (next === undefined) return true;
        db.exec(readFileSync(next.file, "utf8"));
        db.pragma(`user_version = ${next.version}`);
        db.pragma(`application_id = ${APPLICATION_ID}`);
        return false;
      })
      .immediate();
    if (done) return;
  }
}

/** `NNNN-name.sql`, in order, without gaps. */
function listMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  return names.map((name, index) => {
    if (Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]) !== index + 1) {
      throw new RingfenceError("internal", `migration ${name} is out of order`);
    }
    return { version: index + 1, file: join(folder, name) };
  });
}

function numberOf(db: Database, pragma: string): number {
  return Number(db.pragma(pragma, { simple: true }));
}
