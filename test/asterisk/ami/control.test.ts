import { startControl, type Control, type ControlOptions } from "../../../src/asterisk/ami/control";
import type { Log } from "../../../src/guard/ports";
import { amiServer, id, sayList, type AmiServer, type Script } from "./control-server";

let server: AmiServer | undefined;
let control: Control | undefined;
let lines: string[] = [];

const keep =
  (level: string) =>
  (message: string, fields?: object): void => {
    lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
const log: Log = { error: keep("error"), warn: keep("warn"), info: keep("info"), debug: keep("debug") };

afterEach(async () => {
  await control?.stop();
  await server?.close();
  control = server = undefined;
  lines = [];
});

async function start(script: Script, more: Partial<ControlOptions> = {}): Promise<Control> {
  server = await amiServer(script);
  control = startControl(
    {
      host: "127.0.0.1",
      port: server.port,
      user: "ringfence",
      secret: "right",
      backoff: { firstMs: 5, mostMs: 20 },
      ...more,
    },
    { log, random: () => 0.5 },
  );
  return control;
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((done) => setTimeout(done, 5));
}

/** An AstDB, as Asterisk's actions show it. */
function astDb(entries: Map<string, string>, actions: readonly string[] = ["DBPut", "DBGetTree"]): Script {
  return (request, connection) => {
    const ok = (...more: string[]): void =>
      connection.say("Response: Success", `ActionID: ${id(request)}`, ...more);
    const path = `/${request.get("family") ?? ""}/${request.get("key") ?? ""}`;
    const action = request.get("action") ?? "";
    switch (action) {
      case "ListCommands": {
        ok(...actions.map((action) => `${action}: Does.  (Priv: system,all)`));
        return;
      }
      case "DBPut":
        entries.set(path, request.get("val") ?? "");
        {
          ok();
          return;
        }
      case "DBDel":
        entries.delete(path);
        {
          ok();
          return;
        }
      case "DBDelTree":
        for (const key of entries.keys()) if (key.startsWith(path)) entries.delete(key);
        {
          ok();
          return;
        }
      case "DBGetTree": {
        sayList(
          request,
          connection,
          "DBGetTreeResponse",
          // LIKE '/a_b/%' finds /axb/ as well.
          [...entries].map(([key, value]) => [`Key: ${key}`, `Val: ${value}`]),
        );
        return;
      }
      case "Ping": {
        ok("Ping: Pong");
        return;
      }
      default: {
        connection.say("Response: Error", `ActionID: ${id(request)}`);
        return;
      }
    }
  };
}

const written = (): string[] =>
  server!
    .asked()
    .filter((request) => /^DB(Put|Del)/.test(request.get("action") ?? ""))
    .map((request) => `${request.get("action") ?? ""} ${request.get("key") ?? ""}`);

test("a family comes to hold exactly the entries, and only what differs is written", async () => {
  const db = new Map([
    ["/ringfence/same", "1"],
    ["/ringfence/other", "old"],
    ["/ringfence/surplus/deep", "x"],
    ["/ringfenceX/foreign", "x"],
  ]);
  const regex = "^(0|00)\\d{1,3}[,\";'](.*)$|x: y\\";
  await (
    await start(astDb(db))
  ).replaceDb(
    "ringfence",
    new Map([
      ["same", "1"],
      ["other", regex],
      ["empty", ""],
    ]),
  );
  expect(Object.fromEntries(db)).toEqual({
    "/ringfence/same": "1",
    "/ringfence/other": regex,
    "/ringfence/empty": "",
    "/ringfenceX/foreign": "x",
  });
  expect(written()).toEqual(["DBPut other", "DBPut empty", "DBDel surplus/deep"]);
});

test("an Asterisk that can't list a family gets it anew", async () => {
  const db = new Map([["/ringfence/old", "1"]]);
  await (await start(astDb(db, ["DBPut"]))).replaceDb("ringfence", new Map([["new", "2"]]));
  expect(Object.fromEntries(db)).toEqual({ "/ringfence/new": "2" });
});

test("what AstDB does not keep is an error", async () => {
  const deaf: Script = (request, connection) => {
    if (request.get("action") === "DBPut") connection.say("Response: Success", `ActionID: ${id(request)}`);
    else astDb(new Map(), ["DBPut", "DBGetTree"])(request, connection);
  };
  await expect((await start(deaf)).replaceDb("ringfence", new Map([["k", "v"]]))).rejects.toMatchObject({
    code: "asterisk-refused",
    message: expect.stringContaining("ringfence: k differ"),
  });
});

test.each([
  ["a/b", "k", "v", "not a family"],
  ["f", "", "v", "not a key"],
  ["f", "k", " v", "blanks around it"],
  ["f", "k", "v\r\nAction: Originate", "without line ends"],
])("refuses family %j, key %j, value %j", async (family, key, value, words) => {
  const held = new Map<string, string>();
  await expect((await start(astDb(held))).replaceDb(family, new Map([[key, value]]))).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining(words),
  });
  expect(held.size).toBe(0);
});

