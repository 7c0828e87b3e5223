import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CallJson, CallsJson } from "../../src/http/contract.js";
import { addresses } from "./addresses.js";
import { callsAreJudged, daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  type AsteriskVersion,
  asteriskCli,
  execIn,
  labDown,
  labUp,
  runFolder,
  sipp,
  spawnIn,
} from "./lab.js";

/** Where toll fraud goes in besides transfers and forwards: the parking lot, pickup, a second dial tone, a conference, calls that a
 *  program starts, and another number within a call. Jamaica is closed for all, open for those that are named. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const JAMAICA = "18765550123";
const DOMESTIC = "12127365000";
const extensions = ["100", "101", "102"];

jest.setTimeout(120_000);

describe.each(versions)("ways of toll fraud on Asterisk %s", (version) => {
  let folder: string;
  let running: ChildProcess[] = [];
  let carrier: ChildProcess;
  const count = { judged: 0, refused: 0, allowed: 0, emergencies: 0 };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-fraud-"));
    await labDown(version);
    await labUp(version);
    const answer = join(__dirname, "sipp/carrier-answer.xml");
    carrier = spawnIn(version, "carrier", [
      ...["sipp", "-nostdin", "-sf", answer, "-i", addresses.carrier, "-p", "5060"],
      ...["-trace_msg", "-message_file", join(folder, "carrier")],
    ]);
    carrier.stdout!.resume();
    carrier.stderr!.resume();
    await daemon.start(version);
    await callsAreJudged(version);
    for (const limit of ["attempts", "international-calls", "spend", "system-spend", "script-pause"]) {
      expect(await ringfence(version, "limits", "off", limit)).toMatchObject({ status: 0 });
    }
    const at = { from: addresses.phones[11]!, port: 5081 };
    expect(await sipp(version, "phones", "register", { ...at, account: "101" })).toMatchObject({
      successful: 1,
    });
    await eventually(
      "the daemon knows the trunk",
      async () => (await ringfence(version, "bans", "add", addresses.carrier)).status === 1,
      30_000,
    );
  }, 16 * 60_000);

  /** Ends every call, and everybody who makes them. */
  const quiet = async () => {
    for (const child of running) child.kill("SIGKILL");
    running = [];
    await asteriskCli(version, "channel request hangup all");
    await eventually(
      "no call is left",
      async () => (await asteriskCli(version, "core show channels count")).includes("0 active channels"),
      30_000,
    );
  };

  afterEach(async () => {
    await quiet();
    await ringfence(version, "areas", "deny", "JM");
    for (const extension of extensions)
      await ringfence(version, "areas", "deny", "JM", "--extension", extension);
  });

  afterAll(async () => {
    carrier.kill("SIGKILL");
    await labDown(version);
    rmSync(folder, { recursive: true });
    console.log(`Asterisk ${version}: ${JSON.stringify(count)}`);
  }, 60_000);

  const open = async (...whose: string[]) => {
    for (const extension of whose) {
      const told = await ringfence(version, "areas", "allow", "JM", "--extension", extension);
      expect(told).toMatchObject({ status: 0 });
    }
  };
  const calls = async (): Promise<readonly CallJson[]> =>
    (await ringfenceJson<CallsJson>(version, "calls")).calls;
  const atCarrier = (number: string): number =>
    readFileSync(join(folder, "carrier"), "latin1").split(`\nINVITE sip:${number}@`).length - 1;

  /** Somebody who does one step after the other; the index is a telephone's, and its port follows. */
  const does = (who: number | "carrier", account: string, ...steps: string[]) => {
    const said: Record<string, number>[] = [];
    const own = who === "carrier" ? [addresses.carrier, "5091"] : [addresses.phones[who]!, `${5070 + who}`];
    const script = join(__dirname, "sip-phone.mjs");
    const host = who === "carrier" ? "carrier" : "phones";
    const child = spawnIn(version, host, [
      process.execPath,
      script,
      ...own,
      addresses.pbx,
      account,
      ...steps,
    ]);
    createInterface({ input: child.stdout! }).on("line", (line) => {
      said.push(JSON.parse(line) as Record<string, number>);
    });
    child.stderr!.pipe(process.stderr);
    running.push(child);
    return said;
  };
  const channels = () => asteriskCli(version, "core show channels concise");
  const bridged = (name: string) =>
    eventually(
      `${name} is in a bridge`,
      async () =>
        (await channels()).split("\n").some((line) => {
          const fields = line.split("!");
          return line.startsWith(`${name}-`) && (fields.at(-2) ?? "") !== "";
        }),
      30_000,
    );
  /** What an admin's program says to Asterisk's manager. */
  const originate = async (channel: string, ...more: string[]) => {
    const lines = ["Action: Login", "Username: labadmin", "Secret: lab-admin-secret", "Events: off", ""];
    lines.push(
      "Action: Originate",
      `Channel: ${channel}`,
      "Async: true",
      'CallerID: "Boss" <101>',
      "Account: 101",
    );
    lines.push(...more, "", "Action: Logoff", "", "");
    const script =
      `const s = require("net").connect(5038, "127.0.0.1", () => s.write(${JSON.stringify(lines.join("\r\n"))}));` +
      `s.pipe(process.stdout)`;
    const { stdout } = await execIn(version, "pbx", [process.execPath, "-e", script]);
    expect(stdout).toContain("successfully queued");
  };
  const callFile = (...lines: string[]) => {
    const [made, waits] = [join(folder, "x.call"), join(runFolder(version), "spool/outgoing/x.call")];
    writeFileSync(made, `${lines.join("\n")}\n`);
    chmodSync(made, 0o666);
    // Asterisk may read half a file: it is made elsewhere and moved, as its manual says.
    const beside = join(runFolder(version), "spool/x.call");
    writeFileSync(beside, readFileSync(made));
    chmodSync(beside, 0o666);
    renameSync(beside, waits);
  };

  /** The one verdict on Jamaica that follows, and whether the carrier heard of it. */
  async function outcome(begin: () => unknown) {
    const known = new Set((await calls()).map(({ id }) => id));
    const before = atCarrier(JAMAICA);
    const jamaican = async () =>
      (await calls()).filter(({ id, number }) => !known.has(id) && number === `+${JAMAICA}`);
    await begin();
    const call = await eventually("a verdict", async () => (await jamaican())[0], 30_000);
    if (call.decision === "allow") {
      await eventually("the carrier hears of it", () => atCarrier(JAMAICA) > before, 30_000);
    }
    expect(await jamaican()).toHaveLength(1);
    count.judged++;
    count[call.decision === "allow" ? "allowed" : "refused"]++;
    return { ...call, reached: atCarrier(JAMAICA) > before };
  }

  /** A call of `account` that is answered outside, then transferred; the transferer's telephone is 3. */
  const transfersCalled = async (account: string, to: string) => {
    does(3, account, `call:${DOMESTIC}`, "wait:1000", `refer:${to}`);
    await bridged(`PJSIP/${account}`);
  };
  const fetchesAndTransfers = async (account: string) => {
    await eventually(
      "a call is parked",
      async () => /Space +: +701/.test(await asteriskCli(version, "parking show default")),
      30_000,
    );
    does(4, account, "call:209701", "wait:1500", `refer:${JAMAICA}`);
  };

  type Way = [string, string, string, () => unknown];
  const ways: Way[] = [
    [
      "102 fetches and transfers a call that the carrier parked",
      "102",
      "transfer",
      async () => {
        does("carrier", "carrier", "call:207");
        await fetchesAndTransfers("102");
      },
    ],
    [
      "102 fetches and transfers a call that 101 made and parked",
      "102",
      "transfer",
      async () => {
        await transfersCalled("101", "207");
        await fetchesAndTransfers("102");
      },
    ],
    [
      "102 picks up a call for 101 and transfers it",
      "102",
      "transfer",
      async () => {
        does(11, "101", "rings:180");
        does("carrier", "carrier", "call:101");
        await eventually("101 rings", async () => /^PJSIP\/101-.*!Ringing!/m.test(await channels()), 30_000);
        does(4, "102", "call:209", "wait:1000", `refer:${JAMAICA}`);
      },
    ],
    [
      "102 dials at a second dial tone",
      "102",
      "endpoint",
      () => does(4, "102", "call:205", `digits:${JAMAICA}`),
    ],
    [
      "a program calls 101 and then outside, in another's name",
      "101",
      "endpoint",
      async () => {
        does(11, "101", "rings:200");
        await originate("PJSIP/101", "Context: from-internal", `Exten: ${JAMAICA}`, "Priority: 1");
      },
    ],
  ];

  test.each(ways)("%s: closed for %s, nobody gets out", async (_, from, payer, begin) => {
    await open(...extensions.filter((extension) => extension !== from));
    expect(await outcome(begin)).toMatchObject({ decision: "refuse", from, payer, reached: false });
  });

  test.each(ways)("%s: open for %s, the call gets out", async (_, from, payer, begin) => {
    await open(from);
    expect(await outcome(begin)).toMatchObject({ decision: "allow", from, payer, reached: true });
  });

  test.each<[string, () => unknown]>([
    [
      "the carrier's caller dials at a second dial tone",
      () => does("carrier", "carrier", "call:205", `digits:${JAMAICA}`),
    ],
    [
      "a program calls outside",
      () => originate(`Local/${JAMAICA}@from-internal`, "Application: Wait", "Data: 2"),
    ],
    ["a program calls an alias", () => originate("Local/200@from-internal", "Application: Wait", "Data: 2")],
    [
      "a call file calls outside",
      () =>
        callFile(
          `Channel: Local/${JAMAICA}@from-internal`,
          'CallerID: "Boss" <101>',
          "Application: Wait",
          "Data: 2",
        ),
    ],
    ["a conference of 101's calls outside", () => does(4, "101", `call:206${JAMAICA}`)],
    [
      "the carrier's caller leaves a conference with 101 for an alias",
      async () => {
        does(4, "101", "call:206");
        await bridged("PJSIP/101");
        does("carrier", "carrier", "call:206", "wait:1000", "digits:9");
      },
    ],
  ])("%s: nobody's, and the global rules alone count", async (_, begin) => {
    await open(...extensions);
    expect(await outcome(begin)).toMatchObject({
      decision: "refuse",
      from: null,
      payer: "unknown",
      reached: false,
    });
  });

  test("who is called and transferred to an alias is at the cost of who called, by the stricter of both lists", async () => {
    await ringfence(version, "areas", "allow", "JM");
    await ringfence(version, "areas", "deny", "JM", "--extension", "102");
    const closed = { decision: "refuse", from: "102", payer: "transfer", reached: false };
    expect(await outcome(() => transfersCalled("102", "200"))).toMatchObject(closed);
    await quiet();
    const opened = { decision: "allow", from: "100", payer: "transfer", reached: true };
    await open("100");
    expect(await outcome(() => transfersCalled("100", "200"))).toMatchObject(opened);
    await quiet();
    await ringfence(version, "areas", "deny", "JM");
    const globally = { decision: "refuse", from: "100", payer: "transfer", reached: false };
    expect(await outcome(() => transfersCalled("100", "200"))).toMatchObject(globally);
  });

  test("another number in the Request-URI of a running call dials nothing", async () => {
    const before = atCarrier(JAMAICA);
    const known = (await calls()).length;
    const said = does(4, "101", `call:${DOMESTIC}`, "wait:500", `reinvite:${JAMAICA}`, `second:${JAMAICA}`);
    await eventually("every step is answered", () => said.length === 4, 30_000);
    expect(said.map((step) => Object.values(step)[0])).toEqual([200, 500, 200, 403]);
    expect(atCarrier(JAMAICA)).toBe(before);
    const made = (await calls()).slice(0, -known || undefined);
    expect(made.map(({ number, decision }) => `${number} ${decision}`).sort()).toEqual([
      `+${DOMESTIC} allow`,
      `+${JAMAICA} refuse`,
    ]);
  });

  test.each<[string, () => unknown]>([
    ["a program", () => originate("Local/112@from-internal", "Application: Wait", "Data: 2")],
    [
      "the carrier's caller at a second dial tone",
      () => does("carrier", "carrier", "call:205", "digits:112"),
    ],
    ["102 at a second dial tone", () => does(4, "102", "call:205", "digits:112")],
    ["who was called by 101 and transferred", () => transfersCalled("101", "112")],
  ])("an emergency call of %s goes out", async (_, begin) => {
    const before = atCarrier("112");
    await begin();
    await eventually("the carrier hears of it", () => atCarrier("112") === before + 1, 30_000);
    count.emergencies++;
  });
});
