import { Devices } from "../../src/domain/intrusion/devices.js";
import type { Ban, Standing } from "../../src/domain/intrusion/ban.js";
import { Nonces } from "../../src/domain/intrusion/nonces.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "../../src/domain/intrusion/settings.js";
import type { Happening } from "../../src/guard/ports.js";
import { Shadow } from "../../src/guard/shadow.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import type { Database } from "../../src/sqlite/database.js";
import { shadowStore } from "../../src/sqlite/shadow-store.js";
import { script } from "../domain/intrusion/script.js";
import { clearTemp, tempDatabase } from "../sqlite/support/temp.js";
import { FakeLog, FakeTime, newBan, source, START_MS, target } from "./support/fakes.js";

/** The shadow over the real store; what live decides is put into its store by hand. */
afterEach(clearTemp);

const WHO = target("203.0.113.12");
let db: Database;
let time: FakeTime;
let live: IntrusionSettings;
let standing: Standing;
let byHand: Ban | null;
let told: Happening[];
let log: FakeLog;
let calls: number;
let standingFault: Error | null;

beforeEach(() => {
  db = tempDatabase();
  time = new FakeTime();
  live = DEFAULT_INTRUSION;
  standing = "stranger";
  byHand = null;
  told = [];
  log = new FakeLog();
  calls = 0;
  standingFault = null;
});

function shadowOn(database = db): Shadow {
  return new Shadow({
    store: shadowStore(database),
    live: () => live,
    standingOf: () => {
      calls++;
      if (standingFault !== null) throw standingFault;
      return standing;
    },
    known: {
      saw: () => {
        throw new Error("what is known is for the live judge to remember");
      },
      of: () => [],
      lastSuccessAtMs: () => null,
      knownWithin: () => null,
    },
    accounts: { saw: () => undefined, exists: () => true },
    causes: {
      explain: ({ evidence }) => ({
        ...{ cause: "attack", confidence: 1, advice: "", hint: null, summary: "", evidence },
      }),
    },
    protection: { reasonFor: () => null },
    bans: { banOf: () => byHand },
    blocks: { blockOf: () => null },
    nonces: new Nonces(),
    devices: new Devices(),
    clock: time,
    after: time.after,
    random: () => 0.5,
    tell: (happening) => void told.push(happening),
    log,
  });
}

/** `count` wrong passwords, a second apart. */
async function fail(shadow: Shadow, count: number, address = "203.0.113.12"): Promise<void> {
  for (let i = 0; i < count; i++) {
    await time.pass(1000);
    const at = { atMs: time.nowMs(), address, session: `${address} ${time.nowMs()}` };
    for (const event of script("C(100) F(100)", at)) shadow.observe(event);
  }
}

test("by default it does not run, asks nobody anything, and finds nothing", async () => {
  const shadow = shadowOn();
  shadow.start();
  await fail(shadow, 20);
  shadow.tick();
  expect(shadow.state()).toMatchObject({ running: false, changes: {}, fromMs: null });
  expect([calls, time.waiting, told]).toEqual([0, 0, []]);
  expect(shadow.results(null).summary).toBe("would have banned 0 more, 0 fewer");
});

test("a stricter policy would have banned whom live lets go on", async () => {
  const shadow = shadowOn();
  shadow.start();
  expect(shadow.set({ attempts: 5 }, "admin")).toBeNull();
  expect(shadow.runBy("admin")).toBeNull();
  await fail(shadow, 6);
  expect(told).toMatchObject([
    { type: "shadow", shutLive: false, decision: { target: WHO, account: null, attempts: 5, rung: 1 } },
  ]);
  const { results, summary, bans } = shadow.results(null);
  expect(summary).toBe("would have banned 1 more, 0 fewer");
  expect(bans).toEqual({ more: 1, moreKnown: 0, fewer: 0, both: 0 });
  expect(results).toMatchObject([{ target: WHO, live: null, shadow: { accounts: ["100"] } }]);
});

test("whom live alone shut out is told as fewer; what people do by hand, or did before, is not", async () => {
  const bans = banStore(db);
  bans.add(newBan("203.0.113.50", { fromMs: START_MS }));
  await time.pass(10_000);
  const shadow = shadowOn();
  shadow.start();
  shadow.set({ attempts: 100, "account-names": 100 }, "admin");
  shadow.runBy("admin");
  await fail(shadow, 10);
  bans.add(newBan("203.0.113.12", { fromMs: time.nowMs() }));
  bans.add(newBan("203.0.113.13", { fromMs: time.nowMs(), trigger: "by-hand" }));
  expect(shadow.results(null)).toMatchObject({
    summary: "would have banned 0 more, 1 fewer",
    results: [{ target: WHO, live: { attempts: 10 }, shadow: null }],
  });
  expect(shadow.results(time.nowMs() + 1).results).toEqual([]);
});

