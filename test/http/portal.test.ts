import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { sourceOf } from "../../src/domain/address.js";
import { RingfenceError } from "../../src/domain/error.js";
import type { PortalAnswer, PortalShut, PortalView } from "../../src/guard/portal.js";
import { answerErrors } from "../../src/http/errors.js";
import { portalRoutes } from "../../src/http/portal/routes.js";
import type { PortalService } from "../../src/http/services.js";
import { visitors } from "../../src/http/visitor.js";
import { ask } from "./support/api.js";
import { FakeLog, NOW, target } from "./support/services.js";

const MINUTE = 60_000;
const HERE = sourceOf("198.51.100.7")!;

const shut: PortalShut = {
  what: "ban",
  target: target("198.51.100.7"),
  cause: "credentials",
  fromMs: NOW - 3 * MINUTE,
  untilMs: NOW + 12 * MINUTE,
  advice: "A device here keeps signing in.",
  lastTriedMs: NOW - 40_000,
  backInMs: 6 * MINUTE,
};

let server: Server;
let port: number;
let view: PortalView;
let answer: PortalAnswer | RingfenceError;
let asked: unknown[];
let visitor: string;
let shownPin: boolean;

beforeEach(async () => {
  view = { source: HERE, shut: [shut], mayAsk: true, callsPausedUntilMs: null };
  answer = { result: "wrong" };
  asked = [];
  visitor = "198.51.100.7";
  const portal: PortalService = {
    look: (_, hasShownPin = false) => {
      shownPin = hasShownPin;
      return view;
    },
    letIn: (source, extension, pin) => {
      asked.push({ source, extension, pin });
      if (answer instanceof RingfenceError) throw answer;
      return answer;
    },
    tell: (source, extension, pin) => {
      asked.push({ tell: { source, extension, pin } });
      return { result: "told", hints: ["A device here signs in as 140. Did you mean 104?"] };
    },
  };
  const app = express();
  app.use(
    "/portal",
    // The proxy before it says who visits.
    visitors([target("127.0.0.1")]),
    portalRoutes({ portal, clock: { nowMs: () => NOW } }),
  );
  app.use(answerErrors(new FakeLog()));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const proxied = () => ({ "x-forwarded-for": `203.0.113.99, ${visitor}` });
const get = () => ask({ host: "127.0.0.1", port, path: "/portal", headers: proxied() });
const post = (body: string, headers = {}) =>
  ask(
    {
      host: "127.0.0.1",
      port,
      path: "/portal",
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...proxied(), ...headers },
    },
    body,
  );
const FORM = "extension=104&pin=482913";

test("says that one is blocked, since when, until when, why, what to check, and that it still tries", async () => {
  const { status, text, headers } = await get();
  expect(status).toBe(200);
  expect(text).toContain("<h1>You are blocked</h1>");
  expect(text).toContain("<code>198.51.100.7</code>");
  expect(text).toContain("(3 minutes ago)");
  expect(text).toContain("(in 12 minutes)");
  expect(text).toContain("A device here keeps signing in.");
  expect(text).toContain("40 seconds ago. If you lift the block now, it will be back in about 6 minutes");
  expect(text).toContain("Let me back in");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["referrer-policy"]).toBe("same-origin");
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? "";
  expect(policy).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
  expect(text).not.toMatch(/<script|style=|onclick|https?:\/\//);
});

test("one that is not blocked is told so, and what to check", async () => {
  view = { source: HERE, shut: [], mayAsk: true, callsPausedUntilMs: null };
  const { text } = await get();
  expect(text).toContain("<h1>You are not blocked</h1>");
  expect(text).toContain("If your phone can't register, check");
  expect(text).toContain("I have a portal PIN");
});

test.each<[Partial<PortalShut>, string]>([
  [{ what: "block" }, "One account may not be used at your address"],
  [{ target: target("198.51.100.0/24"), cause: "network" }, "<h1>Your network is blocked</h1>"],
  [{ target: target("198.51.100.0/24"), cause: "by-hand" }, "<h1>Your network is blocked</h1>"],
  [{ target: target("198.51.100.0/24"), cause: "by-hand" }, "blocked the network that your address is in"],
  [{ untilMs: null, cause: "by-hand" }, "somebody lifts it"],
  [{ lastTriedMs: NOW - 60 * MINUTE }, "Since then it has been quiet."],
  [{ advice: "", cause: "call-script" }, "More calls came from here"],
  [{ advice: "", cause: "typo" }, "Compare the user name in the phone with the one you were given"],
  [{ backInMs: 200 }, "it will be back at once: mend the device first"],
])("of %p it says %s", async (of, sentence) => {
  view = { source: HERE, shut: [{ ...shut, ...of }], mayAsk: true, callsPausedUntilMs: null };
  expect((await get()).text).toContain(sentence);
});

test("whose calls are refused is not told that all is well", async () => {
  view = { source: HERE, shut: [], mayAsk: true, callsPausedUntilMs: NOW + 9 * MINUTE };
  const { text } = await get();
  expect(text).toContain("<h1>Your calls are refused for a while</h1>");
  expect(text).toContain("(in 9 minutes)");
  expect(text).toContain("emergency calls go out");
  expect(text).toContain("If you use a dialler");
  expect(text).not.toContain("not blocked");
  view = { ...view, shut: [shut] };
  const both = (await get()).text;
  expect(both).toContain("<h1>Your calls are refused for a while</h1>");
  expect(both).toContain("<h1>You are blocked</h1>");
});

test("of an IPv6 connection it names the visitor's own address, and what of it is blocked", async () => {
  visitor = "2001:db8:100::13";
  const source = sourceOf(visitor)!;
  view = { source, shut: [{ ...shut, target: source }], mayAsk: true, callsPausedUntilMs: null };
  const { text } = await get();
  expect(text).toContain("<h1>You are blocked</h1>");
  expect(text).toContain("<dd><code>2001:db8:100::13</code></dd>");
  expect(text).toContain("<code>2001:db8:100::/64</code>, all addresses of your connection");
  view = { source, shut: [], mayAsk: true, callsPausedUntilMs: null };
  expect((await get()).text).toContain("Your address <code>2001:db8:100::13</code> is not blocked");
});

test("the second button tells which device it is, and lifts nothing", async () => {
  expect((await get()).text).toMatch(/<button class="second" name="do" value="tell"/);
  const { status, text } = await post(`${FORM}&do=tell`);
  expect(status).toBe(200);
  expect(asked).toEqual([{ tell: { source: HERE, extension: "104", pin: "482913" } }]);
  expect(text).toContain("Nothing is lifted yet.");
  expect(text).toContain("A device here signs in as 140. Did you mean 104?");
  expect(shownPin).toBe(true);
  expect(text).toContain("Let me back in");
  await post(FORM);
  expect(shownPin).toBe(false);
});

test("what only an administrator lifts has no button that says otherwise", async () => {
  view = { source: HERE, shut: [{ ...shut, cause: "attack" }], mayAsk: false, callsPausedUntilMs: null };
  const { text } = await get();
  expect(text).not.toContain("Let me back in");
  expect(text).toContain("This block is lifted by your administrator alone.");
});

test.each<[PortalAnswer, number, string]>([
  [{ result: "wrong" }, 403, "Extension or PIN is wrong."],
  [{ result: "wait", waitMs: 15 * MINUTE }, 429, "in 15 minutes"],
  [{ result: "busy" }, 503, "Wait a few seconds"],
  [{ result: "open", hints: [] }, 200, "nothing is blocked for you"],
  [{ result: "administrator", why: "attack", hints: [] }, 200, "looks like an attack"],
  [{ result: "administrator", why: "used-up", hints: [] }, 200, "three times in a day"],
  [{ result: "mend-first", waitMs: 4 * MINUTE, hints: [] }, 200, "in 4 minutes"],
  [
    { result: "lifted", left: 2, hints: [], lastTriedMs: NOW - 40_000, backInMs: 6 * MINUTE },
    200,
    "blocked again in about 6 minutes",
  ],
])("%p is answered with %d and words", async (given, status, words) => {
  answer = given;
  const got = await post(FORM);
  expect(got.status).toBe(status);
  expect(got.text).toContain(words);
  expect(got.text).toContain('role="alert"');
  expect(asked).toEqual([{ source: HERE, extension: "104", pin: "482913" }]);
});

test("hostile names in hints are text, and nothing of what was sent comes back", async () => {
  answer = { result: "open", hints: ['A device signs in as "><script>alert(1)</script>\u202e.'] };
  const { text } = await post("extension=%3Cimg+src%3Dx%3E&pin=%27%22%3Cb%3E");
  expect(text).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffd");
  expect(text).not.toMatch(/<script|<img|<b>|src=x/);
  expect(asked).toEqual([{ source: HERE, extension: "<img src=x>", pin: "'\"<b>" }]);
});

test.each([
  ["another site", { "sec-fetch-site": "cross-site" }],
  ["a sister site", { "sec-fetch-site": "same-site" }],
  ["a link", { "sec-fetch-site": "none" }],
  ["another origin", { origin: "http://evil.example" }],
  ["no origin to name", { origin: "null" }],
])("a form from %s is refused, and costs no try", async (_, headers) => {
  const { status, text } = await post(FORM, headers);
  expect(status).toBe(403);
  expect(text).toContain("The form was not sent from this page.");
  expect(asked).toEqual([]);
});

test("one from here is taken, told by either header", async () => {
  expect(
    (await post(FORM, { "sec-fetch-site": "same-origin", origin: "http://proxied.example" })).status,
  ).toBe(403);
  expect((await post(FORM, { origin: `http://127.0.0.1:${port}` })).status).toBe(403);
  expect(asked).toHaveLength(2);
});

test.each([
  ["nothing", "", 400],
  ["half a form", "extension=104", 400],
  ["a field twice", "extension=1&extension=2&pin=3", 400],
  ["a novel", `extension=104&pin=${"9".repeat(2_000)}`, 400],
])("%s is refused with a page", async (_, body, status) => {
  const got = await post(body);
  expect(got.status).toBeGreaterThanOrEqual(status);
  expect(got.status).toBeLessThan(500);
  expect(got.text).toContain("<h1>That did not work</h1>");
  expect(asked).toEqual([]);
});

test("blanks around what people type don't matter", async () => {
  await post("extension=+104+&pin=48+29-13");
  expect(asked).toEqual([{ source: HERE, extension: "104", pin: "482913" }]);
});

test("a broken store is no page that says all is well", async () => {
  answer = new RingfenceError("store", "the disk is full");
  expect((await post(FORM)).status).toBe(503);
});

test("who sends headers of a proxy and is none is known by the connection", async () => {
  visitor = "198.51.100.7, 192.0.2.77";
  await post(FORM);
  expect(asked).toEqual([{ source: "192.0.2.77", extension: "104", pin: "482913" }]);
});
