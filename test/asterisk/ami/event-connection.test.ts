import type { Evidence } from "../../../src/domain/intrusion/security-event.js";
import {
  startEventConnection,
  type EventConnection,
  type EventConnectionState,
  type EventTiming,
} from "../../../src/asterisk/ami/event-connection.js";
import { printEvent, printSystemEvent } from "./asterisk-prints.js";
import { answer, fakeAsterisk, refusal, until, type FakeAsterisk, type OnAction } from "./fake-asterisk.js";

const SECRET = "s3cret-word";
const LOGIN = "Message: Authentication accepted";
const FAST: Partial<EventTiming> = { backoff: { firstMs: 5, mostMs: 20 } };

interface Seen {
  readonly evidence: Evidence[];
  readonly reloads: (string | null)[];
  readonly states: EventConnectionState[];
  readonly log: string[];
}

let asterisk: FakeAsterisk | null = null;
let connection: EventConnection | null = null;

afterEach(async () => {
  await connection?.stop();
  await asterisk?.close();
  connection = null;
  asterisk = null;
});

test("logs in for security and system events, and hands on what comes", async () => {
  const seen = await begin((action, peer) => {
    peer.write(answer(action, LOGIN) + printSystemEvent("FullyBooted"));
    peer.write(printEvent({ name: "InvalidAccountID", session: "one" }));
    peer.write(printSystemEvent("Reload", "Module: res_pjsip.so"));
    peer.write(printEvent({ name: "InvalidAccountID", account: "x\r\n\r\nEvent: close" }));
  });
  await until(() => seen.evidence.length === 2, "both events");
  expect(seen.evidence.map(({ type }) => type)).toEqual(["security", "forged"]);
  expect(seen.reloads).toEqual([null, "res_pjsip.so"]);
  expect(asterisk?.peers[0]?.actions[0]).toMatchObject({
    Action: "Login",
    Username: "guard",
    Secret: SECRET,
    Events: "security,system",
  });
  expect(connection?.state()).toMatchObject({
    reconnects: 0,
    lastError: null,
    counts: { security: 1, forged: 1 },
  });
  expect(connection?.state().upSinceMs).not.toBeNull();
  expect(connection?.state().lastEventAtMs).not.toBeNull();
});

test("the last event of a burst does not wait for the next", async () => {
  const seen = await begin((action, peer) => {
    peer.write(answer(action, LOGIN) + printEvent({ name: "InvalidAccountID" }));
  });
  await until(() => seen.evidence.length === 1, "the only event");
});

test("a wrong secret is told in Asterisk's words, without the secret, and tried again", async () => {
  const seen = await begin((action, peer) => peer.write(refusal(action, "Authentication failed")));
  await until(() => (asterisk?.peers.length ?? 0) >= 3, "three tries");
  expect(connection?.state().lastError).toMatch(/refused the login of "guard": Authentication failed/);
  expect(JSON.stringify(seen)).not.toContain(SECRET);
  expect(seen.log.filter((line) => line.startsWith("error"))).toHaveLength(1);
});

test("an answer to somebody else's action does not log in", async () => {
  const seen = await begin(
    (_, peer) => {
      peer.write(`Response: Success\r\nActionID: 1\r\n${LOGIN}\r\n\r\n`);
      peer.write(printEvent({ name: "InvalidAccountID" }));
    },
    { loginMs: 60 },
  );
  await until(() => seen.states.length > 0, "a state");
  expect(seen.states[0]).toMatchObject({ upSinceMs: null });
  expect(seen.states[0]?.lastError).toMatch(/no answer to the login in 60 ms/);
  expect(seen.evidence).toEqual([]);
});

test("a server that says nothing is given up", async () => {
  await begin(() => undefined, { loginMs: 30 });
  await until(() => (asterisk?.peers.length ?? 0) >= 2, "a second connection");
  expect(connection?.state().lastError).toMatch(/no answer to the login/);
});

test("half an event of a cut connection never meets the next connection's bytes", async () => {
  const seen = await begin((action, peer) => {
    if (asterisk?.peers.length === 1) {
      peer.write(answer(action, LOGIN));
      peer.write(printEvent({ name: "InvalidAccountID", session: "half" }).slice(0, 180));
      setTimeout(() => peer.socket.destroy(), 20);
    } else {
      peer.write(answer(action, LOGIN) + printEvent({ name: "InvalidAccountID", session: "whole" }));
    }
  });
  await until(() => seen.evidence.length > 0, "the event of the second connection");
  expect(seen.evidence).toEqual([expect.objectContaining({ type: "security", session: "whole" })]);
  expect(connection?.state()).toMatchObject({ reconnects: 1 });
});

test("a silent peer is asked for a sign of life, and given up when none comes", async () => {
  const timing = { quietMs: 30, pingMs: 400 };
  await begin((action, peer) => {
    if (action["Action"] === "Login") peer.write(answer(action, LOGIN));
    else if (peer.actions.length < 4) peer.write(answer(action, "Ping: Pong"));
  }, timing);
  await until(() => (asterisk?.peers.length ?? 0) >= 2, "a second connection");
  const first = asterisk?.peers[0]?.actions.map((action) => action["Action"]) ?? [];
  expect(first).toEqual(["Login", "Ping", "Ping", "Ping"]);
  expect(connection?.state().lastError).toMatch(/dead/);
});

test("comes back when Asterisk does", async () => {
  const onAction: OnAction = (action, peer) => peer.write(answer(action, LOGIN));
  const seen = await begin(onAction);
  await until(() => connection?.state().upSinceMs !== null, "the first connection");
  const port = asterisk?.port ?? 0;
  await asterisk?.close();
  await until(() => connection?.state().lastError?.includes("ECONNREFUSED") === true, "a refused connection");
  asterisk = await fakeAsterisk(onAction, port);
  await until(() => connection?.state().upSinceMs !== null, "the second connection");
  expect(seen.states.at(-1)).toMatchObject({ reconnects: 1 });
});

test("stop ends the connection and the tries", async () => {
  await begin((action, peer) => peer.write(answer(action, LOGIN)));
  await until(() => connection?.state().upSinceMs !== null, "the connection");
  await connection?.stop();
  await until(() => asterisk?.peers[0]?.socket.destroyed === true, "the end of the connection");
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(asterisk?.peers).toHaveLength(1);
});

test.each([
  ["secret", { secret: "a\r\nAction: Originate" }],
  ["user", { user: "a\nb" }],
])("a %s with a line break is refused before it is sent", (_, credentials) => {
  const options = { host: "127.0.0.1", port: 1, user: "u", secret: "s", ...parts([]), ...credentials };
  expect(() => startEventConnection(options, { onEvidence: () => undefined })).toThrow(/line break/);
});

async function begin(onAction: OnAction, timing: Partial<EventTiming> = {}): Promise<Seen> {
  asterisk = await fakeAsterisk(onAction);
  const seen: Seen = { evidence: [], reloads: [], states: [], log: [] };
  connection = startEventConnection(
    {
      host: "127.0.0.1",
      port: asterisk.port,
      user: "guard",
      secret: SECRET,
      timing: { ...FAST, ...timing },
      ...parts(seen.log),
    },
    {
      onEvidence: (evidence) => seen.evidence.push(evidence),
      onReload: (module) => seen.reloads.push(module),
      onState: (state) => seen.states.push(state),
    },
  );
  return seen;
}

function parts(lines: string[]) {
  const line = (level: string) => (message: string, fields?: object) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  return {
    clock: { nowMs: () => Date.now() },
    random: () => 0.5,
    log: { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") },
  };
}
