import { startEventConnection } from "../../src/asterisk/ami/event-connection.js";
import { Nonces } from "../../src/domain/intrusion/nonces.js";
import type { Evidence } from "../../src/domain/intrusion/security-event.js";
import type { Log } from "../../src/guard/ports.js";
import { startHep } from "../../src/hep-thread.js";

/** Hears Asterisk's mirror and its events from within the PBX's namespace: a line of JSON out for each thing that is told, until
 *  its input ends. Each failed answer comes with the proof at that moment, and with the proof half a second later. */
interface Settings {
  readonly workerFile: string;
  readonly login: { readonly host: string; readonly port: number; readonly user: string; readonly secret: string };
  /** Only the counts, at the end. */
  readonly quiet?: boolean;
}

const { workerFile, login, quiet = false } = JSON.parse(process.argv[2] ?? "") as Settings;
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
const line =
  (level: string) =>
  (message: string, fields?: object): void =>
    say({ log: level, message, fields });
const log: Log = { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
const clock = { nowMs: (): number => Date.now() };
const random = Math.random;
const nonces = new Nonces();
const counts = { sightings: 0, challenges: 0, evidence: 0, failed: 0, atOnce: 0, later: 0 };
/** Failures that were told before the mirror could prove them, and how long it then took. */
let early: { readonly since: number; readonly isProven: () => boolean }[] = [];
const waits: number[] = [];

const tell = (from: "ami" | "hep", evidence: Evidence): void => {
  counts.evidence++;
  if (evidence.type !== "security" || evidence.kind !== "challenge-failed") {
    if (!quiet) say({ from, evidence });
    return;
  }
  const proof = (): string => nonces.proofOf(evidence.challenge ?? "", evidence.source, evidence.atMs);
  const atOnce = proof();
  counts.failed++;
  if (atOnce === "returned") counts.atOnce++;
  else early.push({ since: performance.now(), isProven: () => proof() === "returned" });
  setTimeout(() => {
    const later = proof();
    if (later === "returned") counts.later++;
    if (!quiet) say({ from, evidence, atOnce, later });
  }, 500);
};

const connection = startEventConnection(
  { ...login, clock, random, log },
  { onEvidence: (evidence) => tell("ami", evidence), onState: (state) => say({ ami: state }) },
);
const hep = startHep({
  listen: { host: "127.0.0.1", port: 9060 },
  workerFile,
  clock,
  random,
  log,
  onLoss: (fromMs, toMs) => {
    nonces.lost(fromMs, toMs);
    say({ loss: { fromMs, toMs } });
  },
  onSightings: (batch) => {
    for (const sighting of batch) {
      counts.sightings++;
      switch (sighting.type) {
        case "challenge":
          counts.challenges++;
          nonces.sent(sighting.nonce, sighting.source, sighting.atMs);
          break;
        case "request":
          if (sighting.nonce === null) nonces.heard(sighting.atMs);
          else nonces.answered([sighting.nonce, ...sighting.otherNonces], sighting.source, sighting.atMs);
          break;
        case "answer":
          nonces.heard(sighting.atMs);
          break;
      }
      if (!quiet) say({ sighting });
    }
    early = early.filter(({ since, isProven }) => {
      if (!isProven()) return performance.now() - since < 500;
      waits.push(Math.round((performance.now() - since) * 10) / 10);
      return false;
    });
  },
  onEvidence: (evidence) => tell("hep", evidence),
});
const begun = process.cpuUsage();
process.stdin.resume();
process.stdin.on("end", () => {
  setTimeout(() => {
    say({ counts, waits: waits.sort((a, b) => a - b), state: hep.state(), cpu: process.cpuUsage(begun), rss: process.memoryUsage().rss });
    void Promise.all([connection.stop(), hep.stop()]);
  }, 600);
});
