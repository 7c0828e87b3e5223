import { readFile } from "node:fs/promises";
import {
  addresses,
  asteriskCli,
  killAsterisk,
  labDown,
  labUp,
  LabError,
  execIn,
  runFolder,
  sendSip,
  sipp,
  sippServe,
  startAsterisk,
  type AsteriskVersion,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("the lab with Asterisk %s", (version) => {
  beforeAll(() => labUp(version), 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const securityLog = () => readFile(`${runFolder(version)}/log/security`, "latin1");

  test("has the Asterisk it names", async () => {
    expect(await asteriskCli(version, "core show version")).toContain(`Asterisk ${version}.`);
  }, 60_000);

  test("a phone registers, over either address family", async () => {
    for (const from of ["198.51.100.30", "2001:db8:100::10"]) {
      const outcome = await sipp(version, "phones", "register", { from, account: "102" });
      expect(outcome).toMatchObject({ exitCode: 0, successful: 1, failed: 0 });
    }
  }, 60_000);

  test("attackers come from where they say", async () => {
    for (const from of [addresses.attackers[99], addresses.attackers6[19]] as string[]) {
      const outcome = await sipp(version, "attacker", "register-wrong", {
        from,
        password: "wrong",
        calls: 3,
      });
      expect(outcome).toMatchObject({ exitCode: 0, successful: 3 });
      expect(await securityLog()).toContain(`/UDP/${from}/`);
    }
  }, 60_000);

  test("a From user with line ends forges a line ahead of the true one", async () => {
    const user = "x%0d%0aRemoteAddress%3a%20IPV4/UDP/8.8.8.8/5";
    const answer = await sendSip(version, "attacker", ["--from", "203.0.113.40", "--user", user]);
    expect(answer).toBe("SIP/2.0 401 Unauthorized");
    expect(await securityLog()).toContain('AccountID="x\r\nRemoteAddress: IPV4/UDP/8.8.8.8/5"');
  }, 60_000);

  test("a Call-ID that is no UTF-8 raises no security event at all", async () => {
    const before = await securityLog();
    const answer = await sendSip(version, "attacker", ["--from", "203.0.113.41", "--call-id", "c\\xff"]);
    expect(answer).toBe("SIP/2.0 401 Unauthorized");
    await sendSip(version, "attacker", ["--from", "203.0.113.42", "--user", "marker"]);
    const added = (await securityLog()).slice(before.length);
    expect(added).toContain("203.0.113.42");
    expect(added).not.toContain("203.0.113.41");
  }, 60_000);

  test("one phone calls another", async () => {
    await sipp(version, "phones", "register", { from: "198.51.100.21", port: 5071, account: "111" });
    const answering = sippServe(version, "phones", "phone-answer", { from: "198.51.100.21", port: 5071 });
    try {
      const outcome = await sipp(version, "phones", "call", {
        from: "198.51.100.20",
        account: "100",
        dialled: "111",
      });
      expect(outcome).toMatchObject({ exitCode: 0, successful: 1 });
    } finally {
      await answering.stop();
    }
  }, 60_000);

  test("a caller who hears nothing counts as failed", async () => {
    const from = "203.0.113.43";
    const outcome = await sipp(version, "attacker", "register-wrong", {
      from,
      to: "192.0.2.99",
      patienceMs: 500,
    });
    expect(outcome).toMatchObject({ successful: 0, failed: 1 });
  }, 60_000);

  test("Asterisk comes back after a crash", async () => {
    await killAsterisk(version);
    await expect(asteriskCli(version, "core show uptime")).rejects.toThrow(LabError);
    await startAsterisk(version);
    expect(await asteriskCli(version, "core show uptime")).toContain("System uptime");
  }, 120_000);

  test("a failing command says why", async () => {
    await expect(execIn(version, "pbx", ["ip", "link", "show", "nothing"])).rejects.toThrow(/does not exist/);
    await expect(execIn(version, "pbx", ["sleep", "30"], { timeoutMs: 200 })).rejects.toThrow(/no end after/);
  }, 60_000);
});
