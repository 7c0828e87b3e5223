import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { restore } from "../../src/restore.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { copyDatabase, type Database, openDatabase } from "../../src/sqlite/database.js";
import { policyStore } from "../../src/sqlite/policy-store.js";
import { checkBackup, restoreDatabase } from "../../src/sqlite/restore.js";
import { startApi, type TestApi } from "../http/support/api.js";
import { newBan } from "../sqlite/support/bans.js";
import { clearTemp, tempDatabase, tempFolder } from "../sqlite/support/temp.js";
import { FakeOffline, type Ran, ringfence as run } from "./support/run.js";

/** What the bin wires. */
class RealOffline extends FakeOffline {
  override checkBackup(file: string): Promise<void> {
    checkBackup(file);
    return Promise.resolve();
  }
  override restore(file: string, configFile: string): ReturnType<typeof restore> {
    return restore(file, configFile);
  }
}

let api: TestApi;
let folder: string;
let live: Database;
let config: string;
let database: string;
beforeEach(async () => {
  api = await startApi();
  folder = tempFolder();
  live = tempDatabase(join(folder, "live.db"));
  api.services.backup = (file) => copyDatabase(live, file);
  database = join(folder, "var", "ringfence.db");
  config = join(folder, "ringfence.yaml");
  writeFileSync(config, JSON.stringify({ database, http: { socket: join(folder, "no.sock") } }), {
    mode: 0o600,
  });
});
afterEach(async () => {
  await api.stop();
  clearTemp();
});

const ringfence = (...argv: string[]): Promise<Ran> =>
  run(argv, { socket: api.socket, offline: new RealOffline() });
const file = (name = "monday.db"): string => join(folder, name);
const restored = () => ringfence("restore", file(), "--config", config);

/** Closes the database that a restore made, so that the next one may take its place. */
function look<T>(path: string, work: (db: Database) => T): T {
  const db = openDatabase(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

test("the database of a running daemon is backed up, restored, and holds the same rules", async () => {
  const { calling } = DEFAULT_POLICY;
  const stored = policyStore(live).save(
    { ...DEFAULT_POLICY, calling: { ...calling, capMicrosPerMinute: 123_000 } },
    "alice",
    1,
    "another cap",
  );
  banStore(live).add(newBan());
  const saved = await ringfence("backup", file());
  expect(saved).toMatchObject({ status: 0, err: "" });
  expect(statSync(file()).mode & 0o777).toBe(0o600);

  const done = await restored();
  expect(done).toMatchObject({ status: 0, err: "" });
  expect(done.out).toContain(`${database} is what ${file()} holds.`);
  expect(done.out).not.toContain("What it was before");
  expect(statSync(database).mode & 0o777).toBe(0o600);
  look(database, (db) => {
    expect(policyStore(db).load()).toEqual(stored);
    expect(banStore(db).inForce(newBan().fromMs)).toHaveLength(1);
  });
  expect(readdirSync(folder).filter((name) => /part|check|restore-/.test(name))).toEqual([]);
});

describe("backup", () => {
  test("overwrites nothing unless told to", async () => {
    writeFileSync(file(), "precious", { mode: 0o644 });
    const refused = await ringfence("backup", file());
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("add --force to overwrite it");
    expect(readFileSync(file(), "utf8")).toBe("precious");
    expect(await ringfence("backup", file(), "--force", "--json")).toMatchObject({ status: 0 });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    checkBackup(file());
  });

  test("leaves nothing where what came is no whole database", async () => {
    api.services.backup = (to) => {
      writeFileSync(to, "SQLite format 3");
      return Promise.resolve();
    };
    const ran = await ringfence("backup", file());
    expect(ran.status).toBe(1);
    expect(ran.err).toContain("cannot read");
    expect(readdirSync(folder).filter((name) => name.startsWith("monday"))).toEqual([]);
  });

  test("leaves nothing where the connection breaks", async () => {
    const socket = join(folder, "breaking.sock");
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-length": "100000" }).write("SQLite format 3", () => {
        response.destroy();
      });
    });
    await new Promise<void>((done) => server.listen(socket, done));
    const ran = await run(["backup", file()], { socket, offline: new RealOffline() });
    await new Promise((done) => server.close(done));
    expect(ran.status).toBe(3);
    expect(readdirSync(folder).filter((name) => name.startsWith("monday"))).toEqual([]);
  });
});

