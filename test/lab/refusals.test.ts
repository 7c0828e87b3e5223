import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallsJson, RefusalsJson } from "../../src/http/contract.js";
import { addresses, secrets } from "./addresses.js";
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

/** What whoever is refused hears and reads, as set while the daemon runs. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const JAMAICA = "18765550123";

jest.setTimeout(60_000);

describe.each(versions)("refusals on Asterisk %s", (version) => {
  let folder: string;
  let child: ChildProcess | null = null;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-refusals-"));
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await callsAreJudged(version);
  }, 16 * 60_000);

  afterEach(() => {
    child?.kill("SIGKILL");
    child = null;
  });

  afterAll(async () => {
    await labDown(version);
    rmSync(folder, { recursive: true });
  }, 60_000);

  const phone = { from: addresses.phones[0]!, account: "100", dialled: JAMAICA };
  const must = async (...args: string[]) => {
    const told = await ringfence(version, ...args);
    expect({ args, ...told }).toMatchObject({ status: 0 });
  };
  const asteriskHas = (entry: RegExp) =>
    eventually(`Asterisk has ${entry}`, async () =>
      entry.test(await asteriskCli(version, "database show ringfence_refusal")),
    );
  const asteriskLog = () => readFileSync(join(runFolder(version), "log/messages"), "utf8");

  test("cause and announcement are those that are set, from the next call on, and the cause is in the Reason header", async () => {
    await must("refusals", "set", "area-closed", "--cause", "34", "--announcement", "standard");
    await asteriskHas(/area-closed +: 34:feature-not-avail-line/);
    const begun = asteriskLog().length;
    expect(await sipp(version, "phones", "call-announced", phone)).toMatchObject({
      successful: 1,
      failed: 0,
    });
    // Asterisk writes its log in a thread of its own.
    const said = await eventually("the announcement is in Asterisk's log", () => {
      const lines = asteriskLog().slice(begun);
      return lines.includes("feature-not-avail-line,noanswer") && lines;
    });
    expect(said).not.toContain("does not exist in any format");
    await must("refusals", "reset", "area-closed");
    await asteriskHas(/area-closed +: 21: *$/m);
    expect(await sipp(version, "phones", "call-refused", phone)).toMatchObject({ successful: 1 });
  });

  test("every standard sound is one that Asterisk's core sounds have", async () => {
    const { refusals } = await ringfenceJson<RefusalsJson>(version, "refusals", "show");
    const { user, password, port } = secrets.ari;
    for (const name of new Set(refusals.map(({ standard }) => standard))) {
      const script =
        `fetch("http://127.0.0.1:${port}/ari/sounds/${name}", { headers: { authorization: "Basic " + ` +
        `btoa("${user}:${password}") } }).then(({ status }) => console.log(status))`;
      const { stdout } = await execIn(version, "pbx", [process.execPath, "-e", script]);
      expect({ name, status: stdout.trim() }).toEqual({ name, status: "200" });
    }
  });

  test("the extension whose call is refused reads why on its telephone, if that is set", async () => {
    const messages = join(folder, "messages");
    const at = { from: addresses.phones[1]!, port: 5071 };
    const registered = await sipp(version, "phones", "register", { ...at, account: "101" });
    expect(registered).toMatchObject({ successful: 1 });
    const own = { from: addresses.phones[2]!, account: "101", dialled: JAMAICA };
    expect(await sipp(version, "phones", "call-refused", own)).toMatchObject({ successful: 1 });

    await must("refusals", "tell-caller", "message");
    child = spawnIn(version, "phones", [
      ...["sipp", "-nostdin", "-sf", join(__dirname, "sipp/phone-message.xml"), "-i", at.from, "-p", "5071"],
      ...["-m", "1", "-trace_msg", "-message_file", messages],
    ]);
    child.stdout!.resume();
    child.stderr!.resume();
    await eventually("the telephone listens", async () => {
      const { stdout } = await execIn(version, "phones", ["ss", "-Hlun", "sport = :5071"]);
      return stdout !== "";
    });
    expect(await sipp(version, "phones", "call-refused", own)).toMatchObject({ successful: 1 });
    const text = await eventually("the message", () =>
      existsSync(messages) ? /^Refused: .*$/m.exec(readFileSync(messages, "latin1"))?.[0] : null,
    );
    expect(text).toContain("Jamaica is not among the allowed areas");
    const { calls } = await ringfenceJson<CallsJson>(version, "calls");
    expect(calls[0]).toMatchObject({ decision: "refuse", reason: "area-closed", from: "101" });
  });
});
