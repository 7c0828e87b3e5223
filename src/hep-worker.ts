import { parentPort, workerData } from "node:worker_threads";
import { goWithOthers } from "./ahead-of-others.js";
import type { HepSettings, HepTaken } from "./asterisk/hep/messages.js";
import { runHepWorker } from "./asterisk/hep/mirror-worker.js";
import { RingfenceError } from "./domain/error.js";

// The thread that hears Asterisk's mirror of SIP; hep-thread.ts starts it.
if (parentPort === null)
  throw new RingfenceError("internal", "hep-worker.js is a worker thread, not a program");
// Under a flood the mirror is thinned out; events are not.
goWithOthers();
runHepWorker(parentPort, workerData as HepSettings & HepTaken, {
  clock: { nowMs: () => Date.now() },
  random: Math.random,
});
