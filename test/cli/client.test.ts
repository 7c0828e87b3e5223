import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { startApi } from "../http/support/api.js";
import { ban, target } from "../http/support/services.js";
import { FakeOffline, ringfence } from "./support/run.js";

describe("something else on the socket", () => {
  let folder: string;
  let server: Server;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-client-"));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["answers no JSON", "<html>", "is not Ringfence", 3],
    ["breaks off", null, "can't be reached", 3],
  ])("that %s", async (_what, text, message, status) => {
    const socket = join(folder, "other.sock");
    server = createServer((request, response) => {
      if (text === null) request.socket.destroy();
      else response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    expect(await ringfence(["status"], { socket })).toMatchObject({
      status,
      err: expect.stringContaining(message),
    });
  });

  test("that dies in the middle of a batch", async () => {
    const socket = join(folder, "other.sock");
    server = createServer((request, response) => {
      response.write('{"from":"1"}\n');
      request.on("data", () => setImmediate(() => request.socket.destroy()));
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const ran = await ringfence(["check-call", "--batch", "-"], { socket, input: "from,number\n1,2\n3,4\n" });
    expect(ran.status).toBe(3);
  });
});

test("nobody reading any longer is no fault", async () => {
  const api = await startApi();
  try {
    api.services.banned = [ban({ target: target("203.0.113.12") })];
    const out = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
    });
    expect(await ringfence(["bans", "list"], { socket: api.socket, out })).toMatchObject({
      status: 0,
      err: "",
    });
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("no space left"), { code: "ENOSPC" })),
    });
    expect(await ringfence(["bans", "list"], { socket: api.socket, out: full })).toMatchObject({
      status: 1,
      err: "ringfence: no space left\n",
    });
  } finally {
    await api.stop();
  }
});

describe("offline commands", () => {
  const decision = {
    action: "ban" as const,
    target: "203.0.113.12",
    at: "2026-01-31T12:00:00.000Z",
    cause: "attack",
    attempts: 10,
    accounts: ["100", "\x1b[31m"],
    until: null,
  };
  const summary = {
    ...{ events: 116, attempts: 38, bans: 1, blocks: 0, locks: 0, proposals: 0, alarms: 0 },
    ...{ malformed: 2, seconds: 0.01 },
  };

  test("replay prints a line a decision, then the summary", async () => {
    const offline = new FakeOffline();
    offline.lines = [decision, { summary }];
    const argv = ["replay", "--format", "ami", "x.ami", "--policy", "p.yaml"];
    expect(await ringfence(argv, { offline })).toEqual({
      status: 0,
      err: "",
      out:
        "2026-01-31T12:00:00.000Z  ban 203.0.113.12: attack, 10 attempts on 100, \\x1b[31m\n" +
        "116 events, 38 attempts: 1 ban, 0 blocks; 2 lines malformed; 0.01 s\n",
    });
    expect(offline.asked).toEqual([{ format: "ami", file: "x.ami", policy: "p.yaml", alarms: false }]);
    const { out } = await ringfence([...argv, "--json"], { offline });
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([decision, { summary }]);
  });

  test("replay --alarms tells alarms as well, and the summary of them", async () => {
    const offline = new FakeOffline();
    offline.lines = [
      {
        action: "alarm",
        at: "2026-01-31T12:00:00.000Z",
        slug: "account-attacked",
        target: null,
        detail: "20 sources tried extension 100 and failed.",
      },
      { summary: { ...summary, locks: 1, proposals: 2, alarms: 1 } },
    ];
    const { out } = await ringfence(["replay", "--format", "ami", "x.ami", "--alarms"], { offline });
    expect(out).toBe(
      "2026-01-31T12:00:00.000Z  alarm account-attacked: 20 sources tried extension 100 and failed.\n" +
        "116 events, 38 attempts: 1 ban, 0 blocks, 1 account locked, 2 networks proposed to be shut out whole, 1 alarm; 2 lines malformed; 0.01 s\n",
    );
    expect(offline.asked).toMatchObject([{ alarms: true }]);
  });

  test("replay --compare tells what differs", async () => {
    const offline = new FakeOffline();
    const comparison = {
      ...{ onlyPolicy: 0, onlyCompare: 1, both: 4, sooner: 3, later: 1 },
      ...{ policy: summary, compare: summary },
    };
    offline.differences = [{ ...decision, only: "compare" }, { comparison }];
    const argv = ["replay", "--format", "ami", "x.ami", "--compare", "b.yaml"];
    expect((await ringfence(argv, { offline })).out).toBe(
      "+ 2026-01-31T12:00:00.000Z  ban 203.0.113.12: attack, 10 attempts on 100, \\x1b[31m\n" +
        "1 more (+), 0 fewer (-), 4 by both (3 sooner, 1 later); 116 events in 0.01 s\n",
    );
    expect(offline.asked).toMatchObject([{ policy: null, compare: "b.yaml" }]);
    expect(await ringfence([...argv, "--alarms"], { offline })).toMatchObject({ status: 2 });
  });

  test("check-config names each fault with its line", async () => {
    const offline = new FakeOffline();
    expect(await ringfence(["check-config", "--config", "r.yaml"], { offline })).toMatchObject({
      status: 0,
      out: "r.yaml is good.\n",
    });
    const fault = {
      line: 3,
      column: 5,
      key: "ami.port",
      message: "is the port of Asterisk's manager: write 5038",
    };
    offline.report = {
      faults: [fault],
      lines: ["e.yaml:3:5: `ami.port` is the port"],
      warnings: ["chmod it"],
    };
    const env = { RINGFENCE_CONFIG: "e.yaml" };
    expect(await ringfence(["check-config"], { offline, env })).toMatchObject({
      status: 1,
      out: "e.yaml:3:5: `ami.port` is the port\nWarning: chmod it\n",
    });
    const { out } = await ringfence(["check-config", "--json"], { offline, env });
    expect(JSON.parse(out)).toEqual({ file: "e.yaml", ok: false, faults: [fault], warnings: ["chmod it"] });
  });

  test("run gets the config file", async () => {
    const offline = new FakeOffline();
    expect(await ringfence(["run"], { offline })).toMatchObject({ status: 0 });
    await ringfence(["run", "--flush", "--config", "r.yaml"], { offline });
    expect(offline.asked).toEqual([
      { run: "/etc/ringfence/ringfence.yaml", flush: false },
      { run: "r.yaml", flush: true },
    ]);
  });
});
