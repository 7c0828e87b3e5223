import { Activity } from "../../src/guard/activity.js";
import type { ActivityKind, ActivityStore, Happening } from "../../src/guard/ports.js";
import { verdict } from "../http/support/services.js";

const HOUR = 3_600_000;

function activity() {
  const added: [number, Record<string, number>][] = [];
  const state = { attempts: 0, nowMs: 5 * HOUR + 10, fault: null as Error | null, warned: 0 };
  const store: ActivityStore = {
    add(hourMs, amounts: ReadonlyMap<ActivityKind, number>) {
      if (state.fault !== null) throw state.fault;
      added.push([hourMs, Object.fromEntries(amounts)]);
    },
    forget: () => undefined,
    since: () => [],
    causesSince: () => [],
    bannedSince: () => [],
    knownShutOut: () => [],
    knownBlocked: () => [],
  };
  const log = {
    error: () => undefined,
    warn: () => {
      state.warned++;
    },
    info: () => undefined,
    debug: () => undefined,
  };
  const counting = new Activity({
    store,
    attempts: () => state.attempts,
    after: () => () => undefined,
    clock: { nowMs: () => state.nowMs },
    log,
  });
  return { counting, state, added };
}

const told = (of: Parameters<typeof verdict>[0]): Happening => ({ type: "verdict", verdict: verdict(of) });

test("attempts, verdicts and the price of refused calls go to the hour that runs", () => {
  const { counting, state, added } = activity();
  state.attempts = 3;
  counting.start();
  state.attempts = 10;
  counting.happened(told({ decision: "refuse" }));
  counting.happened(told({ decision: "refuse", rate: null }));
  counting.happened(told({ decision: "allow" }));
  counting.write();
  expect(added).toEqual([
    [5 * HOUR, { attempts: 7, "calls-refused": 2, "refused-micros": 210_000, "calls-allowed": 1 }],
  ]);
  counting.write();
  expect(added).toHaveLength(1);
});

test("a forgiven attempt is taken back", () => {
  const { counting, state, added } = activity();
  counting.start();
  state.attempts = 5;
  counting.write();
  state.attempts = 4;
  counting.write();
  expect(added[1]).toEqual([5 * HOUR, { attempts: -1 }]);
});

test("what a broken store does not take is written once it works again; stopping writes the rest", async () => {
  const { counting, state, added } = activity();
  const stop = counting.start();
  state.attempts = 5;
  state.fault = new Error("disk full");
  counting.write();
  expect(state.warned).toBe(1);
  state.fault = null;
  state.attempts = 7;
  await stop();
  expect(added).toEqual([[5 * HOUR, { attempts: 7 }]]);
});
