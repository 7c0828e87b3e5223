import { gzipSync } from "node:zlib";
import { OPERATIONS } from "../../src/http/operations/need.js";
import { isMediaType, type Operation } from "../../src/http/operations/operation.js";
import type { Answer } from "./support/api.js";
import { type OwnDaemon, startDaemon } from "./support/daemon.js";
import { BODIES, bodiesFor, fits, pathOf, queriesFor, TEXTS, understands } from "./support/hostile.js";
import { codeOf, type SignedIn } from "./support/web.js";

/** These end what the test itself stands on, or do not end at all. */
const APART = new Set(["delete /api/v1/session", "get /api/v1/events"]);
const ALL = OPERATIONS.filter(({ method, path }) => !APART.has(`${method} ${path}`));
const CHANGES = ALL.filter(({ method }) => method !== "get");

/** What nothing may be called; `constructor`, `0` or `NaN` some account may well be. */
const NO_NAMES = TEXTS.filter(
  (text) => text.length > 2 && text.length < 5_000 && /[^\w:.-]/.test(text) && text !== "\uD800",
);

let daemon: OwnDaemon;
let admin: SignedIn;
let asked = 0;
beforeAll(async () => {
  daemon = await startDaemon();
  admin = await daemon.admin();
}, 120_000);
afterAll(async () => {
  process.stdout.write(`hostile requests: ${asked}\n`);
  await daemon.stop();
});

const named = (operations: readonly Operation[]) =>
  operations.map((operation) => [`${operation.method.toUpperCase()} ${operation.path}`, operation] as const);

async function send(operation: Operation, path: string, ...more: unknown[]): Promise<Answer> {
  asked++;
  const [body, headers] = more as [unknown, Record<string, string> | undefined];
  return admin.send(operation.method.toUpperCase(), path, body, headers);
}

/** Whatever can be changed, as it is. */
async function everything(): Promise<string> {
  const paths = [
    "policy?format=json",
    "bans?all=1",
    "blocks",
    "locks",
    "never-ban",
    "users",
    "tokens",
    "decks",
  ];
  const read = [
    ...paths,
    "trunk-decks",
    "notifications",
    "pins",
    "refusals",
    "audit",
    "detection/shadow",
  ].map(async (path) => (await admin.send("GET", `/api/v1/${path}`)).text);
  return (await Promise.all(read)).join("\n");
}

/** What an answer to hostile input may be: done, or refused in the one shape. With Asterisk away that is a refusal too. */
function expectSane(answer: Answer, what: string): void {
  const { status, headers, text } = answer;
  if (status < 400) return;
  const code = (JSON.parse(text) as { code: string }).code;
  if (["asterisk-unreachable", "asterisk-refused"].includes(code)) return;
  expect({ what, status: Math.floor(status / 100), type: headers["content-type"]?.split(";")[0] }).toEqual({
    ...{ what, status: 4, type: "application/problem+json" },
  });
}

function expectRefused(answer: Answer, what: string): void {
  expect({ what, refused: answer.status >= 400 }).toEqual({ what, refused: true });
  expectSane(answer, what);
}

describe.each(named(CHANGES))("%s", (name, operation) => {
  test("takes no hostile body for one of its own, and does nothing", async () => {
    const before = await everything();
    const { body } = operation;
    const path = pathOf(operation, "nothing-here");
    const takesJson = body !== undefined && !isMediaType(body);
    for (const text of BODIES) {
      const type = body !== undefined && isMediaType(body) ? body.media : "application/json";
      const answer = await send(operation, path, text, { "content-type": type });
      if (takesJson) expectRefused(answer, `${name} ${text.slice(0, 60)}`);
      else expectSane(answer, `${name} ${text.slice(0, 60)}`);
    }
    for (const hostile of bodiesFor(operation)) {
      if (fits(operation, hostile)) continue;
      expectRefused(await send(operation, path, hostile), `${name} ${JSON.stringify(hostile).slice(0, 200)}`);
    }
    // What takes no body does what it does, whatever is sent along.
    if (body !== undefined) expect(await everything()).toBe(before);
  }, 120_000);

  test("takes no hostile name in its path or its query for one of its own", async () => {
    const before = await everything();
    for (const text of operation.path.includes(":") ? NO_NAMES : []) {
      const path = pathOf(operation, encodeURIComponent(text));
      expectSane(
        await send(operation, path, operation.method === "delete" ? undefined : "{"),
        `${name} ${text}`,
      );
      if (operation.method === "delete") continue;
      expectSane(await send(operation, path, {}), `${name} ${text}`);
    }
    for (const bad of operation.path.includes(":") ? ["%", "%zz", "%ff", "%00", "%c0%ae"] : [])
      expectSane(await send(operation, pathOf(operation, bad), {}), `${name} ${bad}`);
    for (const query of queriesFor(operation))
      expectSane(
        await send(operation, `${pathOf(operation, "nothing-here")}?${query}`, "{"),
        `${name} ${query}`,
      );
    expect(await everything()).toBe(before);
  }, 120_000);
});

test.each(named(ALL.filter(({ method }) => method === "get")))(
  "%s bears hostile names and queries",
  async (name, operation) => {
    for (const text of operation.path.includes(":") ? TEXTS : []) {
      if (text.length > 5_000 || text === "\uD800") continue;
      expectSane(await send(operation, pathOf(operation, encodeURIComponent(text))), `${name} ${text}`);
    }
    for (const query of queriesFor(operation)) {
      // Each one that is understood would wait for the Asterisk that is not there.
      if (operation.path.startsWith("/api/v1/extensions") && understands(operation, query)) continue;
      expectSane(await send(operation, `${pathOf(operation, "nothing-here")}?${query}`), `${name} ${query}`);
    }
  },
  120_000,
);

