import { fallbackPatterns } from "../../src/domain/calling/fallback.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { dialplanEntries, DialplanMirror } from "../../src/guard/dialplan-mirror.js";
import type { Log } from "../../src/guard/ports.js";

const SILENT: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
const PATTERNS = { allow: "^1[0-9]{10}$", deny: "^1876" };
const dialPlan = (outsidePrefix: string | null): Policy => ({
  ...DEFAULT_POLICY,
  dialPlan: { ...DEFAULT_POLICY.dialPlan, outsidePrefix },
});

test("each emergency number stands for itself, and behind the outside prefix for the bare number", () => {
  const keys = (outside: string | null) =>
    dialplanEntries(dialPlan(outside), PATTERNS).get("ringfence_emergency");
  expect(keys(null)?.get("911")).toBe("911");
  expect(keys(null)?.has("9911")).toBe(false);
  expect(keys("9")?.get("911")).toBe("911");
  expect(keys("9")?.get("9911")).toBe("911");
  expect(keys("9")?.get("9112")).toBe("112");
  expect(keys("0")?.get("0112")).toBe("112");
  for (const [dialled, dials] of keys("9") ?? []) expect([dialled, dialled.slice(1)]).toContain(dials);
});

test("the fallback rule and the watchdog go along, and real patterns fit a line of AMI", () => {
  const ringfence = dialplanEntries(DEFAULT_POLICY, fallbackPatterns(DEFAULT_POLICY)).get("ringfence");
  expect([...(ringfence?.keys() ?? [])].sort()).toEqual(["fallback_allow", "fallback_deny", "watchdog"]);
  for (const value of ringfence?.values() ?? []) expect(value.length).toBeLessThanOrEqual(900);
});

function world(faults: (Error | null)[]) {
  const written: string[] = [];
  const timers: (() => void)[] = [];
  let policy: Policy = DEFAULT_POLICY;
  const mirror = new DialplanMirror({
    control: {
      replaceDb: (family) => {
        const fault = faults.shift() ?? null;
        if (fault !== null) return Promise.reject(fault);
        written.push(`${family} ${policy.version}`);
        return Promise.resolve();
      },
    },
    policy: () => policy,
    fallbackOf: () => Promise.resolve(PATTERNS),
    after: (_ms, job) => {
      timers.push(job);
      return () => void timers.splice(timers.indexOf(job), 1);
    },
    log: SILENT,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    mirror,
    written,
    timers,
    settle,
    use: (version: number) => void (policy = { ...policy, version }),
  };
}

test("writes at the start, and says which version Asterisk has", async () => {
  const { mirror, written, settle } = world([]);
  expect(mirror.written()).toBeNull();
  mirror.start();
  await settle();
  expect(written).toEqual(["ringfence_emergency 1", "ringfence 1", "ringfence_refusal 1"]);
  expect(mirror.written()).toBe(1);
});

test("what fails half-way is written whole later", async () => {
  const { mirror, written, timers, settle } = world([null, new Error("AMI is away")]);
  mirror.start();
  await settle();
  expect(mirror.written()).toBeNull();
  timers.pop()?.();
  await settle();
  expect(written).toEqual([
    "ringfence_emergency 1",
    "ringfence_emergency 1",
    "ringfence 1",
    "ringfence_refusal 1",
  ]);
  expect(mirror.written()).toBe(1);
});

test("a change while writing is written afterwards", async () => {
  const { mirror, settle, use } = world([]);
  mirror.start();
  use(2);
  mirror.push();
  await settle();
  await settle();
  expect(mirror.written()).toBe(2);
});

test("after stop nothing is written", async () => {
  const { mirror, written, settle } = world([]);
  const stop = mirror.start();
  await stop();
  const before = written.length;
  mirror.push();
  await settle();
  expect(written).toHaveLength(before);
});
