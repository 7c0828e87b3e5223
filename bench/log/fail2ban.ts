import { execFile } from "node:child_process";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BenchOptions, Figure } from "../benchmark.js";
import { inChild } from "../child.js";
import { spreadOf } from "../measure.js";

/** What fail2ban-run.ts prints. */
export interface Fail2banRun {
  readonly seconds: number;
  readonly held: number;
  /** Of the server and of all that it started. */
  readonly cpuSeconds: number;
}

const INSTALLED = "/etc/fail2ban";

/** fail2ban on the same file: its own asterisk filter, our limits, one run, since it takes minutes. It runs in a network namespace
 *  and with files of its own. Empty, and said so, where it is not installed. */
export async function fail2banFigures(
  folder: string,
  log: string,
  guilty: number,
  { say }: BenchOptions,
): Promise<Figure[]> {
  if (!existsSync(join(INSTALLED, "filter.d/asterisk.conf"))) {
    say("fail2ban is not installed: apt-get install --no-install-recommends fail2ban");
    return [];
  }
  const config = join(folder, "fail2ban");
  writeConfig(config, log);
  say("log: fail2ban on the same file, which takes minutes");
  const run = await inChild<Fail2banRun>("bench/log/fail2ban-run.ts", [config, `${guilty}`], {
    isolated: true,
  });
  const { stdout } = await promisify(execFile)("wc", ["-l", log]);
  const lines = parseInt(stdout, 10);
  const note = run.held === guilty ? "" : `only ${run.held} of ${guilty} when it was given up`;
  return [
    { what: "fail2ban: in the kernel", unit: "s", spread: spreadOf([run.seconds]), goal: null, note },
    {
      what: "fail2ban: lines by processor time",
      unit: "lines/s",
      spread: spreadOf([lines / run.cpuSeconds]),
      goal: null,
    },
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
