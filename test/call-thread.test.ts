import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { AriSettings } from "../src/asterisk/ari/settings.js";
import { startCallThread, type CallThread } from "../src/call-thread.js";
import { buildDeck } from "../src/domain/calling/deck.js";
import { DEFAULT_POLICY } from "../src/domain/policy.js";
import type { CallLogEntry } from "../src/guard/ports.js";
import { callCount, type CallCount } from "../src/pace.js";
import { AriServer } from "./asterisk/ari/ari-server.js";
import { keptLog, until } from "./asterisk/ari/support.js";
import { compileProject, type Compiled } from "./compiled.js";

// Threads start slowly on a machine that is busy.
jest.setTimeout(60_000);

let compiled: Compiled;
let server: AriServer;
let threads: CallThread[];
let verdicts: Omit<CallLogEntry, "id">[];
let recovered: Omit<CallLogEntry, "id">[];
let folder: string;
let calls: CallCount;
let log: ReturnType<typeof keptLog>;

beforeAll(() => {
  compiled = compileProject(
    "test/call-thread-worker.ts",
    "test/call-thread-server.ts",
    "test/asterisk/ari/ari-server.ts",
    "test/asterisk/ari/support.ts",
  );
});
afterAll(() => compiled.remove());

beforeEach(async () => {
  server = await new AriServer().start();
  threads = [];
  verdicts = [];
  recovered = [];
  calls = callCount();
  folder = mkdtempSync(join(tmpdir(), "ringfence-call-thread-"));
  log = keptLog();
});
afterEach(async () => {
  await Promise.all(threads.map((thread) => thread.stop()));
  await server.stop();
  rmSync(folder, { recursive: true });
});

function start(
  ari: AriSettings = server.settings,
  heartbeatMs = 10_000,
  workerFile = "test/call-thread-worker.ts",
): CallThread {
  const thread = startCallThread({
    ari,
    calls,
    journal: join(folder, `${threads.length}`),
    onVerdicts: (entries) => {
      verdicts.push(...entries);
      return entries.length;
    },
    onRecovered: ({ entry }) => recovered.push(entry) > 0,
    clock: { nowMs: () => Date.now() },
    random: Math.random,
    log,
    workerFile: compiled.file(workerFile),
    heartbeatMs,
  });
  threads.push(thread);
  return thread;
}

function startWithRules(ari?: AriSettings, heartbeatMs?: number): CallThread {
  const thread = start(ari, heartbeatMs);
  thread.usePolicy(DEFAULT_POLICY);
  thread.useDecks([]);
  return thread;
}

async function connected(thread: CallThread): Promise<void> {
  await until(() => thread.state().connectedSinceMs !== null, "the thread is connected");
}

function served(id: string, by = server): boolean {
  return by.done.some((line) => line === id || line.startsWith(`${id} `));
}

async function answers(id: string): Promise<void> {
  server.call(id, "18005550123");
  await until(() => served(id), `call ${id} is answered`);
}

test("calls are answered, verdicts arrive in order, the state counts them", async () => {
  const thread = startWithRules();
  await connected(thread);
  server.call("1.1", "18005550123");
  await until(() => verdicts.length === 1, "the first verdict");
  server.call("1.2", "18765550123");
  await until(() => verdicts.length === 2, "the second verdict");
  expect(server.done).toEqual([
    "1.1 ringfence-answer 1:allow:allowed:+18005550123:18005550123: 1",
    "1.2 ringfence-answer 1:refuse:area-closed:+18765550123:: 1",
  ]);
  expect(verdicts.map((entry) => entry.verdict.decision)).toEqual(["allow", "refuse"]);
  expect(calls[0]).toBe(2);
  expect(thread.state()).toMatchObject({ judged: 2, unanswered: 0, respawns: 0, lastError: null });
});

test("it does not ask for calls before it has rules and decks to judge them by", async () => {
  const thread = start();
  thread.usePolicy(DEFAULT_POLICY);
  await pause(300);
  expect(server.requests).toEqual([]);
  thread.useDecks([]);
  await connected(thread);
});

test("the daemon's own thread judges by the policy and the decks it was last given", async () => {
  const thread = start(server.settings, 10_000, "src/call-worker.ts");
  const deck = buildDeck("default", [
    { prefix: "1", destination: "USA", microsPerMinute: 10_000 },
    { prefix: "1907", destination: "USA, Alaska", microsPerMinute: 300_000 },
  ]);
  thread.usePolicy(DEFAULT_POLICY);
  thread.useDecks([deck]);
  await connected(thread);
  const dialled = ["12127365000", "18765550123", "19072762000", "911"];
  for (const digits of dialled) {
    server.call(digits, digits);
    await until(() => served(digits), `${digits} is judged`);
  }
  thread.usePolicy({ ...DEFAULT_POLICY, version: 2, calling: { ...DEFAULT_POLICY.calling, openAreas: [] } });
  server.call("2.1", "12127365000");
  await until(() => served("2.1"), "the same number is judged anew");
  expect(server.done).toEqual([
    "12127365000 ringfence-answer 1:allow:allowed:+12127365000:12127365000: 1",
    "18765550123 ringfence-answer 1:refuse:area-closed:+18765550123:: 1",
    "19072762000 ringfence-answer 1:refuse:rate-over-cap:+19072762000:: 1",
    "911 ringfence-answer 1:allow:emergency::911: 1",
    "2.1 ringfence-answer 1:refuse:area-closed:+12127365000:: 1",
  ]);
});

