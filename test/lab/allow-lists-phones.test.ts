import type { RefusedByListsJson } from "../../src/http/contract.js";
import { allowLists, listsUp, NOBODYS } from "./allow-lists.js";
import { eventually, ringfence, ringfenceJson } from "./daemon.js";
import { asteriskCli, labDown, type AsteriskVersion } from "./lab.js";
import { Softphone } from "./softphone.js";

/** A real softphone, baresip, over each transport and family: let in by a list, thrown out by another, and refused from then on. */
const versions: AsteriskVersion[] = ["22", "16"];

describe.each(versions)("allow-lists and a softphone on Asterisk %s", (version) => {
  beforeAll(async () => {
    await listsUp(version);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const { change, gone, isRegistered, seenPhone } = allowLists(version);

  test.each([
    ["UDP", "IPv4", "192.0.2.1"],
    ["TCP", "IPv4", "192.0.2.1;transport=tcp"],
    ["TLS", "IPv4", "192.0.2.1:5061;transport=tls"],
    ["UDP", "IPv6", "[2001:db8:0:1::1]"],
    ["TCP", "IPv6", "[2001:db8:0:1::1];transport=tcp"],
    ["TLS", "IPv6", "[2001:db8:0:1::1]:5061;transport=tls"],
  ])(
    "%s over %s",
    async (_transport, family, server) => {
      const phone = new Softphone(version, { account: "101", server });
      phone.start();
      try {
        await eventually("the phone is registered", () => isRegistered("101")).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${phone.said}`);
        });
        const seen = await seenPhone("101");
        expect(seen.userAgent).toContain("baresip");
        expect(seen.address).toMatch(family === "IPv6" ? /^2001:db8:100::/ : /^198\.51\.100\./);

        await change("set", "101", seen.address ?? "");
        expect(await isRegistered("101")).toBe(true);
        await change("set", "101", NOBODYS);
        await gone("101");
        await phone.end();

        expect(await phone.runs(4)).not.toMatch(/200 OK/);
        expect(await isRegistered("101")).toBe(false);
        const { refused } = await ringfenceJson<RefusedByListsJson>(version, "allow-list", "refused", "101");
        expect(refused[0]).toMatchObject({ extension: "101", address: seen.address, like: "its-phone" });

        // The one step that lets it in.
        await change("add", "101", seen.address ?? "", "--until", "tomorrow");
        expect(await phone.runs(4)).toMatch(/200 OK/);
      } finally {
        await phone.remove();
        await ringfence(version, "allow-list", "inherit", "101");
        await asteriskCli(version, "database deltree registrar/contact");
      }
    },
    90_000,
  );
});
