import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACL_FILE, AclFirewall, PJSIP_FILE } from "../../src/asterisk/acl-firewall.js";
import type { After } from "../../src/guard/ports.js";
import { firewallSuite, target, targetsOf } from "../firewall/suite.js";
import { until } from "../firewall/until.js";

let folder: string;
let reloads: string[];
let broken: string | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-acl-"));
  reloads = [];
  broken = null;
});
afterEach(() => rmSync(folder, { recursive: true }));

const after: After = (ms, job) => {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
};
const reload = (what: string) => (): Promise<void> => {
  if (broken === what) return Promise.reject(new Error("Asterisk is away"));
  reloads.push(what);
  return Promise.resolve();
};
const fresh = (): AclFirewall =>
  new AclFirewall({
    folder,
    reloadAcl: reload("acl"),
    reloadPjsip: reload("pjsip"),
    clock: { nowMs: () => Date.now() },
    after,
  });
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
    expect(reloads).toEqual(["acl", "acl", "pjsip"]);
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
      "",
    ]);
  });

  test("loses who is due, though nobody asks", async () => {
    await firewall.apply(shutting("203.0.113.1", 200));
    await firewall.apply(shutting("203.0.113.2"));
    await until(() => !list().join().includes("203.0.113.1"));
    expect(list().join()).toContain("203.0.113.2");
    expect(reloads.slice(-3)).toEqual(["acl", "acl", "acl"]);
  });

  test("of the last run is taken over, without a reload", async () => {
    await firewall.apply(shutting("203.0.113.1"));
    await firewall.apply(shutting("203.0.113.2", 600_000));
    reloads.splice(0);
    const next = fresh();
    expect(await next.prepare()).toBe(false);
    expect(targetsOf(await next.held())).toEqual(["203.0.113.1", "203.0.113.2"]);
    expect(reloads).toEqual([]);
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
    expect(list().join()).not.toContain("deny");
  });
});
