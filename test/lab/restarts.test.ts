import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallJson, CallsJson } from "../../src/http/contract.js";
import { addresses, secrets } from "./addresses.js";
import { callsAreJudged, daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  type AsteriskVersion,
  asteriskCli,
  execIn,
  lastCount,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  spawnIn,
} from "./lab.js";

/** A stream of calls, and in the midst of it all that can befall the daemon and Asterisk. Each call must be answered, go where it
 *  may, and be logged once, as what became of it. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const CALLS_PER_SECOND = 40;

/** Of eight calls: to the home country, to a closed one, of an extension whose own list shuts out the home country, which the
 *  fallback knows nothing of, and to the emergency number. */
const KINDS = ["home", "closed", "home", "own", "home", "closed", "own", "emergency"] as const;
type Kind = (typeof KINDS)[number];
/** Numbers of one stream are none of the other's. */
const CALLERS: Readonly<Record<Kind, { extension: string; digits: (stream: 0 | 1, n: number) => string }>> = {
  home: { extension: "101", digits: (stream, n) => `121273${6 + stream}${1_000 + n}` },
  closed: { extension: "100", digits: (stream, n) => `187655${5 + stream}${1_000 + n}` },
  own: { extension: "102", digits: (stream, n) => `121273${8 + stream}${1_000 + n}` },
  emergency: { extension: "103", digits: () => "911" },
};
/** At the most: a stream is stopped when it has seen what it is for. */
const SECONDS = 180;

jest.setTimeout(360_000);

