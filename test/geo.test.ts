import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { GeoFiles, type GeoOptions } from "../src/geo.js";
import { countryOf, networkNameOf } from "../src/geo-record.js";
import type { Log, Stop } from "../src/guard/ports.js";
import { mmdb } from "./mmdb.js";
import { target } from "./target.js";

const country = (code: string) => ({ country: { iso_code: code } });
const telecom = { autonomous_system_number: 64_500, autonomous_system_organization: "Example Telecom" };

let folder: string;
const stops: Stop[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-geo-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function started(options: Partial<GeoOptions> = {}) {
  const warnings: string[] = [];
  const log: Log = {
    error: () => undefined,
    warn: (message) => void warnings.push(message),
    info: () => undefined,
    debug: () => undefined,
  };
  const all = { country: null, network: null, folders: [folder], lookEveryMs: 20, ...options };
  const geo = new GeoFiles(all, log);
  stops.push(await geo.start());
  return { geo, warnings };
}

function put(name: string, bytes: Buffer | string, where = folder): string {
  const path = join(where, name);
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
  return path;
}

async function eventually(what: string, done: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 20_000; !done();) {
    if (Date.now() > endMs) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const countries = mmdb([
  ["203.0.113.0/24", country("NL")],
  ["198.51.100.10", country("JM")],
  ["2001:db8:a::/48", country("DE")],
]);
const networks = mmdb([["203.0.113.0/25", telecom]], 4);

test("tells country and network of sources and networks, IPv4 and IPv6", async () => {
  put("GeoLite2-Country.mmdb", countries);
  put("GeoLite2-ASN.mmdb", networks);
  const { geo, warnings } = await started();
  expect(geo.of(target("203.0.113.12"))).toEqual({ country: "NL", network: "Example Telecom (AS64500)" });
  expect(geo.of(target("203.0.113.200"))).toEqual({ country: "NL", network: null });
  expect(geo.of(target("203.0.113.0/24"))).toEqual({ country: "NL", network: "Example Telecom (AS64500)" });
  expect(geo.of(target("198.51.100.10"))).toEqual({ country: "JM", network: null });
  expect(geo.of(target("198.51.100.11"))).toBeNull();
  expect(geo.of(target("2001:db8:a:1::/64"))).toEqual({ country: "DE", network: null });
  expect(geo.of(target("2001:db8:b::/64"))).toBeNull();
  expect(warnings).toEqual([]);
});

test("without any file nothing is known, and nothing is wrong", async () => {
  const { geo, warnings } = await started({ folders: [folder, "/nowhere"] });
  expect(geo.of(target("203.0.113.12"))).toBeNull();
  expect(warnings).toEqual([]);
});

test("a file that is named goes before those found, and is missed when it is not there", async () => {
  put("GeoLite2-Country.mmdb", countries);
  const mine = put("mine.mmdb", mmdb([["203.0.113.0/24", country("FR")]]));
  const { geo, warnings } = await started({ country: mine, network: join(folder, "missing.mmdb") });
  expect(geo.of(target("203.0.113.12"))).toEqual({ country: "FR", network: null });
  await eventually("a few looks", () => warnings.length > 0);
  expect(warnings).toEqual(["the file of countries or networks is not there"]);
});

test("a file of countries goes before one of cities, the newest month before the others", async () => {
  const second = join(folder, "second");
  mkdirSync(second);
  put("GeoLite2-City.mmdb", mmdb([["203.0.113.0/24", country("AA")]]));
  put("dbip-country-lite-2026-09.mmdb", mmdb([["203.0.113.0/24", country("BB")]]), second);
  put("dbip-country-lite-2026-10.mmdb", mmdb([["203.0.113.0/24", country("CC")]]), second);
  mkdirSync(join(folder, "GeoLite2-Country.mmdb"));
  const { geo } = await started({ folders: [folder, second] });
  expect(geo.of(target("203.0.113.12"))?.country).toBe("CC");
});

test("files that come and change are taken up; one that is damaged changes nothing", async () => {
  const { geo, warnings } = await started();
  const at = target("203.0.113.12");
  put("GeoLite2-Country.mmdb", countries);
  await eventually("the new file", () => geo.of(at)?.country === "NL");
  put("GeoLite2-Country.mmdb", mmdb([["203.0.113.0/24", country("BE")]]));
  await eventually("the changed file", () => geo.of(at)?.country === "BE");
  put("GeoLite2-Country.mmdb", countries.subarray(0, 60));
  await eventually("a warning", () => warnings.length > 0);
  expect(geo.of(at)?.country).toBe("BE");
  put("GeoLite2-Country.mmdb", countries);
  await eventually("the sound file", () => geo.of(at)?.country === "NL");
  expect(warnings).toEqual(["the file of countries or networks is damaged: download it again"]);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["a web page", Buffer.from("<html>403</html>")],
  ["gzip", Buffer.from("1f8b0800", "hex")],
  ["the mark alone", Buffer.from("\xab\xcd\xefMaxMind.com", "latin1")],
  ["a file without its head", countries.subarray(40)],
  ["a file without its tail", countries.subarray(0, -30)],
])("%s instead of a file is a warning", async (_, bytes) => {
  put("GeoLite2-Country.mmdb", bytes);
  const { geo, warnings } = await started();
  // Some damage shows only where the record is read.
  expect([null, "NL"]).toContain(geo.of(target("203.0.113.12"))?.country ?? null);
  geo.of(target("198.51.100.10"));
  expect(warnings).toHaveLength(1);
});

test("no damage whatever is thrown at who asks", async () => {
  const places = ["203.0.113.12", "198.51.100.10", "2001:db8:a::/64"].map(target);
  await fc.assert(
    fc.asyncProperty(fc.nat(countries.length - 1), fc.nat(255), async (place, byte) => {
      const bytes = Buffer.from(countries);
      bytes[place] = byte;
      const geo = new GeoFiles(
        { country: put("x.mmdb", bytes), network: null, folders: [], lookEveryMs: 60_000 },
        { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined },
      );
      const stop = await geo.start();
      for (const each of places) geo.of(each);
      await stop();
    }),
    { numRuns: 300 },
  );
});

test.each([
  [{ country: { iso_code: "US" } }, "US"],
  [{ registered_country: { iso_code: "GB" } }, "GB"],
  [{ country: { iso_code: "US" }, registered_country: { iso_code: "GB" } }, "US"],
  [{ country: "FR", country_name: "France" }, "FR"],
  [{ country: "France", country_code: "FR" }, "FR"],
  [{ country: { iso_code: "<b>" } }, null],
  [{ continent: { code: "EU" } }, null],
  ["US", null],
  [null, null],
])("the country of %j is %s", (record, code) => expect(countryOf(record)).toBe(code));

test.each([
  [telecom, "Example Telecom (AS64500)"],
  [{ autonomous_system_number: 64_500 }, "AS64500"],
  [{ as_name: "Example", asn: "AS64501" }, "Example (AS64501)"],
  [{ autonomous_system_organization: "line\nbreak‮" }, "line break"],
  [{ autonomous_system_organization: "x".repeat(500) }, "x".repeat(80)],
  [{ autonomous_system_organization: 7, autonomous_system_number: { toString: "x" } }, null],
  [undefined, null],
])("the network of %j is %s", (record, name) => expect(networkNameOf(record)).toBe(name));
