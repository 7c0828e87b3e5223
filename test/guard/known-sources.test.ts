import type { Source } from "../../src/domain/address.js";
import { KnownSources } from "../../src/guard/known-sources.js";
import type { KnownSource, KnownSourceStore } from "../../src/guard/ports.js";
import { source } from "../domain/intrusion/script.js";

const DAY = 86_400_000;
const OFFICE = source("198.51.100.10");

/** A store, a clock and a scheduler in memory. `broken`: the store refuses to write. */
function world(stored: KnownSource[] = []) {
  const written: KnownSource[][] = [];
  const jobs: { ms: number; job: () => void }[] = [];
  const errors: string[] = [];
  const state = { nowMs: 100 * DAY, broken: false };
  const store: KnownSourceStore = {
    remember: (seen) => {
      if (state.broken) throw new Error("disk full");
      written.push([...seen]);
    },
    since: (atMs) => stored.filter(({ lastAtMs }) => lastAtMs >= atMs),
    ofSource: (wanted) => [...stored, ...written.flat()].filter((each) => each.source === wanted),
    ofAccount: () => [],
  };
  const quiet = () => undefined;
  const known = new KnownSources({
    store,
    knownMs: () => 30 * DAY,
    after: (ms, job) => {
      const entry = { ms, job };
      jobs.push(entry);
      return () => void jobs.splice(jobs.indexOf(entry), 1);
    },
    clock: { nowMs: () => state.nowMs },
    log: { error: (message) => errors.push(message), warn: quiet, info: quiet, debug: quiet },
  });
  const runJobs = () => jobs.splice(0).forEach(({ job }) => job());
  return { known, written, jobs, errors, state, runJobs };
}

function seen(from: Source, lastAtMs: number): KnownSource {
  return { source: from, account: "100", firstAtMs: lastAtMs, lastAtMs, successes: 1 };
}

test("a source is known from its first success on, for thirty days", () => {
  const { known, state } = world();
  expect(known.isKnown(OFFICE)).toBe(false);
  known.saw(OFFICE, "100", state.nowMs);
  expect(known.isKnown(OFFICE)).toBe(true);
  state.nowMs += 30 * DAY - 1;
  expect(known.isKnown(OFFICE)).toBe(true);
  state.nowMs += 1;
  expect(known.isKnown(OFFICE)).toBe(false);
});

test("what earlier runs saw is known after the start, unless it is too old", () => {
  const old = source("198.51.100.11");
  const { known } = world([seen(OFFICE, 80 * DAY), seen(OFFICE, 71 * DAY), seen(old, 70 * DAY)]);
  known.start();
  expect(known.isKnown(OFFICE)).toBe(true);
  expect(known.isKnown(old)).toBe(false);
});

test("a thousand successes are one write", () => {
  const { known, written, jobs, state, runJobs } = world();
  for (let i = 0; i < 1000; i++) known.saw(OFFICE, i % 2 === 0 ? "100" : "101", state.nowMs + i);
  expect(written).toEqual([]);
  expect(jobs.map(({ ms }) => ms)).toEqual([5_000]);
  runJobs();
  expect(written).toEqual([
    [
      { source: OFFICE, account: "100", firstAtMs: state.nowMs, lastAtMs: state.nowMs + 998, successes: 500 },
      {
        source: OFFICE,
        account: "101",
        firstAtMs: state.nowMs + 1,
        lastAtMs: state.nowMs + 999,
        successes: 500,
      },
    ],
  ]);
  expect(jobs).toEqual([]);
  known.saw(OFFICE, "100", state.nowMs + 2000);
  runJobs();
  expect(written[1]).toMatchObject([{ successes: 1 }]);
});

test("what the store does not take is kept and written later, once", () => {
  const { known, written, errors, state, runJobs } = world();
  state.broken = true;
  known.saw(OFFICE, "100", state.nowMs);
  runJobs();
  expect(errors).toEqual(["known sources could not be stored; trying again"]);
  known.saw(OFFICE, "100", state.nowMs + 1);
  state.broken = false;
  runJobs();
  runJobs();
  expect(written).toEqual([[expect.objectContaining({ successes: 2 })]]);
});

test("stopping writes the rest, and nothing runs afterwards", async () => {
  const { known, written, jobs, state } = world();
  const stop = known.start();
  known.saw(OFFICE, "100", state.nowMs);
  await stop();
  expect(written).toHaveLength(1);
  expect(jobs).toEqual([]);
});

test("tells of a source with what is not written yet", () => {
  const { known, state } = world([seen(OFFICE, 80 * DAY)]);
  known.saw(OFFICE, "101", state.nowMs);
  expect(known.of(OFFICE).map(({ account }) => account)).toEqual(["100", "101"]);
});

test("a source that is known no longer takes no memory", () => {
  const { known, state, runJobs } = world([seen(OFFICE, 80 * DAY)]);
  known.start();
  state.nowMs += 40 * DAY;
  known.saw(source("198.51.100.12"), "100", state.nowMs);
  runJobs();
  // Back in time it would be known still, had it not been forgotten.
  state.nowMs -= 40 * DAY;
  expect(known.isKnown(OFFICE)).toBe(false);
});
