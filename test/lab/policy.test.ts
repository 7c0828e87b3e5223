import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AllowListJson } from "../../src/http/contract.js";
import { daemon, daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { labDown, labUp, runFolder, sipp, type AsteriskVersion } from "./lab.js";

/** The whole policy as a file, as an admin carries it from one PBX to another: exported, edited, tried, imported, taken back. What
 *  Asterisk lets in goes with it each time. */
const versions: AsteriskVersion[] = ["22", "16"];
const [listed, other] = ["198.51.100.10", "198.51.100.11"];

describe.each(versions)("the policy as a file on Asterisk %s", (version) => {
  const file = join(runFolder(version), "policy.yaml");

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await eventually("Asterisk's endpoints are known", async () =>
      (await ringfence(version, "allow-list", "show", "nobody")).stdout.includes("no endpoint"),
    );
    await must("never-ban", "add", "198.51.100.0/24");
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const must = async (...words: string[]): Promise<string> => {
    const told = await ringfence(version, ...words);
    expect({ words, ...told }).toMatchObject({ status: 0 });
    return told.stdout;
  };
  const editions = () => daemonLog(version).split("Asterisk enforces new lists").length;
  const enforced = async (...words: string[]): Promise<string> => {
    const before = editions();
    const told = await must(...words);
    await eventually("Asterisk has the lists", () => editions() > before, 30_000);
    return told;
  };
  const registers = async (extension: string, from: string) => {
    const how = { from, account: extension, patienceMs: 2_000, timeoutMs: 6_000 };
    return (await sipp(version, "phones", "register", how)).successful === 1;
  };
  /** Without its first line, which says when it was written and of which version it is. */
  const exported = async () => {
    const text = await must("policy", "export");
    writeFileSync(file, text);
    return text.slice(text.indexOf("\n") + 1);
  };

  test("an export imported as it is changes nothing", async () => {
    await enforced("allow-list", "set", "100", listed, "--note", "the desk");
    const before = await exported();
    expect(before).toContain(listed);
    expect(before).toContain("the desk");
    const versionBefore = (await ringfenceJson<AllowListJson>(version, "allow-list", "show", "100"))
      .policyVersion;
    await must("policy", "import", file);
    expect(await exported()).toBe(before);
    const after = await ringfenceJson<AllowListJson>(version, "allow-list", "show", "100");
    expect(after.policyVersion).toBe(versionBefore);
  }, 60_000);

  test("a dry run names the phone that would lose its registration; the import takes it; undo lets it back", async () => {
    expect(await registers("100", listed)).toBe(true);
    const before = await exported();
    writeFileSync(file, before.replaceAll(listed, other));
    await eventually("the dry run tells of the phone", async () => {
      const told = await must("policy", "import", file, "--dry-run");
      return told.includes(listed) && told.includes("100");
    });
    expect(await registers("100", listed)).toBe(true);

    await enforced("policy", "import", file);
    expect(await registers("100", listed)).toBe(false);
    expect(await registers("100", other)).toBe(true);

    await enforced("policy", "undo");
    expect(await registers("100", listed)).toBe(true);
    expect(await registers("100", other)).toBe(false);
    expect(await exported()).toBe(before);
  }, 120_000);

  test("all faults of a file are told with their lines, and nothing of it is done", async () => {
    const before = await exported();
    writeFileSync(file, before.replaceAll(listed, "010.0.0.1"));
    const told = await ringfence(version, "policy", "import", file);
    expect(told.status).not.toBe(0);
    const line =
      readFileSync(file, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("010.0.0.1")) + 1;
    expect(told.stderr).toContain("leading zeros");
    expect(told.stderr).toMatch(new RegExp(`\\b${line}\\b`));
    expect(await exported()).toBe(before);
    expect(await registers("100", listed)).toBe(true);
  }, 60_000);
});
