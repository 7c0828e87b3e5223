import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../src/sqlite/database.js";
import { type Compiled, compileProject } from "../test/compiled.js";
import { seed, sizeOf } from "./api/seed.js";
import type { Benchmark, BenchOptions, Figure, Goal } from "./benchmark.js";
import { spreadOf } from "./measure.js";

interface Asked {
  readonly what: string;
  readonly path: string;
  readonly body?: object;
  /** Milliseconds, p99; null: it may take its time, as long as nobody waits for it. */
  readonly goalMs: number | null;
  /** How often; some are too long to be asked a hundred times. */
  readonly runs?: number;
}

const RUNS = 25;
const LIST_MS = 100;
const OVERVIEW_MS = 200;
/** So long may an answer keep events and calls waiting. */
const BLOCKED_MS = 20;

/** Every page but that of extensions, which waits for Asterisk, with a million calls and what a system that busy has beside them, on the daemon itself, without Asterisk. */
export const api: Benchmark = {
  name: "api",
  summary:
    "answers of the API with a million logged calls and a million bans, and how long each keeps the daemon's main thread",
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
    const compiled = compileProject("bench/api/probe.js", "package.json");
    try {
      const { size, say } = options;
      const rows = sizeOf(size === "tiny" ? 2_000 : 1_000_000);
      const seeded = process.env["RINGFENCE_BENCH_DATABASE"];
      const database = seeded ?? join(folder, "ringfence.db");
      if (seeded === undefined)
        say(`api: writing ${rows.calls.toLocaleString("en-US")} calls and the rest ...`);
      const nowMs = Date.now();
      const db = openDatabase(database);
      if (seeded === undefined) seed(db, rows, nowMs);
      db.close();
      const daemon = await startDaemon(folder, database, compiled);
      try {
        return await measureAll(daemon, asked(nowMs), options);
      } finally {
        await daemon.stop();
      }
    } finally {
      compiled.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function asked(nowMs: number): readonly Asked[] {
  const day = new Date(nowMs - 86_400_000).toISOString();
  const month = new Date(nowMs - 30 * 86_400_000).toISOString();
  const monthEnd = new Date(nowMs - 29 * 86_400_000).toISOString();
  const list = (what: string, path: string): Asked => ({ what, path, goalMs: LIST_MS });
  return [
    { what: "overview, a day", path: "/overview", goalMs: OVERVIEW_MS },
    { what: "overview, 30 days", path: "/overview?hours=720", goalMs: OVERVIEW_MS },
    list("status", "/status"),
    list("calls", "/calls"),
    list("calls, a page in the middle", "/calls?before=500000"),
    list("calls refused", "/calls?refused=1"),
    list("calls of an extension", "/calls?extension=1007"),
    list("calls of an extension, refused", "/calls?extension=1007&refused=1"),
    list("calls of an extension that never called", "/calls?extension=nobody"),
    list("calls to an area, refused", "/calls?area=LV&refused=1"),
    list("calls to an area that nobody called", "/calls?area=FR"),
    list("calls by reason", "/calls?reason=area-closed"),
    list("calls by reason, none", "/calls?reason=emergency"),
    list("calls over a trunk that is not", "/calls?trunk=none"),
    list("calls of one day a month ago", `/calls?since=${month}&until=${monthEnd}`),
    list("calls to +44", "/calls?number=%2B44"),
    list("calls to +49301234567", "/calls?number=%2B49301234567"),
    list("calls to +999, none", "/calls?number=%2B999"),
    list("calls dialled 0114", "/calls?number=0114"),
    list("calls dialled 9999, none", "/calls?number=9999"),
    list("calls of an extension to +44", "/calls?extension=1007&number=%2B44"),
    list("calls of an extension to +999, none", "/calls?extension=1007&number=%2B999"),
    list("calls over a trunk for a reason, refused", "/calls?trunk=carrier-a&reason=area-closed&refused=1"),
    list("bans in force", "/bans?limit=100"),
    list("bans in force, 1,000", "/bans"),
    list("bans in force, a page in the middle", "/bans?limit=100&before=500000"),
    list("bans in force, by a cause that is not", "/bans?cause=call-script&limit=100"),
    list("bans in force, by cause", "/bans?cause=typo&limit=100"),
    list("bans in force, of a day", `/bans?since=${day}&limit=100`),
    list("bans in force, searched", "/bans?search=1042&limit=100"),
    list("bans in force, searched in vain", "/bans?search=nowhere&limit=100"),
    list("all bans", "/bans?all=1&limit=100"),
    list("all bans, a page in the middle", "/bans?all=1&limit=100&before=500000"),
    list("all bans, of known sources", "/bans?all=1&standing=known&limit=100"),
    list("all bans, by a cause that is not", "/bans?all=1&cause=call-script&limit=100"),
    list("all bans, searched", "/bans?all=1&search=1042&limit=100"),
    list("all bans, searched in vain", "/bans?all=1&search=nowhere&limit=100"),
    list("one ban", "/bans/45.0.0.0"),
    list("why, an address", "/why/45.0.0.0"),
    list("why, an extension", "/why/1007"),
    list("blocks", "/blocks"),
    list("audit", "/audit"),
    list("audit, a page in the middle", "/audit?before=500000"),
    list("audit, of a subject", "/audit?subject=policy"),
    list("audit, of a subject that is not", "/audit?subject=nothing"),
    list("spend", "/spend"),
    list("areas", "/areas/tree"),
    list("allow-list refusals", "/allow-list/refused"),
    list("notifications", "/notifications"),
    {
      what: "effect of a change on 28 days",
      path: "/areas/effect",
      body: { deny: ["JM"] },
      goalMs: null,
      runs: 3,
    },
    { what: "all calls as CSV", path: "/calls.csv", goalMs: null, runs: 1 },
  ];
}

async function measureAll(
  daemon: Daemon,
  all: readonly Asked[],
  { size, say }: BenchOptions,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const most: Goal = { of: "median", at: "most", value: BLOCKED_MS };
  for (const one of all) {
    const runs = size === "tiny" ? 1 : (one.runs ?? RUNS);
    const method = one.body === undefined ? "GET" : "POST";
    // The first time reads from disk and compiles.
    await daemon.ask(method, one.path, one.body);
    await daemon.loop("reset");
    const took: number[] = [];
    const blocked: number[] = [];
    let bytes = 0;
    for (let n = 0; n < runs; n++) {
      await daemon.loop("reset");
      const begunMs = performance.now();
      bytes = await daemon.ask(method, one.path, one.body);
      took.push(performance.now() - begunMs);
      blocked.push((await daemon.loop("read")).maxMs);
    }
    say(`api: ${one.what}`);
    const goal: Goal | null = one.goalMs === null ? null : { of: "p99", at: "most", value: one.goalMs };
    const note = `${Math.ceil(bytes / 1024).toLocaleString("en-US")} KB`;
    figures.push({ what: one.what, unit: "ms", spread: spreadOf(took), goal, note });
    figures.push({ what: "  main thread held", unit: "ms", spread: spreadOf(blocked), goal: most });
  }
  return figures;
}

interface Daemon {
  /** Bytes of the answer; throws unless it is one. */
  ask(method: string, path: string, body?: object): Promise<number>;
  loop(what: "reset" | "read"): Promise<{ readonly maxMs: number }>;
  stop(): Promise<void>;
}

/** The machine's own filters are none of a benchmark's business. */
const NOTHING = "/bin/false";

/** `ringfence run` with nothing to talk to: no Asterisk, no kernel, no port. */
async function startDaemon(folder: string, database: string, compiled: Compiled): Promise<Daemon> {
  const socketPath = join(folder, "ringfence.sock");
  const config = join(folder, "ringfence.yaml");
  const settings = {
    ...{ database, ami: { port: 1 }, ari: { url: "http://127.0.0.1:1" } },
    firewall: { backend: "dry-run", nft: NOTHING, ipset: NOTHING, iptables: NOTHING, ip6tables: NOTHING },
    asterisk: { configDir: folder },
    ...{ http: { socket: socketPath, listen: null }, hep: { listen: null } },
    ...{ log: { level: "warn", file: join(folder, "ringfence.log") } },
  };
  writeFileSync(config, JSON.stringify(settings));
  const child = spawn(
    process.execPath,
    [
      "--require",
      compiled.file("bench/api/probe.js"),
      compiled.file("src/ringfence.ts"),
      "run",
      "--config",
      config,
    ],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, RINGFENCE_AMI_SECRET: "none", RINGFENCE_ARI_PASSWORD: "none" },
    },
  );
  const ask: Daemon["ask"] = (method, path, body) => askSocket(socketPath, method, `/api/v1${path}`, body);
  await answering(child, ask);
  return {
    ask,
    async loop(what) {
      const told = once(child, "message");
      child.send(what);
      const [answer] = (await told) as [{ maxMs: number }];
      return answer;
    },
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answering(child: ChildProcess, ask: Daemon["ask"]): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await ask("GET", "/status");
      return;
    } catch (error) {
      if (child.exitCode !== null || tries > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function askSocket(socketPath: string, method: string, path: string, body?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const sent = request({ socketPath, method, path, headers }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => (bytes += chunk.length));
      response.on("error", reject);
      response.on("end", () => {
        const known = response.statusCode === 200 || response.statusCode === 404;
        if (known) resolve(bytes);
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
