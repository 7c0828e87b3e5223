import { tempDatabase, tempFolder, clearTemp } from "../sqlite/support/temp.js";
import { join } from "node:path";
import type { Source } from "../../src/domain/address.js";
import { buildDeck } from "../../src/domain/calling/deck.js";
import { Ledger, type LedgerChange } from "../../src/domain/calling/ledger.js";
import type { CallLimits } from "../../src/domain/calling/limits.js";
import type { Verdict } from "../../src/domain/calling/verdict.js";
import type { Standing } from "../../src/domain/intrusion/ban.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { CallJudge } from "../../src/guard/calling.js";
import { LimitBook } from "../../src/guard/limits.js";
import type { Log, SpendStore } from "../../src/guard/ports.js";
import { callLogStore } from "../../src/sqlite/call-log-store.js";
import { spendStore } from "../../src/sqlite/spend-store.js";

afterEach(clearTemp);

const office = "198.51.100.7" as Source;
const elsewhere = "203.0.113.66" as Source;
const quiet = () => undefined;
const deck = buildDeck("default", [{ prefix: "44", destination: "UK", microsPerMinute: 100_000 }]);

function policyWith(limits: Partial<CallLimits>): Policy {
  const { calling } = DEFAULT_POLICY;
  const openAreas = [{ area: "GB", types: null }];
  return { ...DEFAULT_POLICY, calling: { ...calling, openAreas, limits: { ...calling.limits, ...limits } } };
}

/** A daemon and its thread for calls on one database file; `again` is the same one after a restart. */
function daemon(
  limits: Partial<CallLimits> = {},
  standing: Standing = "known",
  path = join(tempFolder(), "ringfence.db"),
) {
  const db = tempDatabase(path);
  const policy = policyWith(limits);
  let nowMs = 1_000_000;
  let broken = false;
  let writes = 0;
  const alarms: string[] = [];
  const errors: string[] = [];
  const attempts: Source[] = [];
  const jobs: (() => void)[] = [];
  const log: Log = { error: (message) => void errors.push(message), warn: quiet, info: quiet, debug: quiet };
  const stored = spendStore(db);
  const store: SpendStore = {
    ...stored,
    add: (changes) => {
      writes++;
      if (broken) throw new Error("disk full");
      stored.add(changes);
    },
  };
  const book = new LimitBook({
    store,
    policy: () => policy,
    forward: (change: LedgerChange) => thread.ledger.apply(structuredClone(change)),
    standingOf: () => standing,
    onAttempt: (source) => void attempts.push(source),
    after: (_ms, job) => {
      jobs.push(job);
      return quiet;
    },
    clock: { nowMs: () => nowMs },
    tell: (happening) => {
      if (happening.type === "alarm") alarms.push(happening.slug);
    },
    log,
  });

  const thread = { ledger: new Ledger(structuredClone(book.state())) };
  const judge = new CallJudge(policy, {
    ledger: thread.ledger,
    nowMs: () => nowMs,
    onChange: (change) => book.judged(structuredClone(change)),
  });
  judge.useDecks([deck]);
  const calls = callLogStore(db);
  let channels = 0;
  return {
    book,
    thread,
    alarms,
    errors,
    attempts,
    writes: () => writes,
    tick: () => jobs.splice(0).forEach((job) => job()),
    pass: (ms: number) => void (nowMs += ms),
    breakStore: (is: boolean) => void (broken = is),
    dial: (source: Source | null = null, channelId = `c${nowMs}-${++channels}`): Verdict => {
      const request = { from: "100", digits: "011442079460123", trunk: null, source };
      const verdict = judge.judge(request, { channelId, atMs: nowMs });
      book.logged({ verdict });
      calls.add({ atMs: nowMs, channelId, verdict, trunk: null, tookMs: 1 });
      return verdict;
    },
    end: (channelId: string, answeredAtMs: number | null) =>
      book.ended({ channelId, answeredAtMs, endedAtMs: nowMs }),
    again: () => daemon(limits, standing, path),
  };
}

test("the thread and the daemon know the same, and a restart forgets nothing", () => {
  const { dial, end, pass, book, thread, again } = daemon({ spendMicros: 1_000_000 });
  dial(office, "first");
  pass(120_000);
  end("first", 1_000_000);
  dial(office, "second");
  expect(thread.ledger.state(1_120_000)).toEqual(book.state());
  expect(book.spend("100")).toMatchObject({ spentMicros: 300_000, committedMicros: 600_000, running: 1 });

  const heir = again();
  heir.pass(120_000);
  expect(heir.book.state()).toEqual(book.state());
  expect(heir.book.state()).toMatchObject({
    running: [{ channelId: "second", longestSeconds: 479, paidSeconds: 239 }],
    settled: [{ extension: "100", micros: 200_000 }],
    attempts: [{ extension: "100" }],
    countries: [{ extension: "100", area: "GB" }],
    sources: [{ extension: "100", source: office }],
  });
  expect(heir.dial(null, "third")).toMatchObject({ reason: "allowed", longestSeconds: 239 });
  heir.end("third", null);
  heir.end("second", null);
  heir.end("second", 1_000_000);
  expect(heir.dial()).toMatchObject({ reason: "allowed", longestSeconds: 479 });
});

