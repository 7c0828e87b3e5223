import type { Spread } from "./measure.js";

/** One thing that is measured. To add one: a file that exports a Benchmark, and its line in registry.ts. */
export interface Benchmark {
  /** As in `npm run bench -- NAME`. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly summary: string;
  /** Needs root, for network namespaces and the kernel. */
  readonly needsRoot?: boolean;
  /** What it lacks on this machine, with what to do about it; null where nothing. */
  readonly lacks?: () => string | null;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

export interface BenchOptions {
  /** `tiny`: does everything once on very little, to see that it works; its figures mean nothing. */
  readonly size: "full" | "tiny";
  /** Also measures fail2ban on the same input, where that is installed. */
  readonly withFail2ban: boolean;
  /** For what takes long: a line for people. */
  readonly say: (line: string) => void;
}

export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly spread: Spread;
  /** Null: measured for comparison. */
  readonly goal: Goal | null;
  /** More about it, for people. */
  readonly note?: string;
}

/** `of`: which number of the spread the goal is about. */
export interface Goal {
  readonly of: "median" | "p99" | "max";
  readonly at: "least" | "most";
  readonly value: number;
}

export function isMet(figure: Figure): boolean | null {
  const { goal, spread } = figure;
  if (goal === null) return null;
  const value = spread[goal.of];
  return goal.at === "least" ? value >= goal.value : value <= goal.value;
}
