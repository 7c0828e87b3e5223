import type { Decision } from "../../src/domain/intrusion/decision.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { shadowStore } from "../../src/sqlite/shadow-store.js";
import { newBan, target } from "./support/bans.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

const DAY = 86_400_000;

function decision(change: Partial<Decision> = {}): Decision {
  return {
    target: target("203.0.113.12"),
    account: null,
    atMs: 1_000,
    untilMs: 901_000,
    ...{ cause: "attack", trigger: "attempts", standing: "stranger", proof: "returned", rung: 1 },
    ...{ attempts: 5, accounts: ["100"], summary: "5 failed attempts" },
    ...change,
  };
}

test("a decision comes back as it was stored, whatever the account is called", () => {
  const store = shadowStore(tempDatabase());
  const all = [
    decision(),
    decision({ account: "'; DROP TABLE shadow_decisions; --", untilMs: null }),
    decision({ account: "x\r\n\u0000", accounts: ["<script>"] }),
  ];
  store.add(all, 2_000);
  expect(store.decisions(0)).toEqual(all);
  expect(store.decisions(1_001)).toEqual([]);
});

test("only so many are kept, the newest, and only for a month", () => {
  const store = shadowStore(tempDatabase(), 3);
  store.add(
    [1, 2, 3, 4, 5].map((atMs) => decision({ atMs })),
    10,
  );
  expect(store.decisions(0).map(({ atMs }) => atMs)).toEqual([3, 4, 5]);
  store.add([decision({ atMs: 30 * DAY })], 30 * DAY + 5);
  expect(store.decisions(0).map(({ atMs }) => atMs)).toEqual([5, 30 * DAY]);
});

test("a run that began at another time forgets the decisions of the one before", () => {
  const db = tempDatabase();
  const store = shadowStore(db);
  expect(store.load()).toEqual({ changes: {}, fromMs: null, toMs: null });
  const run = { changes: { attempts: "5" }, fromMs: 100, toMs: null };
  store.save(run, "admin", 100, "started");
  store.add([decision()], 2_000);
  store.save({ ...run, toMs: 200 }, "admin", 200, "stopped");
  expect([store.decisions(0).length, shadowStore(db).load()]).toEqual([1, { ...run, toMs: 200 }]);
  store.save({ ...run, fromMs: 300 }, "admin", 300, "started");
  expect(store.decisions(0)).toEqual([]);
});

test("live decisions are the machine's, of that time, in the order taken", () => {
  const db = tempDatabase();
  const bans = banStore(db);
  for (const [i, trigger] of (["attempts", "by-hand", "flood", "logins"] as const).entries()) {
    bans.add(newBan({ target: target(`203.0.113.${i}`), fromMs: 100 + i, untilMs: 5_000, trigger }));
  }
  const found = shadowStore(db).liveDecisions(100, 102);
  expect(found.map(({ trigger, atMs }) => [trigger, atMs])).toEqual([
    ["attempts", 100],
    ["flood", 102],
  ]);
  expect(found[0]).toMatchObject({ account: null, attempts: newBan().evidence.attempts, untilMs: 5_000 });
});
