#!/usr/bin/env node
import { userInfo } from "node:os";
import { goAhead } from "./ahead-of-others.js";
import type { Offline } from "./cli/context.js";
import { runCli } from "./cli/program.js";
import { keepHeapSmall } from "./small-heap.js";
import { VERSION } from "./version.js";

/** The commands that need no daemon. Their pieces are loaded when they are asked for: all other commands start without. */
const offline: Offline = {
  version: VERSION,
  async run(configFile, { flush }) {
    keepHeapSmall();
    goAhead();
    const { startDaemon } = await import("./main.js");
    const stop = await startDaemon({ configFile, flushOnStop: flush });
    await toldToStop();
    await stop();
  },
  async checkConfig(configFile) {
    const { loadConfig } = await import("./config.js");
    const { formatFaults } = await import("./config-faults.js");
    const result = loadConfig(configFile, process.env);
    if (!("faults" in result)) return { faults: [], lines: [], warnings: result.warnings };
    const { faults } = result;
    return { faults, lines: formatFaults(configFile, faults).split("\n"), warnings: [] };
  },
  async checkBackup(file) {
    const { checkBackup } = await import("./sqlite/restore.js");
    checkBackup(file);
  },
  async restore(file, configFile) {
    const { restore } = await import("./restore.js");
    return restore(file, configFile);
  },
  async setup(configFile, how) {
    const { setup } = await import("./setup.js");
    return setup(configFile, { ...how, env: process.env });
  },
  async *replay(wish) {
    const { replayFile } = await import("./replay.js");
    yield* replayFile(wish, process.stdin);
  },
  async *compare(wish) {
    const { compareFile } = await import("./replay.js");
    yield* compareFile(wish, process.stdin);
  },
};

/** The first signal asks the daemon to stop; a second one, while it does, ends the process at once. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}

/** Who is behind the command, also through sudo. */
function userName(): string {
  try {
    return process.env.SUDO_USER ?? userInfo().username;
  } catch {
    // A user id without a name, as in containers.
    return String(process.getuid?.() ?? "unknown");
  }
}

void runCli(
  process.argv.slice(2),
  {
    input: process.stdin,
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    user: userName(),
    colours: process.stdout.isTTY && process.env.NO_COLOR === undefined,
    nowMs: () => Date.now(),
  },
  offline,
).then((status) => {
  // Not exit(): what is printed may still be on its way into a pipe.
  process.exitCode = status;
});
