import { writeFileSync } from "node:fs";
import type {
  AuditJson,
  BanJson,
  BansJson,
  BlocksJson,
  PinSetJson,
  StatusJson,
} from "../../src/http/contract.js";
import { daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { type AsteriskVersion, execIn, labDown, labUp, runFolder, sipp } from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
const PAGE = "http://192.0.2.1:8787/portal";

describe.each(versions)("the portal beside Asterisk %s", (version) => {
  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    writeFileSync(
      `${runFolder(version)}/ringfence.yaml`,
      [
        "ami: { host: 127.0.0.1, port: 5038, user: ringfence }",
        'ari: { url: "http://127.0.0.1:8088", user: ringfence }',
        `asterisk: { configDir: ${runFolder(version)}/etc }`,
        `database: ${runFolder(version)}/ringfence.db`,
        `http: { socket: ${runFolder(version)}/ringfence.sock, listen: "192.0.2.1:8787" }`,
        "",
      ].join("\n"),
    );
    await daemon.start(version);
    await eventually(
      "the events guard is up",
      async () => {
        const { guards } = await ringfenceJson<StatusJson>(version, "status");
        return guards.find(({ name }) => name === "events")?.up;
      },
      30_000,
    );
    const set = await ringfence(version, "detection", "set", "attempts", "4", "block-attempts", "5");
    expect(set).toMatchObject({ status: 0 });
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const pinOf = async (extension: string): Promise<string> =>
    (await ringfenceJson<PinSetJson>(version, "pin", "set", extension)).pin;
  const register = (from: string, account: string, password?: string) =>
    sipp(version, "phones", "register", {
      from,
      account,
      ...(password === undefined ? {} : { password }),
      timeoutMs: 8_000,
    });
  const banOf = async (target: string): Promise<BanJson | undefined> =>
    (await ringfenceJson<BansJson>(version, "bans", "list")).bans.find((ban) => ban.target === target);

  /** As from the phone's own network: status and page. */
  async function browse(from: string, ...more: string[]): Promise<{ status: number; text: string }> {
    const { stdout } = await execIn(version, "phones", [
      ...["curl", "-s", "--max-time", "20", "--interface", from, "-w", "\n%{http_code}", ...more],
      PAGE,
    ]);
    const [, text = "", status = "0"] = /^([^]*)\n([0-9]{3})$/.exec(stdout) ?? [];
    return { status: Number(status), text };
  }
  const showPin = (from: string, extension: string, pin: string) =>
    browse(from, "--data-urlencode", `extension=${extension}`, "--data-urlencode", `pin=${pin}`);

  /** At a phone's pace, until `done`. */
  async function keepsTrying(from: string, account: string, done: () => Promise<unknown>): Promise<void> {
    for (let n = 0; n < 12 && !(await done()); n++) {
      await register(from, account, "an old password");
      await new Promise((resolve) => setTimeout(resolve, 2_600));
    }
  }

  test("a phone with an old password is banned; its owner reads why, lifts it with the PIN, and it registers again", async () => {
    const here = "198.51.100.20";
    const pin = await pinOf("104");
    expect((await browse(here)).text).toContain("You are not blocked");
    await keepsTrying(here, "104", () => banOf(here));
    const ban = await banOf(here);
    expect(ban).toMatchObject({ trigger: "attempts", standing: "stranger" });
    expect(ban?.cause).not.toBe("attack");
    // Nothing of it comes through now, but to the page.
    expect((await register(here, "104")).successful).toBe(0);

    const { status, text } = await browse(here);
    expect(status).toBe(200);
    expect(text).toContain("You are blocked");
    expect(text).toContain(`<code>${here}</code>`);
    expect(text).toContain("with a user name or password that does not fit");
    expect(text).toMatch(/It last tried<\/dt>\s*<dd>(just now|\d+ seconds ago)/);
    expect(text).toMatch(/it will be back in about \d+ seconds/);
    expect(text).not.toContain("104");

    expect(await showPin(here, "104", "000001")).toMatchObject({
      status: 403,
      text: expect.stringContaining("Extension or PIN is wrong."),
    });
    const lifted = await showPin(here, "104", pin);
    expect(lifted.status).toBe(200);
    expect(lifted.text).toContain("The block is lifted.");
    expect(lifted.text).toContain("extension 104 with a password that does not fit");
    expect(await register(here, "104")).toMatchObject({ successful: 1, failed: 0 });
    expect((await browse(here)).text).toContain("You are not blocked");
    const { entries } = await ringfenceJson<AuditJson>(version, "audit");
    expect(entries).toContainEqual(expect.objectContaining({ subject: `ban ${here}`, by: "portal:104" }));
  }, 120_000);

  test("where the phone has worked, its account alone is blocked, and the page says what it is", async () => {
    const here = "198.51.100.21";
    const pin = await pinOf("105");
    expect(await register(here, "105")).toMatchObject({ successful: 1 });
    const blocks = async () => (await ringfenceJson<BlocksJson>(version, "blocks", "list")).blocks;
    await keepsTrying(here, "105", async () => (await blocks()).length > 0);
    expect(await blocks()).toMatchObject([{ account: "105", source: here, cause: "outdated-credentials" }]);
    const { text } = await browse(here);
    expect(text).toContain("An account is blocked here");
    expect(text).toContain("with a password that no longer fits. It last worked on");
    // A colleague's phone there goes on, and his PIN lifts nothing of others.
    expect(await register(here, "106")).toMatchObject({ successful: 1 });
    expect((await showPin(here, "106", await pinOf("106"))).text).toContain("another extension");
    expect((await showPin(here, "105", pin)).text).toContain("The block is lifted.");
    await eventually(
      "105 registers again",
      async () => (await register(here, "105")).successful === 1,
      30_000,
    );
  }, 120_000);

  test("who guesses fast is told to ask, whatever PIN he has", async () => {
    const here = "198.51.100.22";
    const pin = await pinOf("107");
    await sipp(version, "phones", "register-wrong", {
      ...{ from: here, account: "107", password: "guess", calls: 20, callsPerSecond: 20, timeoutMs: 8_000 },
    });
    expect(await eventually("the guesser is banned", () => banOf(here))).toMatchObject({ cause: "attack" });
    const { text } = await showPin(here, "107", pin);
    expect(text).toContain("looks like an attack");
    expect(await banOf(here)).toBeDefined();
    // Nor does guessing PINs get anywhere: the right one is not looked at any more.
    for (let n = 0; n < 5; n++) await showPin(here, "104", `00000${n}`);
    expect((await showPin(here, "107", pin)).status).toBe(429);
  }, 120_000);
});
