import { activityStore } from "../../src/sqlite/activity-store.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { NO_FINDINGS, type NewBan } from "../../src/domain/intrusion/ban.js";
import { clearTemp, tempDatabase } from "./support/temp.js";
import { target } from "../target.js";

afterEach(clearTemp);

const HOUR = 3_600_000;

function ban(text: string, of: Partial<NewBan> = {}): NewBan {
  return {
    target: target(text),
    cause: "attack",
    trigger: "attempts",
    standing: "stranger",
    proof: "returned",
    scope: "host",
    rung: 1,
    fromMs: 10 * HOUR,
    untilMs: 20 * HOUR,
    note: null,
    by: "ringfence",
    evidence: {
      ...NO_FINDINGS,
      attempts: 10,
      accounts: ["100"],
      firstAtMs: 1,
      lastAtMs: 2,
      services: [],
      transports: [],
      summary: "ten tries",
    },
    ...of,
  };
}

test("amounts of an hour add up, never fall below none, and are forgotten by the hour", () => {
  const store = activityStore(tempDatabase());
  store.add(HOUR, new Map([["attempts", 5]]));
  store.add(HOUR, new Map([["attempts", -7]]));
  store.add(
    2 * HOUR,
    new Map([
      ["attempts", 3],
      ["refused-micros", 210_000],
    ]),
  );
  store.add(2 * HOUR, new Map([["attempts", 4]]));
  expect(store.since(0)).toEqual([
    { hourMs: HOUR, kind: "attempts", amount: 0 },
    { hourMs: 2 * HOUR, kind: "attempts", amount: 7 },
    { hourMs: 2 * HOUR, kind: "refused-micros", amount: 210_000 },
  ]);
  expect(store.since(2 * HOUR)).toHaveLength(2);
  store.forget(2 * HOUR);
  expect(store.since(0)).toHaveLength(2);
});

test("a source that was shut out twice counts once, with all its attempts; the newest come first", () => {
  const db = tempDatabase();
  const [bans, store] = [banStore(db), activityStore(db)];
  bans.add(ban("203.0.113.1", { fromMs: 10 * HOUR }));
  bans.add(ban("203.0.113.2", { fromMs: 11 * HOUR }));
  bans.add(ban("203.0.113.1", { fromMs: 12 * HOUR }));
  bans.add(ban("203.0.113.3", { fromMs: 1 * HOUR }));
  expect(store.bannedSince(9 * HOUR, 100)).toEqual([
    { target: "203.0.113.1", attempts: 20 },
    { target: "203.0.113.2", attempts: 10 },
  ]);
  expect(store.causesSince(9 * HOUR)).toEqual([{ cause: "attack", bans: 3, blocks: 0 }]);
});

test("of the known sources only those that are shut out now", () => {
  const db = tempDatabase();
  const [bans, store] = [banStore(db), activityStore(db)];
  bans.add(ban("198.51.100.7", { standing: "known" }));
  bans.add(ban("198.51.100.8", { standing: "known", untilMs: 11 * HOUR }));
  bans.add(ban("203.0.113.1"));
  expect(store.knownShutOut(12 * HOUR, 5)).toEqual([
    { target: "198.51.100.7", fromMs: 10 * HOUR, summary: "ten tries" },
  ]);
});