describe("restore", () => {
  beforeEach(() => {
    expect(existsSync(database)).toBe(false);
    mkdirSync(join(folder, "var"), { mode: 0o700 });
    banStore(live).add(newBan());
    return copyDatabase(live, file());
  });
  const bans = (path: string): number =>
    look(path, (db) => Number(db.prepare("SELECT count(*) FROM bans").pluck().get()));
  const beside = (): string[] => readdirSync(join(folder, "var")).sort();

  test("keeps what was there, with what its journal held", async () => {
    // As after a kill: rows in the journal alone.
    const old = openDatabase(file("old.db"));
    banStore(old).add(newBan());
    banStore(old).add(newBan({ target: newBan().target }));
    for (const journal of ["", "-wal"]) copyFileSync(file("old.db") + journal, database + journal);
    old.close();
    chmodSync(database, 0o600);
    const done = await restored();
    expect(done).toMatchObject({ status: 0, err: "" });
    const kept = /What it was before is in (.*)\.$/m.exec(done.out)?.[1] ?? "";
    expect(kept).toMatch(/ringfence\.db\.before-restore-\d{8}T\d{6}Z$/);
    expect(beside()).toEqual(["ringfence.db", kept.slice(kept.lastIndexOf("/") + 1)]);
    expect([bans(database), bans(kept)]).toEqual([1, 2]);
  });

  test("is refused while the daemon answers", async () => {
    writeFileSync(config, JSON.stringify({ database, http: { socket: api.socket } }), { mode: 0o600 });
    const ran = await restored();
    expect(ran.status).toBe(1);
    expect(ran.err).toContain("another daemon answers on");
    expect(beside()).toEqual([]);
  });

  test("is refused while anybody has the database open", async () => {
    const held = tempDatabase(database);
    held.prepare("SELECT count(*) FROM bans").get();
    const ran = await restored();
    expect(ran.status).toBe(1);
    expect(ran.err).toContain("is in use: stop the daemon first");
    expect(held.prepare("SELECT count(*) FROM bans").pluck().get()).toBe(0);
    expect(beside().filter((name) => name.includes("restore"))).toEqual([]);
  });

  test.each([
    [
      "text",
      (path: string) => writeFileSync(path, "not a database, but longer than a header".repeat(9)),
      "cannot",
    ],
    ["half a backup", (path: string) => truncateSync(path, statSync(path).size / 2), "cannot|damaged"],
    ["nothing", (path: string) => writeFileSync(path, ""), "no database of Ringfence's"],
    [
      "another program's",
      (path: string) => {
        writeFileSync(path, "");
        new BetterSqlite3(path).exec("CREATE TABLE theirs (a)").close();
      },
      "no database of Ringfence's",
    ],
    [
      "a newer version's",
      (path: string) => {
        const db = new BetterSqlite3(path);
        db.pragma("user_version = 9999");
        db.close();
      },
      "was written by a newer Ringfence \\(schema 9999",
    ],
  ])("takes no backup that is %s, and changes nothing", async (_, spoil, says) => {
    openDatabase(database).close();
    const before = readFileSync(database);
    spoil(file());
    const ran = await restored();
    expect(ran.status).toBe(1);
    expect(ran.err).toMatch(new RegExp(says));
    expect(readFileSync(database).equals(before)).toBe(true);
    expect(beside()).toEqual(["ringfence.db"]);
  });

  test("replaces a database that is damaged, and keeps that too", () => {
    writeFileSync(database, "no longer a database".repeat(99));
    writeFileSync(`${database}-wal`, "nor this a journal");
    const { kept } = restoreDatabase(file(), database, Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(kept).toBe(`${database}.before-restore-20260102T030405Z`);
    expect(readFileSync(kept!, "utf8")).toContain("no longer a database");
    expect(readFileSync(`${kept}-wal`, "utf8")).toBe("nor this a journal");
    expect(bans(database)).toBe(1);
  });

  test("says which file is missing", async () => {
    const ran = await ringfence("restore", file("none.db"), "--config", config);
    expect(ran.status).toBe(1);
    expect(ran.err).toContain("none.db");
  });
});
