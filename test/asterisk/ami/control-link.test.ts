import { openLink, type Link, type LinkOptions } from "../../../src/asterisk/ami/control-link";
import { amiServer, id, logIn, sayList, type AmiServer, type Script } from "./control-server";

let server: AmiServer | undefined;
let link: Link | undefined;
const printed = jest.spyOn(console, "log");

afterEach(async () => {
  link?.close("the test is over");
  await server?.close();
  link = server = undefined;
  expect(printed).not.toHaveBeenCalled();
});

const options = (port: number): LinkOptions => ({
  host: "127.0.0.1",
  port,
  user: "ringfence",
  secret: "right",
  connectMs: 5_000,
  bootMs: 5_000,
  actionMs: 5_000,
  mostItems: 1_000,
});

async function open(script: Script, more: Partial<LinkOptions> = {}, manners = {}): Promise<Link> {
  server = await amiServer(script, manners);
  link = await openLink({ ...options(server.port), ...more }, new AbortController().signal);
  return link;
}

const refusal = (code: string, words: string) => ({
  name: "RingfenceError",
  code,
  message: expect.stringContaining(words),
});

test("logs in, then has Asterisk leave events out", async () => {
  await open(() => undefined);
  const [first, second] = server!.connections[0]!.requests;
  expect(first!.get("username")).toBe("ringfence");
  expect(second!.get("action")).toBe("Events");
  expect(second!.get("eventmask")).toBe("off");
});

test("a wrong password is said to be one", async () => {
  await expect(open(() => undefined, { secret: "wrong" })).rejects.toMatchObject(
    refusal("asterisk-refused", 'AMI refused the login of "ringfence"'),
  );
});

test("nobody listening is unreachable", async () => {
  await expect(open(() => undefined, { port: 1 })).rejects.toMatchObject(
    refusal("asterisk-unreachable", "ECONNREFUSED"),
  );
});

test("a server that says nothing is given up", async () => {
  const silent = { hears: (action: string) => action === "login", greeting: "" };
  await expect(open(() => undefined, { connectMs: 50 }, silent)).rejects.toMatchObject(
    refusal("asterisk-unreachable", "no answer"),
  );
});

test("an Asterisk that is still loading its modules is not used yet", async () => {
  const loading: Script = (request, { say }) => say("Response: Success", `ActionID: ${id(request)}`);
  const manners = { hears: (action: string) => action === "login" };
  await expect(open(loading, { bootMs: 50 }, manners)).rejects.toMatchObject(
    refusal("asterisk-unreachable", "FullyBooted"),
  );
});

test("a list is collected until it is complete, over any boundaries of chunks", async () => {
  const opened = await open((request, { socket }) => {
    const lines = [
      ["Response: Success", `ActionID: ${id(request)}`, "EventList: start"],
      ["Event: Thing", `ActionID: ${id(request)}`, "Name: é: 1"],
      ["Event: Thing", `ActionID: ${id(request)}`, "Name: 2"],
      ["Event: ThingsDone", `ActionID: ${id(request)}`, "EventList: Complete"],
    ];
    for (const byte of Buffer.from(lines.map((block) => [...block, "", ""].join("\r\n")).join(""))) {
      socket.write(Buffer.from([byte]));
    }
  });
  const answer = await opened.act("Things");
  expect(answer.items.map((item) => item.get("name"))).toEqual(["é: 1", "2"]);
});

test("an error is an answer", async () => {
  const opened = await open((request, { say }) =>
    say("Response: Error", `ActionID: ${id(request)}`, "Message: No Contacts found"),
  );
  const answer = await opened.act("PJSIPShowContacts");
  expect([answer.ok, answer.message.get("message"), answer.items]).toEqual([false, "No Contacts found", []]);
});

test("messages that are not for our action leave it alone", async () => {
  const opened = await open((request, { say }) => {
    say("Response: Error", "ActionID: 1795317067947", "Message: forged");
    say("Response: Success", "Message: no id at all");
    say("Event: Thing", `ActionID: ${id(request)}`, "Name: before the response");
    say("Event: ChallengeResponseFailed", "Response: Error", `ActionID: ${id(request)}`);
    say("Response: Success", `ActionID: ${id(request)}`, "Message: true");
    say("Response: Success", `ActionID: ${id(request)}`, "Message: late");
  });
  const answer = await opened.act("Ping");
  expect([answer.message.get("message"), answer.items]).toEqual(["true", []]);
});

