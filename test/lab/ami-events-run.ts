import { startEventConnection } from "../../src/asterisk/ami/event-connection.js";
import type { Log } from "../../src/guard/ports.js";

/** Reads Asterisk's events from within the PBX's namespace: a line of JSON out for each thing that is told, until its input
 *  ends. */
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
const line =
  (level: string) =>
  (message: string, fields?: object): void =>
    say({ log: level, message, fields });
const log: Log = { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
const login = JSON.parse(process.argv[2] ?? "") as {
  host: string;
  port: number;
  user: string;
  secret: string;
};
const connection = startEventConnection(
  { ...login, clock: { nowMs: () => Date.now() }, random: Math.random, log },
  {
    onEvidence: (evidence) => say({ evidence }),
    onReload: (module) => say({ reload: module }),
    onState: (state) => say({ state }),
  },
);
process.stdin.resume();
process.stdin.on("end", () => void connection.stop());
