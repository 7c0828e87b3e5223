import type { WaitingCall } from "../../../src/asterisk/ari/check.js";
import { LIMITS, openSession, type AriSession } from "../../../src/asterisk/ari/session.js";
import { AriServer } from "./ari-server.js";
import { keptLog, until } from "./support.js";

/** Generous where a test waits for success, short where it waits for a deadline. */
const limits = { ...LIMITS, tryMs: 200, answerMs: 2_000, pingMs: 60_000 };

let server: AriServer;
let session: AriSession | null;
let calls: WaitingCall[];
let lost: number;

beforeEach(async () => {
  server = await new AriServer().start();
  session = null;
  calls = [];
  lost = 0;
});
afterEach(async () => {
  session?.close();
  await server.stop();
});

async function open(other: Partial<typeof limits> = {}): Promise<AriSession> {
  const events = { onWaiting: (call: WaitingCall) => void calls.push(call), onLostEvent: () => (lost += 1) };
  session = await openSession(server.settings, events, keptLog(), { ...limits, ...other });
  return session;
}

test("a call is announced, answered and let go", async () => {
  const control = await open();
  server.call("1.1", "18005550123");
  await until(() => calls.length === 1, "the call is announced");
  expect(calls[0]).toEqual({
    channelId: "1.1",
    channelName: "PJSIP/100-0000001f",
    args: ["check", "1", "18005550123", ...Array<string>(9).fill("")],
  });
  await expect(control.release("1.1", "1:allow:allowed:+18005550123:18005550123")).resolves.toBe("released");
  expect(server.done).toEqual(["1.1 ringfence-answer 1:allow:allowed:+18005550123:18005550123 1"]);
});

test("a call that is sent back without an answer goes on where it was", async () => {
  const control = await open();
  server.call("1.1", "18005550123");
  await expect(control.release("1.1", null)).resolves.toBe("released");
  expect(server.done).toEqual(["1.1"]);
});

test("a channel that has gone is no error", async () => {
  const control = await open();
  await expect(control.release("9.9", "1:refuse:area-closed::")).resolves.toBe("gone");
});

test("a channel that waits and can't be answered is one", async () => {
  const control = await open();
  server.call("1.1", "18005550123");
  server.silent.push(/continue/);
  await expect(control.release("1.1", "1:refuse:area-closed::")).rejects.toMatchObject({
    code: "asterisk-unreachable",
  });
});

test("an operation that never settles, since its connection broke, is tried again", async () => {
  const control = await open();
  server.call("1.1", "18005550123");
  server.cutOnce.push(/continue/);
  await expect(control.release("1.1", "1:refuse:area-closed::")).resolves.toBe("released");
  expect(server.done).toEqual(["1.1 ringfence-answer 1:refuse:area-closed:: 1"]);
});

test("answering ends in time when everything is silent", async () => {
  const control = await open({ tryMs: 10_000, answerMs: 100 });
  server.silent.push(/./);
  await expect(control.release("1.1", "x")).rejects.toMatchObject({ code: "asterisk-unreachable" });
});

test.each([
  ["text that is no JSON", "{"],
  ["an event without a type", "{}"],
  ["null", "null"],
  ["an empty message", ""],
])("after %s the next call is announced, and the loss is told", async (_, text) => {
  await open();
  server.sendText(text);
  server.call("1.1", "18005550123");
  await until(() => calls.length === 1, "the call is announced");
  expect(lost).toBe(1);
});

test("an event of an unknown kind is left, and nothing is lost by it", async () => {
  await open();
  server.send({ type: "FromTheFuture", channel: { id: "1" } });
  server.call("1.1", "18005550123");
  await until(() => calls.length === 1, "the call is announced");
  expect(lost).toBe(0);
});

test("a StasisStart that can't be read is left, and the next one is announced", async () => {
  await open();
  server.send({ type: "StasisStart", args: "check", channel: { id: "1.0", name: "PJSIP/100-0000001f" } });
  server.call("1.1", "18005550123");
  await until(() => calls.length === 1, "the call is announced");
  expect(calls[0]?.channelId).toBe("1.1");
});

test("calls that wait are listed with their arguments, those that went meanwhile left out", async () => {
  const control = await open();
  for (let n = 0; n < 20; n++) server.call(`1.${n}`, `180055501${n + 10}`, { announce: false });
  const waiting = await control.waiting();
  expect(waiting).toHaveLength(20);
  expect(waiting[3]).toEqual({
    channelId: "1.3",
    channelName: "PJSIP/100-0000001f",
    args: ["check", "1", "18005550113", ...Array<string>(9).fill("")],
  });
});

test("a websocket that is cut ends the session, and ari-client does not come back behind our back", async () => {
  const control = await open();
  server.cutWebsockets();
  await expect(control.over).resolves.toBe("the websocket was closed");
  // Its first try would come after 100 ms.
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(server.opened).toBe(1);
});

test("a server that is silent to pings ends the session", async () => {
  server.pongs = false;
  const control = await open({ pingMs: 30 });
  await expect(control.over).resolves.toContain("no answer to a ping");
});

test("a server that answers pings keeps it", async () => {
  const control = await open({ pingMs: 150 });
  const first = await Promise.race([
    control.over,
    new Promise((resolve) => setTimeout(resolve, 800, "kept")),
  ]);
  expect(first).toBe("kept");
});

test("another program that takes the application over ends the session", async () => {
  const control = await open();
  server.send({ type: "ApplicationReplaced", application: "ringfence" });
  await expect(control.over).resolves.toContain("another program has taken over");
});

test("a thousand calls leave no listener behind", async () => {
  const control = await open({ tryMs: 5_000, answerMs: 20_000 });
  const client = clientOf(control);
  const listeners = () => client.eventNames().map((name) => client.listenerCount(name));
  const atFirst = listeners();
  for (let n = 0; n < 1_000; n += 50) {
    for (let m = n; m < n + 50; m++) server.call(`1.${m}`, "18005550123");
    await until(() => calls.length === n + 50, "the calls are announced");
    await Promise.all(calls.slice(n).map((call) => control.release(call.channelId, null)));
  }
  expect(listeners()).toEqual(atFirst);
});

/** The ari-client within a session. */
function clientOf(control: AriSession): NodeJS.EventEmitter {
  return (control as unknown as { client: NodeJS.EventEmitter }).client;
}
