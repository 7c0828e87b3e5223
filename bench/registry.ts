import { api } from "./api.js";
import type { Benchmark } from "./benchmark.js";
import { deck } from "./deck.js";
import { fail2banLive } from "./fail2ban-live.js";
import { kernel } from "./kernel.js";
import { lists } from "./lists.js";
import { log } from "./log.js";
import { memory } from "./memory.js";
import { reload } from "./reload.js";
import { stasis } from "./stasis.js";
import { stream } from "./stream.js";
import { timeToBan } from "./time-to-ban.js";
import { verdict } from "./verdict.js";

/** All benchmarks, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  stream,
  kernel,
  timeToBan,
  fail2banLive,
  log,
  memory,
  lists,
  reload,
  deck,
  verdict,
  stasis,
  api,
];
