import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { StatusJson } from "../../src/http/contract.js";
import { daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  type AsteriskVersion,
  asteriskCli,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  sendSip,
  sipp,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("Asterisk %s as the firewall", (version) => {
  const run = runFolder(version);
  const acl = `${run}/etc/acl.conf`;
  const pjsip = `${run}/etc/pjsip.conf`;
  const attacker = "203.0.113.12";

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    // The lab writes the config at the first start alone.
    await daemon.start(version);
    await daemon.stop(version);
    const config = `${run}/ringfence.yaml`;
    writeFileSync(config, readFileSync(config, "utf8").replace("backend: nftables", "backend: asterisk-acl"));
    await daemon.start(version);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const kernel = async () =>
    (await ringfenceJson<StatusJson>(version, "status")).guards.find(({ name }) => name === "kernel")!;
  const says = (up: boolean, text: string) =>
    eventually(
      `the kernel guard is ${up ? "up" : "down"} and says ${text}`,
      async () => {
        const guard = await kernel();
        return guard.up === up && guard.detail.includes(text);
      },
      40_000,
    );
  /** The first line of Asterisk's answer to a REGISTER without a password. */
  const answerTo = async (from: string): Promise<string> =>
    /SIP\/2\.0 (\d{3})/.exec(
      await sendSip(version, "attacker", ["--from", from, "--user", "100", "--method", "REGISTER"]),
    )?.[1] ?? "none";
  const registers = async (): Promise<boolean> =>
    (await sipp(version, "phones", "register", { from: "198.51.100.10", account: "100" })).successful === 1;

  test("says which lines are missing, and lets everybody in until they are there", async () => {
    expect((await ringfence(version, "bans", "add", attacker)).status).toBe(0);
    await says(false, "put the line #tryinclude ringfence.d/ban.acl.conf at the end of acl.conf");
    expect(await answerTo(attacker)).toBe("401");
    appendFileSync(acl, "\n#tryinclude ringfence.d/ban.acl.conf\n");
    await says(false, "put the line #tryinclude ringfence.d/ban.pjsip.conf at the end of pjsip.conf");
    expect(await answerTo(attacker)).toBe("401");
    expect(await registers()).toBe(true);
  }, 120_000);

  test("answers 403 to who is shut out, and to nobody else, once Asterisk took the list", async () => {
    appendFileSync(pjsip, "\n#tryinclude ringfence.d/ban.pjsip.conf\n");
    await says(true, "asterisk-acl holds 1");
    expect(await answerTo(attacker)).toBe("403");
    expect(await answerTo("203.0.113.13")).toBe("401");
    expect(await registers()).toBe(true);
    expect((await ringfence(version, "bans", "add", "203.0.113.13")).status).toBe(0);
    await eventually("the second is shut out", async () => (await answerTo("203.0.113.13")) === "403");
    expect((await ringfence(version, "bans", "lift", "203.0.113.13")).status).toBe(0);
    await eventually("and let in again", async () => (await answerTo("203.0.113.13")) === "401");
  }, 120_000);

  test("holds after a restart of Asterisk", async () => {
    await restartAsterisk(version);
    await says(true, "asterisk-acl holds 1");
    expect(await answerTo(attacker)).toBe("403");
    expect(await registers()).toBe(true);
  }, 120_000);

  test("notices a fault in acl.conf, and that it is gone", async () => {
    const sound = readFileSync(acl, "utf8");
    writeFileSync(acl, `${sound}\n[broken]\nnonsense=1\n`);
    expect((await ringfence(version, "bans", "add", "203.0.113.14")).status).toBe(0);
    await says(false, "look for a fault in acl.conf");
    expect(await answerTo("203.0.113.14")).toBe("401");
    writeFileSync(acl, sound);
    await says(true, "asterisk-acl holds 2");
    expect(await answerTo("203.0.113.14")).toBe("403");
  }, 120_000);

  test("lets everybody in where the line in acl.conf is taken away", async () => {
    const whole = readFileSync(acl, "utf8");
    writeFileSync(acl, whole.replace("#tryinclude ringfence.d/ban.acl.conf\n", ""));
    await asteriskCli(version, "module reload acl");
    await says(false, "at the end of acl.conf");
    await eventually("the phone registers", registers);
    writeFileSync(acl, whole);
    await says(true, "asterisk-acl holds 2");
    expect(await answerTo(attacker)).toBe("403");
    expect(await registers()).toBe(true);
  }, 120_000);
});
