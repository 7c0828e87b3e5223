import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { type Message, NOTICES_EXPLAINED } from "../../src/domain/notices/notice.js";
import { NO_NOTIFICATIONS } from "../../src/guard/notifications.js";
import { faultOfUrl, lookupAllowed } from "../../src/notify/allowed-url.js";
import { postSlack } from "../../src/notify/slack.js";
import { postWebhook } from "../../src/notify/webhook.js";

const SECRET = "0123456789abcdef0123456789abcdef";

let server: Server;
let base: string;
let asked: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  asked = [];
  answer = (response) => response.end("ok");
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      asked.push({ url: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const HOSTILE =
  'a"\n<!channel> @all [x](http://evil.example) ![](http://evil.example/p.png) *b* `c` &amp; \u202e';
const message: Message = {
  ...{ id: "m1", kind: "known-source", key: "known-source", title: "A known source was shut out", count: 3 },
  ...{ firstAtMs: 0, lastAtMs: 60_000, lines: [HOSTILE] },
};
const secrets = { smtpPassword: null, webhookSecret: SECRET, slackUrl: null };
const hook = (url = `${base}/hook`) =>
  postWebhook([message], { ...NO_NOTIFICATIONS, webhook: { url } }, secrets);

test("what is documented for receivers tells ours from others", async () => {
  await hook();
  const [{ headers, body }] = asked as [(typeof asked)[0]];
  const docs = readFileSync(join(__dirname, "../../docs/api.md"), "utf8");
  const text = /^ {4}export function isRingfence[^]*?^ {4}\}$/m
    .exec(docs)?.[0]
    .replace("export function", "function");
  const isRingfence = runInNewContext(`${text ?? ""}\nisRingfence`, {
    ...{ createHmac, timingSafeEqual, Buffer },
  }) as (...of: unknown[]) => boolean;
  const signed = headers["ringfence-signature"];
  expect(isRingfence(signed, Buffer.from(body), SECRET)).toBe(true);
  expect(isRingfence(signed, Buffer.from(`${body} `), SECRET)).toBe(false);
  expect(isRingfence(signed, Buffer.from(body), `${SECRET}x`)).toBe(false);
  expect(isRingfence(signed, Buffer.from(body), SECRET, Date.now() / 1_000 + 600)).toBe(false);
  expect(isRingfence(undefined, Buffer.from(body), SECRET)).toBe(false);
  expect(isRingfence("t=1,v1=ab", Buffer.from(body), SECRET)).toBe(false);
});

test("a notice says what to do, and where, on every way", async () => {
  const ui = "https://pbx.example.com";
  const settings = { ...NO_NOTIFICATIONS, webhook: { url: `${base}/hook` }, slack: {} };
  const up: Message = { ...message, id: "m2", kind: "fence", key: "fence-up" };
  await postWebhook([message, up], settings, secrets, ui);
  await postSlack([message, up], settings, { ...secrets, slackUrl: `${base}/slack` }, ui);
  await hook();
  const [linked, slack, plain] = asked.map(({ body }) => body);
  expect(JSON.parse(linked ?? "")).toMatchObject({
    notices: [
      { todo: NOTICES_EXPLAINED["known-source"].todo, url: "https://pbx.example.com/bans" },
      { todo: null, url: "https://pbx.example.com/overview" },
    ],
  });
  expect(JSON.parse(plain ?? "")).toMatchObject({ notices: [{ url: null }] });
  const { text } = JSON.parse(slack ?? "") as { text: string };
  expect(text).toContain("What to do: If it is yours, open the ban");
  expect(text).toContain("\nhttps://pbx.example.com/bans");
  expect(text.match(/What to do/g)).toHaveLength(1);
});

test("a webhook is signed over its time and its body, and holds the text as it is", async () => {
  expect(await hook()).toEqual({ ok: true, detail: expect.stringContaining("answered 200") });
  const [{ headers, body, url }] = asked as [(typeof asked)[0]];
  expect(url).toBe("/hook");
  const [, seconds = "", mac] =
    /^t=([0-9]+),v1=([0-9a-f]{64})$/.exec(String(headers["ringfence-signature"])) ?? [];
  expect(mac).toBe(createHmac("sha256", SECRET).update(`${seconds}.${body}`).digest("hex"));
  expect(Math.abs(Number(seconds) - Date.now() / 1_000)).toBeLessThan(60);
  expect(JSON.parse(body)).toMatchObject({
    version: 1,
    headline: "A known source was shut out (3 times)",
    notices: [
      {
        ...{ id: "m1", kind: "known-source", count: 3, lines: [HOSTILE] },
        ...{ firstAt: "1970-01-01T00:00:00.000Z", lastAt: "1970-01-01T00:01:00.000Z" },
      },
    ],
  });
});

test("Slack and its like get text in which nobody is called and nothing is loaded", async () => {
  const settings = { ...NO_NOTIFICATIONS, slack: {} };
  expect(
    await postSlack([message], settings, { ...secrets, slackUrl: `${base}/services/T/B/x` }),
  ).toMatchObject({ ok: true });
  const body = JSON.parse(asked[0]!.body) as Record<string, unknown>;
  expect(body).toMatchObject({ mrkdwn: false, unfurl_links: false, parse: "none" });
  const text = String(body["text"]);
  expect(text).toContain("A known source was shut out (3 times)");
  expect(text).toContain("&lt;!\u200bchannel&gt;");
  expect(text).not.toMatch(/<|@all|\]\(|!\[|:\/\/|\*b\*|`c`|\u202e/);
});

test.each<[number, boolean]>([
  [500, true],
  [503, true],
  [429, true],
  [404, true],
  [401, true],
  [400, false],
  [410, false],
  [413, false],
])("after a %d it is tried again: %p", async (status, again) => {
  answer = (response) => response.writeHead(status).end("why\u001b[31m not");
  expect(await hook()).toEqual({
    ok: false,
    again,
    detail: expect.stringContaining(`answered ${status}: why?[31m not`),
  });
});

test("a redirect is not followed", async () => {
  answer = (response) => response.writeHead(302, { location: `${base}/elsewhere` }).end();
  expect(await hook()).toMatchObject({
    ok: false,
    detail: expect.stringContaining("Redirects are not followed"),
  });
  expect(asked).toHaveLength(1);
});

test("an answer without an end, or cut off, is no hang", async () => {
  answer = (response) => {
    response.writeHead(500);
    response.write("x".repeat(100_000));
  };
  expect(await hook()).toMatchObject({ ok: false });
  answer = (response) => void response.destroy();
  expect(await hook()).toMatchObject({ ok: false, again: true });
});

test.each([
  ["https://hooks.example.org/x", null],
  ["http://127.0.0.1:5678/x", null],
  ["http://[::1]:5678/x", null],
  ["http://10.0.0.7/x", null],
  ["http://169.254.169.254/latest/meta-data", "link-local"],
  ["http://[fe80::1]/", "link-local"],
  ["http://[::ffff:169.254.169.254]/", "link-local"],
  ["http://[fd00:ec2::254]/", "link-local"],
  ["http://0.0.0.0/", "link-local"],
  ["http://[::]/", "link-local"],
  ["http://2852039166/", "link-local"],
  ["http://224.0.0.1/", "link-local"],
  ["file:///etc/passwd", "https://"],
  ["https://user:pw@hooks.example.org/", "user or password"],
  ["hooks.example.org", "no address"],
])("%s: %p", (url, fault) => {
  if (fault === null) expect(faultOfUrl(url)).toBeNull();
  else expect(faultOfUrl(url)).toContain(fault);
});

test("a name is looked at again when it is resolved", async () => {
  const looked = (options: { all?: boolean }) =>
    new Promise((resolve) => lookupAllowed("localhost", options, (error, found) => resolve(error ?? found)));
  expect(await looked({})).toMatch(/^(127\.0\.0\.1|::1)$/);
  expect(await looked({ all: true })).toEqual(expect.arrayContaining([{ address: "127.0.0.1", family: 4 }]));
});
