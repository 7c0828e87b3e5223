import type { Benchmark } from "./benchmark.js";
import { kernel } from "./kernel.js";
import { stream } from "./stream.js";

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [stream, kernel];
