import type { AllowListPreviewJson } from "../../src/http/contract.js";
import { startApi, type TestApi } from "./support/api.js";
import { target } from "./support/services.js";
import { type SignedIn, web } from "./support/web.js";

let api: TestApi;
let admin: SignedIn;
beforeEach(async () => {
  api = await startApi({ trustedProxies: [target("127.0.0.1")] });
  admin = await web(api).as("admin");
});
afterEach(async () => {
  await api.stop();
});

async function youAt(visitor: string | null, from?: string): Promise<AllowListPreviewJson["you"]> {
  const entries = [{ entry: "198.51.100.0/24" }, { entry: "2001:db8::7" }];
  const headers = visitor === null ? {} : { "x-forwarded-for": visitor };
  const body = { on: true, entries, ...(from === undefined ? {} : { from }) };
  const answer = await admin.send("POST", "/api/v1/allow-list/preview", body, headers);
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as AllowListPreviewJson).you;
}

test.each([
  ["on the list", "198.51.100.7", { address: "198.51.100.7", listed: true }],
  ["not on the list", "203.0.113.7", { address: "203.0.113.7", listed: false }],
  ["of IPv6, which counts in full", "2001:db8::7", { address: "2001:db8::7", listed: true }],
  ["of IPv6 beside one that is listed", "2001:db8::8", { address: "2001:db8::8", listed: false }],
  ["of IPv4 in IPv6", "::ffff:198.51.100.7", { address: "198.51.100.7", listed: true }],
  ["that is loopback, of a tunnel", null, null],
])("who asks is told of their own address, %s", async (_what, visitor, you) => {
  expect(await youAt(visitor)).toEqual(you);
});

test("an address that is given goes before the asker's own", async () => {
  expect(await youAt("203.0.113.7", "198.51.100.9")).toEqual({ address: "198.51.100.9", listed: true });
});

test.each([
  ["everyone's list that did not reach Asterisk", null, "the disk is full"],
  ["an extension's list that did not", "100", "the disk is full"],
  ["an extension's list of which Asterisk is not told yet", "100", "Asterisk is being told"],
])("%s: shown with why it is not in force, of which a preview says nothing", async (_what, of, fault) => {
  const extension = of === null ? {} : { extension: of };
  const wish = { on: true, entries: [{ entry: "198.51.100.0/24" }], ...extension };
  expect((await admin.send("PUT", "/api/v1/allow-list", wish)).status).toBe(200);
  api.services.notInForce[of ?? ""] = fault;
  const text = `The list is not in force in Asterisk: ${fault}.`;
  const query = of === null ? "" : `?extension=${of}`;
  expect((await admin.send("GET", `/api/v1/allow-list${query}`)).text).toContain(text);
  const preview = await admin.send("POST", "/api/v1/allow-list/preview", wish);
  expect((JSON.parse(preview.text) as AllowListPreviewJson).warnings).toEqual([]);
  // Asterisk is told a moment after each change: that is no fault.
  const again = await admin.send("PUT", "/api/v1/allow-list", { ...wish, on: false });
  const warned = of === null || fault !== "Asterisk is being told";
  expect((await admin.send("PUT", "/api/v1/allow-list", wish)).text.includes(text)).toBe(warned);
  expect(again.status).toBe(200);
});
