"use strict";

// Loaded into the daemon ahead of it: tells how long its main thread was busy without a pause, when asked over the channel to the
// process that started it.
const { monitorEventLoopDelay } = require("node:perf_hooks");
const { isMainThread } = require("node:worker_threads");

if (isMainThread) {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  process.on("message", (what) => {
    if (what === "reset") loop.reset();
    // A turn later: what has just held the thread up is counted by then.
    setTimeout(() => process.send({ maxMs: loop.max / 1e6 }), 5);
  });
  process.channel?.unref();
}