test("bans end for the shadow as they would, and the next one is longer, also after a restart", async () => {
  const shadow = shadowOn();
  const stop = shadow.start();
  shadow.set({ attempts: 3 }, "admin");
  shadow.runBy("admin");
  await fail(shadow, 5);
  await stop();
  const next = shadowOn();
  next.start();
  expect(next.state()).toMatchObject({ running: true, changes: { attempts: "3" } });
  await fail(next, 5);
  expect(told).toHaveLength(1);
  await time.pass(16 * 60_000);
  await fail(next, 3);
  expect(told[1]).toMatchObject({ decision: { rung: 2 } });
  expect(next.results(null).results).toHaveLength(1);
});

test("whom somebody let in starts anew, and who is shut out by hand is left alone", async () => {
  const shadow = shadowOn();
  shadow.start();
  shadow.set({ attempts: 3 }, "admin");
  shadow.runBy("admin");
  await fail(shadow, 4);
  shadow.lifted(WHO, "admin");
  await fail(shadow, 3);
  expect(told).toHaveLength(2);
  byHand = { ...newBan("203.0.113.14", { trigger: "by-hand" }), id: 1, liftedAtMs: null, liftedBy: null };
  await fail(shadow, 5, "203.0.113.14");
  expect(told).toHaveLength(2);
});

test("an account at a known source is blocked there alone", async () => {
  standing = "known";
  const shadow = shadowOn();
  shadow.start();
  shadow.set({ "block-attempts": 5 }, "admin");
  shadow.runBy("admin");
  await fail(shadow, 5);
  expect(shadow.results(null)).toMatchObject({
    summary: "would have banned 0 more, 0 fewer; would have blocked 1 more, 0 fewer",
    results: [{ target: WHO, account: "100", shadow: { standing: "known" } }],
  });
});

test("a change of the settings begins the run anew, and one of those in force reaches it", async () => {
  const shadow = shadowOn();
  shadow.start();
  shadow.set({ window: "5m" }, "admin");
  shadow.runBy("admin");
  await fail(shadow, 9);
  live = { ...live, attempts: 4 };
  await fail(shadow, 1);
  expect(told).toHaveLength(1);
  shadow.set({ attempts: 50 }, "admin");
  expect(shadow.state()).toMatchObject({ running: true, changes: { attempts: "50", window: "5m" } });
  expect(shadow.results(null).results).toEqual([]);
  shadow.reset([], "admin");
  expect(shadow.state().changes).toEqual({});
});

test.each([
  [{ attempts: 0 }, "attempts: write a whole number from 1 to 1000"],
  [{ attemps: 5 }, "attemps: there is no such setting"],
  [{ known: "1d" }, "known: a shadow goes by the sources that are known live"],
])("%j is refused", (changes, message) => {
  const shadow = shadowOn();
  shadow.start();
  expect(shadow.set(changes, "admin")).toMatchObject({ message: expect.stringContaining(message) });
  expect(shadow.reset(["attempts"], "admin")).toMatchObject({ refused: "not-found" });
});

test("it can be started once and stopped once; each is audited, with what was changed", () => {
  const shadow = shadowOn();
  shadow.start();
  shadow.set({ attempts: 5 }, "cli:ann");
  expect(shadow.haltBy("cli:ann")).toMatchObject({ refused: "refused" });
  shadow.runBy("cli:ann");
  expect(shadow.runBy("cli:ann")).toMatchObject({ refused: "refused" });
  shadow.haltBy("cli:bob");
  expect(auditStore(db).recent(9)).toMatchObject([
    { subject: "shadow policy", change: "stopped", by: "cli:bob" },
    { change: "started", by: "cli:ann" },
    { change: "set attempts 5", before: { changes: {} }, after: { changes: { attempts: "5" } } },
  ]);
});

test("what goes wrong in it ends the run, says why, and goes no further", () => {
  const shadow = shadowOn();
  shadow.start();
  shadow.runBy("admin");
  standingFault = new Error("no such place");
  expect(() => shadow.flood(source("203.0.113.12"), 10)).not.toThrow();
  expect(shadow.state()).toMatchObject({ running: false, fault: "no such place" });
  expect(log.messages("error")).toEqual(["the shadow policy failed and is stopped"]);
  standingFault = null;
  expect(shadow.runBy("admin")).toBeNull();
  expect(shadow.state()).toMatchObject({ running: true, fault: null });
});
