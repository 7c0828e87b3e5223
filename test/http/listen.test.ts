import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { startHttp } from "../../src/http/server.js";
import { claimSocket } from "../../src/http/socket.js";
import { ask, startApi } from "./support/api.js";
import { ban, FakeServices, FakeLog, target } from "./support/services.js";

describe("the Unix socket", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-listen-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = (socket: string) =>
    startHttp({ socket, tcp: null, ui: "/nonexistent" }, new FakeServices(), new FakeLog());

  test("is for owner and group, in a folder that is made for it, and goes when the daemon stops", async () => {
    const socket = join(folder, "a", "b.sock");
    const running = await start(socket);
    expect(statSync(socket).mode & 0o777).toBe(0o660);
    expect(statSync(join(folder, "a")).mode & 0o777 & ~0o750).toBe(0);
    await running.stop();
    expect(() => statSync(socket)).toThrow("ENOENT");
  });

  test("of a dead daemon is replaced", async () => {
    const socket = join(folder, "dead.sock");
    const script = `require("net").createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script]);
    expect(statSync(socket).isSocket()).toBe(true);
    const running = await start(socket);
    expect(await ask({ socketPath: socket, path: "/api/v1/status" })).toMatchObject({ status: 200 });
    await running.stop();
  });

  test("of a living daemon is left alone", async () => {
    const socket = join(folder, "alive.sock");
    const first = await start(socket);
    await expect(claimSocket(socket)).rejects.toMatchObject({ code: "config" });
    await expect(start(socket)).rejects.toMatchObject({
      code: "config",
      message: expect.stringContaining("another"),
    });
    expect(await ask({ socketPath: socket, path: "/api/v1/status" })).toMatchObject({ status: 200 });
    await first.stop();
  });

  test("never takes the place of another file", async () => {
    const file = join(folder, "precious.txt");
    writeFileSync(file, "precious");
    await expect(start(file)).rejects.toMatchObject({ code: "config" });
    expect(statSync(file).size).toBe(8);
  });

  test("is given back where the TCP port is taken", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
    });
    const socket = join(folder, "half.sock");
    const tcp = { host: "127.0.0.1", port };
    await expect(
      startHttp({ socket, tcp, ui: "/nonexistent" }, new FakeServices(), new FakeLog()),
    ).rejects.toMatchObject({
      code: "config",
    });
    expect(() => statSync(socket)).toThrow("ENOENT");
    taken.close();
  });
});

describe("the page for people who are locked out", () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.stop());

  const get = (path: string, headers = {}, method = "GET") =>
    ask({ host: "127.0.0.1", port: api.running.tcpPort, path, headers, method });

  test("knows a visitor by the socket, never by a header", async () => {
    api.services.banned = [ban({ target: target("203.0.113.12") })];
    const forged = { "x-forwarded-for": "203.0.113.12", forwarded: "for=203.0.113.12" };
    const { status, text, headers } = await get("/portal", forged);
    expect(status).toBe(200);
    expect(text).toContain("127.0.0.1");
    expect(text).not.toContain("203.0.113.12");
    expect(text).not.toContain("<script");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("is where who is shut out is sent to", async () => {
    api.services.banned = [ban({ target: target("127.0.0.1") })];
    expect(await get("/")).toMatchObject({ status: 302, headers: { location: "/portal" } });
    api.services.banned = [];
    expect((await get("/")).status).not.toBe(302);
  });
});

describe("healthz", () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.stop());

  const get = (path: string) => ask({ host: "127.0.0.1", port: api.running.tcpPort, path });

  test("tells which guards are up", async () => {
    expect(await get("/healthz")).toMatchObject({
      status: 200,
      text: '{"ok":true,"guards":{"events":true,"kernel":true}}',
    });
    api.services.guards = [{ name: "prices", up: false, vital: false, detail: "No deck yet." }];
    api.services.nowMs += 2_000;
    expect(await get("/healthz")).toMatchObject({
      status: 200,
      text: '{"ok":true,"guards":{"prices":false}}',
    });
    api.services.guards = [{ name: "events", up: false, vital: true, detail: "AMI is away." }];
    api.services.nowMs += 2_000;
    expect(await get("/healthz")).toMatchObject({
      status: 503,
      text: '{"ok":false,"guards":{"events":false}}',
    });
  });

  test("asks for the status once in a while, however often strangers ask", async () => {
    for (let index = 0; index < 5; index++) await get("/healthz");
    expect(api.services.statusAsked).toBe(1);
    api.services.fault = new Error("broken");
    api.services.nowMs += 2_000;
    expect((await get("/healthz")).status).toBe(500);
    api.services.fault = null;
    api.services.nowMs += 2_000;
    expect((await get("/healthz")).status).toBe(200);
  });
});
