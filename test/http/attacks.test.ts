import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get as httpGet, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { parseTarget, type Target } from "../../src/domain/address.js";
import { startApi, type TestApi } from "./support/api.js";
import { ban, target } from "./support/services.js";
import { codeOf, PASSWORD, type Web, web } from "./support/web.js";

const SCRIPT = "<script>alert(1)</script>";

let folder: string;
let api: TestApi;
let site: Web;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-attacks-"));
  mkdirSync(join(folder, "ui", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "ui", ".env"), "secret");
  writeFileSync(join(folder, "ui", "assets", "index-abc123.js"), "1");
  writeFileSync(join(folder, "ui", "index.html"), '<html><meta nonce="__CSP_NONCE__"><p>the UI</p></html>');
  api = await startApi({ ui: join(folder, "ui"), trustedProxies: [] });
  site = web(api);
});
afterEach(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What comes back for these very bytes, until the server closes or falls silent for `quietMs`. */
function raw(bytes: string, quietMs = 1_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(api.running.tcpPort ?? 0, "127.0.0.1", () => socket.write(bytes));
    let got = "";
    const done = () => {
      socket.destroy();
      resolve(got);
    };
    let timer = setTimeout(done, quietMs);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      got += chunk;
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    });
    socket.on("close", done).on("error", done);
  });
}

describe("the UI's files", () => {
  test.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/%2e%2e%5c%2e%2e%5csecret.txt",
    "/.env",
    "/%00.txt",
    "//secret.txt",
    "/assets/../../secret.txt",
  ])("%s leads nowhere", async (path) => {
    expect(await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).not.toContain(
      "secret\r\n",
    );
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer.endsWith("secret")).toBe(false);
  });

  test("the page has a nonce of its own each time, is framed by nobody, and runs nothing inline", async () => {
    const [one, two] = [await site.send("GET", "/"), await site.send("GET", "/bans/203.0.113")];
    const nonce = (text: string) => /nonce="([^"]+)"/.exec(text)?.[1];
    expect(one.text).toContain("the UI");
    expect(nonce(one.text)).not.toBe("__CSP_NONCE__");
    expect(nonce(one.text)).not.toBe(nonce((await site.send("GET", "/calls")).text));
    const policy = String(one.headers["content-security-policy"]);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(one.headers).toMatchObject({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
    expect(one.headers["x-powered-by"]).toBeUndefined();
    expect(two.status).not.toBe(500);
  });

  test.each(["/bans/203.0.113.12", "/bans/203.0.113.0%2F24", "/extensions/front.desk"])(
    "%s is a page, though it has dots: one may link to it, and load it again",
    async (path) => {
      const answer = await site.send("GET", path);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain("the UI");
    },
  );

  test("hashed files are kept for good, the page is not", async () => {
    const asset = await site.send("GET", "/assets/index-abc123.js");
    expect(asset.headers["cache-control"]).toContain("immutable");
    expect((await site.send("GET", "/")).headers["cache-control"]).toBe("no-store");
    expect((await site.send("GET", "/assets/gone.js")).status).toBe(401);
  });

  test("without a build the page says so", async () => {
    rmSync(join(folder, "ui"), { recursive: true });
    const answer = await site.send("GET", "/");
    expect(answer.status).toBe(503);
    expect(answer.text).toContain("npm run build");
  });
});

describe("pages of other origins", () => {
  test.each([
    ["a form", { origin: "https://evil.example", "content-type": "text/plain" }],
    ["a frame without origin", { origin: "null" }],
    ["a browser that tells", { "sec-fetch-site": "cross-site" }],
    ["a neighbour on the same site", { "sec-fetch-site": "same-site" }],
    ["the same host on another port", { origin: "http://127.0.0.1:1" }],
  ])("%s can't sign anybody in", async (_what, headers) => {
    await api.services.access.users.add("alice", "admin", PASSWORD, "test");
    expect(codeOf(await site.signIn("alice", PASSWORD, {}, headers))).toBe("403 forbidden");
  });

  test("may not act with a cookie, whatever they guess for the token", async () => {
    const alice = await site.as("admin");
    for (const csrf of ["", "x", alice.csrf.slice(1), `${alice.csrf}x`]) {
      const answer = await site.send("DELETE", "/api/v1/users/admin", undefined, {
        cookie: alice.cookie,
        "ringfence-csrf": csrf,
      });
      expect(codeOf(answer)).toBe("403 csrf");
    }
  });
});

