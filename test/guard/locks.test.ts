import type { Lock } from "../../src/domain/intrusion/ban.js";
import { Locks } from "../../src/guard/locks.js";
import type { Happening } from "../../src/guard/ports.js";
import { FakeLockStore, FakeLog, FakeTime, START_MS } from "./support/fakes.js";

const HOUR = 3_600_000;
const WISH = { account: "100", sources: 20, lockMs: HOUR, by: "ringfence" };
let time: FakeTime;
let store: FakeLockStore;
let told: Happening[];
let changes: number;
let locks: Locks;

beforeEach(() => {
  time = new FakeTime();
  store = new FakeLockStore();
  told = [];
  changes = 0;
  locks = new Locks({
    store,
    isTrunk: (account) => account === "carrier",
    changed: () => changes++,
    clock: time,
    after: time.after,
    tell: (happening) => told.push(happening),
    log: new FakeLog(),
  });
  locks.start();
});

test("a lock is stored, told, and over when its time is", async () => {
  const lock = locks.lock(WISH) as Lock;
  expect(lock).toMatchObject({ account: "100", untilMs: START_MS + HOUR, sources: 20 });
  expect([store.locks, told]).toEqual([[lock], [{ type: "lock", lock }]]);
  expect([locks.inForce(), locks.lockOf("100"), locks.lockOf("101")]).toEqual([[lock], lock, null]);
  const before = changes;
  await time.pass(HOUR);
  expect(changes).toBe(before + 1);
  expect(locks.inForce()).toEqual([]);
});

test("a second lock goes on from now", () => {
  locks.lock(WISH);
  time.slip(HOUR / 2);
  locks.lock(WISH);
  expect(locks.inForce()).toMatchObject([{ untilMs: START_MS + 1.5 * HOUR }]);
});

test("a trunk is never locked", () => {
  expect(locks.lock({ ...WISH, account: "carrier" })).toMatchObject({ refused: "protected" });
  expect([store.locks, told]).toEqual([[], []]);
});

test("lifting", () => {
  locks.lock(WISH);
  expect(locks.lift("100", "cli:ann")).toMatchObject([{ account: "100", liftedBy: "cli:ann" }]);
  expect(told.at(-1)).toEqual({ type: "unlock", account: "100", by: "cli:ann" });
  expect(locks.lockOf("100")).toBeNull();
  expect(locks.lift("100", "cli:ann")).toEqual({ refused: "not-found", message: "100 is not locked." });
});

test("a new start knows the locks in force", () => {
  store.add({ account: "100", fromMs: START_MS, untilMs: START_MS + 10, by: "x", sources: 3 });
  locks.start();
  expect(locks.lockOf("100")).not.toBeNull();
});
