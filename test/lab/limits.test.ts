import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { CallJson, CallsJson, SpendJson, SpendsJson, StatusJson } from "../../src/http/contract.js";
import { addresses, secrets } from "./addresses.js";
import { daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  type AsteriskVersion,
  asteriskCli,
  execIn,
  type Host,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  sipp,
  spawnIn,
} from "./lab.js";

/** Live calls are held to limits: the whole daemon beside real Asterisk. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const LONDON = "+442079460123";
const scenario = (name: string) => join(__dirname, "sipp", `${name}.xml`);

jest.setTimeout(120_000);

describe.each(versions)("limits of live calls on Asterisk %s", (version) => {
  let children: ChildProcess[] = [];

  const start = (host: Host, ...argv: string[]): ChildProcess => {
    const child = spawnIn(version, host, ["sipp", "-nostdin", ...argv]);
    child.stdout!.resume();
    child.stderr!.resume();
    children.push(child);
    return child;
  };
  const carrier = (name: string) =>
    start("carrier", "-sf", scenario(name), "-i", addresses.carrier, "-p", "5060");
  const must = async (...args: string[]) => {
    const told = await ringfence(version, ...args);
    expect({ args, ...told }).toMatchObject({ status: 0 });
  };
  /** The thread that judges calls is connected: until then a call is decided by the fallback. */
  const judged = () =>
    eventually(
      "calls are judged",
      async () => {
        const told = await ringfence(version, "status", "--json");
        if (told.status !== 0) return false;
        const { guards } = JSON.parse(told.stdout) as StatusJson;
        return guards.find(({ name }) => name === "calls")?.up;
      },
      60_000,
    );

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await judged();
    const deck = join(runFolder(version), "deck.csv");
    // A tenth of a cent a second to the United Kingdom, from the first one on.
    writeFileSync(deck, "prefix,price,minimum,increment\n44,0.06,1,1\n1,0.01,60,60\n");
    await must("rates", "import", deck);
    await must("cap", "set", "2.00");
    await must("areas", "allow", "GB");
    await must("limits", "off", "attempts");
  }, 16 * 60_000);

  beforeEach(() => {
    carrier("carrier-answer");
  });

  afterEach(async () => {
    await asteriskCli(version, "channel request hangup all");
    for (const child of children) child.kill("SIGKILL");
    children = [];
    // It may have none of its own.
    await ringfence(version, "limits", "inherit", "100");
    await eventually("all calls are over", async () => (await spend("100")).runningCalls === 0);
  });

  afterAll(async () => {
    await labDown(version);
  }, 60_000);

  const spend = async (extension: string): Promise<SpendJson> => {
    const { total } = await ringfenceJson<SpendsJson>(version, "spend", extension);
    return total;
  };
  const phone = { from: addresses.phones[0]!, account: "100", patienceMs: 20_000 };
  const held = (account: string, dialled: string, calls = 1) => {
    const from = addresses.phones[Number(account) - 100]!;
    const argv = ["-s", account, "-ap", `secret-${account}`, "-key", "dialled", dialled, "-m", `${calls}`];
    return start("phones", "-sf", scenario("call-held"), "-i", from, ...argv, `${addresses.pbx}:5060`);
  };
  /** Takes the far side of a call out of its bridge and into the echo, as a transfer does. */
  const redirected = async (channel: string) => {
    const { user, password, port } = secrets.amiAdmin;
    const actions =
      `Action: Login\r\nUsername: ${user}\r\nSecret: ${password}\r\nEvents: off\r\n\r\n` +
      `Action: Redirect\r\nChannel: ${channel}\r\nContext: from-internal\r\nExten: *43\r\nPriority: 1\r\n\r\n` +
      `Action: Logoff\r\n\r\n`;
    const talk = `exec 3<>/dev/tcp/127.0.0.1/${port}; cat >&3; cat <&3`;
    const { stdout } = await execIn(version, "pbx", ["bash", "-c", talk], { input: actions });
    expect(stdout).toContain("Redirect successful");
  };
  const last = async (): Promise<CallJson> => (await ringfenceJson<CallsJson>(version, "calls")).calls[0]!;
  const refusedFor = async (reason: string, dialled = LONDON) => {
    const outcome = await sipp(version, "phones", "call-refused", { ...phone, dialled });
    expect(outcome).toMatchObject({ successful: 1 });
    expect(await last()).toMatchObject({ decision: "refuse", reason, from: "100" });
  };

  test("what a call costs is known when it ends, from its answer on", async () => {
    const before = await spend("100");
    const outcome = await sipp(version, "phones", "call", { ...phone, dialled: LONDON });
    expect(outcome).toMatchObject({ successful: 1 });
    const after = await eventually("the call is settled", async () => {
      const now = await spend("100");
      return now.runningCalls === 0 && now.spentUsd !== before.spentUsd ? now : null;
    });
    // The scenario talks for a second: two seconds have begun, or one, at a tenth of a cent each.
    const micros = Math.round((Number(after.spentUsd) - Number(before.spentUsd)) * 1e6);
    expect([1_000, 2_000]).toContain(micros);
    expect(Number(after.reservedUsd)).toBe(0);
  });

  test("a third call abroad at once is refused, and goes out once one has ended", async () => {
    held("100", LONDON, 2);
    await eventually("two calls run", async () => (await spend("100")).runningCalls === 2);
    await refusedFor("too-many-calls");
    await asteriskCli(version, "channel request hangup all");
    await eventually("they are over", async () => (await spend("100")).runningCalls === 0);
    held("100", LONDON);
    await eventually("the next one runs", async () => (await spend("100")).runningCalls === 1);
  });

  test("what is left of the money ends the call, and the next one is refused", async () => {
    const { spentUsd: spent } = await spend("100");
    const limit = (Number(spent) + 0.006).toFixed(4);
    await must("limits", "set", "100", "spend", limit);
    const call = sipp(version, "phones", "call-held", { ...phone, dialled: LONDON, timeoutMs: 30_000 });
    await expect(call).resolves.toMatchObject({ successful: 1 });
    const now = await eventually("it is settled", async () => {
      const seen = await spend("100");
      return seen.runningCalls === 0 ? seen : null;
    });
    expect(Number(now.spentUsd)).toBeGreaterThan(Number(spent));
    expect(Number(now.spentUsd)).toBeLessThanOrEqual(Number(limit));
    await refusedFor("spend-limit");
    const emergency = await sipp(version, "phones", "call", { ...phone, dialled: "911" });
    expect(emergency).toMatchObject({ successful: 1 });
  });

  test("too many attempts within a minute are refused", async () => {
    await must("limits", "set", "100", "attempts", "1");
    await refusedFor("too-many-attempts");
  });

  test("a restart of the daemon forgets neither running calls nor what they cost", async () => {
    held("100", LONDON);
    const before = await eventually("a call runs", async () => {
      const now = await spend("100");
      return now.runningCalls === 1 ? now : null;
    });
    await daemon.kill(version);
    await daemon.start(version);
    await judged();
    expect(await spend("100")).toMatchObject({ runningCalls: 1 });
    await asteriskCli(version, "channel request hangup all");
    const after = await eventually("it is settled", async () => {
      const now = await spend("100");
      return now.runningCalls === 0 ? now : null;
    });
    const micros = Math.round((Number(after.spentUsd) - Number(before.spentUsd)) * 1e6);
    expect(micros).toBeLessThan(1_000_000);
  });

  test("a call that ended while the daemon was away is settled when it is back", async () => {
    held("100", LONDON);
    await eventually("a call runs", async () => (await spend("100")).runningCalls === 1);
    await daemon.kill(version);
    await asteriskCli(version, "channel request hangup all");
    await daemon.start(version);
    await judged();
    await eventually("it is settled", async () => (await spend("100")).runningCalls === 0);
  });

  test("after a restart of Asterisk no call is left running in the books", async () => {
    held("100", LONDON);
    await eventually("a call runs", async () => (await spend("100")).runningCalls === 1);
    await restartAsterisk(version);
    await judged();
    await eventually("it is settled", async () => (await spend("100")).runningCalls === 0);
  });

  test("a call that is transferred away goes on costing the one who made it", async () => {
    // 101 takes the call that 100 made to London, by a blind transfer of the far side.
    held("100", LONDON);
    await eventually("a call runs", async () => (await spend("100")).runningCalls === 1);
    const far = await eventually("the carrier has answered", async () => {
      const channels = await asteriskCli(version, "core show channels concise");
      return /^(PJSIP\/carrier-[^!]+)!.*!Up!/m.exec(channels)?.[1];
    });
    await redirected(far);
    await eventually("the caller is gone", async () => {
      const left = await asteriskCli(version, "core show channels concise");
      return !left.includes("PJSIP/100-") && left.includes("PJSIP/carrier-");
    });
    expect(await spend("100")).toMatchObject({ runningCalls: 1 });
    await asteriskCli(version, "channel request hangup all");
    await eventually("it is settled", async () => (await spend("100")).runningCalls === 0);
  });

  test("a call that was transferred away is ended when its money is used up", async () => {
    const { spentUsd: spent } = await spend("100");
    const limit = (Number(spent) + 0.012).toFixed(4);
    await must("limits", "set", "100", "spend", limit);
    held("100", LONDON);
    const far = await eventually("the carrier has answered", async () => {
      const channels = await asteriskCli(version, "core show channels concise");
      return /^(PJSIP\/carrier-[^!]+)!.*!Up!/m.exec(channels)?.[1];
    });
    await redirected(far);
    await eventually("nobody is left", async () => {
      const left = await asteriskCli(version, "core show channels concise");
      return !left.includes("PJSIP/carrier-");
    });
    const now = await eventually("it is settled", async () => {
      const seen = await spend("100");
      return seen.runningCalls === 0 ? seen : null;
    });
    expect(Number(now.spentUsd)).toBeGreaterThan(Number(spent) + 0.009);
    expect(Number(now.spentUsd)).toBeLessThanOrEqual(Number(limit));
  });

  test.each([
    ["without a limit of the admin's", "70"],
    ["under a limit of the admin's", "71"],
  ])("a second check of the same channel goes by its own number, %s", async (_, first) => {
    // What is left pays for some minutes of London; the second number costs less and may last longer.
    const { spentUsd: spent } = await spend("100");
    await must("limits", "set", "100", "spend", (Number(spent) + 0.3).toFixed(4));
    const begun = readFileSync(join(runFolder(version), "log/messages"), "utf8").length;
    const outcome = await sipp(version, "phones", "call", { ...phone, dialled: `${first}12127365005` });
    expect(outcome).toMatchObject({ successful: 1 });
    const log = readFileSync(join(runFolder(version), "log/messages"), "utf8").slice(begun);
    const [afterFirst, afterSecond] = [
      ...log.matchAll(/"bounded by (-?[\d.]+) after the (?:first|second) check"/g),
    ].map(([, seconds]) => Number(seconds));
    console.log(
      `Asterisk ${version}: ${afterFirst} s after the first check, ${afterSecond} s after the second`,
    );
    expect(afterFirst).toBeGreaterThan(200);
    expect(afterFirst).toBeLessThan(300);
    expect(afterSecond).toBeGreaterThan(first === "71" ? 900 : 1_200);
    if (first === "71") expect(afterSecond).toBeLessThanOrEqual(1_000);
    // The number that was never dialled is paid for by nobody.
    const now = await eventually("it is settled", async () => {
      const seen = await spend("100");
      return seen.runningCalls === 0 ? seen : null;
    });
    expect(Number(now.spentUsd) - Number(spent)).toBeCloseTo(0.01, 5);
    const { calls } = await ringfenceJson<CallsJson>(version, "calls", "--limit", "2");
    expect(calls.map(({ dialled, decision }) => [dialled, decision])).toEqual([
      ["12127365005", "allow"],
      ["011442079460123", "allow"],
    ]);
  });

  test("a first call leaves money for a second one at the same time", async () => {
    const { spentUsd: spent } = await spend("100");
    await must("limits", "set", "100", "spend", (Number(spent) + 0.2).toFixed(4));
    held("100", LONDON, 2);
    await eventually("two calls run", async () => (await spend("100")).runningCalls === 2);
    const reserved = Number((await spend("100")).reservedUsd);
    expect(reserved).toBeGreaterThan(0.1);
    expect(reserved).toBeLessThanOrEqual(0.2);
  });

  describe("what was decided without a verdict", () => {
    /** The newest entries of the log, once there is one for these digits that is newer than `sinceMs`. */
    const logged = (digits: string, sinceMs: number) =>
      eventually(
        `a log entry of ${digits}`,
        async () => {
          const { calls } = await ringfenceJson<CallsJson>(version, "calls", "--limit", "20");
          return calls.find((call) => call.dialled === digits && Date.parse(call.at) >= sinceMs - 2_000);
        },
        30_000,
      );
    const passes = async (dialled: string, name = "call") => {
      const outcome = await sipp(version, "phones", name, { ...phone, dialled });
      expect(outcome).toMatchObject({ successful: 1, failed: 0 });
    };

    test("while the daemon was away is in the call log when it is back, and out of Asterisk's database", async () => {
      await daemon.kill(version);
      const sinceMs = Date.now();
      await passes("12127365001");
      await passes("18765550124", "call-refused");
      await passes("911");
      await daemon.start(version);
      await judged();
      expect(await logged("12127365001", sinceMs)).toMatchObject({
        decision: "allow",
        reason: "fallback",
        from: "100",
      });
      expect(await logged("18765550124", sinceMs)).toMatchObject({
        decision: "refuse",
        reason: "fallback",
        area: "JM",
      });
      expect(await logged("911", sinceMs)).toMatchObject({
        decision: "allow",
        reason: "emergency",
        from: "100",
      });
      await eventually("Asterisk's database is empty of them", async () =>
        (await asteriskCli(version, "database show ringfence_missed")).includes("0 results found"),
      );
    });

    test("while the daemon was stopped is decided within the watchdog, and logged once", async () => {
      const pid = readFileSync(`${runFolder(version)}/daemon.pid`, "utf8").trim();
      const sinceMs = Date.now();
      process.kill(Number(pid), "SIGSTOP");
      try {
        await passes("12127365002");
        await passes("18765550125", "call-refused");
        await passes("112");
      } finally {
        process.kill(Number(pid), "SIGCONT");
      }
      expect(await logged("12127365002", sinceMs)).toMatchObject({ decision: "allow" });
      expect(await logged("18765550125", sinceMs)).toMatchObject({ decision: "refuse" });
      expect(await logged("112", sinceMs)).toMatchObject({ reason: "emergency" });
      const { calls } = await ringfenceJson<CallsJson>(version, "calls", "--limit", "20");
      for (const digits of ["12127365002", "18765550125", "112"]) {
        expect(calls.filter((call) => call.dialled === digits)).toHaveLength(1);
      }
    });
  });

  test("calls are judged while another process holds the database", async () => {
    const path = `${runFolder(version)}/ringfence.db`;
    const held = new Database(path);
    held.exec("BEGIN EXCLUSIVE");
    try {
      const outcome = await sipp(version, "phones", "call-refused", { ...phone, dialled: "18765550126" });
      expect(outcome).toMatchObject({ successful: 1 });
      const passed = await sipp(version, "phones", "call", { ...phone, dialled: "911" });
      expect(passed).toMatchObject({ successful: 1 });
    } finally {
      held.exec("ROLLBACK");
      held.close();
    }
    await judged();
  });

  describe("emergency numbers of the country, with the outside prefix too", () => {
    const numbers = ["15", "112", "911", "999", "915", "9112", "9911", "9999"];
    const noneOfThem = ["1515", "9915", "91511", "9991"];
    const pid = () => Number(readFileSync(`${runFolder(version)}/daemon.pid`, "utf8"));
    const dialPlan = async (country: string, outside: string, entry: string) => {
      await must("dial-plan", "set", "--country", country, "--outside-prefix", outside);
      await eventually("Asterisk knows the numbers", async () =>
        (await asteriskCli(version, "database show ringfence_emergency")).includes(`/${entry} `),
      );
    };
    beforeAll(async () => {
      await dialPlan("FR", "9", "915");
      await must("areas", "deny", "US", "--extension", "100");
    });
    afterAll(async () => {
      await must("areas", "inherit", "100");
      await must("dial-plan", "set", "--country", "US", "--outside-prefix", "none");
    });
    beforeEach(() => must("limits", "set", "100", "spend", "0.0001", "attempts", "1"));

    const states: [string, () => Promise<void> | void, () => Promise<void> | void][] = [
      ["the daemon well", () => undefined, () => undefined],
      [
        "the daemon frozen",
        () => void process.kill(pid(), "SIGSTOP"),
        () => void process.kill(pid(), "SIGCONT"),
      ],
      ["the daemon killed", () => daemon.kill(version), () => daemon.start(version)],
    ];
    test.each(states)(
      "of an extension that may do nothing and has nothing left, %s",
      async (_, begin, end) => {
        const log = () => readFileSync(join(runFolder(version), "log/messages"), "utf8");
        const from = log().length;
        await begin();
        try {
          for (const dialled of numbers) {
            const outcome = await sipp(version, "phones", "call", { ...phone, dialled });
            expect({ dialled, ...outcome }).toMatchObject({ dialled, successful: 1 });
          }
          for (const dialled of noneOfThem) {
            const outcome = await sipp(version, "phones", "call-refused", { ...phone, dialled });
            expect({ dialled, ...outcome }).toMatchObject({ dialled, successful: 1 });
          }
        } finally {
          await end();
        }
        await judged();
        const dialled = [
          ...log()
            .slice(from)
            .matchAll(/Dial\("[^"]*", "PJSIP\/(\d+)@carrier/g),
        ].map(([, to]) => to);
        expect(dialled).toEqual(["15", "112", "911", "999", "15", "112", "911", "999"]);
        const { calls } = await eventually(
          "they are logged",
          async () => {
            // It is in the log by the time it is gone there, and not before.
            const missed = await asteriskCli(version, "database show ringfence_missed");
            if (!missed.includes("0 results found")) return null;
            return ringfenceJson<CallsJson>(version, "calls", "--reason", "emergency", "--limit", "8");
          },
          30_000,
        );
        expect(calls.map((call) => call.dialled).reverse()).toEqual(numbers);
      },
    );
  });

  test("an emergency call passes from an extension that may do nothing and has nothing left", async () => {
    await must("limits", "set", "100", "spend", "0.0001", "attempts", "1");
    await must("areas", "deny", "US", "--extension", "100");
    try {
      for (const dialled of ["911", "112", "999"]) {
        const outcome = await sipp(version, "phones", "call", { ...phone, dialled });
        expect({ dialled, ...outcome }).toMatchObject({ successful: 1 });
      }
      expect((await spend("100")).runningCalls).toBe(0);
    } finally {
      await must("areas", "inherit", "100");
    }
  });
});
