import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchOptions, Figure } from "../benchmark.js";
import { inChild } from "../child.js";
import { spreadOf } from "../measure.js";
import type { FloodShape } from "../traffic/ami-flood.js";
import { securityLog } from "../traffic/security-log.js";
import type { IntoKernel } from "./into-kernel.js";

/** What fail2ban-run.ts prints. */
export interface Fail2banRun {
  readonly seconds: number;
  readonly held: number;
  /** Of the server and of all that it started. */
  readonly cpuSeconds: number;
}

const INSTALLED = "/etc/fail2ban";

/** So many lines it takes in a minute or so; a flood of 500,000 takes it half an hour. */
const LINES = 20_000;
const SHAPE: FloodShape = { events: LINES, guilty: 200, sources: 2_000 };

/** fail2ban and Ringfence on the same short log: fail2ban's own asterisk filter with our limits, each once, in a network namespace and with
 *  files of its own. Empty, and said so, where fail2ban is not installed. */
export async function fail2banFigures(folder: string, { size, say }: BenchOptions): Promise<Figure[]> {
  if (!existsSync(join(INSTALLED, "filter.d/asterisk.conf"))) {
    say("fail2ban is not installed: apt-get install --no-install-recommends fail2ban");
    return [];
  }
  const shape = size === "tiny" ? { events: 2_000, guilty: 20, sources: 200 } : SHAPE;
  const log = join(folder, "short.log");
  const write = (): void => writeFileSync(log, securityLog(shape, Date.now() - 120_000));
  const config = join(folder, "fail2ban");
  writeConfig(config, log);
  say(`log: fail2ban on ${shape.events} lines, two minutes at most`);
  write();
  const argv = [config, `${shape.guilty}`];
  const theirs = await inChild<Fail2banRun>("bench/log/fail2ban-run.ts", argv, { isolated: true });
  write();
  const ours = await inChild<IntoKernel>("bench/log/into-kernel.ts", [log], { isolated: true });
  return [...figuresOf("fail2ban", theirs, shape), ...figuresOf("Ringfence, the same lines", ours, shape)];
}

type Outcome = Pick<Fail2banRun, "seconds" | "held" | "cpuSeconds">;

function figuresOf(who: string, { seconds, held, cpuSeconds }: Outcome, shape: FloodShape): Figure[] {
  const { guilty, events } = shape;
  const figure = (what: string, unit: string, value: number): Figure => ({
    what: `${who}: ${what}`,
    unit,
    spread: spreadOf([value]),
    goal: null,
  });
  const cutOff = figure("innocent sources shut out", "", Math.max(0, held - guilty));
  return [
    { ...figure(`${guilty} guilty in the kernel`, "s", seconds), note: `it held ${held}` },
    figure("processor time", "µs/line", (cpuSeconds / events) * 1e6),
    held < guilty ? { ...cutOff, note: `${guilty - held} guilty were not shut out` } : cutOff,
  ];
}

function writeConfig(config: string, log: string): void {
  // As installed, without what is set up for this machine: jail.d and files of the admin's own.
  cpSync(INSTALLED, config, {
    recursive: true,
    filter: (path) => !/jail\.d|fail2ban\.d|\.local$/.test(path),
  });
  const own = { logtarget: "server.log", socket: "socket", pidfile: "pid" };
  const files = Object.entries(own).map(([key, name]) => `${key} = ${join(config, name)}`);
  writeFileSync(
    join(config, "fail2ban.local"),
    ["[Definition]", ...files, "dbfile = None", "loglevel = ERROR", ""].join("\n"),
  );
  writeFileSync(
    join(config, "jail.local"),
    [
      "[asterisk]",
      "enabled = true",
      "filter = asterisk",
      `logpath = ${log}`,
      "backend = polling",
      "maxretry = 10",
      "findtime = 10m",
      "bantime = 1h",
      "banaction = nftables-allports",
      "action = nftables-allports[name=asterisk]",
      "",
    ].join("\n"),
  );
}
