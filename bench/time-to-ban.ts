import type { Benchmark, Figure, Goal } from "./benchmark.js";
import { inChild } from "./child.js";
import { spreadOf } from "./measure.js";
import type { Banned } from "./time-to-ban/attack.js";
import { cpuSecondsOf, labDown, labUp, linesOf, ringfence, startOn } from "./time-to-ban/lab.js";
import { tapAmi } from "./time-to-ban/tap.js";

const REGISTERS_PER_SECOND = 5_000;
const GOALS = {
  median: { of: "median", at: "most", value: 5 },
  p99: { of: "p99", at: "most", value: 20 },
} as const satisfies Record<string, Goal>;

export const timeToBan: Benchmark = {
  name: "time-to-ban",
  summary: "with real Asterisk and kernel: deciding packet sent → first packet dropped",
  needsRoot: true,
  async run(options) {
    try {
      await labUp();
      const echo = startOn("pbx", "bench/time-to-ban/echo.ts", []);
      await linesOf(echo).next();
      const addresses = Array.from({ length: 100 }, (_, index) => `203.0.113.${10 + index}`);
      const half = options.size === "tiny" ? 2 : 50;
      // Warms up what has never run yet; told apart, since a daemon may have just started.
      const cold = await attack(addresses.splice(0, 1));
      options.say(`time-to-ban: ${half} attackers, Asterisk idle`);
      const idle = await attack(addresses.slice(0, half));
      // Told at once: under a flood a weak machine may fail.
      const { median, p99 } = spreadOf(idle.whole);
      options.say(`time-to-ban: idle ${median.toFixed(2)} ms in the median, p99 ${p99.toFixed(2)}`);
      options.say(`time-to-ban: ${half} attackers under ${REGISTERS_PER_SECOND} REGISTERs/s`);
      const flood = await underFlood(() => attack(addresses.slice(50, 50 + half)));
      echo.stdin.end();
      const alone = await inChild<number[]>("bench/time-to-ban/event-to-kernel.ts", [`${half}`], {
        isolated: true,
      });
      const told = `${Math.round(flood.perSecond)} REGISTERs/s from others`;
      return [
        { what: "event → kernel alone", unit: "ms", spread: spreadOf(alone), goal: null },
        { what: "the first after the daemon's start", unit: "ms", spread: spreadOf(cold.whole), goal: null },
        ...figuresOf("idle", idle),
        ...figuresOf(`under ${told}`, flood.result, flood.note),
      ];
    } finally {
      await labDown();
    }
  },
};

/** Milliseconds, one a banned attacker. */
interface Times {
  /** From the deciding packet to the first that was dropped. */
  readonly whole: readonly number[];
  /** Of that, until the event was on the daemon's AMI socket, and from then on. Empty where nothing could tell. */
  readonly asterisk: readonly number[];
  readonly ours: readonly number[];
}

function figuresOf(what: string, { whole, asterisk, ours }: Times, note = ""): Figure[] {
  const spread = spreadOf(whole);
  const share = (whose: string, ms: readonly number[]): Figure[] =>
    ms.length === 0 ? [] : [{ what: `${what}: ${whose}`, unit: "ms", spread: spreadOf(ms), goal: null }];
  return [
    { what, unit: "ms", spread, goal: GOALS.median, note },
    { what: `${what}, p99`, unit: "ms", spread, goal: GOALS.p99 },
    ...share("packet sent → event at AMI (Asterisk)", asterisk),
    ...share("event at AMI → first packet dropped (ours)", ours),
  ];
}

/** Throws where one of them is not shut out. */
async function attack(addresses: readonly string[]): Promise<Times> {
  const tap = await tapAmi();
  const attackers: Banned[] = [];
  for await (const line of linesOf(startOn("attacker", "bench/time-to-ban/attack.ts", addresses))) {
    attackers.push(JSON.parse(line) as Banned);
  }
  const heard = await tap?.stop();
  const times = { whole: [] as number[], asterisk: [] as number[], ours: [] as number[] };
  for (const { address, decidingAtMs, answered, droppedAtMs } of attackers) {
    if (droppedAtMs === null)
      throw new Error(`${address} was not shut out\n${await ringfence("why", address)}`);
    const heardFirst = decidingAtMs.findIndex((_, number) => heard?.has(`${address}-d${number}`));
    const deciding = heard === undefined ? (answered ?? 0) : heardFirst;
    const sentAtMs = decidingAtMs[deciding];
    if (sentAtMs === undefined) throw new Error(`${address} was shut out, and no event says why`);
    times.whole.push(droppedAtMs - sentAtMs);
    const heardAtMs = heard?.get(`${address}-d${deciding}`);
    if (heardAtMs === undefined) continue;
    times.asterisk.push(heardAtMs - sentAtMs);
    times.ours.push(droppedAtMs - heardAtMs);
  }
  return times;
}

async function underFlood<T>(job: () => Promise<T>): Promise<{ result: T; perSecond: number; note: string }> {
  const flood = startOn("attacker", "bench/time-to-ban/flood.ts", [`${REGISTERS_PER_SECOND}`]);
  const lines = linesOf(flood);
  await lines.next();
  await new Promise((done) => setTimeout(done, 500));
  const before = {
    asterisk: cpuSecondsOf("asterisk"),
    daemon: cpuSecondsOf("daemon"),
    ms: performance.now(),
  };
  const share = (whose: "asterisk" | "daemon"): string =>
    ((cpuSecondsOf(whose) - before[whose]) / ((performance.now() - before.ms) / 1000)).toFixed(2);
  let result: T;
  let note: string;
  try {
    result = await job();
    note = `cores in use: Asterisk ${share("asterisk")}, Ringfence ${share("daemon")}`;
  } finally {
    flood.stdin.end();
  }
  const { value } = await lines.next();
  const { sent, seconds } = JSON.parse(String(value)) as { sent: number; seconds: number };
  return { result, perSecond: sent / seconds, note };
}
