import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CallJson, CallsJson, SpendsJson } from "../../src/http/contract.js";
import { addresses } from "./addresses.js";
import { daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { type AsteriskVersion, asteriskCli, type Host, labDown, labUp, sipp, spawnIn } from "./lab.js";

/** Every way by which a call can leave the house in somebody's name, on real Asterisk with the whole daemon beside it. Jamaica
 *  is closed for all, open for the extensions that are named. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const JAMAICA = "18765550123";
const scenario = (name: string) => join(__dirname, "sipp", `${name}.xml`);

jest.setTimeout(120_000);

describe.each(versions)("who pays on Asterisk %s", (version) => {
  let folder: string;
  let running: ChildProcess[] = [];
  let carrier: ChildProcess;

  const start = (host: Host, ...argv: string[]): ChildProcess => {
    const child = spawnIn(version, host, ["sipp", "-nostdin", ...argv]);
    child.stdout!.resume();
    child.stderr!.resume();
    return child;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-payers-"));
    await labDown(version);
    await labUp(version);
    carrier = start(
      "carrier",
      ...["-sf", scenario("carrier-answer"), "-i", addresses.carrier, "-p", "5060"],
      ...["-trace_msg", "-message_file", join(folder, "carrier")],
    );
    await daemon.start(version);
    await eventually(
      "calls are judged",
      async () => (await ringfence(version, "status")).status === 0,
      30_000,
    );
    // Some dozens of calls of the same few extensions within minutes: who pays is what is asked here, not how much.
    for (const limit of ["attempts", "international-calls", "spend", "system-spend", "script-pause"]) {
      expect(await ringfence(version, "limits", "off", limit)).toMatchObject({ status: 0 });
    }
    await registered("101", 11, 5081);
    await registered("102", 12, 5082);
    await eventually(
      "the daemon knows the trunk",
      async () => (await ringfence(version, "bans", "add", addresses.carrier)).status === 1,
      30_000,
    );
  }, 16 * 60_000);

  afterEach(async () => {
    for (const child of running) child.kill("SIGKILL");
    running = [];
    await asteriskCli(version, "channel request hangup all");
    for (const extension of ["100", "101", "102"]) {
      await ringfence(version, "areas", "deny", "JM", "--extension", extension);
    }
  });

  afterAll(async () => {
    carrier.kill("SIGKILL");
    await labDown(version);
    rmSync(folder, { recursive: true });
  }, 60_000);

  const open = async (extension: string) => {
    const told = await ringfence(version, "areas", "allow", "JM", "--extension", extension);
    expect(told).toMatchObject({ status: 0 });
  };
  const registered = async (account: string, phone: number, port: number) => {
    const from = addresses.phones[phone]!;
    expect(await sipp(version, "phones", "register", { from, port, account })).toMatchObject({
      successful: 1,
    });
  };
  /** 101 and 102 as phones that send every call on in the way of the scenario. */
  const sendsOn = async (account: "101" | "102", name: string, to: string): Promise<void> => {
    const [phone, port] = account === "101" ? [11, "5081"] : [12, "5082"];
    const from = addresses.phones[phone]!;
    const elsewhere = `sip:${to}@${addresses.pbx}`;
    running.push(
      start("phones", "-sf", scenario(name), "-i", from, "-p", port, "-key", "elsewhere", elsewhere),
    );
    await eventually(`${account} listens`, async () => {
      const { stdout } = await execSs(port);
      return stdout !== "";
    });
  };
  const execSs = async (port: string) =>
    (await import("./lab.js")).execIn(version, "phones", ["ss", "-Hlun", `sport = :${port}`]);
  const calls = async (): Promise<readonly CallJson[]> =>
    (await ringfenceJson<CallsJson>(version, "calls")).calls;
  const atCarrier = (): number =>
    [...readFileSync(join(folder, "carrier"), "latin1").matchAll(/^INVITE sip:18765550123@/gm)].length;

  /** Who calls, by a scenario that need not end well: what is judged and what reaches the carrier is what counts. */
  const caller = (by: "100" | "carrier", dialled: string, name = "call-held") => {
    if (by === "100") {
      const argv = ["-s", "100", "-ap", "secret-100", "-key", "dialled", dialled, "-m", "1"];
      const from = addresses.phones[0]!;
      running.push(start("phones", "-sf", scenario(name), "-i", from, ...argv, `${addresses.pbx}:5060`));
    } else {
      const argv = ["-i", addresses.carrier, "-p", "5090", "-key", "dialled", dialled, "-m", "1"];
      running.push(start("carrier", "-sf", scenario("carrier-calls"), ...argv, `${addresses.pbx}:5060`));
    }
  };

  /** The verdict on the one call to Jamaica that follows, and whether the carrier heard of it. */
  async function outcome(begin: () => Promise<void> | void) {
    const known = new Set((await calls()).map(({ id }) => id));
    const before = atCarrier();
    await begin();
    const call = await eventually("a verdict", async () => (await calls()).find(({ id }) => !known.has(id)));
    if (call.decision === "allow") await eventually("the carrier hears of it", () => atCarrier() > before);
    else await asteriskCli(version, "channel request hangup all");
    return { ...call, reached: atCarrier() > before };
  }

  type Way = [string, string | null, string, () => Promise<void> | void];
  const ways: Way[] = [
    ["100 calls", "100", "endpoint", () => caller("100", JAMAICA)],
    ["100 calls with forged headers", "100", "endpoint", () => caller("100", JAMAICA, "call-forged")],
    ["100 calls an alias", "100", "endpoint", () => caller("100", "200")],
    ["100 calls a queue", "100", "endpoint", () => caller("100", "201")],
    ["100 calls a follow-me", "100", "endpoint", () => caller("100", "202")],
    [
      "101 forwards the carrier's call",
      "101",
      "forward",
      async () => {
        await sendsOn("101", "phone-forwards", JAMAICA);
        caller("carrier", "101");
      },
    ],
    [
      "101 forwards 100's call",
      "101",
      "forward",
      async () => {
        await sendsOn("101", "phone-forwards", JAMAICA);
        caller("100", "101");
      },
    ],
    [
      "101 forwards to 102, who forwards",
      "102",
      "forward",
      async () => {
        await sendsOn("101", "phone-forwards", "102");
        await sendsOn("102", "phone-forwards", JAMAICA);
        caller("carrier", "101");
      },
    ],
    [
      "101 transfers the carrier's call",
      "101",
      "transfer",
      async () => {
        await sendsOn("101", "phone-transfers", JAMAICA);
        caller("carrier", "101");
      },
    ],
    [
      "101 transfers 100's call",
      "101",
      "transfer",
      async () => {
        await sendsOn("101", "phone-transfers", JAMAICA);
        caller("100", "101");
      },
    ],
    [
      "101 transfers the carrier's call to a queue",
      "101",
      "transfer",
      async () => {
        await sendsOn("101", "phone-transfers", "201");
        caller("carrier", "101");
      },
    ],
    [
      "101 forwards to 102, who transfers",
      "102",
      "transfer",
      async () => {
        await sendsOn("101", "phone-forwards", "102");
        await sendsOn("102", "phone-transfers", JAMAICA);
        caller("carrier", "101");
      },
    ],
  ];

  for (const by of ["100", "carrier"] as const) {
    const whose = by === "100" ? "100's" : "the carrier's";
    for (const [where, dialled] of [
      ["a member of a queue", "203"],
      ["rung by follow-me", "204"],
    ] as const) {
      ways.push([
        `101, ${where}, forwards ${whose} call`,
        "101",
        "forward",
        async () => {
          await sendsOn("101", "phone-forwards", JAMAICA);
          caller(by, dialled);
        },
      ]);
    }
  }

  test.each(ways)("%s: closed for %s, nobody gets out", async (_, from, payer, begin) => {
    const call = await outcome(begin);
    expect(call).toMatchObject({ decision: "refuse", reason: "area-closed", from, payer, reached: false });
  });

  test.each(ways)("%s: open for %s, the call gets out", async (name, from, payer, begin) => {
    await open(from ?? "100");
    // The forward to 102 may be known still when 102 sends the call on, and then counts as well.
    if (name.startsWith("101 forwards to 102")) await open("101");
    const call = await outcome(begin);
    const detail = expect.not.stringContaining("Refused") as string;
    const expected = { decision: "allow", detail, from, payer, number: `+${JAMAICA}` };
    expect(call).toMatchObject({ ...expected, reached: true });
  });

  test.each<[string, () => void]>([
    ["the carrier's call goes out again", () => caller("carrier", JAMAICA)],
    ["the carrier's call goes through a queue", () => caller("carrier", "201")],
    ["the carrier's call goes through follow-me", () => caller("carrier", "202")],
  ])("%s: nobody's, and the global rules alone count", async (_, begin) => {
    for (const extension of ["100", "101", "102"]) await open(extension);
    const call = await outcome(begin);
    expect(call).toMatchObject({ decision: "refuse", from: null, payer: "unknown", reached: false });
  });

  test("who transfers to one who forwards must be allowed the call as well", async () => {
    await open("102");
    const call = await outcome(async () => {
      await sendsOn("101", "phone-transfers", "102");
      await sendsOn("102", "phone-forwards", JAMAICA);
      caller("carrier", "101");
    });
    expect(call).toMatchObject({ decision: "refuse", from: "102", payer: "forward", reached: false });
    expect(call.detail).toContain("extension 101");
  });

  describe("an attended transfer, which joins two calls of 101's", () => {
    /** What the telephone says of its steps. */
    const joins = (...how: string[]) => {
      const said: Record<string, unknown>[] = [];
      const script = join(__dirname, "sip-attended.mjs");
      const own = [addresses.phones[13]!, "5083", addresses.pbx, "101", "secret-101", "12127365009"];
      const child = spawnIn(version, "phones", [process.execPath, script, ...own, ...how]);
      createInterface({ input: child.stdout! }).on("line", (line) => {
        said.push(JSON.parse(line) as Record<string, unknown>);
      });
      child.stderr!.pipe(process.stderr);
      running.push(child);
      return said;
    };
    const jamaican = async (known: number) =>
      (await calls()).slice(0, -known || undefined).find(({ number }) => number === `+${JAMAICA}`);

    test("closed for 101, the second call is refused, and nothing is joined", async () => {
      const [known, before] = [(await calls()).length, atCarrier()];
      const said = joins(JAMAICA);
      await eventually("the second call is answered", () => said.length === 2);
      expect(said).toEqual([{ first: 200 }, { second: 403 }]);
      expect(await jamaican(known)).toMatchObject({ decision: "refuse", from: "101", payer: "endpoint" });
      expect(atCarrier()).toBe(before);
    });

    test("open for 101, both calls go on at 101's cost after it has left", async () => {
      await open("101");
      const before = atCarrier();
      const said = joins(JAMAICA);
      await eventually("the calls are joined", () => said.some(({ notify }) => notify === "200"));
      expect(said.slice(0, 3)).toEqual([{ first: 200 }, { second: 200 }, { refer: 202 }]);
      expect(atCarrier()).toBe(before + 1);
      await eventually("101 is gone, and the carrier's two channels are not", async () => {
        const left = await asteriskCli(version, "core show channels concise");
        return !left.includes("PJSIP/101-") && left.match(/^PJSIP\/carrier-/gm)?.length === 2;
      });
      const { total } = await ringfenceJson<SpendsJson>(version, "spend", "101");
      expect(total.runningCalls).toBe(2);
    });

    test("a call that does not exist is not joined with, nor called", async () => {
      await open("101");
      const before = atCarrier();
      const said = joins("forged", JAMAICA);
      await eventually("the transfer is answered", () => said.some((step) => "refer" in step));
      await eventually("it failed", () =>
        said.some(({ refer, notify }) => Number(refer) >= 300 || Number(notify) >= 300),
      );
      expect(atCarrier()).toBe(before);
    });
  });

  test("the trunk that the dialplan names is the call's", async () => {
    await open("100");
    const call = await outcome(() => caller("100", `8${JAMAICA}`));
    expect(call).toMatchObject({ decision: "allow", trunk: "wholesale", from: "100" });
  });

  test("no caller can name a trunk", async () => {
    const dialled = `8${JAMAICA},1`;
    const from = addresses.phones[0]!;
    const refused = await sipp(version, "phones", "call-refused", { from, account: "100", dialled });
    expect(refused).toMatchObject({ successful: 1 });
  });
});
