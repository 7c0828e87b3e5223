import type { ChildProcess } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BansJson, CallsJson } from "../../src/http/contract.js";
import { addresses } from "./addresses.js";
import { callsAreJudged, daemon, daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  asteriskCli,
  type AsteriskVersion,
  execIn,
  labDown,
  labUp,
  runFolder,
  sipp,
  spawnIn,
} from "./lab.js";

/** What an operator is told of calls, and what calls go through while something else is going on. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const HOME = "12127365010";
const JAMAICA = "18765550123";

jest.setTimeout(120_000);

describe.each(versions)("alarms of live calls on Asterisk %s", (version) => {
  let carrier: ChildProcess;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    carrier = spawnIn(version, "carrier", [
      ...["sipp", "-nostdin", "-sf", join(__dirname, "sipp/carrier-answer.xml")],
      ...["-i", addresses.carrier, "-p", "5060"],
    ]);
    carrier.stdout!.resume();
    carrier.stderr!.resume();
    await daemon.start(version);
    await callsAreJudged(version);
    await must("areas", "allow", "GB");
    await must("limits", "off", "attempts");
  }, 16 * 60_000);

  afterAll(async () => {
    carrier.kill("SIGKILL");
    await labDown(version);
  }, 60_000);

  const must = async (...args: string[]) => {
    const told = await ringfence(version, ...args);
    expect({ args, ...told }).toMatchObject({ status: 0 });
  };
  const calls = async (name: "call" | "call-refused", from: string, dialled: string, account = "100") => {
    const outcome = await sipp(version, "phones", name, { from, account, dialled, patienceMs: 20_000 });
    const { successful } = outcome;
    if (successful !== 1)
      expect({ dialled, successful, last: await last() }).toMatchObject({ successful: 1 });
  };
  const alarms = (slug: string): string[] =>
    daemonLog(version)
      .split("\n")
      .filter((line) => line.includes(`"${slug}"`) && line.includes("call alarm"));
  const last = async () => (await ringfenceJson<CallsJson>(version, "calls")).calls[0]!;
  const [desk, hotel, other] = addresses.phones as [string, string, string];

  test("an extension's first call ever to a country, once", async () => {
    await calls("call", desk, "011442079460123");
    await eventually("the alarm", () => alarms("new-country").length === 1);
    expect(alarms("new-country")[0]).toContain("Extension 100 called United Kingdom for the first time");
    await calls("call", desk, "011442079460123");
    await calls("call", other, "011442079460123", "101");
    await eventually("the alarm of the other one", () => alarms("new-country").length === 2);
  });

  test("a call from an address that the extension has never used: told, or refused, as is set", async () => {
    await must("limits", "set", "100", "new-source", "alarm");
    await calls("call", desk, HOME);
    await calls("call", hotel, HOME);
    await eventually("the alarm", () => alarms("new-source").length === 1);
    expect(alarms("new-source")[0]).toContain(hotel);
    await must("limits", "set", "100", "new-source", "refuse");
    await calls("call-refused", addresses.phones[5]!, HOME);
    expect(await last()).toMatchObject({ decision: "refuse", reason: "new-source", from: "100" });
    await calls("call", addresses.phones[5]!, "911");
    await calls("call", hotel, HOME);
    await must("limits", "inherit", "100");
  });

  test("a program that places calls from a known address: its calls are refused for a while, but for emergency calls", async () => {
    const script = addresses.phones[7]!;
    const registered = await sipp(version, "phones", "register", {
      from: script,
      port: 5087,
      account: "103",
    });
    expect(registered).toMatchObject({ successful: 1 });
    const tried = await sipp(version, "phones", "call-refused", {
      ...{ from: script, account: "103", dialled: JAMAICA, calls: 32, callsPerSecond: 8 },
      timeoutMs: 40_000,
    });
    expect(tried.successful).toBeGreaterThanOrEqual(31);
    await eventually("the source is paused", async () => {
      await calls("call-refused", script, JAMAICA, "103");
      return (await last()).reason === "call-script";
    });
    expect(daemonLog(version)).toContain("a source's calls are refused for a while");
    await calls("call-refused", script, HOME, "103");
    const why = (await ringfence(version, "why", script)).stdout;
    expect(why).toMatch(/^198\.51\.100\.17 is not shut out, but its calls are refused for another \d+ min\./);
    expect(why).toContain("A program places calls from 198.51.100.17, faster than people dial");
    expect(why).toMatch(/\d+ calls? of 103 (was|were) refused for it, the last (\d+ s ago|just now)\./);
    expect(why).toContain("somebody has the password of 103: change it, and look for the device");
    await calls("call", script, "911", "103");
    await calls("call", desk, HOME);
  });

  test("a program that places calls from a strange address is shut out, whoever else calls goes on", async () => {
    // A careless admin's endpoint without a password: the one way by which a stranger's call gets to the dialplan.
    const guest = "\n[guest](phone)\nidentify_by=username\n";
    appendFileSync(join(runFolder(version), "etc/pjsip-endpoints.conf"), guest);
    await asteriskCli(version, "module reload res_pjsip.so");
    await eventually("Asterisk knows the guest", async () =>
      (await asteriskCli(version, "pjsip show endpoint guest")).includes("from-internal"),
    );
    const [stranger, another] = addresses.attackers as [string, string];
    const guests = (from: string, count: number) =>
      sipp(version, "attacker", "call-guest", {
        ...{ from, account: "guest", dialled: JAMAICA, calls: count, callsPerSecond: 10 },
        ...{ patienceMs: 4_000, timeoutMs: 60_000 },
      });
    const bans = async () => (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
    expect(await guests(another, 20)).toMatchObject({ successful: 20, failed: 0 });
    const tried = await guests(stranger, 50);
    console.log(`Asterisk ${version}: ${tried.successful} of 50 calls answered before the ban`);
    expect(tried.successful).toBeGreaterThanOrEqual(30);
    expect(tried.failed).toBeGreaterThan(0);
    const [ban, ...others] = await eventually("the ban", async () => {
      const found = await bans();
      return found.length > 0 ? found : null;
    });
    expect(ban).toMatchObject({ target: stranger, cause: "call-script", standing: "stranger" });
    expect(others).toEqual([]);
    expect((await ringfence(version, "why", stranger)).stdout).toContain("call");
    expect(await guests(another, 1)).toMatchObject({ successful: 1 });
    await calls("call", desk, HOME);
  });

  test("calls are judged while a million prices are imported", async () => {
    const deck = join(runFolder(version), "million.csv");
    const rows = Array.from({ length: 1_000_000 }, (_, n) => `44${1_000_000 + n},0.01`);
    writeFileSync(deck, `prefix,price\n1,0.01\n${rows.join("\n")}\n`);
    const state = { isOver: false };
    const importing = ringfence(version, "rates", "import", deck).finally(() => {
      state.isOver = true;
    });
    let passed = 0;
    while (!state.isOver) {
      await calls("call", desk, HOME);
      expect(await last()).toMatchObject({ decision: "allow", dialled: HOME });
      expect((await last()).reason).not.toBe("fallback");
      passed++;
    }
    expect(await importing).toMatchObject({ status: 0 });
    expect(passed).toBeGreaterThan(0);
  });

  test("ARI's websocket cut alone, the daemon and Asterisk well: it comes back, and calls are judged", async () => {
    const { stdout } = await execIn(version, "pbx", ["ss", "-Hnt", "state", "established", "dport = :8088"]);
    expect(stdout).not.toBe("");
    // The daemon's side of each connection to ARI is torn down by the kernel.
    await execIn(version, "pbx", ["ss", "-K", "-nt", "state", "established", "dport = :8088"]);
    await calls("call-refused", desk, JAMAICA);
    await callsAreJudged(version);
    await calls("call", desk, HOME);
    await eventually("the next call is judged", async () => {
      await calls("call-refused", desk, JAMAICA);
      return (await last()).reason === "area-closed";
    });
  });
});
