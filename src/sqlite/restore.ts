import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { RingfenceError } from "../domain/error.js";
import { checkSchema, type Database, findDamage } from "./database.js";
import { storeError } from "./store-error.js";

export interface Restored {
  /** The file that was replaced. */
  readonly database: string;
  /** Where what stood there before is now; null: nothing did. */
  readonly kept: string | null;
  /** The schema of the backup, and the one that the next start makes of it. */
  readonly schema: number;
  readonly newest: number;
}

const BUSY_MS = 1_000;

/** Makes sure that `file` is a whole database of Ringfence's, no newer than this program. Throws RingfenceError `store`. */
export function checkBackup(file: string): { readonly schema: number; readonly newest: number } {
  return copied(file, `${file}.check-${random()}`, (copy) => copy);
}

/** Puts a backup in the place of the database of a daemon that does not run. What is there stays beside it. Until the last step,
 *  which is one rename, the database is as it was. Throws RingfenceError: `busy` where somebody has the database open, `store`
 *  where the backup is no good or a file can't be written. */
export function restoreDatabase(file: string, database: string, nowMs: number): Restored {
  try {
    mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
    return copied(file, `${database}.restore-${random()}`, (found, copy) => {
      const owner = statSync(existsSync(database) ? database : dirname(database));
      chownSync(copy, owner.uid, owner.gid);
      const kept = existsSync(database) ? keepAside(database, nowMs) : null;
      dropJournals(database);
      renameSync(copy, database);
      syncFolder(dirname(database));
      return { database, kept, ...found };
    });
  } catch (cause) {
    throw storeError(`restore ${file}`, cause);
  }
}

interface Found {
  readonly schema: number;
  readonly newest: number;
}

/** The checks write: they fold a journal into the file. So they get a copy, of mode 0600 and on the disk in the end. */
function copied<T>(file: string, copy: string, work: (found: Found, copy: string) => T): T {
  try {
    closeSync(openSync(copy, "wx", 0o600));
    for (const journal of ["", "-wal"]) {
      if (journal === "" || existsSync(file + journal)) copyFileSync(file + journal, copy + journal);
    }
    const found = examine(copy, file);
    syncFile(copy);
    return work(found, copy);
  } catch (cause) {
    throw storeError(`read ${file}`, cause);
  } finally {
    for (const journal of ["", "-wal", "-shm", "-journal"]) rmSync(copy + journal, { force: true });
  }
}

function examine(copy: string, name: string): Found {
  const db = new BetterSqlite3(copy, { fileMustExist: true });
  try {
    const found = checkSchema(db, name);
    const damage = findDamage(db);
    if (damage.length > 0) {
      throw new RingfenceError("store", `${name} is damaged: ${damage.join("; ")}. Take another backup`);
    }
    leaveWal(db);
    return found;
  } finally {
    db.close();
  }
}

/** Moves all into the file itself; the daemon goes back to a journal beside it. Fails while anybody else has it open. */
function leaveWal(db: Database): void {
  db.pragma("journal_mode = DELETE");
}

function keepAside(database: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  const kept = `${database}.before-restore-${stamp}`;
  const journal = "-wal";
  // SQLite takes away the journal of a file that it can make nothing of.
  if (existsSync(database + journal)) linkOrCopy(database + journal, kept + journal);
  let isSound = true;
  try {
    isSound = fold(database);
  } finally {
    if (isSound) rmSync(kept + journal, { force: true });
  }
  linkOrCopy(database, kept);
  return kept;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    // A filesystem without links.
    if (!hasCode(error, "EPERM", "ENOTSUP")) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** Moves what the journal holds into the file; says whether that could be done. Throws where somebody else has it open. */
function fold(database: string): boolean {
  const db = new BetterSqlite3(database, { fileMustExist: true, timeout: BUSY_MS });
  try {
    leaveWal(db);
    return true;
  } catch (error) {
    if (hasCode(error, "SQLITE_BUSY", "SQLITE_LOCKED")) {
      throw new RingfenceError("busy", `${database} is in use: stop the daemon first`, { cause: error });
    }
    // Damaged: that may be why somebody restores. It is kept as it is.
    if (!hasCode(error, "SQLITE_CORRUPT", "SQLITE_NOTADB")) throw error;
    return false;
  } finally {
    db.close();
  }
}

/** The journal of another database would be taken for the restored one's. */
function dropJournals(database: string): void {
  for (const journal of ["-wal", "-shm", "-journal"]) rmSync(database + journal, { force: true });
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function random(): string {
  return randomBytes(6).toString("hex");
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  const { code } = error;
  return typeof code === "string" && codes.some((each) => code === each || code.startsWith(`${each}_`));
}