describe.each(versions)("restarts under a stream of calls on Asterisk %s", (version) => {
  let folder: string;
  let carrier: ChildProcess;

  const must = async (...args: string[]) => {
    const told = await ringfence(version, ...args);
    expect({ args, ...told }).toMatchObject({ status: 0 });
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-restarts-"));
    await labDown(version);
    await labUp(version);
    carrier = spawnIn(version, "carrier", [
      ...["sipp", "-nostdin", "-sf", join(__dirname, "sipp/carrier-answer.xml")],
      ...["-i", addresses.carrier, "-p", "5060", "-trace_msg", "-message_file", join(folder, "carrier")],
    ]);
    carrier.stdout!.resume();
    carrier.stderr!.resume();
    await daemon.start(version);
    await callsAreJudged(version);
    // One address that calls so often is a script, and here it is what the test is about.
    await must("never-ban", "add", "198.51.100.0/24");
    await must("limits", "off", "attempts");
    await must("areas", "deny", "US", "--extension", "102");
  }, 16 * 60_000);

  afterAll(async () => {
    carrier.kill("SIGKILL");
    await labDown(version);
    rmSync(folder, { recursive: true });
  }, 60_000);

  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

  /** Begins calls, each to a number of its own. `stop` begins no more of them, and gives those that were begun, and what each phone heard
   *  by the digits that it dialled. */
  function stream(number: 0 | 1) {
    const calls = Array.from({ length: SECONDS * CALLS_PER_SECOND }, (_, index) => {
      const kind = KINDS[index % KINDS.length]!;
      const { extension, digits } = CALLERS[kind];
      return { kind, extension, digits: digits(number, index) };
    });
    const [rows, heardFile] = [join(folder, `${number}.csv`), join(folder, `${number}.log`)];
    const lines = calls.map(({ extension, digits }) => {
      return `${extension};[authentication username=${extension} password=secret-${extension}];${digits}`;
    });
    writeFileSync(rows, `SEQUENTIAL\n${lines.join("\n")}\n`);
    const child = spawnIn(version, "phones", [
      ...["sipp", "-nostdin", "-sf", join(__dirname, "sipp/call-stream.xml"), "-inf", rows],
      ...["-i", addresses.phones[0]!, "-p", "5070", "-m", `${calls.length}`, "-r", `${CALLS_PER_SECOND}`],
      ...["-l", "8000", "-recv_timeout", "40000", "-timeout", `${SECONDS + 60}`],
      ...["-trace_logs", "-log_file", heardFile, `${addresses.pbx}:5060`],
    ]);
    let told = "";
    child.stdout!.setEncoding("latin1").on("data", (text: string) => (told = (told + text).slice(-20_000)));
    child.stderr!.resume();
    const ended = new Promise<void>((done) => child.once("close", () => done()));
    return {
      stop: async () => {
        expect(child.exitCode).toBeNull();
        // To SIPp itself, which ends the calls that it has begun.
        child.kill("SIGUSR1");
        await ended;
        const begun = calls.slice(0, lastCount(told, "Outgoing calls created"));
        const heard = new Map<string, string[]>();
        for (const line of readFileSync(heardFile, "latin1").trim().split("\n")) {
          const [digits = "", status = ""] = line.split(" ");
          heard.set(digits, [...(heard.get(digits) ?? []), status]);
        }
        return { calls: begun, heard };
      },
    };
  }

  /** The log since then, by what was dialled; once as many are in it, since the dialplan's decisions are fetched every few seconds. */
  async function logged(since: string, atLeast: number): Promise<Map<string, CallJson[]>> {
    const read = async (): Promise<CallJson[]> => {
      const found: CallJson[] = [];
      let before: number | null = null;
      do {
        const from: string[] = before === null ? [] : ["--before", `${before}`];
        const page: CallsJson = await ringfenceJson<CallsJson>(
          version,
          ...["calls", "--since", since, "--limit", "1000", ...from],
        );
        found.push(...page.calls);
        before = page.next;
      } while (before !== null);
      return found;
    };
    // Asked for alone, and seldom: whoever reads a log of thousands again and again keeps the daemon from filling it.
    await eventually(
      "what the dialplan decided is fetched",
      async () => {
        await pause(1_000);
        return (await asteriskCli(version, "database show ringfence_missed")).includes("0 results found");
      },
      150_000,
    );
    const found = await read();
    expect(found.length).toBeGreaterThanOrEqual(atLeast);
    const byDigits = new Map<string, CallJson[]>();
    for (const call of found) byDigits.set(call.dialled, [...(byDigits.get(call.dialled) ?? []), call]);
    return byDigits;
  }

  const atCarrier = (): string[] =>
    [...readFileSync(join(folder, "carrier"), "latin1").matchAll(/^INVITE sip:([^@]*)@.*?^Call-ID: (\S+)/gms)]
      // A request that is sent again is the same call.
      .filter(([, , id], index, all) => all.findIndex((each) => each[2] === id) === index)
      .map(([, digits]) => digits!);
  const nobodyIsStuck = async () => {
    await eventually(
      "no channel is left",
      async () => (await asteriskCli(version, "core show channels concise")).trim() === "",
      60_000,
    );
    const { user, password, port } = secrets.ari;
    const url = `http://127.0.0.1:${port}/ari/applications/ringfence`;
    const { stdout } = await execIn(version, "pbx", [
      process.execPath,
      ...[
        "-e",
        "fetch(process.argv[1],{headers:{authorization:process.argv[2]}}).then(async r=>console.log(await r.text()))",
      ],
      ...[url, `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ name: "ringfence", channel_ids: [] });
  };

  test("the daemon is killed, frozen, restarted and cut off", async () => {
    const since = new Date(Date.now() - 1_000).toISOString();
    const running = stream(0);
    const troubles: { what: string; fromMs: number; untilMs: number }[] = [];
    const trouble = async (what: string, deed: () => Promise<void>) => {
      await pause(3_000);
      const fromMs = Date.now();
      await deed();
      await callsAreJudged(version);
      troubles.push({ what, fromMs, untilMs: Date.now() });
    };
    await trouble("killed", async () => {
      await daemon.kill(version);
      await pause(1_000);
      await daemon.start(version);
    });
    await trouble("frozen", async () => {
      const pid = Number(readFileSync(`${runFolder(version)}/daemon.pid`, "utf8"));
      process.kill(pid, "SIGSTOP");
      await pause(5_000);
      process.kill(pid, "SIGCONT");
    });
    await trouble("restarted", async () => {
      await daemon.stop(version);
      await daemon.start(version);
    });
    await trouble("ARI cut", async () => {
      await execIn(version, "pbx", ["ss", "-K", "-nt", "state", "established", "dport = :8088"]);
    });
    await pause(5_000);
    const { calls, heard } = await running.stop();
    await nobodyIsStuck();

    // What each phone heard: what it must hear, whoever answered for the daemon.
    const count = { home: 0, closed: 0, own: 0, emergency: 0 };
    for (const { kind } of calls) count[kind]++;
    const of = (kind: Kind) => calls.filter((call) => call.kind === kind);
    for (const { digits } of of("home")) expect([digits, heard.get(digits)]).toEqual([digits, ["200"]]);
    for (const { digits } of of("closed")) expect([digits, heard.get(digits)]).toEqual([digits, ["403"]]);
    expect(heard.get("911")).toEqual(Array<string>(count.emergency).fill("200"));
    for (const { digits } of of("own")) expect([digits, heard.get(digits)?.length]).toEqual([digits, 1]);

    // What the carrier heard: each call that was let through, once.
    const dialled = atCarrier();
    const letThrough = of("own").filter(({ digits }) => heard.get(digits)?.[0] === "200");
    expect(dialled.filter((digits) => digits.startsWith("1876"))).toEqual([]);
    expect(dialled).toHaveLength(count.home + count.emergency + letThrough.length);

    // What the log says: every call once, and what became of it.
    const log = await logged(since, calls.length);
    expect([...log.values()].flat()).toHaveLength(calls.length);
    expect(log.get("911")).toHaveLength(count.emergency);
    let byFallback = 0;
    for (const { kind, digits } of calls) {
      if (kind === "emergency") continue;
      const [entry, ...more] = log.get(digits) ?? [];
      expect([digits, more]).toEqual([digits, []]);
      const decision = heard.get(digits)?.[0] === "200" ? "allow" : "refuse";
      expect([digits, entry]).toMatchObject([digits, { decision }]);
      if (entry?.reason === "fallback") byFallback++;
    }
    // Only the fallback can have let pass what the extension's list refuses, and only while there was trouble.
    const during = letThrough.map(({ digits }) => {
      const entry = log.get(digits)?.[0];
      expect([digits, entry]).toMatchObject([digits, { reason: "fallback", from: "102" }]);
      const atMs = Date.parse(entry!.at);
      return troubles.find(({ fromMs, untilMs }) => atMs >= fromMs - 5_000 && atMs <= untilMs + 5_000)?.what;
    });
    console.log(
      `Asterisk ${version}: ${calls.length} calls, ${byFallback} of them decided by the fallback, ` +
        troubles.map(({ what, fromMs, untilMs }) => `${what} ${untilMs - fromMs} ms`).join(", ") +
        `; ${letThrough.length} let through that the daemon refuses, all meanwhile`,
    );
    expect(during).not.toContain(undefined);
    expect(byFallback).toBeGreaterThan(0);
    // How many it is depends on how fast the machine starts a daemon.
    expect(byFallback).toBeLessThan(calls.length);
  });

  test("Asterisk is restarted", async () => {
    const since = new Date(Date.now() - 1_000).toISOString();
    const before = atCarrier().length;
    const running = stream(1);
    await pause(5_000);
    const fromMs = Date.now();
    await restartAsterisk(version);
    await callsAreJudged(version);
    const untilMs = Date.now();
    await pause(5_000);
    const { calls, heard } = await running.stop();
    await nobodyIsStuck();

    // Calls of the moment when it ended are lost with it, and no others; those are the ones that nobody answered.
    const lost = calls.filter(({ digits }) => !heard.has(digits));
    const answered = calls.filter(({ kind, digits }) => kind !== "emergency" && heard.has(digits));
    const dialled = atCarrier().slice(before);
    expect(dialled.filter((digits) => digits.startsWith("1876"))).toEqual([]);
    const log = await logged(since, answered.length);
    for (const { kind, digits } of answered) {
      const [status, ...others] = heard.get(digits) ?? [];
      expect([digits, others]).toEqual([digits, []]);
      if (kind !== "own") expect([digits, status]).toEqual([digits, kind === "home" ? "200" : "403"]);
      const entries = log.get(digits) ?? [];
      expect([digits, entries.map(({ decision }) => decision)]).toEqual([
        digits,
        [status === "200" ? "allow" : "refuse"],
      ]);
    }
    console.log(
      `Asterisk ${version}: ${calls.length} calls, ${lost.length} lost with Asterisk, which was away and ` +
        `connected again after ${untilMs - fromMs} ms`,
    );
    expect(answered.length).toBeGreaterThan(calls.length / 2);
  });
});
