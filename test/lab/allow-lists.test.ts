import type { AllowListPreviewJson, WhyJson } from "../../src/http/contract.js";
import { allowLists, listsUp } from "./allow-lists.js";
import { daemon, eventually, ringfence, ringfenceJson } from "./daemon.js";
import { asteriskCli, labDown, restartAsterisk, type AsteriskVersion } from "./lab.js";

/** The source's questions about its IP white list, sentence by sentence, on real Asterisk. */
const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("allow-lists on Asterisk %s", (version) => {
  beforeAll(async () => {
    await listsUp(version);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const { change, gone, isRegistered, registers, show } = allowLists(version);

  describe("Can I configure the IP Whitelist security feature for my entire account?", () => {
    test("the preview names each phone that would be thrown out, and changes nothing", async () => {
      expect(await registers("100", "198.51.100.10")).toBe(true);
      expect(await registers("101", "198.51.100.11")).toBe(true);
      expect(await registers("102", "198.51.100.12")).toBe(true);
      const preview = await eventually("the events have come", async () => {
        const told = await ringfenceJson<AllowListPreviewJson>(
          version,
          "allow-list",
          "preview",
          "198.51.100.10",
        );
        return told.throwsOut.every(({ addressIs }) => addressIs === "seen") && told;
      });
      expect(
        preview.throwsOut.map(({ extension, address, userAgent }) => [extension, address, userAgent]),
      ).toEqual([
        ["101", "198.51.100.11", "SIPp"],
        ["102", "198.51.100.12", "SIPp"],
      ]);
      expect(preview.throwsOut.every(({ since }) => since !== null)).toBe(true);
      expect(await isRegistered("101")).toBe(true);
    }, 60_000);

    test("all changes take effect immediately: any UA currently registered will immediately lose registration", async () => {
      await change("set", "102", "198.51.100.12");
      await change("set", "198.51.100.10-198.51.100.10", "2001:db8:100::10/127");
      await gone("101");
      expect(await isRegistered("100")).toBe(true);
    }, 60_000);

    test("per extension rules will take precedence over your global settings", async () => {
      expect(await isRegistered("102")).toBe(true);
      expect(await registers("102", "198.51.100.12", { port: 5070 })).toBe(true);
      expect(await registers("102", "198.51.100.10", { port: 5071 })).toBe(false);
    }, 60_000);
  });

  describe("What is the IP whitelist feature and what does it do?", () => {
    test("registrations will be accepted only from the IP addresses listed: IPv4, IPv6, UDP and TCP", async () => {
      expect(await registers("101", "198.51.100.11")).toBe(false);
      expect(await registers("101", "198.51.100.11", { transport: "tcp" })).toBe(false);
      expect(await registers("101", "2001:db8:100::14")).toBe(false);
      expect(await registers("103", "198.51.100.10", { port: 5072 })).toBe(true);
      expect(await registers("103", "198.51.100.10", { transport: "tcp" })).toBe(true);
      expect(await registers("104", "2001:db8:100::10")).toBe(true);
    }, 60_000);

    test("enabling it with no IP addresses prevents ALL registrations, even your own, after a clear warning", async () => {
      const refused = await ringfence(version, "allow-list", "set", "105");
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain("not even you");
      expect(await registers("105", "198.51.100.10", { port: 5073 })).toBe(true);
      await change("set", "105", "--yes-nobody");
      await gone("105");
      expect(await registers("105", "198.51.100.10", { port: 5073 })).toBe(false);
    }, 60_000);
  });

  test("I can't register even after changing my password: why tells the list from a wrong password", async () => {
    expect(await registers("101", "198.51.100.11")).toBe(false);
    const why = await eventually("the refusal was heard", async () => {
      const told = await ringfence(version, "why", "101", "--json");
      return told.stdout.includes("is not listed") && (JSON.parse(told.stdout) as WhyJson);
    });
    expect(why.story.join(" ")).toContain("198.51.100.11 is not listed. It tried");
    expect(why.advice).toContain("If that is its phone: ringfence allow-list add 101 198.51.100.11");
    await change("add", "101", "198.51.100.11", "--note", "hotel", "--for", "5d");
    expect(await registers("101", "198.51.100.11")).toBe(true);
  }, 60_000);

  describe("Can I configure the IP Whitelist security feature on a per extension basis?", () => {
    test("a UA registered to this extension loses registration if the IP is not included, others do not", async () => {
      await change("set", "101", "198.51.100.40");
      await gone("101");
      expect(await isRegistered("100")).toBe(true);
      expect(await isRegistered("102")).toBe(true);
    }, 60_000);

    test("undo brings the list before back, and off lets everybody in", async () => {
      await change("undo", "101");
      expect((await show("101")).entries.map(({ entry }) => entry)).toContain("198.51.100.11");
      expect(await registers("101", "198.51.100.11")).toBe(true);
      await change("off", "101");
      expect(await registers("101", "198.51.100.44")).toBe(true);
    }, 60_000);
  });

  test("a list holds with the daemon stopped, and after Asterisk's restart", async () => {
    await daemon.stop(version);
    await restartAsterisk(version);
    expect(await registers("103", "198.51.100.45", { port: 5074 })).toBe(false);
    expect(await registers("103", "198.51.100.10", { port: 5075 })).toBe(true);
    await daemon.start(version);
  }, 120_000);

  test("the trunk is never touched", async () => {
    expect(await asteriskCli(version, "pjsip show endpoint carrier")).not.toMatch(/acl +: .*ringfence/);
    const refused = await ringfence(version, "allow-list", "set", "carrier", "192.0.2.20");
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain("trunk");
  }, 60_000);
});
