import { join } from "node:path";
import { addresses } from "./addresses.js";
import { allowLists, listsUp, NOBODYS } from "./allow-lists.js";
import { daemonLog, eventually, ringfence } from "./daemon.js";
import { asteriskCli, labDown, sipp, spawnIn, type AsteriskVersion } from "./lab.js";
import { Softphone } from "./softphone.js";

/** What becomes of a running call when a list throws its phone out: by setting it goes on, or ends. */
const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("allow-lists and running calls on Asterisk %s", (version) => {
  beforeAll(async () => {
    await listsUp(version);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const channels = () => asteriskCli(version, "core show channels concise");
  const calls = async (extension: string) => (await channels()).includes(`PJSIP/${extension}-`);
  const { change, gone, registers, seenPhone } = allowLists(version);

  test.each(["keep", "end"] as const)(
    "%s",
    async (setting) => {
      expect(await ringfence(version, "allow-list", "running-calls", setting)).toMatchObject({ status: 0 });
      // A phone that registers and calls from its address, and another whose call is none of the list's business.
      const phones = ["100", "101"].map((extension, index) => {
        const scenario = join(__dirname, "sipp", "call-held.xml");
        const argv = ["sipp", "-nostdin", "-sf", scenario, "-i", addresses.phones[index] ?? ""];
        argv.push("-s", extension, "-ap", `secret-${extension}`, "-key", "dialled", "*43", "-m", "1");
        const child = spawnIn(version, "phones", [...argv, "-p", "5080", `${addresses.pbx}:5060`]);
        child.stdout?.resume();
        child.stderr?.resume();
        return child;
      });
      const ended = phones.map((phone) => new Promise((done) => phone.once("close", done)));
      try {
        expect(await registers("100", addresses.phones[0] ?? "")).toBe(true);
        await eventually("both calls run", async () => (await calls("100")) && (await calls("101")));

        await change("set", "100", NOBODYS);
        await gone("100");
        if (setting === "end") {
          await eventually("the call is over", async () => !(await calls("100")));
          expect(daemonLog(version)).toContain("running calls were ended");
        } else {
          // Asterisk's reload and our look at what is registered are over.
          expect(await registers("100", addresses.phones[0] ?? "")).toBe(false);
          expect(await calls("100")).toBe(true);
        }
        expect(await calls("101")).toBe(true);

        // Whatever the setting, no new call comes from there.
        const next = await sipp(version, "phones", "call", {
          from: addresses.phones[0] ?? "",
          port: 5090,
          account: "100",
          dialled: "*43",
          patienceMs: 2_000,
          timeoutMs: 6_000,
        });
        expect(next.successful).toBe(0);
      } finally {
        await asteriskCli(version, "channel request hangup all");
        for (const phone of phones) phone.kill("SIGKILL");
        await Promise.all(ended);
        await ringfence(version, "allow-list", "inherit", "100");
      }
    },
    90_000,
  );

  test("a call that is kept can be put on hold and hung up by its phone, which may neither register nor call", async () => {
    expect(await ringfence(version, "allow-list", "running-calls", "keep")).toMatchObject({ status: 0 });
    const phone = new Softphone(version, { account: "102", server: addresses.pbx });
    phone.start();
    /** What the phone was answered to requests of this method since the list is in force. */
    const answers = (method: string): string[] =>
      [...phone.said.slice(before).matchAll(/^SIP\/2\.0 (\d{3})[\s\S]*?^CSeq: \d+ (\w+)/gm)].flatMap(
        ([, status, of]) => (of === method && status !== undefined ? [status] : []),
      );
    let before = 0;
    try {
      const { address } = await seenPhone("102");
      await phone.tell("dial", "*43");
      await eventually("the call runs", async () => (await channels()).includes("!Up!Echo!"));
      await change("set", "102", NOBODYS);
      await gone("102");
      expect(await registers("102", address ?? "")).toBe(false);
      before = phone.said.length;

      await phone.tell("hold");
      await eventually("its re-INVITE is answered", () => answers("INVITE").includes("200"));
      expect(await calls("102")).toBe(true);
      await phone.tell("hangup");
      await eventually("its BYE is answered", () => answers("BYE").length > 0);
      expect(answers("BYE")).toEqual(["200"]);
      await eventually("the call is over", async () => !(await calls("102")));
      await phone.tell("dial", "*43");
      await eventually("the next call is refused", () => answers("INVITE").includes("401"));
      expect(await calls("102")).toBe(false);
    } finally {
      await phone.remove();
      await asteriskCli(version, "channel request hangup all");
      await ringfence(version, "allow-list", "inherit", "102");
    }
  }, 180_000);
});
