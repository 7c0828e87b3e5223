import { appendFileSync, writeFileSync } from "node:fs";
import type { AllowListPreviewJson } from "../../src/http/contract.js";
import { listed, listsUp, other } from "./allow-lists.js";
import { daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { asteriskCli, labDown, restartAsterisk, runFolder, sipp, type AsteriskVersion } from "./lab.js";

/** Thousands of phones that are registered, half of which one change of the global list throws out. RINGFENCE_LAB_CROWD sets how many; what
 *  it took is printed, not judged. */
const versions: AsteriskVersion[] = ["22", "16"];
const CROWD = Number(process.env["RINGFENCE_LAB_CROWD"] ?? 1_200);
const FIRST = 2_000;

describe.each(versions)("allow-lists and a crowd on Asterisk %s", (version) => {
  const run = runFolder(version);
  const names = Array.from({ length: CROWD }, (_, n) => String(FIRST + n));
  const half = (n: 0 | 1) => names.filter((_, index) => index % 2 === n);

  beforeAll(async () => {
    await listsUp(version, { before: makeCrowd });
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  async function makeCrowd(): Promise<void> {
    appendFileSync(
      `${run}/etc/pjsip-endpoints.conf`,
      names
        .map(
          (name) =>
            `[${name}](phone)\nauth=${name}\naors=${name}\n[${name}](password)\nusername=${name}\npassword=secret-${name}\n[${name}](contacts)\n\n`,
        )
        .join(""),
    );
    await restartAsterisk(version);
  }

  const registers = async (extensions: readonly string[], from: string): Promise<number> => {
    const accountsFile = `${run}/accounts-${from}.csv`;
    const rows = extensions.map(
      (name) => `${name};[authentication username=${name} password=secret-${name}]`,
    );
    writeFileSync(accountsFile, `SEQUENTIAL\n${rows.join("\n")}\n`);
    const { successful } = await sipp(version, "phones", "register-accounts", {
      from,
      accountsFile,
      calls: extensions.length,
      // A busy machine answers so many, and loses none.
      callsPerSecond: 120,
      patienceMs: 40_000,
      timeoutMs: 240_000,
    });
    return successful;
  };
  const contacts = async (): Promise<string[]> => {
    const told = await asteriskCli(version, "database show registrar/contact");
    return [...told.matchAll(/^\/registrar\/contact\/(\d+);@/gm)].flatMap(([, name]) => name ?? []);
  };

  test("all of those that are off the list lose their registration, and nobody else", async () => {
    expect(await registers(half(0), listed)).toBe(CROWD / 2);
    expect(await registers(half(1), other)).toBe(CROWD / 2);
    expect((await contacts()).length).toBe(CROWD);
    const preview = await eventually(
      "the true address of each was seen",
      async () => {
        const told = await ringfenceJson<AllowListPreviewJson>(version, "allow-list", "preview", listed);
        return told.throwsOut.every(({ addressIs }) => addressIs === "seen") && told;
      },
      60_000,
    );
    expect(preview.throwsOut.map(({ extension }) => extension).sort()).toEqual(half(1));

    const begunMs = performance.now();
    expect(await ringfence(version, "allow-list", "set", listed)).toMatchObject({ status: 0 });
    const toldMs = performance.now();
    await eventually(
      "they are gone",
      async () => {
        // Asked again and again, an Asterisk of thousands of registrations has no time to forget them.
        await new Promise((done) => setTimeout(done, 2_000));
        return (await contacts()).length <= CROWD / 2;
      },
      180_000,
    );
    const goneMs = performance.now();
    expect((await contacts()).sort()).toEqual(half(0));
    // Calls to all of them stop ringing first, and Asterisk reads its endpoints again last.
    const told = daemonLog(version);
    const silent = told.lastIndexOf("calls to them do not ring any longer");
    if (CROWD > 1_000) expect(silent).toBeGreaterThan(0);
    expect(silent).toBeLessThan(told.indexOf("a registration was taken away"));
    await eventually(
      "Asterisk has the lists",
      () => daemonLog(version).includes("Asterisk enforces new lists"),
      180_000,
    );
    const enforcedMs = performance.now();
    // The daemon's own clock: what the commands above take is not in it.
    const at = (message: string, which: "first" | "last"): number | null => {
      const lines = daemonLog(version)
        .split("\n")
        .filter((line) => line.includes(message));
      const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(lines.at(which === "first" ? 0 : -1) ?? "")?.[0];
      return time === undefined ? null : Date.parse(time);
    };
    const changedAt = at("turned the allow-list on", "last") ?? NaN;
    const since = (ms: number | null): string => (ms === null ? "-" : `${ms - changedAt} ms`);
    process.stderr.write(
      `Asterisk ${version}, ${CROWD} phones, half of them off the list, after the change: ring no longer ${since(at("calls to them do not ring", "last"))}, registrations taken away ${since(at("a registration was taken away", "first"))} to ${since(at("a registration was taken away", "last"))}, lists in force ${since(at("Asterisk enforces new lists", "last"))}; by the command's clock: answered after ${Math.round(toldMs - begunMs)} ms, seen gone after ${Math.round(goneMs - begunMs)} ms, in force after ${Math.round(enforcedMs - begunMs)} ms\n`,
    );
    expect(await registers(half(1).slice(0, 1), other).catch(() => 0)).toBe(0);
  }, 400_000);
});
