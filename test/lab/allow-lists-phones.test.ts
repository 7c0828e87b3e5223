import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AllowListJson, AllowListPreviewJson, RefusedByListsJson } from "../../src/http/contract.js";
import { daemon, daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { asteriskCli, execIn, labDown, labUp, spawnIn, type AsteriskVersion } from "./lab.js";

/** A real softphone, baresip, over each transport and family: let in by a list, thrown out by another, and refused from then on. */
const versions: AsteriskVersion[] = ["22", "16"];
const NOBODYS = "192.0.2.250";

describe.each(versions)("allow-lists and a softphone on Asterisk %s", (version) => {
  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await eventually("Asterisk's endpoints are known", async () => {
      const { warnings } = await ringfenceJson<AllowListJson>(version, "allow-list", "show", "nobody");
      return warnings.some((warning) => warning.includes("no endpoint"));
    });
    expect((await ringfence(version, "never-ban", "add", "198.51.100.0/24")).status).toBe(0);
    expect((await ringfence(version, "never-ban", "add", "2001:db8:100::/48")).status).toBe(0);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const editions = () => daemonLog(version).split("Asterisk enforces new lists").length;
  const change = async (...words: string[]): Promise<void> => {
    const before = editions();
    expect(await ringfence(version, "allow-list", ...words)).toMatchObject({ status: 0 });
    await eventually("Asterisk has the list", () => editions() > before);
  };
  const isRegistered = async () => (await asteriskCli(version, "pjsip show contacts")).includes("101/sip:");

  /** A folder of baresip's own, for one account. */
  function phoneFolder(server: string): string {
    const own = mkdtempSync(join(tmpdir(), "ringfence-baresip-"));
    cpSync(join(__dirname, "baresip"), own, { recursive: true });
    writeFileSync(
      join(own, "accounts"),
      `<sip:101@${server}>;auth_user=101;auth_pass=secret-101;regint=300;answermode=auto\n`,
    );
    const config = readFileSync(join(own, "config"), "utf8");
    // The lab's certificate is its own.
    writeFileSync(join(own, "config"), `${config.replace("0.0.0.0:5066", "")}\nsip_verify_server no\n`);
    return own;
  }

  test.each([
    ["UDP", "IPv4", "192.0.2.1"],
    ["TCP", "IPv4", "192.0.2.1;transport=tcp"],
    ["TLS", "IPv4", "192.0.2.1:5061;transport=tls"],
    ["UDP", "IPv6", "[2001:db8:0:1::1]"],
    ["TCP", "IPv6", "[2001:db8:0:1::1];transport=tcp"],
    ["TLS", "IPv6", "[2001:db8:0:1::1]:5061;transport=tls"],
  ])(
    "%s over %s",
    async (_transport, family, server) => {
      const own = phoneFolder(server);
      const options = family === "IPv6" ? ["-6"] : [];
      const phone = spawnIn(version, "phones", ["baresip", "-f", own, "-n", "eth0", ...options]);
      let said = "";
      phone.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      phone.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise((done) => phone.once("close", done));
      try {
        await eventually("the phone is registered", isRegistered).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${said}`);
        });
        const seen = await eventually("its true address was seen", async () => {
          const { throwsOut } = await ringfenceJson<AllowListPreviewJson>(
            ...([version, "allow-list", "preview", "101", NOBODYS] as const),
          );
          return throwsOut.find(({ extension, addressIs }) => extension === "101" && addressIs === "seen");
        });
        expect(seen.userAgent).toContain("baresip");
        expect(seen.address).toMatch(family === "IPv6" ? /^2001:db8:100::/ : /^198\.51\.100\./);

        await change("set", "101", seen.address ?? "");
        expect(await isRegistered()).toBe(true);
        await change("set", "101", NOBODYS);
        await eventually("the phone lost its registration", async () => !(await isRegistered()));
        phone.kill("SIGKILL");
        await ended;

        const again = await execIn(version, "phones", [
          "baresip",
          "-f",
          own,
          "-n",
          "eth0",
          ...options,
          "-t",
          "4",
        ]);
        expect(again.stdout + again.stderr).not.toMatch(/200 OK/);
        expect(await isRegistered()).toBe(false);
        const { refused } = await ringfenceJson<RefusedByListsJson>(version, "allow-list", "refused", "101");
        expect(refused[0]).toMatchObject({ extension: "101", address: seen.address, like: "its-phone" });

        // The one step that lets it in.
        await change("add", "101", seen.address ?? "", "--until", "tomorrow");
        const back = await execIn(version, "phones", [
          "baresip",
          "-f",
          own,
          "-n",
          "eth0",
          ...options,
          "-t",
          "4",
        ]);
        expect(back.stdout + back.stderr).toMatch(/200 OK/);
      } finally {
        phone.kill("SIGKILL");
        await ended;
        rmSync(own, { recursive: true });
        await ringfence(version, "allow-list", "inherit", "101");
        await asteriskCli(version, "database deltree registrar/contact");
      }
    },
    90_000,
  );
});
