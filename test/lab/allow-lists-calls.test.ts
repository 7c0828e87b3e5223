import { join } from "node:path";
import { addresses } from "./addresses.js";
import { daemon, daemonLog, eventually, ringfence } from "./daemon.js";
import { asteriskCli, labDown, labUp, sipp, spawnIn, type AsteriskVersion } from "./lab.js";

/** What becomes of a running call when a list throws its phone out: by setting it goes on, or ends. */
const versions: AsteriskVersion[] = ["22", "16"];
const NOBODYS = "192.0.2.250";

describe.each(versions)("allow-lists and running calls on Asterisk %s", (version) => {
  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await eventually("Asterisk's endpoints are known", async () =>
      (await ringfence(version, "allow-list", "show", "nobody")).stdout.includes("no endpoint"),
    );
    expect((await ringfence(version, "never-ban", "add", "198.51.100.0/24")).status).toBe(0);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const editions = () => daemonLog(version).split("Asterisk enforces new lists").length;
  const change = async (...words: string[]): Promise<void> => {
    const before = editions();
    expect(await ringfence(version, "allow-list", ...words)).toMatchObject({ status: 0 });
    await eventually("Asterisk has the list", () => editions() > before);
  };
  const channels = () => asteriskCli(version, "core show channels concise");
  const calls = async (extension: string) => (await channels()).includes(`PJSIP/${extension}-`);
  const register = async (extension: string, from: string) => {
    const how = { from, account: extension, patienceMs: 2_000, timeoutMs: 6_000 };
    return (await sipp(version, "phones", "register", how)).successful === 1;
  };

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
        expect(await register("100", addresses.phones[0] ?? "")).toBe(true);
        await eventually("both calls run", async () => (await calls("100")) && (await calls("101")));

        await change("set", "100", NOBODYS);
        await eventually(
          "the phone lost its registration",
          async () => !(await asteriskCli(version, "pjsip show contacts")).includes("100/sip:"),
        );
        if (setting === "end") {
          await eventually("the call is over", async () => !(await calls("100")));
          expect(daemonLog(version)).toContain("running calls were ended");
        } else {
          // Asterisk's reload and our look at what is registered are over.
          expect(await register("100", addresses.phones[0] ?? "")).toBe(false);
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
});
