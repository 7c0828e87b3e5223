import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Traffic } from "./ami-flood.js";

const CAPTURE = join(__dirname, "../../test/fixtures/ami/asterisk-22.ami");
/** What the daemon asks Asterisk for; the capture has all classes. */
const ASKED_FOR = /\r\nPrivilege: (?:security|system),all/;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?=\+0000)/g;
/** Networks of the lab: `203.0.113.` and `198.51.100.`. */
const ADDRESS = /\b(203\.0\.113|198\.51\.100)\.(?=\d)/g;
const ROUND_MS = 10_000;

/** A recorded stream of real Asterisk (registrations that succeed, guesses of every kind, configuration reloads, injections)
 *  again and again, each time ten seconds later and from other addresses, until it has `events` events. */
export function amiMix(events: number): Traffic {
  const capture = readFileSync(CAPTURE, "latin1");
  const messages = capture.slice(capture.indexOf("Event: ")).split("\r\n\r\n");
  const asked = messages.filter((text) => !text.includes("\r\nPrivilege: ") || ASKED_FOR.test(text));
  const perRound = asked.filter((text) => text.startsWith("Event: ")).length;
  const round = asked.join("\r\n\r\n");
  const rounds: Buffer[] = [];
  for (let number = 0; number * perRound < events; number++) {
    rounds.push(Buffer.from(atRound(round, number), "latin1"));
  }
  return { bytes: Buffer.concat(rounds), events: rounds.length * perRound };
}

function atRound(text: string, number: number): string {
  const [high, low] = [number >>> 8, number & 255];
  return text
    .replaceAll(TIME, (time) =>
      new Date(Date.parse(`${time}Z`) + number * ROUND_MS).toISOString().slice(0, 23),
    )
    .replaceAll(ADDRESS, (_, network: string) => `${network === "203.0.113" ? 45 : 46}.${high}.${low}.`);
}
