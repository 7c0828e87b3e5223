"use strict";

// Stands for a thread that serves calls: is handed the decks, and counts how late its timer of a millisecond comes.
const { performance } = require("node:perf_hooks");
const { setInterval } = require("node:timers");
const { parentPort } = require("node:worker_threads");

let late = [];
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  late.push(Math.max(0, now - last - 1));
  last = now;
}, 1);
parentPort.on("message", (message) => {
  if (message !== "tell") return;
  parentPort.postMessage(late);
  late = [];
});
