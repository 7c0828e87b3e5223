import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CallThreadState } from "../../src/call-thread.js";
import type { Verdict } from "../../src/domain/calling/verdict.js";
import { compileProject, type Compiled } from "../compiled.js";
import { addresses } from "./addresses.js";
import {
  asteriskCli,
  execIn,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  sipp,
  spawnIn,
  stopAsterisk,
  startAsterisk,
  type AsteriskVersion,
  type Host,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
const DOMESTIC = "12127365000";
const JAMAICA = "18765550123";
const scenario = (name: string) => join(__dirname, "sipp", `${name}.xml`);

jest.setTimeout(90_000);

/** The daemon's calling half on the PBX, and what it said so far. */
class Daemon {
  readonly verdicts: Verdict[] = [];
  state: CallThreadState | null = null;
  private readonly ended: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.once("close", () => resolve()));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const said = JSON.parse(line) as { verdict?: Verdict; state?: CallThreadState };
      if (said.verdict !== undefined) this.verdicts.push(said.verdict);
      if (said.state !== undefined) this.state = said.state;
    });
    child.stderr!.pipe(process.stderr);
  }

  static async start(version: AsteriskVersion, compiled: Compiled): Promise<Daemon> {
    const file = compiled.file("test/lab/calls-daemon.ts");
    const daemon = new Daemon(
      spawnIn(version, "pbx", [process.execPath, file, join(runFolder(version), "calls-journal")]),
    );
    await daemon.connects();
    return daemon;
  }

  async connects(): Promise<void> {
    await eventually(
      "the daemon is connected",
      () => this.state !== null && this.state.connectedSinceMs !== null,
    );
  }

  /** A process that is stopped keeps its websocket, and answers nothing. */
  hang(): void {
    this.child.kill("SIGSTOP");
  }

  goOn(): void {
    this.child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

describe.each(versions)("outbound calls on Asterisk %s", (version) => {
  let compiled: Compiled;
  let folder: string;
  let carrier: ChildProcess;
  let daemon: Daemon | null = null;

  beforeAll(async () => {
    compiled = compileProject("test/lab/calls-daemon.ts", "test/lab/addresses.ts");
    folder = mkdtempSync(join(tmpdir(), "ringfence-calls-"));
    await labDown(version);
    await labUp(version);
    carrier = spawnIn(version, "carrier", [
      ...["sipp", "-nostdin", "-sf", scenario("carrier-answer"), "-i", addresses.carrier, "-p", "5060"],
      ...["-trace_msg", "-message_file", join(folder, "carrier")],
    ]);
    carrier.stdout!.resume();
    carrier.stderr!.resume();
    await listens("carrier", 5060);
  }, 16 * 60_000);

  afterAll(async () => {
    carrier.kill("SIGKILL");
    await labDown(version);
    rmSync(folder, { recursive: true });
    compiled.remove();
  }, 60_000);

  afterEach(async () => {
    await daemon?.kill();
    daemon = null;
    for (const family of ["ringfence", "ringfence_emergency", "ringfence_refusal"]) {
      await asteriskCli(version, `database deltree ${family}`);
    }
  });

  const put = (family: string, key: string, value: string) =>
    asteriskCli(version, `database put ${family} ${key} "${value}"`);
  const fallback = async () => {
    await put("ringfence", "fallback_allow", "^1[2-9][0-9]{9}$");
    await put("ringfence", "fallback_deny", "^1876");
  };
  const phone = { from: addresses.phones[0]!, account: "100" };
  const passes = async (dialled: string) => {
    const outcome = await sipp(version, "phones", "call", { ...phone, dialled, patienceMs: 20_000 });
    expect(outcome).toMatchObject({ successful: 1, failed: 0 });
  };
  const refused = async (dialled: string) => {
    const outcome = await sipp(version, "phones", "call-refused", { ...phone, dialled, patienceMs: 20_000 });
    expect(outcome).toMatchObject({ successful: 1, failed: 0 });
  };
  const listens = (host: Host, port: number) =>
    eventually(`somebody listens on ${port}`, async () => {
      const { stdout } = await execIn(version, host, ["ss", "-Hlun", `sport = :${port}`]);
      return stdout !== "";
    });
  /** What the carrier was asked to call, ever. */
  const atCarrier = () =>
    [...readFileSync(join(folder, "carrier"), "latin1").matchAll(/^INVITE sip:([^@]*)@/gm)].map(
      ([, user]) => user,
    );
  const asteriskLog = () => readFileSync(join(runFolder(version), "log/messages"), "utf8");
  /** Asterisk writes its log in a thread of its own. */
  const logged = (line: RegExp, from = 0) =>
    eventually(`${line} is in Asterisk's log`, () => line.test(asteriskLog().slice(from)));

  test("a domestic call reaches the carrier with the digits that were judged", async () => {
    daemon = await Daemon.start(version, compiled);
    await passes(DOMESTIC);
    await passes("2127365000");
    await passes("+12127365000");
    const { verdicts } = daemon;
    await eventually("the verdicts are told", () => verdicts.length === 3);
    expect(atCarrier()).toEqual([DOMESTIC, DOMESTIC, DOMESTIC]);
    for (const verdict of verdicts) {
      expect(verdict).toMatchObject({ decision: "allow", from: "100", number: `+${DOMESTIC}`, area: "US" });
    }
  });

  test("a call to Jamaica is refused with 403 and does not get to the carrier", async () => {
    daemon = await Daemon.start(version, compiled);
    await refused(JAMAICA);
    await refused(`+${JAMAICA}`);
    const { verdicts } = daemon;
    await eventually("the verdicts are told", () => verdicts.length === 2);
    expect(verdicts[0]).toMatchObject({ decision: "refuse", reason: "area-closed", from: "100", area: "JM" });
    expect(atCarrier().join()).not.toContain("876");
  });

  test("a refusal has the cause and the announcement that are stored for its reason, and is not answered", async () => {
    daemon = await Daemon.start(version, compiled);
    await put("ringfence_refusal", "area-closed", "34:ss-noservice");
    const begun = asteriskLog().length;
    // The sound alone lasts for 4.9 seconds.
    const patience = { patienceMs: 20_000, timeoutMs: 30_000 };
    const outcome = await sipp(version, "phones", "call-announced", {
      ...phone,
      ...patience,
      dialled: JAMAICA,
    });
    expect(outcome).toMatchObject({ successful: 1, failed: 0 });
    await logged(/Playback\("PJSIP\/100-\w+", "ss-noservice,noanswer"\)/, begun);
    await put("ringfence_refusal", "area-closed", "999:");
    await refused(JAMAICA);
  });

  test("an emergency call passes without a daemon and without any rule", async () => {
    await put("ringfence_emergency", "9911", "911");
    for (const dialled of ["911", "112", "9911"]) await passes(dialled);
    expect(atCarrier().slice(-3)).toEqual(["911", "112", "911"]);
    await refused("9112");
    expect(atCarrier()).not.toContain("9112");
  });

  test("an emergency call does not ask the daemon, hung or not", async () => {
    daemon = await Daemon.start(version, compiled);
    daemon.hang();
    await put("ringfence", "watchdog", "60");
    await passes("911");
    daemon.goOn();
    await passes(DOMESTIC);
    const { verdicts } = daemon;
    await eventually("the verdict on the call after it", () => verdicts.length > 0);
    expect(verdicts.map((verdict) => verdict.digits)).toEqual([DOMESTIC]);
  });

  test("without a daemon, what the fallback rule names passes as dialled and the rest is refused", async () => {
    await refused(DOMESTIC);
    await fallback();
    await passes(DOMESTIC);
    expect(atCarrier().at(-1)).toBe(DOMESTIC);
    await refused(JAMAICA);
    await refused("0018765550123");
    await logged(new RegExp(`fallback refuses ${JAMAICA}`));
  });

  test("a daemon that hangs costs the watchdog's time, and then the fallback decides", async () => {
    daemon = await Daemon.start(version, compiled);
    await fallback();
    daemon.hang();
    const before = asteriskLog().length;
    await passes(DOMESTIC);
    await refused(JAMAICA);
    await logged(/(Executing \[T@ringfence:1\][^]*){2}/, before);
    daemon.goOn();
    // Its late answers find nobody, and do no harm to the next call.
    await refused(`+${JAMAICA}`);
    await passes(DOMESTIC);
  });

  test("after a restart of Asterisk the daemon judges again by itself", async () => {
    daemon = await Daemon.start(version, compiled);
    await restartAsterisk(version);
    await daemon.connects();
    await refused(JAMAICA);
    await eventually("the verdict", () => daemon?.verdicts.length === 1);
    expect(daemon.state?.respawns).toBe(0);

    await stopAsterisk(version);
    await eventually("the daemon notices", () => daemon?.state?.connectedSinceMs === null);
    await startAsterisk(version);
    await daemon.connects();
    await passes(DOMESTIC);
  });

  test("a call that was in Stasis when the daemon died is judged by the next one", async () => {
    daemon = await Daemon.start(version, compiled);
    await put("ringfence", "watchdog", "60");
    daemon.hang();
    const call = passes(DOMESTIC);
    await eventually("the call is in Stasis", async () =>
      (await asteriskCli(version, "core show channels concise")).includes("!Stasis!"),
    );
    await daemon.kill();
    daemon = await Daemon.start(version, compiled);
    await call;
    const { verdicts } = daemon;
    await eventually("the verdict", () => verdicts.length === 1);
    expect(verdicts[0]).toMatchObject({ decision: "allow", from: "100", digits: DOMESTIC });
  });

  test.each([
    ["a second destination", "12127365000&PJSIP"],
    ["an argument more", "12127365000,1"],
    ["an empty argument more", "12127365000,"],
    ["brackets", "1(2)3"],
    ["a bracket and a colon, which bend functions", "1)x:0"],
    ["a variable", "1%24%7BEXTEN%7D"],
    ["an expression", "1%24%5B1%2B1%5D"],
    ["quotes", "1%22%20%7C%20%221"],
    ["an apostrophe", "1'2"],
    ["a backslash", "1%5C2"],
    ["letters", "1212abcdefg"],
    ["a line end", "1212%0d%0a7365000"],
    ["full-width digits", "1%EF%BC%92%EF%BC%91%EF%BC%92"],
    ["two hundred digits", "1".repeat(200)],
  ])("%s is refused and never dialled", async (_, dialled) => {
    daemon = await Daemon.start(version, compiled);
    const [calls, lines] = [atCarrier().length, asteriskLog().length];
    await refused(dialled);
    await logged(/dialled what is no number/, lines);
    expect(atCarrier()).toHaveLength(calls);
    expect(daemon.verdicts).toEqual([]);
  });

  /** Extension 101 as a phone that sends every call on to Jamaica, in the way of the scenario. */
  async function sendsOn(name: string): Promise<ChildProcess> {
    const from = addresses.phones[11]!;
    const registered = await sipp(version, "phones", "register", { from, port: 5081, account: "101" });
    expect(registered.successful).toBe(1);
    const child = spawnIn(version, "phones", [
      ...["sipp", "-nostdin", "-sf", scenario(name), "-i", from, "-p", "5081"],
      ...["-key", "elsewhere", `sip:${JAMAICA}@${addresses.pbx}`],
    ]);
    child.stdout!.resume();
    child.stderr!.resume();
    await listens("phones", 5081);
    return child;
  }

  test("a call that 101 forwards is 101's, not the caller's", async () => {
    daemon = await Daemon.start(version, compiled);
    const forwarding = await sendsOn("phone-forwards");
    try {
      const call = sipp(version, "phones", "call-refused", { ...phone, dialled: "101" });
      const { verdicts } = daemon;
      await eventually("the verdict", () => verdicts.length === 1);
      expect(verdicts[0]).toMatchObject({ decision: "refuse", from: "101", number: `+${JAMAICA}` });
      // What the caller hears is Dial's word for it, whatever that is; the carrier must hear nothing.
      await call;
      expect(atCarrier().join()).not.toContain("876");
    } finally {
      forwarding.kill("SIGKILL");
    }
  });

  test("a call that 101 transfers is 101's, not the carrier's", async () => {
    daemon = await Daemon.start(version, compiled);
    const transferring = await sendsOn("phone-transfers");
    try {
      const outcome = await sipp(version, "carrier", "carrier-calls", {
        from: addresses.carrier,
        port: 5090,
        dialled: "101",
        patienceMs: 20_000,
      });
      expect(outcome).toMatchObject({ successful: 1, failed: 0 });
      const { verdicts } = daemon;
      await eventually("the verdict", () => verdicts.length === 1);
      expect(verdicts[0]).toMatchObject({ decision: "refuse", from: "101", number: `+${JAMAICA}` });
    } finally {
      transferring.kill("SIGKILL");
    }
  });
});

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
