import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BanJson, BansJson, CallsJson, StatusJson } from "../../src/http/contract.js";
import { daemon, daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  type AsteriskVersion,
  execIn,
  killAsterisk,
  labDown,
  labUp,
  netns,
  sendSip,
  sipp,
  sippServe,
  startAsterisk,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("the fence beside Asterisk %s", (version) => {
  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await fenceStands();
    expect((await ringfence(version, "rates", "import", join(__dirname, "rates.csv"))).status).toBe(0);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const bans = async () => (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
  const banOf = async (target: string): Promise<BanJson | undefined> =>
    (await bans()).find((ban) => ban.target === target);
  const banned = (target: string, withinMs?: number) =>
    eventually(`${target} is banned`, () => banOf(target), withinMs);
  const status = () => ringfenceJson<StatusJson>(version, "status");
  const kernel = () =>
    execFileSync(
      "ip",
      ["netns", "exec", netns(version, "pbx"), "nft", "list", "table", "inet", "ringfence"],
      { encoding: "utf8" },
    );

  /** Events are read and Asterisk's own list of trunks has been seen. */
  async function fenceStands(): Promise<void> {
    await eventually(
      "the events guard is up",
      async () => (await status()).guards.find((guard) => guard.name === "events")?.up,
      30_000,
    );
  }

  /** Whether the PBX answers a ping from `from`: nothing of a banned source comes through, pings neither. */
  async function reaches(
    from: string,
    host: "attacker" | "phones" | "carrier" = "attacker",
  ): Promise<boolean> {
    const to = from.includes(":") ? "2001:db8:0:1::1" : "192.0.2.1";
    const outcome = await execIn(version, host, [
      "sh",
      "-c",
      `ping -c 1 -W 1 -I ${from} ${to} >/dev/null; echo $?`,
    ]);
    return outcome.stdout.trim() === "0";
  }

  const guess = (from: string, calls: number) =>
    sipp(version, "attacker", "register-wrong", {
      from,
      password: "guess",
      calls,
      callsPerSecond: 20,
      timeoutMs: 8_000,
    });
  const registers = (from = "198.51.100.10", account = "100") =>
    sipp(version, "phones", "register", { from, account });

  test("a guesser goes dark at the tenth try; the phone next to it notices nothing", async () => {
    expect(await reaches("203.0.113.12")).toBe(true);
    const [outcome, ban] = await Promise.all([guess("203.0.113.12", 40), banned("203.0.113.12")]);
    expect(outcome.failed).toBeGreaterThan(0);
    expect(ban).toMatchObject({
      cause: "attack",
      trigger: "attempts",
      standing: "stranger",
      // He answers each challenge with the nonce that went to him, and the mirror shows it.
      proof: "returned",
      rung: 1,
      accounts: ["100"],
    });
    expect(ban.attempts).toBe(10);
    expect(await reaches("203.0.113.12")).toBe(false);
    expect(kernel()).toContain("203.0.113.12");
    expect(await registers()).toMatchObject({ exitCode: 0, successful: 1, failed: 0 });
    expect((await status()).dropped?.packets).toBeGreaterThan(0);
  }, 60_000);

  test("baresip, a real phone, signs in and calls home while a guesser beside it is shut out", async () => {
    const own = mkdtempSync(join(tmpdir(), "ringfence-baresip-"));
    cpSync(join(__dirname, "baresip"), own, { recursive: true });
    const carrier = sippServe(version, "carrier", "carrier-answer", { from: "192.0.2.20" });
    try {
      expect((await ringfence(version, "areas", "allow", "US")).status).toBe(0);
      const dial = ["baresip", "-f", own, "-n", "eth0", "-e", "/dial 12125550123", "-t", "6"];
      const [phone] = await Promise.all([
        execIn(version, "phones", dial),
        guess("203.0.113.15", 15),
        banned("203.0.113.15"),
      ]);
      expect(phone.stdout + phone.stderr).toMatch(/200 OK.*1 binding/);
      expect(phone.stdout + phone.stderr).toContain("Call established");
    } finally {
      await carrier.stop();
      rmSync(own, { recursive: true });
    }
    const { calls } = await ringfenceJson<CallsJson>(version, "calls");
    expect(calls[0]).toMatchObject({ from: "101", number: "+12125550123", decision: "allow" });
  }, 60_000);

  test("over IPv6 the whole /64 is one source, and the next /64 is not", async () => {
    await Promise.all([guess("2001:db8:a:1::66", 15), banned("2001:db8:a:1::/64")]);
    expect(await reaches("2001:db8:a:1::66")).toBe(false);
    expect(await reaches("2001:db8:a:1::101")).toBe(false);
    expect(await reaches("2001:db8:a:2::66")).toBe(true);
  }, 60_000);

  test("nine account names ban at once, eight do not", async () => {
    for (let name = 0; name < 8; name++)
      await sendSip(version, "attacker", ["--from", "203.0.113.14", "--user", `user${name}`]);
    await sendSip(version, "attacker", ["--from", "203.0.113.14", "--user", "user0"]);
    expect(await banOf("203.0.113.14")).toBeUndefined();
    await sendSip(version, "attacker", ["--from", "203.0.113.14", "--user", "user8"]);
    expect(await banned("203.0.113.14")).toMatchObject({ trigger: "account-names" });
  }, 60_000);

  test("forged lines ban the forger, and never the address they name", async () => {
    const forged: [string, string][] = [
      ["203.0.113.20", "x%0d%0aRemoteAddress%3a%20IPV4/UDP/8.8.8.8/5"],
      ["203.0.113.21", "x%0d%0a%0d%0aEvent%3a%20Shutdown"],
      ["203.0.113.22", "%0d%0a%0d%0aEvent%3a%20SuccessfulAuth"],
      ["203.0.113.23", "%0d%0a%0d%0aResponse%3a%20Success%0d%0aActionID%3a%20x"],
    ];
    for (const [from, user] of forged) {
      await sendSip(version, "attacker", ["--from", from, "--user", user]);
      expect(await banned(from)).toMatchObject({ trigger: "forged-headers" });
    }
    expect((await bans()).map((ban) => ban.target)).not.toContain("8.8.8.8");
    expect((await ringfence(version, "why", "8.8.8.8")).status).toBe(1);
  }, 60_000);

  test("what is sent in the carrier's name never shuts the carrier out", async () => {
    const lines = Array.from({ length: 15 }, (_, index) => [
      "--from",
      "192.0.2.20",
      "--user",
      `forged${index}`,
      "--wait-ms",
      "20",
    ]);
    for (const line of lines)
      await sendSip(version, "attacker", line).catch(() => "no answer comes to a forged source");
    await eventually("the attempts have been read", async () => {
      const why = await ringfence(version, "why", "192.0.2.20", "--json");
      return why.stdout.includes('"standing":"protected"');
    });
    expect(await banOf("192.0.2.20")).toBeUndefined();
    expect(await reaches("192.0.2.20", "carrier")).toBe(true);
    const refused = await ringfence(version, "bans", "add", "192.0.2.0/24");
    expect(refused.status).toBe(1);
    expect(refused.stderr + refused.stdout).toContain("192.0.2.");
  }, 60_000);

  test("a ban by hand ends in the kernel when due, and a lift at once", async () => {
    expect((await ringfence(version, "bans", "add", "203.0.113.30", "--for", "2s")).status).toBe(0);
    await eventually("the ban holds", async () => !(await reaches("203.0.113.30")));
    await eventually("the ban has ended", () => reaches("203.0.113.30"));
    expect((await ringfence(version, "bans", "add", "203.0.113.32/28")).status).toBe(0);
    await eventually("the network is shut", async () => !(await reaches("203.0.113.40")));
    expect(await reaches("203.0.113.50")).toBe(true);
    expect((await ringfence(version, "bans", "lift", "203.0.113.32/28")).status).toBe(0);
    await eventually("the lift has reached the kernel", () => reaches("203.0.113.40"));
  }, 60_000);

  test("a flushed ruleset is made whole within seconds", async () => {
    await execIn(version, "pbx", ["nft", "flush", "ruleset"]);
    await eventually("the ban is back in the kernel", async () => !(await reaches("203.0.113.12")));
    expect(kernel()).toContain("203.0.113.12");
  }, 60_000);

  test("SIGKILL: the kernel goes on, and a new daemon knows every ban", async () => {
    const before = (await bans()).map((ban) => ban.target).sort();
    await daemon.kill(version);
    expect(await reaches("203.0.113.12")).toBe(false);
    await daemon.start(version);
    await fenceStands();
    expect((await bans()).map((ban) => ban.target).sort()).toEqual(before);
    await Promise.all([guess("203.0.113.60", 15), banned("203.0.113.60")]);
  }, 90_000);

  test("Asterisk killed and started: events and trunks are read again", async () => {
    await killAsterisk(version);
    await eventually("the loss is seen", async () => !(await status()).guards.every((guard) => guard.up));
    await startAsterisk(version);
    await fenceStands();
    await eventually(
      "every guard is up",
      async () => (await status()).guards.filter((guard) => !guard.up).length === 0,
      30_000,
    );
    await Promise.all([guess("203.0.113.61", 15), banned("203.0.113.61")]);
    expect(await registers()).toMatchObject({ successful: 1 });
  }, 120_000);

  test("the log carries decisions, no secrets and no forged lines", () => {
    const log = daemonLog(version);
    expect(log).toContain("203.0.113.12");
    expect(log).not.toMatch(/lab-ami-secret|lab-ari-secret/);
    for (const line of log.trim().split("\n")) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});