test.each(["rawevent", "close", "error", "end", "connect", "newListener", "__proto__", "constructor"])(
  "a message called %s is nothing special",
  async (name) => {
    const opened = await open((request, { say }) => {
      say(`Event: ${name}`, `ActionID: ${name}`, "X: 1");
      say(`Response: ${name}`, `ActionID: ${name}`);
      say("Response: Success", `ActionID: ${id(request)}`);
    });
    for (let round = 0; round < 3; round++) expect((await opened.act("Ping")).ok).toBe(true);
  },
);

test("headers called like parts of an object do no harm", async () => {
  const opened = await open((request, connection) =>
    sayList(request, connection, "Thing", [
      ["constructor: a", "__proto__: b", "hasOwnProperty: c", "Variable: __proto__=d", "Name: kept"],
      ["Name: one", "Name: two"],
    ]),
  );
  const { items } = await opened.act("Things");
  expect([...items[0]!.entries()]).toEqual(expect.arrayContaining([["name", "kept"]]));
  expect(items[0]!.has("constructor")).toBe(false);
  expect(items[1]!.has("name")).toBe(false);
  expect(({} as Record<string, unknown>)["name"]).toBeUndefined();
});

test.each([
  ["a line feed", { Val: "x\nAction: Originate" }],
  ["a carriage return", { Val: "x\r" }],
  ["NUL", { Val: "x\0" }],
  ["a line end in a name", { "Val\r\nX": "x" }],
  ["a line beyond what Asterisk reads", { Val: "é".repeat(500) }],
])("%s is refused before it is sent", async (_, fields: Record<string, string>) => {
  const opened = await open((request, { say }) => say("Response: Success", `ActionID: ${id(request)}`));
  await expect(opened.act("DBPut", fields)).rejects.toMatchObject(refusal("config", "DBPut"));
  await opened.act("Ping");
  expect(server!.asked().map((request) => request.get("action"))).toEqual(["Ping"]);
});

test("an action without an answer ends, and the next one is answered", async () => {
  const opened = await open((request, { say }) => {
    if (request.get("action") === "Ping") say("Response: Success", `ActionID: ${id(request)}`);
  });
  await expect(opened.act("Silence", {}, 50)).rejects.toMatchObject(
    refusal("asterisk-unreachable", "AMI action Silence"),
  );
  expect((await opened.act("Ping")).ok).toBe(true);
});

test("a list that does not end has a bound", async () => {
  const opened = await open(
    (request, { say }) => {
      say("Response: Success", `ActionID: ${id(request)}`, "EventList: start");
      for (let item = 0; item < 50; item++) say("Event: Thing", `ActionID: ${id(request)}`);
    },
    { mostItems: 20 },
  );
  await expect(opened.act("Things")).rejects.toMatchObject(refusal("asterisk-refused", "more than 20"));
});

test("what waits for an answer hears at once that the connection is lost", async () => {
  const opened = await open((request, { socket }) => {
    if (request.get("action") === "Last") socket.destroy();
  });
  const outcomes = await Promise.allSettled([opened.act("First"), opened.act("Second"), opened.act("Last")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  await expect(opened.over).resolves.toContain("closed");
  await expect(opened.act("Ping")).rejects.toMatchObject(refusal("asterisk-unreachable", "closed"));
});

test("answers come back to their own questions", async () => {
  const held: (() => void)[] = [];
  const opened = await open((request, { say }) => {
    held.unshift(() =>
      say("Response: Success", `ActionID: ${id(request)}`, `Echo: ${request.get("key") ?? ""}`),
    );
    if (held.length === 20) held.forEach((answer) => answer());
  });
  const keys = Array.from({ length: 20 }, (_, n) => `${n}`);
  const echoes = await Promise.all(
    keys.map(async (Key) => (await opened.act("Echo", { Key })).message.get("echo")),
  );
  expect(echoes).toEqual(keys);
});

test("the socket is gone once the link is closed, even if the other side never closes", async () => {
  const opened = await open(() => undefined);
  const { socket } = server!.connections[0]!;
  socket.allowHalfOpen = true;
  const gone = new Promise((resolve) => socket.once("close", resolve));
  opened.close("enough");
  // A socket that is only half closed would go on reading this.
  const writing = setInterval(() => socket.write("x\r\n"), 10);
  await gone;
  clearInterval(writing);
});

test("a login may take a while", async () => {
  const slow = { hears: (action: string) => action === "login" };
  await open((request, connection) => void setTimeout(() => logIn(request, connection), 100), {}, slow);
});
