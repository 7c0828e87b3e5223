import type { AsteriskFacts, Log, Trunk } from "../../src/guard/ports.js";
import { TrunkWatch } from "../../src/guard/trunk-watch.js";
import { target } from "../target.js";

const trunk = (endpoint: string, ...targets: string[]): Trunk => ({ endpoint, targets: targets.map(target) });
const facts = (...trunks: Trunk[]): AsteriskFacts => ({
  version: "22.10.1",
  endpoints: ["100"],
  accounts: [{ name: "100", authNames: [] }],
  trunks,
  rewriting: [],
  dangers: [],
});

function world(answers: (AsteriskFacts | Error)[], stored: Trunk[] = []) {
  const seen: (readonly Trunk[])[] = [];
  const told: AsteriskFacts[] = [];
  const saved: (readonly Trunk[])[] = [];
  const timers: { ms: number; job: () => void }[] = [];
  const warnings: string[] = [];
  const log: Log = {
    error: () => undefined,
    info: () => undefined,
    debug: () => undefined,
    warn: (text) => warnings.push(text),
  };
  const watch = new TrunkWatch({
    control: {
      facts: () => {
        const answer = answers.shift() ?? new Error("no more answers");
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
    store: { load: () => stored, save: (trunks) => void saved.push(trunks) },
    onTrunks: (trunks) => void seen.push(trunks),
    onFacts: (all) => void told.push(all),
    after: (ms, job) => {
      const timer = { ms, job };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    log,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { watch, seen, told, saved, timers, warnings, settle };
}

test("what the last run saw is protected before Asterisk answers, and is enough to begin", async () => {
  const old = trunk("carrier", "192.0.2.20");
  const { watch, seen } = world([], [old]);
  watch.start();
  expect(seen).toEqual([[old]]);
  await watch.known();
});

test("nobody is judged before the first answer when nothing is stored", async () => {
  const { watch, seen, saved, settle, timers } = world([
    new Error("down"),
    facts(trunk("carrier", "192.0.2.20")),
  ]);
  watch.start();
  let known = false;
  const waiting = watch.known().then(() => (known = true));
  await settle();
  expect(known).toBe(false);
  timers.pop()?.job();
  await waiting;
  expect(seen).toEqual([[], [trunk("carrier", "192.0.2.20")]]);
  expect(saved).toHaveLength(1);
});

test("a PBX without trunks is an answer too", async () => {
  const { watch } = world([facts()]);
  watch.start();
  await watch.known();
  expect(watch.latest()?.version).toBe("22.10.1");
});

test("failures are retried with growing pauses, and old trunks stay protected", async () => {
  const old = trunk("carrier", "192.0.2.20");
  const { watch, seen, timers, warnings, settle } = world(
    Array.from({ length: 7 }, () => new Error("down")),
    [old],
  );
  watch.start();
  const pauses: number[] = [];
  for (let round = 0; round < 7; round++) {
    await settle();
    const timer = timers.pop();
    pauses.push(timer?.ms ?? -1);
    timer?.job();
  }
  expect(pauses).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 30_000, 30_000]);
  expect(warnings.length).toBeGreaterThanOrEqual(7);
  expect(seen).toEqual([[old]]);
});

test("a trunk whose names can't be resolved keeps the addresses it had", async () => {
  const { watch, seen, saved, settle } = world(
    [facts(trunk("carrier"), trunk("new"))],
    [trunk("carrier", "192.0.2.20")],
  );
  watch.start();
  await settle();
  expect(seen.at(-1)).toEqual([trunk("carrier", "192.0.2.20"), trunk("new")]);
  expect(saved.at(-1)).toEqual(seen.at(-1));
});

test("refreshes while one is under way become one more", async () => {
  const { watch, seen, settle } = world([
    facts(),
    facts(trunk("a", "192.0.2.20")),
    facts(trunk("b", "192.0.2.21")),
  ]);
  watch.start();
  watch.refresh();
  watch.refresh();
  await settle();
  await settle();
  expect(seen).toEqual([[], [trunk("a", "192.0.2.20")]]);
});

test("after stop nothing is read again", async () => {
  const { watch, timers, settle } = world([facts(), facts()]);
  const stop = watch.start();
  await settle();
  await stop();
  watch.refresh();
  await settle();
  expect(timers).toEqual([]);
});

test("all that Asterisk said is handed on each time, whether or not trunks changed", async () => {
  const answers = [facts(), facts(), new Error("down")];
  const { watch, told, timers, settle } = world(answers);
  watch.start();
  await settle();
  timers.pop()?.job();
  await settle();
  timers.pop()?.job();
  await settle();
  expect(told).toEqual([facts(), facts()]);
});