describe("addresses", () => {
  test("from a header are nobody's word, unless a configured proxy says so", async () => {
    const forged = {
      "x-forwarded-for": "198.51.100.9",
      "x-real-ip": "198.51.100.9",
      forwarded: "for=198.51.100.9",
    };
    await site.signIn("nobody", "x", {}, forged);
    expect(api.services.access.failures[0]?.source).toBe("127.0.0.1");
    await api.stop();
    const proxy = parseTarget("127.0.0.1");
    const trustedProxies: Target[] = "target" in proxy ? [proxy.target] : [];
    api = await startApi({ trustedProxies });
    site = web(api);
    const cases: [string, string][] = [
      ["198.51.100.9", "198.51.100.9"],
      ["192.0.2.1, 198.51.100.9", "198.51.100.9"],
      ["198.51.100.9, 127.0.0.1", "198.51.100.9"],
      ["198.51.100.9, evil", "127.0.0.1"],
      ["<script>", "127.0.0.1"],
    ];
    for (const [header] of cases) await site.signIn("nobody", "x", {}, { "x-forwarded-for": header });
    expect(api.services.access.failures.map(({ source }) => source)).toEqual(
      cases.map(([, source]) => source),
    );
  });

  test("guesses from many addresses shut others out, and not whoever signed in from there before", async () => {
    await api.stop();
    const proxy = parseTarget("127.0.0.1");
    api = await startApi({ trustedProxies: "target" in proxy ? [proxy.target] : [] });
    site = web(api);
    const from = (address: string) => ({ "x-forwarded-for": address });
    await api.services.access.users.add("alice", "admin", PASSWORD, "test");
    expect((await site.signIn("alice", PASSWORD, {}, from("192.0.2.7"))).status).toBe(200);
    for (let index = 0; index < 20; index++) {
      expect((await site.signIn("alice", "guess", {}, from(`203.0.113.${index}`))).status).toBe(401);
    }
    expect(codeOf(await site.signIn("alice", PASSWORD, {}, from("203.0.113.99")))).toBe("429 too-many");
    expect((await site.signIn("alice", PASSWORD, {}, from("192.0.2.7"))).status).toBe(200);
    // Two dozen passwords are hashed, on a machine that may be busy.
  }, 60_000);

  test("a cookie is for TLS alone where the browser came over TLS", async () => {
    await api.stop();
    const proxy = parseTarget("127.0.0.1");
    api = await startApi({ trustedProxies: "target" in proxy ? [proxy.target] : [] });
    site = web(api);
    await api.services.access.users.add("alice", "admin", PASSWORD, "test");
    const answer = await site.signIn(
      "alice",
      PASSWORD,
      {},
      { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7" },
    );
    expect(answer.headers["set-cookie"]?.[0]).toMatch(/; Secure/);
    expect(answer.headers["strict-transport-security"]).toBeDefined();
  });
});

describe("requests that are none", () => {
  test.each([
    [
      "two lengths",
      "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    ],
    [
      "a length and chunks",
      "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/users HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    [
      "a space before the colon",
      "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n",
    ],
    ["a head without end", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(20_000)}\r\n\r\n`],
  ])("%s is refused, and nothing after it is heard", async (_what, bytes) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test("what nobody signed in for is not read: a large body is refused unread", async () => {
    const head =
      "POST /api/v1/bans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n";
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 401 /);
    const big = await site.signIn("alice", "x".repeat(10_000));
    expect(codeOf(big)).toBe("413 too-large");
  });

  test("one address holds 40 connections at most, and others still come in on the socket", async () => {
    const held = Array.from({ length: 60 }, () => connect(api.running.tcpPort ?? 0, "127.0.0.1"));
    const closed = held.map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          socket.on("error", () => undefined).once("close", () => resolve(true));
          setTimeout(() => resolve(false), 500);
        }),
    );
    expect((await Promise.all(closed)).filter(Boolean)).toHaveLength(20);
    for (const socket of held) socket.destroy();
  });
});

describe("bodies of another type", () => {
  test.each([
    ["POST", "/api/v1/policy/undo", "text/plain"],
    ["POST", "/api/v1/audit/7/undo", "application/x-www-form-urlencoded"],
    ["POST", "/api/v1/bans", "text/plain"],
    ["PUT", "/api/v1/cap", "multipart/form-data; boundary=x"],
    ["PATCH", "/api/v1/detection", "application/yaml"],
  ])("%s %s as %s: is refused, and nothing is done with an empty one", async (method, path, type) => {
    const admin = await site.as("admin");
    const body = JSON.stringify({ dryRun: true });
    const answer = await admin.send(method, path, body, { "content-type": type });
    expect(codeOf(answer)).toBe("415 wrong-type");
    expect(api.services.asked).toEqual([]);
  });
});

describe("a name that was made to lead here (DNS rebinding)", () => {
  const rebound = {
    ...{ host: "evil.example:8787", origin: "http://evil.example:8787" },
    "sec-fetch-site": "same-origin",
  };

  test("has no session there, and learns nothing", async () => {
    for (const path of ["/api/v1/status", "/api/v1/session", "/api/openapi.json", "/overview"]) {
      expect(codeOf(await site.send("GET", path, undefined, rebound))).toBe("421 wrong-host");
    }
    const add = await site.send("POST", "/api/v1/bans", { target: "203.0.113.9" }, rebound);
    expect(codeOf(add)).toBe("421 wrong-host");
    // Whatever session somebody else's name may have come by.
    const admin = await site.as("admin");
    expect(codeOf(await admin.send("GET", "/api/v1/users", undefined, rebound))).toBe("421 wrong-host");
    expect(codeOf(await site.signIn("admin", PASSWORD, {}, rebound))).toBe("421 wrong-host");
  });

  test("is told what to write where it is the server's own after all", async () => {
    const { text } = await site.send("GET", "/", undefined, { host: "PBX.example.org.:8787" });
    expect((JSON.parse(text) as { detail: string }).detail).toContain("http: { names: [pbx.example.org] }");
    const window = await site.send("GET", "/", undefined, {
      ...{ host: "pbx.example.org", accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
    });
    expect(window.status).toBe(421);
    expect(window.headers["content-type"]).toMatch(/^text\/plain/);
    expect(window.text).toMatch(/^This server does not answer to the name pbx\.example\.org\. /);
  });

  test("still leads who is locked out to the page that says why", async () => {
    expect((await site.send("GET", "/portal", undefined, { host: "evil.example" })).status).toBe(200);
  });

  test.each(["127.0.0.1:8787", "[2001:db8::7]:8787", "localhost", "ringfence.localhost:1", hostname()])(
    "%s is this server",
    async (host) => {
      expect((await site.send("GET", "/", undefined, { host })).status).toBe(200);
    },
  );

  test.each([
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil-localhost",
    "127.0.0.1@evil.example",
    "127.0.0.1/evil.example",
    "0x7f000001",
    "[::1",
    "[evil.example]",
    "x".repeat(300),
    "pbx.example\\evil",
    " ",
  ])("%j is not", async (host) => {
    expect(codeOf(await site.send("GET", "/api/v1/status", undefined, { host }))).toBe("421 wrong-host");
  });

  test("a name of the configuration is, and a proxy's word counts where it is configured", async () => {
    await api.stop();
    const proxy = parseTarget("127.0.0.1");
    const trustedProxies = "target" in proxy ? [proxy.target] : [];
    api = await startApi({ ui: join(folder, "ui"), trustedProxies, names: ["pbx.example.org"] });
    site = web(api);
    const code = async (headers: Record<string, string>) =>
      (await site.send("GET", "/", undefined, headers)).status;
    expect(await code({ host: "PBX.example.org:443" })).toBe(200);
    expect(await code({ "x-forwarded-host": "pbx.example.org" })).toBe(200);
    expect(await code({ host: "pbx.example.org", "x-forwarded-host": "evil.example" })).toBe(421);
    expect(await code({ host: "www.pbx.example.org" })).toBe(421);
  });

  test("names no page of ours anywhere else: redirects have no host", async () => {
    api.services.banned.push(ban({ target: target("127.0.0.1") }));
    const { headers } = await site.send("GET", "/", undefined, rebound);
    expect(headers.location).toBe("/portal");
  });
});

describe("who dawdles over a body", () => {
  test("before signing in is cut off, and others are served meanwhile", async () => {
    const head =
      "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{";
    const slow = connect(api.running.tcpPort ?? 0, "127.0.0.1", () => slow.write(head));
    slow.on("error", () => undefined).resume();
    const cut = once(slow, "close");
    expect((await site.send("GET", "/healthz")).status).toBe(200);
    await cut;
  });
});

describe("the live feed", () => {
  const open = (headers: Record<string, string>): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: api.running.tcpPort, path: "/api/v1/events", headers };
      httpGet(options, resolve).on("error", reject);
    });
  const read = async (response: IncomingMessage, until: string): Promise<string> => {
    let got = "";
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
      got += chunk;
      if (got.includes(until)) break;
    }
    return got;
  };
  const policy = (version: number) => api.services.tell({ type: "policy", version });

  test("is open twelve times at most for one person", async () => {
    const alice = await site.as("viewer");
    const feeds = await Promise.all(Array.from({ length: 14 }, () => open({ cookie: alice.cookie })));
    expect(feeds.map(({ statusCode }) => statusCode).sort()).toEqual([
      ...Array.from({ length: 12 }, () => 200),
      429,
      429,
    ]);
    for (const feed of feeds) feed.destroy();
  });

  test("ends for who has signed out, and for a token that was revoked", async () => {
    const admin = await site.as("admin");
    const viewer = await site.as("viewer");
    const made = await admin.send("POST", "/api/v1/tokens", { name: "board", scope: "read" });
    const { token, id } = JSON.parse(made.text) as { token: string; id: number };
    const feeds = await Promise.all([
      open({ cookie: viewer.cookie }),
      open({ authorization: `Bearer ${token}` }),
      open({ cookie: admin.cookie }),
    ]);
    expect(feeds.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    const ended = feeds.slice(0, 2).map((feed) => once(feed.resume(), "end"));
    expect((await viewer.send("DELETE", "/api/v1/session")).status).toBe(204);
    expect((await admin.send("DELETE", `/api/v1/tokens/${id}`)).status).toBe(204);
    await Promise.all(ended);
    expect(feeds[2].readableEnded).toBe(false);
    feeds[2].destroy();
  });

  test("tells who comes back what happened meanwhile, or that it can't", async () => {
    const alice = await site.as("viewer");
    const { cookie } = alice;
    policy(1);
    const first = await open({ cookie });
    policy(2);
    const id = /id: (\S+)/.exec(await read(first, '"version":2'))?.[1] ?? "";
    first.destroy();
    policy(3);
    const second = await read(await open({ cookie, "last-event-id": id }), '"version":3');
    expect(second).not.toContain('"version":2');
    expect(second).not.toContain("missed");
    const stranger = await read(await open({ cookie, "last-event-id": "another-run-7" }), '"version":3');
    expect(stranger).toContain('event: missed\ndata: {"type":"missed","count":0}');
  });
});

describe("hostile text", () => {
  test("goes out as JSON that no page takes for its own, and never into the log as a password", async () => {
    api.services.banned = [ban({ target: target("203.0.113.12"), note: SCRIPT })];
    const alice = await site.as("viewer");
    const answer = await alice.send("GET", "/api/v1/bans");
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    const missing = await alice.send("GET", `/api/v1/${encodeURIComponent(SCRIPT)}`);
    expect(missing.headers["content-type"]).toMatch(/^application\/problem\+json/);
    await site.signIn(SCRIPT, "hunter2 hunter2");
    await site.send("GET", "/api/v1/status?token=rf_secret", undefined, {
      authorization: "Bearer rf_secret",
    });
    const logged = JSON.stringify([...api.log.lines, ...api.services.log.lines]);
    expect(logged).not.toMatch(/hunter2|rf_secret|correct horse/);
    expect(logged).not.toContain(alice.cookie.split("=")[1]);
  });

  test("a redirect leads nowhere else", async () => {
    api.services.banned = [ban({ target: target("127.0.0.1") })];
    for (const path of ["/", "/?next=https://evil.example", "//evil.example/%2e%2e"]) {
      const { headers } = await site.send("GET", path, undefined, { host: "evil.example" });
      expect([undefined, "/portal"]).toContain(headers.location);
    }
  });
});