test("a wrong password neither ends the process nor the thread; once right it connects", async () => {
  server.password = "other";
  const thread = startWithRules();
  await until(() => thread.state().lastError !== null, "the refusal is told");
  expect(thread.state().lastError).toContain("compare it with ari.conf");
  server.password = "right";
  await connected(thread);
  expect(thread.state().respawns).toBe(0);
});

test("it waits for an Asterisk that is not there yet, and comes back after a restart", async () => {
  const { port } = server;
  const settings = server.settings;
  await server.stop();
  const thread = startWithRules(settings);
  await until(() => thread.state().lastError !== null, "the failure is told");
  server = await new AriServer().start(port);
  await connected(thread);
  await answers("1.1");

  await server.stop();
  await until(() => thread.state().connectedSinceMs === null, "the loss is told");
  server = await new AriServer().start(port);
  await connected(thread);
  await answers("2.1");
  expect(thread.state().respawns).toBe(0);
});

test("a websocket cut again and again is opened again", async () => {
  const thread = startWithRules();
  for (let n = 1; n <= 4; n++) {
    await until(() => server.opened === n && server.websockets.length === 1, `websocket ${n}`);
    server.cutWebsockets();
  }
  await until(() => server.opened === 5, "websocket 5");
  await connected(thread);
  await answers("1.1");
});

test("calls that came while the websocket was cut are answered on the next one", async () => {
  const thread = startWithRules();
  await connected(thread);
  server.cutWebsockets();
  server.call("1.1", "18005550123", { announce: false });
  await until(() => served("1.1"), "the stranded call is answered");
});

test("a refused websocket ends the thread, and nothing of it comes back later", async () => {
  server.refuseWebsocket = 503;
  const thread = startWithRules();
  await until(() => thread.state().respawns >= 2, "the thread is replaced twice");
  expect(log.lines.join()).toContain("ARI refused the websocket");
  server.refuseWebsocket = null;
  await connected(thread);
  // ari-client's own tries would come after 100, 300 and 700 ms, and take the application from the new thread.
  await pause(1_000);
  expect(server.opened).toBe(1);
});

test("a thread that hangs is replaced", async () => {
  const thread = startWithRules(undefined, 50);
  await connected(thread);
  server.call("1.1", "0001");
  await until(() => server.waiting.has("1.1") && thread.state().lastError === "the thread hung", "the hang");
  // The dialplan's watchdog takes such a call away.
  server.waiting.delete("1.1");
  await connected(thread);
  await answers("1.2");
  expect(thread.state().respawns).toBeGreaterThanOrEqual(1);
});

test("a thread that dies is replaced, with the newest rules, and its counts are kept", async () => {
  const thread = startWithRules();
  await connected(thread);
  await answers("1.1");
  await until(() => thread.state().judged === 1, "the count");
  server.call("1.2", "0002");
  await until(() => log.lines.join().includes("broken thread"), "the death");
  server.waiting.delete("1.2");
  await connected(thread);
  await answers("1.3");
  await until(() => thread.state().judged >= 2, "the counts are added up");
});

test("what a thread decided and could not tell any more is found by the next", async () => {
  const thread = startWithRules();
  await connected(thread);
  await answers("1.1");
  server.call("1.2", "0002");
  await until(() => recovered.length > 0, "the call is found");
  const known = [...verdicts, ...recovered].map(({ channelId }) => channelId);
  expect(new Set(known)).toEqual(new Set(["1.1", "1.2"]));
  server.waiting.delete("1.2");
});

test("what is in the call log is forgotten where it was noted", async () => {
  const thread = startWithRules(undefined, 50);
  await connected(thread);
  for (let n = 1; n <= 20; n++) await answers(`1.${n}`);
  await until(() => readFileSync(join(folder, "0"), "utf8") === "", "all are known to be stored");
  expect(verdicts).toHaveLength(20);
  expect(recovered).toEqual([]);
});

test("what ari-client prints is not on the daemon's own output", async () => {
  const written: unknown[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, "write").mockImplementation((chunk) => written.push(chunk) > 0),
  );
  server.swaggerVersion = "1.1";
  startWithRules();
  await until(() => log.lines.some((line) => line.includes("deprecated version of Swagger")), "it prints");
  expect(written).toEqual([]);
  for (const spy of spies) spy.mockRestore();
});

test("two threads keep their own credentials", async () => {
  const other = await new AriServer().start();
  other.password = "quite another";
  const one = startWithRules();
  const two = startWithRules({ ...other.settings, password: "quite another" });
  await connected(one);
  await connected(two);
  other.call("2.1", "18005550123");
  await until(() => served("2.1", other), "the other one's call is answered");
  await answers("1.1");
  await two.stop();
  await other.stop();
});

test("a call is answered while the main thread is blocked", async () => {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const asterisk = new Worker(compiled.file("test/call-thread-server.ts"), { workerData: answered });
  const [settings] = (await once(asterisk, "message")) as [AriSettings];
  await connected(startWithRules(settings));
  asterisk.postMessage("ring");
  // Nothing runs in this thread until the call was answered.
  expect(Atomics.wait(answered, 0, 0, 10_000)).not.toBe("timed-out");
  expect(Atomics.load(answered, 0)).toBe(1);
  await asterisk.terminate();
});

test("a URL that can't be ARI's is refused at once", () => {
  expect(() => start({ ...server.settings, url: "http://127.0.0.1:8088/ari" })).toThrow("without path");
});
