import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { StatusJson } from "../../src/http/contract.js";
import { allowLists, listed, listsUp, other } from "./allow-lists.js";
import { daemon, daemonLog, eventually, ringfence, ringfenceJson } from "./daemon.js";
import {
  asteriskCli,
  labDown,
  restartAsterisk,
  runFolder,
  startAsterisk,
  stopAsterisk,
  type AsteriskVersion,
} from "./lab.js";

/** What becomes of allow-lists when the disk is full, a file is half written or changed by hand, or the daemon dies at any moment. Asterisk's
 *  folder is a small disk of its own here. */
const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("allow-lists in trouble on Asterisk %s", (version) => {
  const run = runFolder(version);
  const etc = `${run}/etc`;
  const lists = `${etc}/ringfence.d`;

  beforeAll(async () => {
    await listsUp(version, { before: smallDisk });
  }, 16 * 60_000);
  afterAll(async () => {
    await stopAsterisk(version);
    execFileSync("umount", ["--lazy", etc]);
    await labDown(version);
  }, 90_000);

  async function smallDisk(): Promise<void> {
    await stopAsterisk(version);
    cpSync(etc, `${run}/etc-before`, { recursive: true });
    // Asterisk reads the folder under a user of its own, and the copy keeps no owner.
    const owner = execFileSync("stat", ["-c", "%u:%g", etc], { encoding: "utf8" }).trim();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", etc]);
    cpSync(`${run}/etc-before`, etc, { recursive: true });
    execFileSync("chown", ["-R", owner, etc]);
    await startAsterisk(version);
  }
  const { change, editions, inForceAfter, registers, show } = allowLists(version);
  const accounts = async (): Promise<string> => {
    const { guards } = await ringfenceJson<StatusJson>(version, "status");
    const found = guards.find(({ name }) => name === "accounts");
    return `${found?.up === true ? "up" : "down"}: ${found?.detail ?? ""}`;
  };
  const reloadByHand = () => asteriskCli(version, "module reload acl");
  /** Asterisk tells of a reload by itself; the daemon looks then. */
  const isAsMeant = async (): Promise<void> => {
    expect(await registers("100", listed)).toBe(true);
    expect(await registers("100", other)).toBe(false);
    expect(await registers("101", listed)).toBe(false);
    expect(await registers("101", other)).toBe(true);
  };

  test("a full disk: the list before stays in force, it is told, and the new one follows by itself", async () => {
    await change("set", "100", listed);
    await change("set", "101", listed);
    // What the disk has left is less than the lists take.
    execFileSync("sh", ["-c", `cat /dev/zero >${etc}/filler 2>/dev/null || true`]);
    const before = editions();
    try {
      expect(await ringfence(version, "allow-list", "set", "101", other)).toMatchObject({ status: 0 });
      const told = await eventually("status tells", async () => {
        const text = await accounts();
        return text.startsWith("down") && text;
      });
      expect(told).toContain("the disk is full");
      expect((await show("101")).warnings.join(" ")).toContain("not in force in Asterisk");
      expect(await registers("101", other)).toBe(false);
      expect(await registers("100", listed)).toBe(true);
    } finally {
      rmSync(`${etc}/filler`);
    }
    await inForceAfter(before, 90_000);
    await isAsMeant();
    expect(await accounts()).toMatch(/^up: 2 accounts/);
    expect(readdirSync(lists).filter((name) => name.endsWith(".new"))).toEqual([]);
  }, 240_000);

  test("a folder that may be read alone: told, and nothing changes", async () => {
    execFileSync("mount", ["-o", "remount,ro", etc]);
    try {
      await ringfence(version, "allow-list", "set", "101", listed);
      const told = await eventually("status tells", async () => {
        const text = await accounts();
        return text.startsWith("down") && text;
      });
      expect(told).toMatch(/can't be written.*read-only/i);
      expect(await registers("101", other)).toBe(true);
    } finally {
      execFileSync("mount", ["-o", "remount,rw", etc]);
    }
    await ringfence(version, "allow-list", "undo", "101");
    await eventually("all is well", async () => (await accounts()).startsWith("up"), 90_000);
    await isAsMeant();
  }, 240_000);

  test.each([
    ["half of the lists", "acl.conf", (text: string) => text.slice(0, text.indexOf("permit=") + 12)],
    ["no lists", "acl.conf", () => ""],
    [
      "an entry more by hand",
      "acl.conf",
      (text: string) => text.replaceAll("permit=", "permit=0.0.0.0/0\npermit="),
    ],
    ["who has which cut short", "pjsip.conf", (text: string) => text.slice(0, text.indexOf("acl=") + 8)],
    [
      "a line for an endpoint that is gone",
      "pjsip.conf",
      (text: string) => `[777](+type=endpoint)\nacl=x\n${text}`,
    ],
    ["no file at all", "pjsip.conf", () => null],
  ])(
    "%s, and a reload by hand: written anew",
    async (_what, file, edit) => {
      const whole = readFileSync(`${lists}/${file}`, "utf8");
      const edited = edit(whole);
      expect(edited).not.toBe(whole);
      const before = editions();
      if (edited === null) rmSync(`${lists}/${file}`);
      else writeFileSync(`${lists}/${file}`, edited);
      await reloadByHand();
      await inForceAfter(before, 90_000);
      expect(daemonLog(version)).toContain("changed by other hands");
      await isAsMeant();
    },
    180_000,
  );

  test("a link that was planted is not followed", async () => {
    const elsewhere = `${run}/elsewhere`;
    mkdirSync(elsewhere, { recursive: true });
    const before = editions();
    rmSync(`${lists}/acl.conf`);
    symlinkSync(`${elsewhere}/acl.conf`, `${lists}/acl.conf`);
    await reloadByHand();
    await inForceAfter(before, 90_000);
    expect(readdirSync(elsewhere)).toEqual([]);
    await isAsMeant();

    rmSync(lists, { recursive: true });
    symlinkSync(elsewhere, lists);
    await reloadByHand();
    const told = await eventually(
      "status tells",
      async () => {
        const text = await accounts();
        return text.startsWith("down") && text;
      },
      90_000,
    );
    expect(told).toContain("is no folder: remove it");
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(lists);
    await eventually("all is well", async () => (await accounts()).startsWith("up"), 90_000);
    await isAsMeant();
  }, 300_000);

  test("acl.conf no longer leads to the lists: nobody is shut out for that, and it is told", async () => {
    const main = readFileSync(`${etc}/acl.conf`, "utf8");
    writeFileSync(`${etc}/acl.conf`, "; nothing\n");
    try {
      await reloadByHand();
      const told = await eventually(
        "status tells",
        async () => {
          const text = await accounts();
          return text.startsWith("down") && text;
        },
        90_000,
      );
      expect(told).toContain("#tryinclude ringfence.d/acl.conf");
      await eventually("extension 100 is not shut out", () => registers("100", listed), 60_000);
    } finally {
      writeFileSync(`${etc}/acl.conf`, main);
    }
    await reloadByHand();
    await eventually("all is well", async () => (await accounts()).startsWith("up"), 90_000);
    await isAsMeant();
  }, 300_000);

  test("SIGKILL at any moment of a change: never open to all, whatever Asterisk reads then", async () => {
    for (let i = 0; i < 12; i++) {
      await ringfence(version, "allow-list", "set", "101", i % 2 === 0 ? listed : other);
      await new Promise((done) => setTimeout(done, Math.random() * 60));
      await daemon.kill(version);
      if (i % 4 === 3) await restartAsterisk(version);
      else await reloadByHand();
      expect(await registers("101", "198.51.100.12")).toBe(false);
      expect(await registers("100", listed)).toBe(true);
      expect(await registers("100", other)).toBe(false);
      await daemon.start(version);
    }
    await eventually("all is well", async () => (await accounts()).startsWith("up"), 90_000);
    await eventually("the last list holds", async () => registers("101", other), 60_000);
    await isAsMeant();
    expect(readdirSync(lists).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(existsSync(`${lists}/acl.conf`)).toBe(true);
  }, 400_000);
});
