import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Benchmark, Figure } from "./benchmark.js";
import { Fail2ban, isFail2banInstalled } from "./fail2ban-live/fail2ban.js";
import { addPhones, bansOfRingfence, dryRun, securityLogOf } from "./fail2ban-live/lab.js";
import type { Sender, Sent } from "./fail2ban-live/sender.js";
import { ATTACKERS, crowdOf, INNOCENTS, OFFICE_EXTENSIONS, planOf } from "./fail2ban-live/traffic.js";
import { spreadOf } from "./measure.js";
import { cpuSecondsOf, labDown, labUp, linesOf, startOn } from "./time-to-ban/lab.js";

/** When each address was shut out first, Unix milliseconds. */
type Bans = ReadonlyMap<string, number>;

export const fail2banLive: Benchmark = {
  name: "fail2ban",
  summary:
    "fail2ban and Ringfence beside the same real Asterisk, on the same traffic: whom each shuts out, when, at what cost",
  needsRoot: true,
  lacks: () =>
    isFail2banInstalled()
      ? null
      : "fail2ban is not installed: apt-get install --no-install-recommends fail2ban",
  async run({ size, say }) {
    const seconds = size === "tiny" ? 12 : 45;
    const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
    let fail2ban: Fail2ban | null = null;
    try {
      await labUp();
      await addPhones(OFFICE_EXTENSIONS);
      // Neither of the two drops anything, so that both see all of it.
      await dryRun();
      fail2ban = await Fail2ban.start(folder, securityLogOf());
      const { ours, theirs } = { ours: [] as Figure[], theirs: [] as Figure[] };
      const { phones, attacker } = planOf(seconds);
      const quiet = size === "tiny" ? 5 : 50;
      say(`fail2ban: ${seconds} s of traffic`);
      const meter = new Meter(fail2ban);
      const sent = await Promise.all([
        send("phones", phones),
        send("attacker", attacker),
        send("attacker", crowdOf(quiet, seconds, 7)),
      ]);
      const usual = await meter.read();
      const all: Sent = Object.fromEntries(sent.flatMap((each) => Object.entries(each)));
      ours.push(...judgedOf("Ringfence", await bansOfRingfence(), all), cost("Ringfence", usual, usual.ours));
      theirs.push(...judgedOf("fail2ban", fail2ban.bans(), all), cost("fail2ban", usual, usual.theirs));
      const busy = size === "tiny" ? 50 : 1_000;
      say(`fail2ban: 10 s of ${busy} REGISTERs/s`);
      await send("attacker", crowdOf(busy, 10, 8));
      const flooded = await meter.read();
      ours.push(cost("Ringfence", flooded, flooded.ours));
      theirs.push(cost("fail2ban", flooded, flooded.theirs));
      return [...ours, ...theirs];
    } finally {
      await fail2ban?.stop();
      await labDown();
      rmSync(folder, { recursive: true });
    }
  },
};

async function send(host: "phones" | "attacker", senders: readonly Sender[]): Promise<Sent> {
  const child = startOn(host, "bench/fail2ban-live/sender.ts", []);
  child.stdin.end(JSON.stringify(senders));
  for await (const line of linesOf(child)) return JSON.parse(line) as Sent;
  throw new Error(`the senders on ${host} told nothing`);
}

interface Reading {
  readonly ours: number;
  readonly theirs: number;
  readonly lines: number;
  readonly seconds: number;
}

/** Processor seconds of both, and lines of the security log, since it was read last. */
class Meter {
  private before: Reading;

  constructor(private readonly fail2ban: Fail2ban) {
    this.before = this.now();
  }

  async read(): Promise<Reading> {
    const seconds = performance.now() / 1_000 - this.before.seconds;
    // Whoever lags behind gets the time to catch up.
    await this.fail2ban.idle();
    const { before } = this;
    this.before = this.now();
    const { ours, theirs, lines } = this.before;
    return { ours: ours - before.ours, theirs: theirs - before.theirs, lines: lines - before.lines, seconds };
  }

  private now(): Reading {
    const lines = readFileSync(securityLogOf(), "latin1").split("\n").length - 1;
    const seconds = performance.now() / 1_000;
    return { ours: cpuSecondsOf("daemon"), theirs: this.fail2ban.cpuSeconds(), lines, seconds };
  }
}

function cost(who: string, { lines, seconds }: Reading, cpuSeconds: number): Figure {
  const rate = Math.round(lines / seconds);
  const note = `${lines} events`;
  return one(`${who}: processor time at ${rate} events/s`, "µs/event", (cpuSeconds / lines) * 1e6, note);
}

function one(what: string, unit: string, value: number, note: string): Figure {
  return { what, unit, spread: spreadOf([value]), goal: null, note };
}

function judgedOf(who: string, bans: Bans, sent: Sent): Figure[] {
  const attackers = Object.entries(ATTACKERS);
  const stopped = attackers.flatMap(([name, address]) => {
    const tries = triesOf(name, sent);
    const atMs = bans.get(address);
    const [first = 0] = tries;
    if (atMs === undefined) return [];
    const got = tries.filter((ms) => ms <= atMs).length;
    return [
      one(`${who}: the ${name}, until shut out`, "s", (atMs - first) / 1_000, `${got} tries got through`),
    ];
  });
  const cutOff = INNOCENTS.filter(({ address }) => bans.has(address));
  const phones = cutOff.reduce((sum, innocent) => sum + innocent.phones, 0);
  const all = INNOCENTS.reduce((sum, innocent) => sum + innocent.phones, 0);
  return [
    ...stopped,
    one(`${who}: attackers not stopped`, "", attackers.length - stopped.length, `of ${attackers.length}`),
    one(
      `${who}: innocent phones and trunks cut off`,
      "",
      phones,
      [`of ${all}`, ...cutOff.map((each) => each.who)].join("; "),
    ),
  ];
}

/** A guesser is several senders. */
function triesOf(name: string, sent: Sent): number[] {
  const isOf = (who: string): boolean =>
    who === name || (name.startsWith("guesser") && who.startsWith("guesser "));
  return Object.entries(sent)
    .flatMap(([who, times]) => (isOf(who) ? times : []))
    .sort((a, b) => a - b);
}
