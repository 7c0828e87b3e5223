import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACL_FILE, AclFirewall, PJSIP_FILE } from "../../src/asterisk/acl-firewall.js";
import type { BanAsterisk } from "../../src/asterisk/acl/ban-questions.js";
import type { After } from "../../src/guard/ports.js";
import { firewallSuite, target, targetsOf } from "../firewall/suite.js";
import { until } from "../firewall/until.js";

let folder: string;
let reloads: string[];
let broken: string | null;
let asterisk: Beside;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-acl-"));
  reloads = [];
  broken = null;
  asterisk = new Beside();
});
afterEach(() => rmSync(folder, { recursive: true }));

const after: After = (ms, job) => {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
};

/** Reads the two files when and as Asterisk does (seen on 16 and 22; test/lab/acl-firewall.test.ts asks Asterisk itself). */
class Beside implements BanAsterisk {
  includes = new Set([ACL_FILE, PJSIP_FILE]);
  /** A bad line of the admin's own in acl.conf. */
  refusesAcl = false;
  module = true;
  /** The text of the lists that it holds. */
  private lists = "";
  private pjsip = "";

  reloadAcl(): Promise<void> {
    return this.reload("acl", () => {
      if (this.refusesAcl || this.lists === this.file(ACL_FILE)) return;
      this.lists = this.file(ACL_FILE);
      this.pjsip = this.file(PJSIP_FILE);
    });
  }
  reloadPjsip(): Promise<void> {
    return this.reload("pjsip", () => {
      this.pjsip = this.file(PJSIP_FILE);
    });
  }
  readsList(name: string): Promise<boolean> {
    return Promise.resolve(this.file(ACL_FILE).includes(`[${name}]`));
  }
  readsHook(): Promise<boolean> {
    return Promise.resolve(this.file(PJSIP_FILE).includes("type=acl\nacl=ringfence_ban\n"));
  }
  markInForce(): Promise<string | null> {
    return Promise.resolve(/^acl=(ringfence_bans-.*)$/m.exec(this.pjsip)?.[1] ?? null);
  }
  judges(): Promise<boolean> {
    return Promise.resolve(this.module);
  }
  /** Names a list that it does not have: every message is refused. */
  shutsEveryoneOut(): boolean {
    return this.pjsip.includes("type=acl") && !this.lists.includes("[ringfence_ban]");
  }
  holds(text: string): boolean {
    return this.pjsip.includes("type=acl") && this.lists.includes(text);
  }

  private file(name: string): string {
    const path = join(folder, name);
    return this.includes.has(name) && existsSync(path) ? readFileSync(path, "utf8") : "";
  }
  private reload(what: string, read: () => void): Promise<void> {
    if (broken === what) return Promise.reject(new Error("Asterisk is away"));
    reloads.push(what);
    read();
    return Promise.resolve();
  }
}

const fresh = (): AclFirewall =>
  new AclFirewall({ folder, asterisk, clock: { nowMs: () => Date.now() }, after, inForceMs: 20 });
const list = (): string[] => readFileSync(join(folder, ACL_FILE), "utf8").split("\n");
const shutting = (text: string, timeoutMs: number | null = null) => ({
  shut: [{ target: target(text), timeoutMs, scope: "host" as const }],
  open: [],
});

describe("what every backend promises", () => {
  firewallSuite(() => {
    const firewall = fresh();
    return Promise.resolve({ firewall, cleanUp: () => firewall.close() });
  });
});

