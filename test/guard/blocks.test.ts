import type { Block } from "../../src/domain/intrusion/ban.js";
import { BlockBook } from "../../src/guard/blocks.js";
import type { Happening } from "../../src/guard/ports.js";
import { Protection } from "../../src/guard/protection.js";
import { FakeBlockStore, FakeLog, FakeTime, newBlock, source, START_MS, target } from "./support/fakes.js";

let time: FakeTime;
let log: FakeLog;
let store: FakeBlockStore;
let protection: Protection;
let told: Happening[];
let changes: number;
let book: BlockBook;

const OFFICE = source("198.51.100.7");
const HOME = source("2001:db8::1");
const HOUR = 3_600_000;
const BY_HAND = { durationMs: HOUR, note: "left the company", by: "cli:ann" };

beforeEach(() => {
  time = new FakeTime();
  log = new FakeLog();
  store = new FakeBlockStore();
  protection = new Protection({ own: [target("192.0.2.1")], configured: [], log });
  told = [];
  changes = 0;
  book = newBook();
  book.start();
});

function newBook(): BlockBook {
  return new BlockBook({
    store,
    protection,
    isTrunk: (account) => account === "carrier",
    standingOf: () => "known",
    changed: () => changes++,
    clock: time,
    after: time.after,
    tell: (happening) => told.push(happening),
    log,
  });
}

test("a block is stored, told and found, and concerns nobody else", () => {
  const block = book.block(newBlock("100", OFFICE)) as Block;
  expect(store.blocks).toEqual([block]);
  expect(told).toEqual([{ type: "block", block }]);
  expect(changes).toBe(2);
  expect(book.blockOf("100", OFFICE)).toMatchObject({ id: block.id });
  expect([book.blockOf("101", OFFICE), book.blockOf("100", HOME)]).toEqual([null, null]);
  for (const whose of [{ account: "100" }, { source: OFFICE }]) {
    expect(book.inForceOf(whose)).toEqual([block]);
  }
  expect(book.inForceOf({ source: HOME })).toEqual([]);
});

test.each([
  ["carrier", "198.51.100.7", "it is a trunk, and trunks are never shut"],
  ["100", "192.0.2.1", "192.0.2.1 is the PBX's own"],
])("%s at %s is never blocked, by the machine or by hand", (account, at, because) => {
  for (const refusal of [book.block(newBlock(account, at)), book.blockByHand(account, source(at), BY_HAND)]) {
    expect(refusal).toEqual({
      refused: "protected",
      message: `${account} can't be blocked at ${at}: ${because}.`,
    });
  }
  expect([store.blocks, told, changes]).toEqual([[], [], 1]);
});

test("a block by hand has the end, the note and the name that it was given", () => {
  expect(book.blockByHand("100", OFFICE, BY_HAND)).toMatchObject({
    account: "100",
    source: OFFICE,
    cause: "by-hand",
    rung: 0,
    untilMs: START_MS + HOUR,
    note: "left the company",
    by: "cli:ann",
  });
  expect(book.blockByHand("100", OFFICE, { ...BY_HAND, durationMs: 0 })).toMatchObject({
    refused: "refused",
  });
});

test("the machine never cuts short what was blocked by hand", () => {
  const byHand = book.blockByHand("100", OFFICE, { ...BY_HAND, durationMs: null }) as Block;
  expect(book.block(newBlock("100", OFFICE))).toEqual(byHand);
  expect(store.blocks).toHaveLength(1);
});

test("an end is noticed without being asked for, and the next one after it", async () => {
  book.block(newBlock("100", OFFICE, { untilMs: START_MS + 1_000 }));
  book.block(newBlock("101", OFFICE, { untilMs: START_MS + 5_000 }));
  book.block(newBlock("102", OFFICE, { untilMs: null }));
  const before = changes;
  await time.pass(999);
  expect(changes).toBe(before);
  await time.pass(1);
  expect(changes).toBe(before + 1);
  expect(book.inForce().map(({ account }) => account)).toEqual(["101", "102"]);
  await time.pass(4_000);
  expect(changes).toBe(before + 2);
  expect(book.inForce().map(({ account }) => account)).toEqual(["102"]);
  expect(time.waiting).toBe(0);
  expect(book.inForceOf({ account: "100" })).toEqual([]);
});

test("an end beyond what a timer holds is waited for all the same", async () => {
  book.block(newBlock("100", OFFICE, { untilMs: START_MS + 40 * 24 * HOUR }));
  await time.pass(40 * 24 * HOUR);
  expect(book.inForce()).toEqual([]);
  expect(time.waiting).toBe(0);
});

test("lifting ends one pair and tells", () => {
  book.block(newBlock("100", OFFICE));
  book.block(newBlock("100", HOME));
  expect(book.lift("100", OFFICE, "cli:ann")).toMatchObject([{ liftedBy: "cli:ann" }]);
  expect(told.at(-1)).toEqual({ type: "unblock", account: "100", source: OFFICE, by: "cli:ann" });
  expect(book.inForce().map((block) => block.source)).toEqual([HOME]);
  expect(book.lift("100", OFFICE, "cli:ann")).toEqual({
    refused: "not-found",
    message: "100 is not blocked at 198.51.100.7.",
  });
  expect(book.historyOf("100", OFFICE)).toMatchObject([{ liftedBy: "cli:ann" }]);
});

test("what comes to be protected is let in again", () => {
  book.block(newBlock("100", OFFICE));
  book.block(newBlock("100", HOME));
  protection.setNeverBan([target("198.51.100.0/24")]);
  expect(book.inForce().map((block) => block.source)).toEqual([HOME]);
  expect(told.at(-1)).toMatchObject({ type: "unblock", by: "protection" });
});

test("a new start knows the blocks in force, and waits for their end", async () => {
  store.add(newBlock("100", OFFICE, { untilMs: START_MS + 1_000 }));
  store.add(newBlock("__proto__", HOME, { untilMs: null }));
  const next = newBook();
  const stop = next.start();
  expect(next.inForce().map(({ account }) => account)).toEqual(["100", "__proto__"]);
  await time.pass(1_000);
  expect(next.inForce().map(({ account }) => account)).toEqual(["__proto__"]);
  await stop();
  expect(time.waiting).toBe(0);
});

test("a note is put on the newest block of the pair, also when it is over", () => {
  book.block(newBlock("100", OFFICE));
  book.lift("100", OFFICE, "admin");
  expect(book.setNote("100", OFFICE, "called them", "admin")).toMatchObject({ note: "called them" });
  expect(book.setNote("101", OFFICE, "called them", "admin")).toMatchObject({ refused: "not-found" });
});
