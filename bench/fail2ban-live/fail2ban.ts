import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { netns } from "../time-to-ban/lab.js";

const INSTALLED = "/etc/fail2ban";
const TICKS_PER_SECOND = 100;
const READY_WITHIN_MS = 30_000;
const IDLE_WITHIN_MS = 30_000;

export function isFail2banInstalled(): boolean {
  return existsSync(join(INSTALLED, "filter.d/asterisk.conf"));
}

/** fail2ban beside the lab's Asterisk: its own asterisk jail as installed (10 in 10 minutes), with an action that only writes down whom it
 *  would have banned, and when. */
export class Fail2ban {
  private constructor(
    private readonly server: ChildProcess,
    private readonly record: string,
  ) {}

  /** Resolves once the jail runs. Ends with the lab at the latest, whose namespace it runs in. */
  static async start(folder: string, log: string): Promise<Fail2ban> {
    const config = join(folder, "fail2ban");
    const record = join(folder, "banned");
    const started = join(folder, "started");
    writeFileSync(record, "");
    writeConfig(config, log, record, started);
    const files = ["-c", config, "-s", join(config, "socket"), "-p", join(config, "pid")];
    const argv = ["netns", "exec", netns("pbx"), "fail2ban-server", ...files, "-xf", "start"];
    const server = spawn("ip", argv, { stdio: ["ignore", "ignore", "inherit"] });
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!existsSync(started)) {
      if (server.exitCode !== null) throw new Error(`fail2ban-server ended with status ${server.exitCode}`);
      if (Date.now() > deadline) throw new Error("fail2ban's jail did not start");
      await new Promise((done) => setTimeout(done, 100));
    }
    return new Fail2ban(server, record);
  }

  /** Of the server and of what it started: fields 14 to 17 of /proc/PID/stat (man 5 proc). */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.server.pid ?? 0}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  }

  /** Resolves once it has read what there is: it takes hardly any processor time for a second. */
  async idle(): Promise<void> {
    const deadline = Date.now() + IDLE_WITHIN_MS;
    for (let before = -1; Date.now() < deadline;) {
      const now = this.cpuSeconds();
      if (before >= 0 && now - before < 0.05) return;
      before = now;
      await new Promise((done) => setTimeout(done, 1_000));
    }
  }

  bans(): ReadonlyMap<string, number> {
    const first = new Map<string, number>();
    for (const line of readFileSync(this.record, "utf8").split("\n")) {
      const [seconds, address] = line.split(" ");
      if (address !== undefined && !first.has(address)) first.set(address, Number(seconds) * 1_000);
    }
    return first;
  }

  async stop(): Promise<void> {
    if (this.server.exitCode !== null) return;
    const ended = new Promise((done) => this.server.once("close", done));
    this.server.kill("SIGKILL");
    await ended;
  }
}

function writeConfig(config: string, log: string, record: string, started: string): void {
  // As installed, without what is set up for this machine: jail.d and files of the admin's own.
  cpSync(INSTALLED, config, {
    recursive: true,
    filter: (path) => !/jail\.d|fail2ban\.d|\.local$/.test(path),
  });
  const own = { logtarget: "server.log", socket: "socket", pidfile: "pid" };
  const files = Object.entries(own).map(([key, name]) => `${key} = ${join(config, name)}`);
  const lines = (...text: string[]): string => [...text, ""].join("\n");
  writeFileSync(
    join(config, "fail2ban.local"),
    lines("[Definition]", ...files, "dbfile = None", "loglevel = ERROR"),
  );
  writeFileSync(
    join(config, "action.d/record.conf"),
    lines(
      "[Definition]",
      `actionstart = touch ${started}`,
      "actionstart_on_demand = false",
      `actionban = printf '%%s %%s\\n' "$(date +%%s.%%N)" "<ip>" >>${record}`,
      "actionunban =",
    ),
  );
  writeFileSync(
    join(config, "jail.local"),
    lines("[asterisk]", "enabled = true", `logpath = ${log}`, "backend = auto", "action = record"),
  );
}
