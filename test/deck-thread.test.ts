import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDeckThread, type DeckThread, type DeckThreadParts } from "../src/deck-thread.js";
import { rateOf, type Deck } from "../src/domain/calling/deck.js";
import type { E164 } from "../src/domain/calling/verdict.js";
import type { Log } from "../src/guard/ports.js";
import { callCount } from "../src/pace.js";
import { auditStore } from "../src/sqlite/audit.js";
import { banStore } from "../src/sqlite/ban-store.js";
import { deckStore } from "../src/sqlite/deck-store.js";
import { compileProject, type Compiled } from "./compiled.js";
import { newBan } from "./sqlite/support/bans.js";
import { clearTemp, tempDatabase, tempFolder } from "./sqlite/support/temp.js";

jest.setTimeout(60_000);

let compiled: Compiled;
beforeAll(() => (compiled = compileProject()));
afterAll(() => compiled.remove());

const threads: DeckThread[] = [];
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.stop()));
  clearTemp();
});

interface Running {
  readonly thread: DeckThread;
  readonly folder: string;
  readonly database: string;
  readonly logged: string[];
  readonly decks: (readonly Deck[])[];
  readonly file: (name: string, content: string) => string;
}

/** A thread on the database of `folder`, once it has handed out what decks there are. */
async function running(folder = tempFolder(), over: Partial<DeckThreadParts> = {}): Promise<Running> {
  const database = join(folder, "ringfence.db");
  const logged: string[] = [];
  const decks: (readonly Deck[])[] = [];
  const keep = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { error: keep, warn: keep, info: keep, debug: keep };
  const thread = startDeckThread({
    database,
    calls: callCount(),
    onDecks: (all) => void decks.push(all),
    rules: () => ({ capMicrosPerMinute: 250_000, feeInFirstMinute: true, withoutRate: "refuse" }),
    clock: { nowMs: () => Date.now() },
    random: () => 0.5,
    log,
    workerFile: compiled.file("src/deck-worker.ts"),
    ...over,
  });
  threads.push(thread);
  await until(() => decks.length > 0);
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { thread, folder, database, logged, decks, file };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const HEADER = "prefix,destination,usd_per_minute\n";
const how = { name: "default", dryRun: false, by: "cli:root" };
const priceOf = (decks: readonly Deck[] | undefined, number: string) =>
  decks?.map((deck) => [deck.name, rateOf(deck, number as E164)?.microsPerMinute]);

test("imports a file: stored, audited, and handed out in shared memory", async () => {
  const { thread, decks, database, file } = await running();
  expect(decks).toEqual([[]]);
  const path = file("a.csv", `${HEADER}1,USA,0.01\n1876,Jamaica,0.26\n`);
  expect(await thread.importFile(path, how)).toMatchObject({ rows: 2, added: 2, dearerThanCap: 1 });
  expect(priceOf(decks.at(-1), "+18765550123")).toEqual([["default", 260_000]]);
  expect(Object.prototype.toString.call(decks.at(-1)?.[0]?.starts.buffer)).toBe("[object SharedArrayBuffer]");
  const db = tempDatabase(database);
  expect(deckStore(db).list()).toMatchObject([{ name: "default", rows: 2, importedBy: "cli:root" }]);
  expect(auditStore(db).recent(1)).toMatchObject([{ by: "cli:root", subject: "deck default" }]);
});

test("tells how much of a file is read", async () => {
  const told: { readonly deck: string; readonly share: number; readonly rows: number }[] = [];
  const { thread, file } = await running(undefined, { onRead: (read) => void told.push(read) });
  const rows = Array.from({ length: 60_000 }, (_, index) => `1${200_000 + index},USA,0.01`);
  const path = file("many.csv", `${HEADER}${rows.join("\n")}\n`);
  expect(await thread.importFile(path, { ...how, dryRun: true })).toMatchObject({ rows: 60_000 });
  expect(told.length).toBeGreaterThan(1);
  expect(told.map(({ share }) => share)).toEqual(told.map(({ share }) => share).sort((a, b) => a - b));
  expect(told.at(-1)).toMatchObject({ deck: "default", share: 1 });
  expect(told.at(-1)?.rows).toBeGreaterThan(0);
});

test("what was imported is there after a restart, beside a deck of another name", async () => {
  const first = await running();
  await first.thread.importFile(first.file("a.csv", `${HEADER}1,USA,0.01\n`), how);
  await first.thread.importFile(first.file("b.csv", `${HEADER}1,USA,0.02\n`), { ...how, name: "carrier-b" });
  await first.thread.stop();
  const { decks } = await running(first.folder);
  expect(priceOf(decks[0], "+12125550123")).toEqual([
    ["carrier-b", 20_000],
    ["default", 10_000],
  ]);
});

test("a dry run and a refused file change nothing", async () => {
  const { thread, decks, file } = await running();
  const good = file("a.csv", `${HEADER}1,USA,0.01\n`);
  const bad = file("b.csv", `${HEADER}1,USA,0.01\n1876,Jamaica,dear\n`);
  expect(await thread.importFile(good, { ...how, dryRun: true })).toMatchObject({ rows: 1, added: 1 });
  expect(await thread.importFile(bad, { ...how, dryRun: true })).toMatchObject({
    refusedRows: 1,
    faults: [{ line: 3 }],
  });
  expect(await thread.importFile(bad, how)).toMatchObject({ refused: "refused" });
  expect(await thread.importFile(file("c.csv", ""), how)).toMatchObject({ refused: "refused" });
  expect(decks).toEqual([[]]);
});

test("an import is undone and handed out as it was; a deck that is taken away is gone", async () => {
  const { thread, decks, file } = await running();
  expect(await thread.undo("default", "cli:root")).toMatchObject({ refused: "not-found" });
  await thread.importFile(file("a.csv", `${HEADER}1,USA,0.01\n`), how);
  await thread.importFile(file("b.csv", `${HEADER}1,USA,0.02\n`), how);
  expect(await thread.undo("default", "cli:root")).toMatchObject({ deck: { name: "default", rows: 1 } });
  expect(priceOf(decks.at(-1), "+12125550123")).toEqual([["default", 10_000]]);
  expect(await thread.remove("default", "cli:root")).toEqual({ deck: null });
  expect(decks.at(-1)).toEqual([]);
  expect(await thread.remove("default", "cli:root")).toMatchObject({ refused: "not-found" });
});

test("a price begins when its time comes, without anybody's doing", async () => {
  const { thread, decks, file } = await running();
  const soon = new Date(Date.now() + 2_000).toISOString().slice(0, 19) + "Z";
  const path = file("a.csv", `prefix,rate,effective date\n1,0.01,\n1,0.07,${soon}\n`);
  expect(await thread.importFile(path, how)).toMatchObject({ rows: 2, scheduled: { count: 1 } });
  expect(priceOf(decks.at(-1), "+12125550123")).toEqual([["default", 10_000]]);
  await until(() => priceOf(decks.at(-1), "+12125550123")?.[0]?.[1] === 70_000);
});

test("an old deck is warned of at the start", async () => {
  const first = await running();
  await first.thread.importFile(first.file("a.csv", `${HEADER}1,USA,0.01\n`), how);
  await first.thread.stop();
  tempDatabase(first.database).exec("UPDATE decks SET imported_at_ms = imported_at_ms - 31 * 86400000");
  const { logged } = await running(first.folder);
  await until(() => logged.join().includes("a rate deck is old"));
  expect(logged.join()).toContain('"deck":"default","days":31');
});

test("one import at a time", async () => {
  const { thread, file } = await running();
  const path = file("a.csv", `${HEADER}1,USA,0.01\n`);
  const first = thread.importFile(path, how);
  expect(await thread.importFile(path, how)).toMatchObject({ message: expect.stringContaining("under way") });
  expect(await first).toMatchObject({ rows: 1 });
  expect(await thread.importFile(path, how)).toMatchObject({ rows: 1, changed: 0 });
});

test("others write while a large deck is imported, and what they wrote is there", async () => {
  const { thread, database, file } = await running();
  const bans = banStore(tempDatabase(database));
  const rows = Array.from({ length: 60_000 }, (_, n) => `${100_000 + n},somewhere,0.0${(n % 9) + 1}`).join(
    "\n",
  );
  const state = { done: false, added: 0 };
  const importing = thread.importFile(file("a.csv", HEADER + rows), how).finally(() => (state.done = true));
  while (!state.done) {
    bans.add(newBan({ note: String(state.added++) }));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await importing).toMatchObject({ rows: 60_000 });
  expect(bans.recent(state.added + 1)).toHaveLength(state.added);
});

test("a deck that can't be read has no prices, so that calls are refused and not waved through", async () => {
  const first = await running();
  await first.thread.importFile(first.file("a.csv", `${HEADER}1,USA,0.01\n44,UK,0.02\n`), how);
  await first.thread.stop();
  tempDatabase(first.database).exec("DELETE FROM deck_pages");
  const second = await running(first.folder);
  expect(priceOf(second.decks[0], "+12125550123")).toEqual([["default", undefined]]);
  expect(second.logged.join()).toContain("rate deck default can't be read: import it again");
  expect(await second.thread.importFile(second.file("a.csv", `${HEADER}1,USA,0.03\n`), how)).toMatchObject({
    presentFault: expect.stringContaining("has 0 of its 2 rows"),
  });
  expect(priceOf(second.decks.at(-1), "+12125550123")).toEqual([["default", 30_000]]);
});

test("what an import that was killed left behind is cleared away at the next start", async () => {
  const first = await running();
  await first.thread.importFile(first.file("a.csv", `${HEADER}1,USA,0.01\n`), how);
  await first.thread.stop();
  const db = tempDatabase(first.database);
  db.exec(`INSERT INTO decks VALUES (77, 'default', 'loading', 0, 2000, 'cli:root');
           INSERT INTO deck_pages VALUES (77, 0, '[["1", 5, "half"]]');`);
  const { decks } = await running(first.folder);
  await until(() => db.prepare("SELECT 1 FROM deck_pages WHERE deck_id = 77").get() === undefined);
  expect(priceOf(decks[0], "+12125550123")).toEqual([["default", 10_000]]);
});

test("a thread that dies is replaced, and the import under way is refused, not forgotten", async () => {
  const folder = tempFolder();
  // Every import kills this thread; every start hands out no decks.
  const workerFile = join(folder, "dying.js");
  writeFileSync(
    workerFile,
    `const { parentPort } = require("node:worker_threads");
     parentPort.postMessage({ type: "decks", decks: [] });
     parentPort.on("message", ({ type }) => { if (type === "import") throw new Error("broken"); else parentPort.close(); });`,
  );
  const { thread, decks, logged } = await running(folder, { workerFile });
  await expect(thread.importFile("/x.csv", how)).rejects.toMatchObject({ code: "internal" });
  await until(() => decks.length === 2);
  expect(logged.join()).toContain("the import thread died");
});
