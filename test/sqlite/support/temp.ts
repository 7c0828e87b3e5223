import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type Database } from "../../../src/sqlite/database.js";

const open: Database[] = [];
const folders: string[] = [];

/** A folder of its own for one test, removed by `clearTemp`. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-sqlite-"));
  folders.push(folder);
  return folder;
}

export function tempDatabase(path = join(tempFolder(), "ringfence.db")): Database {
  const db = openDatabase(path);
  open.push(db);
  return db;
}

export function clearTemp(): void {
  for (const db of open.splice(0)) db.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
