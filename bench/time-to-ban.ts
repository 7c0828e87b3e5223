import type { Benchmark, BenchOptions, Figure, Goal } from "./benchmark.js";
import { inChild } from "./child.js";
import { spreadOf } from "./measure.js";
import { labDown, labUp, linesOf, startOn } from "./time-to-ban/lab.js";

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
      const addresses = Array.from({ length: 100 }, (_, index) => `203.0.113.${10 + index}`);
      const half = options.size === "tiny" ? 2 : 50;
      options.say(`time-to-ban: ${half} attackers, Asterisk idle`);
      const idle = await attack(addresses.slice(0, half));
      // Told at once: under a flood a weak machine may fail.
      const { median, p99 } = spreadOf(idle);
      options.say(`time-to-ban: idle ${median.toFixed(2)} ms in the median, p99 ${p99.toFixed(2)}`);
      options.say(`time-to-ban: ${half} attackers under ${REGISTERS_PER_SECOND} REGISTERs/s`);
      const flood = await underFlood(() => attack(addresses.slice(50, 50 + half)), options);
      const alone = await inChild<number[]>("bench/time-to-ban/event-to-kernel.ts", [`${half}`], {
        isolated: true,
      });
      return [
        { what: "event → kernel alone", unit: "ms", spread: spreadOf(alone), goal: null },
        ...figuresOf("idle", idle),
        ...figuresOf(`under ${Math.round(flood.perSecond)} REGISTERs/s from others`, flood.result),
      ];
    } finally {
      await labDown();
    }
  },
};

function figuresOf(what: string, ms: readonly number[]): Figure[] {
  const spread = spreadOf(ms);
  return [
    { what, unit: "ms", spread, goal: GOALS.median },
    { what: `${what}, p99`, unit: "ms", spread, goal: GOALS.p99 },
  ];
}

/** What attack.ts prints of each attacker; null: it was not shut out. */
interface Banned {
  readonly address: string;
  readonly ms: number | null;
}

/** Milliseconds, one a banned attacker. Throws where one of them is not shut out. */
async function attack(addresses: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for await (const line of linesOf(startOn("attacker", "bench/time-to-ban/attack.ts", addresses))) {
    const { address, ms } = JSON.parse(line) as Banned;
    if (ms === null) throw new Error(`${address} was not shut out`);
    times.push(ms);
  }
  return times;
}

async function underFlood<T>(
  job: () => Promise<T>,
  { size }: BenchOptions,
): Promise<{ result: T; perSecond: number }> {
  const sources = size === "tiny" ? 500 : 15_000;
  const flood = startOn("attacker", "bench/time-to-ban/flood.ts", [`${REGISTERS_PER_SECOND}`, `${sources}`]);
  const lines = linesOf(flood);
  await lines.next();
  await new Promise((done) => setTimeout(done, 500));
  let result: T;
  try {
    result = await job();
  } finally {
    flood.stdin.end();
  }
  const { value } = await lines.next();
  const { sent, seconds } = JSON.parse(String(value)) as { sent: number; seconds: number };
  return { result, perSecond: sent / seconds };
}