describe("without the right to", () => {
  let viewer: SignedIn;
  let gone: SignedIn;
  let demoted: SignedIn;
  beforeAll(async () => {
    for (const [name, role] of [
      ["viewer", "viewer"],
      ["gone", "admin"],
      ["demoted", "admin"],
    ]) {
      const made = await admin.send("POST", "/api/v1/users", {
        name,
        role,
        password: "correct horse battery",
      });
      expect(made.status).toBe(201);
    }
    const enter = (name: string) => daemon.signIn(name, "correct horse battery");
    [viewer, gone, demoted] = [await enter("viewer"), await enter("gone"), await enter("demoted")];
    expect((await admin.send("DELETE", "/api/v1/users/gone")).status).toBe(204);
    expect((await admin.send("PATCH", "/api/v1/users/demoted", { role: "viewer" })).status).toBe(200);
  });

  test.each(named(CHANGES))("%s is not done", async (name, operation) => {
    const before = await everything();
    const path = pathOf(operation, "203.0.113.9");
    const method = operation.method.toUpperCase();
    const body = bodiesFor(operation).find((each) => fits(operation, each)) ?? {};
    const needs = operation.needs;
    const secret = { "ringfence-csrf": admin.csrf };
    const tried: [string, Answer][] = [
      ["another name of the server", await admin.send(method, path, body, { host: "evil.example" })],
      ["another origin", await admin.send(method, path, body, { origin: "http://evil.example" })],
      ["cross-site", await admin.send(method, path, body, { "sec-fetch-site": "cross-site" })],
    ];
    if (needs !== "nobody") {
      tried.push(
        ["nobody", await daemon.send(method, path, body)],
        ["no CSRF", await daemon.send(method, path, body, { cookie: admin.cookie })],
        [
          "another's CSRF",
          await daemon.send(method, path, body, { cookie: admin.cookie, "ringfence-csrf": viewer.csrf }),
        ],
        ["CSRF alone", await daemon.send(method, path, body, secret)],
        ["a session of somebody removed", await gone.send(method, path, body)],
        [
          "a token that is none",
          await daemon.send(method, path, body, { authorization: "Bearer rf_nothing" }),
        ],
        [
          "a session and a token that is none",
          await admin.send(method, path, body, { authorization: "Bearer x" }),
        ],
      );
    }
    if (needs === "admin" || needs === "operate") {
      tried.push(["a viewer", await viewer.send(method, path, body)]);
      tried.push(["who is no admin any more", await demoted.send(method, path, body)]);
    }
    asked += tried.length;
    for (const [what, answer] of tried) {
      expect(`${name}, ${what}: ${codeOf(answer)}`).toMatch(
        /: (401|403|421) (sign-in|csrf|role|forbidden|wrong-host)$/,
      );
    }
    expect(await everything()).toBe(before);
  });
});

test.each([
  [
    "a bomb of zeros",
    { "content-encoding": "gzip" },
    gzipSync(`{"target":"${"0".repeat(5_000_000)}"}`).toString("latin1"),
  ],
  ["an encoding that is none", { "content-encoding": "evil" }, "{}"],
  ["a charset that is none", { "content-type": "application/json; charset=utf-7" }, "{}"],
  ["another method in a header", { "x-http-method-override": "DELETE" }, "[]"],
  ["a version that is none", { "if-match": "'; DROP TABLE policy" }, "{}"],
  ["a version without end", { "if-match": "9".repeat(4_000) }, "{}"],
  ["a lie about where it comes from", { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" }, "[]"],
  ["a thousand cookies", { cookie: Array.from({ length: 1_000 }, (_, n) => `a${n}=1`).join("; ") }, "{}"],
  ["a cookie of odd bytes", { cookie: 'ringfence="\\"; ringfence=%00; =;;;' }, "{}"],
])("%s in a header is refused", async (what, headers, body) => {
  const before = await everything();
  expectRefused(
    await admin.send("POST", "/api/v1/bans", body, { "content-type": "application/json", ...headers }),
    what,
  );
  expect(await everything()).toBe(before);
});

test("the portal's form takes nothing hostile, and answers with its page", async () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const bodies = [
    ...TEXTS.filter((text) => text !== "\uD800").flatMap((text) => [
      `extension=${encodeURIComponent(text)}&pin=123456`,
      `extension=104&pin=${encodeURIComponent(text)}`,
    ]),
    ...["extension[]=1&pin[]=2", "__proto__[x]=1", "extension=%ZZ&pin=%00", "&".repeat(900), "extension=104"],
  ];
  for (const body of bodies) {
    const { status, text, headers } = await daemon.send("POST", "/portal", body, form);
    asked++;
    expect([body.slice(0, 80), status >= 200 && status < 500]).toEqual([body.slice(0, 80), true]);
    expect(headers["content-type"]).toMatch(/^text\/html/);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("\u0000");
  }
  for (const type of ["application/json", "multipart/form-data; boundary=x", "text/plain"])
    expect((await daemon.send("POST", "/portal", "{}", { "content-type": type })).status).toBe(400);
});

test("after all of it the daemon stands, has polluted nothing, and has logged no error", async () => {
  expect((await daemon.send("GET", "/api/v1/status")).status).toBe(401);
  const status = await admin.send("GET", "/api/v1/status");
  expect(status.status).toBe(200);
  expect(daemon.errors()).toEqual([]);
});
