import { startCallThread } from "../../src/call-thread.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { callCount } from "../../src/pace.js";
import { secrets } from "./addresses.js";

/** The daemon's calling half alone, run on the PBX by calls.test.ts: a line of JSON for each verdict, each log line, and
 *  the state when it changes. US calls are open. */
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const log = (message: string, fields?: object): void => print({ log: message, ...fields });
const { host, port, user, password } = secrets.ari;

const thread = startCallThread({
  ari: { url: `http://${host}:${port}`, username: user, password },
  calls: callCount(),
  journal: process.argv[2]!,
  onVerdicts: (entries) => {
    for (const { verdict, channelId, tookMs } of entries) print({ verdict, channelId, tookMs });
    return entries.length;
  },
  onRecovered: () => false,
  clock: { nowMs: () => Date.now() },
  random: Math.random,
  log: { error: log, warn: log, info: log, debug: log },
});
thread.usePolicy(DEFAULT_POLICY);
thread.useDecks([]);

let told = "";
setInterval(() => {
  const state = JSON.stringify(thread.state());
  if (state !== told) print({ state: thread.state() });
  told = state;
}, 50);
