import { parentPort, workerData } from "node:worker_threads";
import { goWithOthers } from "./ahead-of-others.js";
import { fallbackPatterns } from "./domain/calling/fallback.js";
import type { Policy } from "./domain/policy.js";

// The root of a thread that lives for one answer; see fallback-thread.ts.
goWithOthers();
parentPort?.postMessage(fallbackPatterns(workerData as Policy));
