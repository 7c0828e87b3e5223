import type { Benchmark } from "./benchmark.js";
import { stream } from "./stream.js";

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [stream];
