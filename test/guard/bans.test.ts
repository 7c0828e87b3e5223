import type { Source } from "../../src/domain/address.js";
import type { Ban } from "../../src/domain/intrusion/ban.js";
import { BanBook, type BanPage } from "../../src/guard/bans.js";
import { Protection } from "../../src/guard/protection.js";
import type { Happening } from "../../src/guard/ports.js";
import { FakeBanStore, FakeLog, FakeTime, newBan, START_MS, target } from "./support/fakes.js";

let time: FakeTime;
let log: FakeLog;
let store: FakeBanStore;
let protection: Protection;
let told: Happening[];
let sent: { shut: string[]; open: string[] };
let book: BanBook;

beforeEach(() => {
  time = new FakeTime();
  log = new FakeLog();
  store = new FakeBanStore();
  protection = new Protection({ own: [target("192.0.2.1")], configured: [], log });
  told = [];
  sent = { shut: [], open: [] };
  book = new BanBook({
    store,
    keeper: {
      enforce: (shut, open) => {
        // The intent is stored before anything is sent.
        expect(store.inBatch).toBe(false);
        for (const ban of shut)
          expect(store.inForce(time.nowMs())).toContainEqual(expect.objectContaining(ban));
        for (const each of open)
          expect(store.inForce(time.nowMs()).map((ban) => ban.target)).not.toContain(each);
        sent.shut.push(...shut.map((ban) => ban.target));
        sent.open.push(...open);
      },
    },
    protection,
    standingOf: (of) => (of === "203.0.113.77" ? "known" : "stranger"),
    clock: time,
    tell: (happening) => told.push(happening),
    log,
  });
  book.start();
});

const A = target("203.0.113.1");
const NET = target("203.0.113.0/24");
const BY_HAND = { durationMs: 3_600_000, note: null, by: "admin" };

test("a ban is stored, enforced, told and found", () => {
  const ban = book.ban(newBan(A)) as Ban;
  expect(store.bans).toEqual([ban]);
  expect(sent).toEqual({ shut: [A], open: [] });
  expect(told).toEqual([{ type: "ban", ban }]);
  const { id, trigger, scope, untilMs } = ban;
  expect(book.banOf(A)).toEqual({ id, target: A, trigger, scope, untilMs });
  expect(book.inForce()).toEqual([book.banOf(A)]);
  expect(book.count()).toBe(1);
  expect(book.show(A)).toEqual({ inForce: [ban], history: [ban] });
  expect(book.isShutOut(A as Source)).toBe(true);
  expect(log.lines).toMatchObject([{ level: "info", message: "ban", fields: { target: A, attempts: 10 } }]);
});

describe("bans that come in one go", () => {
  const B = target("203.0.113.2");

  test("are in force at once, and go to the kernel together once they are stored", () => {
    book.inOneGo(() => {
      book.ban(newBan(A));
      expect(book.banOf(A)).toMatchObject({ target: A });
      book.inOneGo(() => book.ban(newBan(B)));
      expect([sent.shut, told, store.inBatch]).toEqual([[], [], true]);
    });
    expect(sent.shut).toEqual([A, B]);
    expect(told).toMatchObject([
      { type: "ban", ban: { target: A } },
      { type: "ban", ban: { target: B } },
    ]);
    expect(store.inBatch).toBe(false);
  });

  test("ask the store for nothing where there are none", () => {
    expect(book.inOneGo(() => book.banOf(A))).toBeNull();
    expect(store.inBatch).toBe(false);
  });

  test("are stored too where what brought them fails then", () => {
    const failing = (): void => {
      book.ban(newBan(A));
      throw new Error("a bug");
    };
    expect(() => book.inOneGo(failing)).toThrow("a bug");
    expect([sent.shut, store.bans.length]).toEqual([[A], 1]);
  });

  test("are none where they can't be stored, and that is told", () => {
    const before = book.ban(newBan(A)) as Ban;
    store.commitFails = new Error("the disk is full");
    book.inOneGo(() => {
      book.ban(newBan(A, { rung: 2, untilMs: START_MS + 3_600_000 }));
      book.ban(newBan(B));
    });
    expect(book.banOf(A)).toMatchObject({ id: before.id, untilMs: before.untilMs });
    expect(book.banOf(B)).toBeNull();
    expect(sent.shut).toEqual([A]);
    expect(told.slice(1)).toEqual([
      { type: "alarm", slug: "ban-failed", detail: "2 sources could not be banned, 203.0.113.1 first." },
    ]);
    expect(log.lines.at(-1)).toMatchObject({ level: "error", fields: { count: 2, sources: [A, B] } });
  });

  test("are stored before one of them is lifted, and before anything else is", () => {
    book.inOneGo(() => {
      book.ban(newBan(A));
      book.settle();
      expect(sent.shut).toEqual([A]);
      book.ban(newBan(B));
      book.lift(B, "admin");
    });
    expect(sent).toEqual({ shut: [A, B], open: [B] });
  });
});