describe("the list", () => {
  let firewall: AclFirewall;
  beforeEach(async () => {
    firewall = fresh();
    await firewall.prepare();
  });
  afterEach(() => firewall.close());

  test("is there before anything names it", () => {
    expect(reloads).toEqual(["acl", "pjsip"]);
    expect(readFileSync(join(folder, PJSIP_FILE), "utf8")).toContain(
      "[ringfence_ban]\ntype=acl\nacl=ringfence_ban\n",
    );
  });

  test("lets everyone else pass, and what is protected in the end", async () => {
    await firewall.protect(["192.0.2.1", "2001:db8:1::/48"].map(target));
    await firewall.apply(shutting("192.0.2.0/24"));
    await firewall.apply(shutting("203.0.113.1"));
    expect(list().slice(1)).toEqual([
      "[ringfence_ban]",
      "permit=0.0.0.0/0",
      "permit=::/0",
      "deny=192.0.2.0/24 ; host until never",
      "deny=203.0.113.1/32 ; host until never",
      "permit=192.0.2.1/32",
      "permit=2001:db8:1::/48",
      expect.stringMatching(/^\[ringfence_bans-[0-9a-f]{16}\]$/),
      "deny=0.0.0.0/0",
      "deny=::/0",
      "",
    ]);
    expect(asterisk.holds("deny=203.0.113.1/32")).toBe(true);
  });

  test("loses who is due, though nobody asks", async () => {
    await firewall.apply(shutting("203.0.113.1", 200));
    await firewall.apply(shutting("203.0.113.2"));
    await until(() => !list().join().includes("203.0.113.1"));
    expect(list().join()).toContain("203.0.113.2");
    await until(() => !asterisk.holds("203.0.113.1"));
    expect(reloads.slice(-3)).toEqual(["acl", "acl", "acl"]);
  });

  test("of the last run is taken over, without a reload", async () => {
    await firewall.protect([target("192.0.2.1")]);
    await firewall.apply(shutting("203.0.113.1"));
    await firewall.apply(shutting("203.0.113.2", 600_000));
    reloads.splice(0);
    const next = fresh();
    expect(await next.prepare()).toBe(false);
    expect(targetsOf(await next.held())).toEqual(["203.0.113.1", "203.0.113.2"]);
    expect(reloads).toEqual([]);
    await next.apply(shutting("203.0.113.3"));
    expect(list()).toContain("permit=192.0.2.1/32");
    await next.close();
  });

  test.each([
    ["emptied", ""],
    [
      "broken",
      "[ringfence_ban]\ndeny=garbage ; host until never\ndeny=203.0.113.1/32 ; host until never\nnonsense",
    ],
  ])("that was %s is made whole, and says so", async (name, text) => {
    await firewall.apply(shutting("203.0.113.1"));
    writeFileSync(join(folder, ACL_FILE), text);
    await expect(firewall.held()).rejects.toMatchObject({ code: "firewall" });
    expect(await firewall.prepare()).toBe(true);
    expect(targetsOf(await firewall.held())).toEqual(name === "emptied" ? [] : ["203.0.113.1"]);
    expect(list()).toContain("permit=::/0");
    expect(await firewall.prepare()).toBe(false);
  });

  test("that Asterisk did not read is offered again", async () => {
    broken = "acl";
    await expect(firewall.apply(shutting("203.0.113.1"))).rejects.toMatchObject({ code: "firewall" });
    broken = null;
    reloads.splice(0);
    await firewall.prepare();
    expect(reloads).toEqual(["acl"]);
    expect(targetsOf(await firewall.held())).toEqual(["203.0.113.1"]);
  });

  test("stays when all is taken out, so that nothing names what is not there", async () => {
    await firewall.apply(shutting("203.0.113.1"));
    await firewall.remove();
    expect(readFileSync(join(folder, PJSIP_FILE), "utf8")).not.toContain("[");
    expect(list()).toContain("[ringfence_ban]");
    expect(list().join()).not.toContain("until");
    expect(asterisk.shutsEveryoneOut()).toBe(false);
  });
});

describe("what Asterisk does not enforce", () => {
  let firewall: AclFirewall;
  beforeEach(() => {
    firewall = fresh();
  });
  afterEach(() => firewall.close());

  const lacking = (file: string, into: string): object => ({
    code: "config",
    message: expect.stringContaining(
      `shuts nobody out: put the line #tryinclude ringfence.d/${file} at the end of ${into}`,
    ) as string,
  });

  test("for want of the line in acl.conf is said, and nobody is shut out for it", async () => {
    asterisk.includes.delete(ACL_FILE);
    await expect(firewall.prepare()).rejects.toMatchObject(lacking("ban.acl.conf", "acl.conf"));
    await expect(firewall.held()).rejects.toMatchObject({ code: "asterisk-refused" });
    expect(asterisk.shutsEveryoneOut()).toBe(false);
    asterisk.includes.add(ACL_FILE);
    expect(await firewall.prepare()).toBe(true);
    await firewall.apply(shutting("203.0.113.1"));
    expect(asterisk.holds("deny=203.0.113.1/32")).toBe(true);
  });

  test("for want of the line in pjsip.conf is said, and enforced once it is there", async () => {
    asterisk.includes.delete(PJSIP_FILE);
    await expect(firewall.prepare()).rejects.toMatchObject(lacking("ban.pjsip.conf", "pjsip.conf"));
    await expect(firewall.prepare()).rejects.toMatchObject(lacking("ban.pjsip.conf", "pjsip.conf"));
    asterisk.includes.add(PJSIP_FILE);
    expect(await firewall.prepare()).toBe(true);
    await firewall.apply(shutting("203.0.113.1"));
    expect(asterisk.holds("deny=203.0.113.1/32")).toBe(true);
    expect(await firewall.prepare()).toBe(false);
  });

  test("because the line in acl.conf was taken away lets everybody in", async () => {
    await firewall.prepare();
    asterisk.includes.delete(ACL_FILE);
    await asterisk.reloadAcl();
    expect(asterisk.shutsEveryoneOut()).toBe(true);
    await expect(firewall.prepare()).rejects.toMatchObject(lacking("ban.acl.conf", "acl.conf"));
    expect(asterisk.shutsEveryoneOut()).toBe(false);
  });

  test("because acl.conf has a fault is said of each ban", async () => {
    await firewall.prepare();
    asterisk.refusesAcl = true;
    const refused = {
      code: "asterisk-refused",
      message: expect.stringContaining("look for a fault in acl.conf") as string,
    };
    await expect(firewall.apply(shutting("203.0.113.1"))).rejects.toMatchObject(refused);
    await expect(firewall.held()).rejects.toMatchObject(refused);
    await expect(firewall.prepare()).rejects.toMatchObject(refused);
    asterisk.refusesAcl = false;
    await firewall.prepare();
    expect(targetsOf(await firewall.held())).toEqual(["203.0.113.1"]);
    expect(asterisk.holds("deny=203.0.113.1/32")).toBe(true);
  });

  test("without the module that judges is said", async () => {
    asterisk.module = false;
    await expect(firewall.prepare()).rejects.toMatchObject({
      message: expect.stringContaining("load its module res_pjsip_acl.so") as string,
    });
  });
});