test("what a call changed whose judge died is taken over, and what is known of it is not set aside twice", () => {
  const { dial, book, thread } = daemon({ spendMicros: 100_000_000 });
  const lost: LedgerChange[] = [];
  const dying = new CallJudge(policyWith({ spendMicros: 100_000_000 }), {
    ledger: new Ledger(structuredClone(book.state())),
    nowMs: () => 1_000_000,
    onChange: (change) => lost.push(change),
  });
  dying.useDecks([deck]);
  const request = { from: "100", digits: "011442079460123", trunk: null, source: office };
  dying.judge(request, { channelId: "lost", atMs: 1_000_000 });
  expect(book.spend("100")).toMatchObject({ committedMicros: 0, running: 0 });
  for (let times = 0; times < 2; times++) for (const change of lost) book.recovered(change);
  const { reservedMicros } = book.ledger.runningCall("lost")!;
  expect(reservedMicros).toBeGreaterThan(0);
  expect(book.spend("100")).toMatchObject({ committedMicros: reservedMicros, running: 1 });
  expect(book.state().running).toHaveLength(1);
  // And the next call goes on from there.
  thread.ledger.apply(lost.find(({ type }) => type === "dialled")!);
  dial(office, "next");
  expect(book.spend("100").running).toBe(2);
});

test("the first call ever to a country, and with the setting from a new source, raise one alarm each", () => {
  const { dial, alarms, again } = daemon({ newSource: "alarm", concurrentInternational: null });
  dial(office);
  expect(alarms).toEqual(["new-country"]);
  dial(elsewhere);
  dial(elsewhere);
  expect(alarms).toEqual(["new-country", "new-source"]);
  const heir = again();
  heir.dial(office);
  expect(heir.alarms).toEqual([]);
});

test("80, 95 and 100 % are told once each, also across a restart", () => {
  const { dial, end, pass, alarms, again } = daemon({ spendMicros: 1_000_000, newCountry: "allow" });
  const call = (minutes: number): void => {
    dial(null, `${minutes}`);
    pass(minutes * 60_000);
    end(`${minutes}`, 1_000_000 + passed);
    passed += minutes * 60_000;
  };
  let passed = 0;
  call(7);
  expect(alarms).toEqual([]);
  call(1);
  expect(alarms).toEqual(["spend-80"]);
  const heir = again();
  heir.pass(passed);
  heir.dial(null, "more");
  heir.pass(60_000);
  heir.tick();
  expect(heir.alarms).toEqual([]);
  expect(heir.dial().reason).toBe("spend-limit");
  expect(heir.dial().reason).toBe("spend-limit");
  expect(heir.alarms).toEqual(["spend-100"]);
});

test.each<[Standing, string]>([
  ["known", "call-script"],
  ["stranger", "allowed"],
  ["protected", "allowed"],
])("thirty-one attempts a minute from a source that is %s: the next is %s", (standing, reason) => {
  const { dial, attempts, alarms, again } = daemon(
    {
      attemptsPerMinute: null,
      concurrentInternational: null,
      newCountry: "allow",
      spendMicros: null,
      systemSpendMicros: null,
    },
    standing,
  );
  for (let times = 0; times < 31; times++) expect(dial(office).reason).toBe("allowed");
  expect(attempts).toHaveLength(31);
  expect(dial(office).reason).toBe(reason);
  expect(dial(elsewhere).reason).toBe("allowed");
  expect(alarms).toEqual(reason === "call-script" ? ["call-script"] : []);
  const heir = again();
  expect(heir.dial(office).reason).toBe(reason);
  heir.pass(601_000);
  expect(heir.dial(office).reason).toBe("allowed");
});

test("what is told in one go is stored in one go, also where one of it breaks off", () => {
  const { dial, book, writes, again } = daemon();
  book.inOneGo(() => {
    // The call, its country, and where it came from.
    dial(office);
    expect(writes()).toBe(0);
  });
  expect(writes()).toBe(1);
  const broken = () =>
    book.inOneGo(() => {
      dial(office, "last");
      throw new Error("broken off");
    });
  expect(broken).toThrow("broken off");
  expect(writes()).toBe(2);
  expect(again().book.spend("100").running).toBe(book.spend("100").running);
});

test("what the store does not take is stored when it does", () => {
  const { dial, breakStore, tick, errors, book, again } = daemon();
  breakStore(true);
  expect(dial(null, "first").reason).toBe("allowed");
  expect(errors).not.toEqual([]);
  breakStore(false);
  book.start();
  tick();
  expect(again().book.state()).toEqual(book.state());
});

test("a call whose end nobody told is counted at its longest, in the thread too", () => {
  const { dial, book, thread, pass, tick } = daemon();
  book.start();
  dial(null, "lost");
  pass(3_600_000);
  tick();
  expect(book.spend("100").running).toBe(1);
  pass(3_600_000);
  tick();
  expect(book.spend(null)).toMatchObject({ running: 0, spentMicros: 6_000_000 });
  expect(thread.ledger.running(null)).toEqual([]);
});