test.each(["192.0.2.1", "192.0.2.0/24", "0.0.0.0/0", "127.0.0.1", "fe80::/64"])(
  "%s is protected, and nothing happens to it, by the machine or by hand",
  (text) => {
    for (const refusal of [book.ban(newBan(text)), book.banByHand(target(text), BY_HAND)]) {
      expect(refusal).toMatchObject({ refused: "protected" });
    }
    expect([store.bans, told, sent]).toEqual([[], [], { shut: [], open: [] }]);
  },
);

test("a refusal names who is protected", () => {
  protection.setTrunks([{ endpoint: "carrier", targets: [target("203.0.113.7")] }]);
  expect(book.banByHand(NET, BY_HAND)).toEqual({
    refused: "protected",
    message: "203.0.113.0/24 can't be shut out: 203.0.113.7 belongs to the trunk carrier.",
  });
});

test("a ban by hand has the end, the note and the name that it was given", () => {
  expect(
    book.banByHand(target("203.0.113.77"), { durationMs: 60_000.5, note: "rings at night", by: "ann" }),
  ).toMatchObject({
    target: "203.0.113.77",
    cause: "by-hand",
    trigger: "by-hand",
    standing: "known",
    rung: 0,
    fromMs: START_MS,
    untilMs: START_MS + 60_001,
    note: "rings at night",
    by: "ann",
  });
  expect(book.banByHand(NET, { ...BY_HAND, durationMs: null })).toMatchObject({ untilMs: null });
});

test.each([0, -1, NaN, Infinity, 11 * 365 * 86_400_000])("a ban of %p ms is refused", (durationMs) => {
  expect(book.banByHand(A, { ...BY_HAND, durationMs })).toMatchObject({ refused: "refused" });
  expect(store.bans).toEqual([]);
});

test("a second ban of a target takes the place of the first", () => {
  book.ban(newBan(A));
  const second = book.ban(newBan(A, { rung: 2, untilMs: START_MS + 3_600_000 })) as Ban;
  expect(book.inForce()).toMatchObject([{ id: second.id }]);
  expect(book.show(A).history.map((ban) => ban.rung)).toEqual([2, 1]);
  expect(sent.shut).toEqual([A, A]);
});

test.each<[string, number | null, number | null, boolean]>([
  ["for good, by a short one", null, 900_000, false],
  ["for a day, by a short one", 86_400_000, 900_000, false],
  ["for a minute, by a longer one", 60_000, 900_000, true],
  ["for a day, by one without an end", 86_400_000, null, true],
])("the machine replaces a ban by hand %s: %p, %p: %p", (_, handMs, machineMs, replaced) => {
  const byHand = book.banByHand(A, { ...BY_HAND, durationMs: handMs }) as Ban;
  const untilMs = machineMs === null ? null : START_MS + machineMs;
  const answer = book.ban(newBan(A, { untilMs })) as Ban;
  expect(answer.id === byHand.id).toBe(!replaced);
  expect(book.inForce()).toMatchObject([{ id: answer.id }]);
  // A person may always.
  expect(book.banByHand(A, { ...BY_HAND, durationMs: 1_000 })).toMatchObject({ untilMs: START_MS + 1_000 });
});

test("a ban by hand that is over is no reason to hold back", () => {
  book.banByHand(A, { ...BY_HAND, durationMs: 1_000 });
  time.slip(2_000);
  expect(book.ban(newBan(A, { untilMs: START_MS + 900_000 }))).toMatchObject({ trigger: "attempts" });
});

