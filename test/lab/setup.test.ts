import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { daemon, eventually, ringfence } from "./daemon.js";
import { asteriskCli, labDown, labUp, restartAsterisk, runFolder, type AsteriskVersion } from "./lab.js";

/** An Asterisk that knows nothing of Ringfence, set up by `ringfence setup`, and tried by `ringfence selftest`. */
const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("setup and selftest on Asterisk %s", (version) => {
  const run = runFolder(version);
  const etc = `${run}/etc`;
  const config = `${run}/ringfence.yaml`;
  const secrets = { RINGFENCE_AMI_SECRET: "lab-ami-secret", RINGFENCE_ARI_PASSWORD: "lab-ari-secret" };

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await daemon.stop(version);
    const edit = (file: string, change: (text: string) => string): void =>
      writeFileSync(`${etc}/${file}`, change(readFileSync(`${etc}/${file}`, "utf8")));
    for (const file of ["extensions.conf", "pjsip.conf", "pjsip_wizard.conf", "acl.conf"]) {
      edit(file, (text) => text.replaceAll(/^#tryinclude ringfence.*$/gm, ""));
    }
    for (const file of ["manager.conf", "ari.conf"]) {
      edit(file, (text) => text.replace(/\[ringfence\]\n(?:[^[\n].*\n|\n)*/, ""));
    }
    rmSync(`${etc}/acl.conf`);
    rmSync(`${etc}/ringfence`, { recursive: true });
    await restartAsterisk(version);
    Object.assign(process.env, secrets);
  }, 16 * 60_000);
  afterAll(async () => {
    delete process.env["RINGFENCE_AMI_SECRET"];
    delete process.env["RINGFENCE_ARI_PASSWORD"];
    await labDown(version);
  }, 60_000);

  test("what is missing is told, and nothing changed", async () => {
    const told = await ringfence(version, "setup", "--config", config);
    expect(told.status).toBe(1);
    for (const file of ["manager.conf", "ari.conf", "extensions.conf", "acl.conf", "pjsip.conf"]) {
      expect(told.stdout).toContain(`MISSING  ${etc}/${file}`);
    }
    expect(readFileSync(`${etc}/pjsip.conf`, "utf8")).not.toContain("ringfence.d");
  }, 60_000);

  test("--write puts it there, and after a reload doctor and selftest are content", async () => {
    const told = await ringfence(version, "setup", "--config", config, "--write");
    expect(told.stdout).not.toContain("MISSING");
    expect(told.stdout).not.toMatch(/BY HAND {2}.*\/(manager|ari|extensions|acl|pjsip)\.conf/);
    await asteriskCli(version, "core reload");
    await daemon.start(version);
    await eventually(
      "the self-test is content",
      async () => (await ringfence(version, "selftest")).status === 0,
      60_000,
    ).catch(async (error: unknown) => {
      const { stdout, stderr } = await ringfence(version, "selftest");
      throw new Error(`${String(error)}\n${stdout}${stderr}`);
    });
    const { stdout } = await ringfence(version, "selftest", "--json");
    const { trials } = JSON.parse(stdout) as { trials: { name: string; ok: boolean }[] };
    expect(trials.map(({ ok }) => ok)).toEqual(trials.map(() => true));
    expect((await ringfence(version, "bans", "list")).stdout).toContain("Nobody is shut out");
    expect((await ringfence(version, "allow-list", "set", "100", "198.51.100.10")).status).toBe(0);
    await eventually("Asterisk enforces a list", async () =>
      (await asteriskCli(version, "pjsip show endpoint 100")).includes("ringfence_100"),
    );
  }, 120_000);

  test("selftest says what is wrong, and that the daemon is away", async () => {
    writeFileSync(`${etc}/acl.conf`, "; nothing\n");
    await asteriskCli(version, "module reload acl");
    await eventually(
      "it is found",
      async () => {
        const { status, stdout } = await ringfence(version, "selftest");
        return status === 1 && /FAILED .*#tryinclude ringfence\.d\/acl\.conf/.test(stdout);
      },
      90_000,
    );
    await daemon.stop(version);
    expect((await ringfence(version, "selftest")).status).toBe(3);
  }, 180_000);
});
