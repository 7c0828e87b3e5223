import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReadThread } from "../src/read-thread.js";
import { auditWriter } from "../src/sqlite/audit.js";
import { type Database, openDatabase } from "../src/sqlite/database.js";
import { compileProject } from "./compiled.js";
import { FakeLog } from "./http/support/services.js";

const compiled = compileProject();
afterAll(() => compiled.remove());

let folder: string;
let db: Database;
let reads: ReadThread;
const log = new FakeLog();

function start(): ReadThread {
  const workerFile = compiled.file("src/read-worker.ts");
  return new ReadThread({ database: join(folder, "ringfence.db"), log, workerFile, idleMs: 50 });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-reads-"));
  db = openDatabase(join(folder, "ringfence.db"));
  reads = start();
});
afterEach(async () => {
  await reads.stop();
  db.close();
  rmSync(folder, { recursive: true });
});

const newest = { sinceMs: null, subject: null, beforeId: null, limit: 1 };
const write = (change: string): void =>
  db
    .transaction(() =>
      auditWriter(db)({ atMs: 1, by: "web:alice", subject: "policy", change, before: null, after: null }),
    )
    .immediate();

test("what is stored a moment ago is read, and many may ask at a time", async () => {
  for (const change of ["opened JM", "closed JM"]) {
    write(change);
    expect(await reads.ask("audit", newest)).toMatchObject([{ change }]);
  }
  const [counted, listed] = await Promise.all([reads.ask("countBans", 0), reads.ask("audit", newest)]);
  expect(counted).toBe(0);
  expect(listed).toHaveLength(1);
});

test("who is idle ends, and begins anew when asked", async () => {
  write("opened JM");
  await reads.ask("audit", newest);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await reads.ask("audit", newest)).toHaveLength(1);
});

test("a broken row is an error of that question alone", async () => {
  db.prepare("INSERT INTO activity (hour_ms, kind, amount) VALUES (0, 'nonsense', 1)").run();
  await expect(reads.ask("activity", 0)).rejects.toMatchObject({ code: "store" });
  expect(await reads.ask("audit", newest)).toEqual([]);
});

test("who is stopped answers nobody, and those who wait are told", async () => {
  const asked = reads.ask("audit", newest);
  const told = expect(asked).rejects.toMatchObject({ code: "busy" });
  await reads.stop();
  await told;
  await expect(reads.ask("audit", newest)).rejects.toMatchObject({ code: "busy" });
});