test("lifting ends the ban of exactly that target", () => {
  book.ban(newBan(A));
  book.ban(newBan(NET));
  expect(book.lift(A, "admin")).toMatchObject([{ target: A, liftedBy: "admin", liftedAtMs: START_MS }]);
  expect(sent.open).toEqual([A]);
  expect(told.at(-1)).toEqual({ type: "lift", target: A, by: "admin" });
  expect(book.banOf(A)).toMatchObject({ target: NET });
});

test("lifting what is not banned says why, and what to lift instead", () => {
  expect(book.lift(A, "admin")).toEqual({ refused: "not-found", message: "203.0.113.1 is not shut out." });
  book.ban(newBan(NET));
  expect(book.lift(A, "admin")).toEqual({
    refused: "not-found",
    message: "203.0.113.1 is shut out with 203.0.113.0/24: lift that one.",
  });
  expect([sent.open, told.filter(({ type }) => type === "lift")]).toEqual([[], []]);
});

test("what covers a source is found, narrowest first", () => {
  for (const text of ["203.0.112.0/22", "203.0.113.0/24", "203.0.113.1"]) book.ban(newBan(text));
  expect(book.show(A).inForce.map((ban) => ban.target)).toEqual([
    "203.0.113.1",
    "203.0.113.0/24",
    "203.0.112.0/22",
  ]);
  expect(book.banOf(target("203.0.113.2"))).toMatchObject({ target: NET });
  expect(book.banOf(target("203.0.116.1"))).toBeNull();
  expect(book.isShutOut(target("2001:db8::/64") as Source)).toBe(false);
});

test("a ban is over when its time is", () => {
  book.ban(newBan(A, { untilMs: START_MS + 1_000 }));
  book.ban(newBan(NET, { untilMs: null }));
  time.slip(999);
  expect(book.banOf(A)).toMatchObject({ target: A });
  time.slip(1);
  expect(book.banOf(A)).toMatchObject({ target: NET });
  expect(book.inForce().map((ban) => ban.target)).toEqual([NET]);
  expect(book.lift(A, "admin")).toMatchObject({ refused: "not-found" });
});

test("ended bans are history, others stay in force, however much time goes by", () => {
  for (let i = 0; i < 100; i++) book.ban(newBan(`10.0.0.${i}`, { untilMs: START_MS + 1_000 }));
  book.ban(newBan(NET, { untilMs: null }));
  time.slip(120_000);
  book.ban(newBan(A, { untilMs: null }));
  expect(
    book
      .inForce()
      .map((ban) => ban.target)
      .sort(),
  ).toEqual([NET, A]);
  expect(book.show(target("10.0.0.1"))).toMatchObject({ inForce: [], history: [{ target: "10.0.0.1" }] });
});

describe("what comes to be protected", () => {
  test.each([
    ["the address itself", "203.0.113.1"],
    ["a network around it", "203.0.113.0/24"],
    ["a network with a part of the ban's", "203.0.112.0/22"],
  ])("is opened: %s", (_, shielded) => {
    for (const text of ["203.0.113.1", "203.0.112.0/23", "198.51.100.1"]) book.ban(newBan(text));
    protection.setTrunks([{ endpoint: "carrier", targets: [target(shielded)] }]);
    expect(sent.open.sort()).toEqual(["203.0.112.0/23", "203.0.113.1"]);
    expect(book.inForce().map((ban) => ban.target)).toEqual(["198.51.100.1"]);
    expect(store.inForce(START_MS).map((ban) => ban.target)).toEqual(["198.51.100.1"]);
    const warned = log.lines.filter(({ level }) => level === "warn");
    expect(warned).toHaveLength(2);
    expect(warned[0]!.fields).toMatchObject({ reason: `${shielded} belongs to the trunk carrier` });
  });

  test("is opened on start, and other bans of the last run are known", () => {
    const other = new FakeBanStore();
    for (const text of ["192.0.2.0/24", "203.0.113.1"]) other.add(newBan(text));
    const opened: string[] = [];
    const next = new BanBook({
      store: other,
      keeper: { enforce: (_, open) => void opened.push(...open) },
      protection,
      standingOf: () => "stranger",
      clock: time,
      tell: () => undefined,
      log,
    });
    next.start();
    expect(opened).toEqual(["192.0.2.0/24"]);
    expect(next.inForce().map((ban) => ban.target)).toEqual([A]);
    expect(next.banOf(A)).not.toBeNull();
  });

  test("after the stop nothing is lifted", async () => {
    const stop = book.start();
    await stop();
    book.ban(newBan(A));
    // One subscription is of the first start.
    protection.setNeverBan([A]);
    expect(sent.open).toEqual([A]);
  });
});