test("two replacements do not mix", async () => {
  const db = new Map<string, string>();
  const started = await start(astDb(db));
  const names = (prefix: string) => new Map([1, 2, 3, 4].map((n) => [`${prefix}${n}`, "x"]));
  await Promise.all([started.replaceDb("f", names("a")), started.replaceDb("f", names("b"))]);
  expect([...db.keys()]).toEqual(["/f/b1", "/f/b2", "/f/b3", "/f/b4"]);
});

test("a user without write=system is told so", async () => {
  await expect((await start(astDb(new Map(), ["Ping"]))).facts()).rejects.toMatchObject({
    code: "asterisk-refused",
    message: expect.stringContaining("write = system"),
  });
});

test("comes back after a loss, with nothing left of the old connection", async () => {
  const db = new Map<string, string>();
  const started = await start(astDb(db));
  await started.replaceDb("f", new Map([["k", "1"]]));
  const { socket } = server!.connections[0]!;
  socket.end("Response: Success\r\nActionID: half of an ans");
  await until(() => started.state().reconnects === 1);
  await started.replaceDb("f", new Map([["k", "2"]]));
  expect(db.get("/f/k")).toBe("2");
  expect(started.state()).toMatchObject({ lastError: null, connectedSinceMs: expect.any(Number) });
  expect(lines.join("\n")).toContain("closed");
});

test("an action waits for the connection, for as long as it may", async () => {
  const started = await start(astDb(new Map()), { secret: "wrong", actionMs: 200 });
  await expect(started.facts()).rejects.toMatchObject({
    code: "asterisk-unreachable",
    message: expect.stringContaining("AMI refused the login"),
  });
  expect(started.state()).toMatchObject({
    connectedSinceMs: null,
    lastError: expect.stringContaining("refused"),
  });
  // Many tries, one line.
  await until(() => server!.connections.length > 5);
  expect(lines.filter((line) => line.startsWith("error"))).toHaveLength(1);
});

test("a peer that no longer answers pings is left", async () => {
  const started = await start(() => undefined, { pingEveryMs: 20, pingMs: 20 });
  await until(() => started.state().reconnects > 0);
  expect(lines.join("\n")).toContain("Ping");
});

test("an action that is given longer does not end the connection, nor what waits behind it", async () => {
  let waiting: (() => void)[] | null = null;
  const started = await start(
    (request, connection) => {
      const answer = (): void => connection.say("Response: Success", `ActionID: ${id(request)}`);
      // Asterisk does one after the other.
      if (waiting !== null) waiting.push(answer);
      else if (request.get("action") !== "Reload") answer();
      else {
        waiting = [answer];
        setTimeout(() => {
          const held = waiting ?? [];
          waiting = null;
          for (const each of held) each();
        }, 4_000);
      }
    },
    { pingEveryMs: 100, pingMs: 1_500, actionMs: 1_500 },
  );
  const [slow, behind] = await Promise.all([
    started.job((ask) => ask("Reload", { Module: "acl" }, 60_000)),
    started.job((ask) => ask("DBDel", { Family: "a", Key: "b" })),
  ]);
  expect([slow.ok, behind.ok, started.state().reconnects]).toEqual([true, true, 0]);
  expect(lines.join("\n")).not.toContain("Ping");
}, 60_000);

test("stops while connecting, and tells those who wait", async () => {
  const started = await start(astDb(new Map()), { secret: "wrong" });
  const waiting = started.facts();
  const told = expect(waiting).rejects.toMatchObject({ code: "asterisk-unreachable" });
  await until(() => server!.connections.length > 1);
  await started.stop();
  await told;
});