test("bans in force are listed page by page, newest first; with all, those that are over too", async () => {
  for (let i = 1; i <= 5; i++) {
    book.ban(
      newBan(`203.0.113.${i}`, {
        untilMs: i === 2 ? START_MS + 1 : null,
        cause: i === 4 ? "typo" : "attack",
      }),
    );
  }
  time.slip(10);
  const last = ({ bans, next }: BanPage) => [bans.map((ban) => ban.target.split(".")[3]).join(""), next];
  expect(last(await book.list({}, null, 2))).toEqual(["54", 4]);
  expect(last(await book.list({}, 4, 2))).toEqual(["31", null]);
  expect(last(await book.list({ cause: "attack" }, null, 9))).toEqual(["531", null]);
  expect(last(await book.listAll({}, null, 4))).toEqual(["5432", 2]);
  expect(last(await book.listAll({}, 2, 4))).toEqual(["1", null]);
});

test("a filter that few bans in force pass is asked for in ever longer questions, and none is left out", async () => {
  const asked: number[] = [];
  const searched = new BanBook({
    ...{ store, protection, log, clock: time, keeper: { enforce: () => undefined } },
    ...{ standingOf: () => "stranger" as const, tell: () => undefined },
    reader: {
      byIds: (ids, ...more) => {
        asked.push(ids.length);
        return store.byIds(ids, ...more);
      },
      page: () => [],
      newestId: () => 0,
    },
  });
  // The newest thousand are none of them; then they come thick.
  for (let n = 0; n < 3_000; n++) {
    const cause = n < 2_000 && n % 2 === 0 ? "typo" : "attack";
    store.add(newBan(`10.1.${n >> 8}.${n & 255}`, { cause }));
  }
  searched.start();
  const found: number[] = [];
  let next: number | null = null;
  do {
    const page: BanPage = await searched.list({ cause: "typo" }, next, 300);
    expect(page.bans.length).toBeLessThanOrEqual(300);
    found.push(...page.bans.map(({ id }) => id));
    next = page.next;
  } while (next !== null);
  expect(found).toEqual(Array.from({ length: 1_000 }, (_, n) => 1_999 - 2 * n));
  expect(asked.slice(0, 3)).toEqual([200, 400, 800]);
  expect(await searched.list({ cause: "allow-list" }, null, 300)).toEqual({ bans: [], next: null });
});

test("a search of all bans goes through so many at a time, and says from where it goes on", async () => {
  const turns: [number | null, number | undefined][] = [];
  const searched = new BanBook({
    ...{ store, protection, log, clock: time, keeper: { enforce: () => undefined } },
    ...{ standingOf: () => "stranger" as const, tell: () => undefined },
    reader: {
      byIds: () => [],
      newestId: () => 250_000,
      page: (_filter, before, limit, lowest) => {
        turns.push([before, lowest]);
        const found = [240_005, 240_004, 100_007, 12]
          .filter((id) => id < (before ?? 0) && id >= (lowest ?? 0))
          .slice(0, limit);
        return found.map((id) => ({ ...(book.ban(newBan(A)) as Ban), id }));
      },
    },
  });
  const pages: (readonly [string, number | null])[] = [];
  let next: number | null = null;
  do {
    const page: BanPage = await searched.listAll({ text: "rare" }, next, 2);
    pages.push([page.bans.map(({ id }) => id).join(" "), page.next]);
    next = page.next;
  } while (next !== null);
  expect(pages).toEqual([
    ["240005 240004", 150_001],
    ["100007", 50_001],
    ["12", null],
  ]);
  expect(turns.length).toBeLessThan(40);
  for (const [before, lowest] of turns) expect((before ?? 0) - (lowest ?? 0)).toBeLessThanOrEqual(10_000);
  expect(await searched.listAll({ text: "rare" }, null, 1)).toMatchObject({ next: 240_005 });
});

test("a note is put on the newest ban of a target, whether it is in force or over", () => {
  book.ban(newBan(A, { untilMs: START_MS + 1 }));
  time.slip(10);
  expect(book.setNote(A, "a test", "admin")).toMatchObject({ note: "a test" });
  expect(book.setNote(NET, "a test", "admin")).toMatchObject({ refused: "not-found" });
});
