import { createSocket, type Socket } from "node:dgram";
import { writeFileSync } from "node:fs";
import type { Source } from "../src/domain/address.js";
import type { SecurityEvent } from "../src/domain/intrusion/security-event.js";
import type { Sighting } from "../src/domain/intrusion/sighting.js";
import { startHep, type HepMirror } from "../src/hep-thread.js";
import { World } from "./domain/intrusion/world.js";
import { hep, recorded } from "./asterisk/hep/hep-bytes.js";
import { compileProject, type Compiled } from "./compiled.js";

let compiled: Compiled;
const stops: (() => Promise<void> | void)[] = [];

beforeAll(() => {
  compiled = compileProject();
}, 60_000);
afterAll(() => compiled.remove());
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Told {
  readonly order: string[];
  readonly losses: [number, number][];
  readonly sightings: Sighting[];
  readonly evidence: SecurityEvent[];
  readonly log: { level: string; message: string; fields: Readonly<Record<string, unknown>> | undefined }[];
}

async function udp(host: string, port = 0): Promise<Socket> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  await new Promise<void>((done) => socket.bind(port, host, done));
  stops.push(() => new Promise<void>((done) => socket.close(() => done())));
  return socket;
}

async function freePort(host = "127.0.0.1"): Promise<number> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  await new Promise<void>((done) => socket.bind(0, host, done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(() => done()));
  return port;
}

function start(
  host: string,
  port: number,
  more: { workerFile?: string } = {},
): { mirror: HepMirror; told: Told } {
  const told: Told = { order: [], losses: [], sightings: [], evidence: [], log: [] };
  const line = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) =>
    void told.log.push({ level, message, fields });
  const mirror = startHep({
    listen: { host, port },
    workerFile: more.workerFile ?? compiled.file("src/hep-worker.ts"),
    clock: { nowMs: () => Date.now() },
    random: Math.random,
    log: { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") },
    onLoss: (fromMs, toMs) => {
      told.order.push("loss");
      told.losses.push([fromMs, toMs]);
    },
    onSightings: (batch) => {
      told.order.push("sightings");
      told.sightings.push(...batch);
    },
    isEndpoint: (account) => account === "104",
    onEvidence: (evidence) => {
      told.order.push("evidence");
      told.evidence.push(evidence);
    },
  });
  stops.push(() => mirror.stop());
  return { mirror, told };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

const isOpen = (mirror: HepMirror) => (): boolean => mirror.state().listeningSinceMs !== null;
const send = (socket: Socket, packet: Buffer, port: number, host: string): Promise<void> =>
  new Promise((done, fail) =>
    socket.send(packet, port, host, (error) => (error === null ? done() : fail(error))),
  );

test.each(["127.0.0.1", "::1"])(
  "what Asterisk mirrored to %s arrives in order, its evidence behind it",
  async (host) => {
    const port = await freePort(host);
    const { mirror, told } = start(host, port);
    await until("the socket", isOpen(mirror));
    const sender = await udp(host);
    const packets = recorded("22");
    for (const packet of packets) await send(sender, packet, port, host);
    await until("all of it", () => mirror.state().packets === packets.length && told.evidence.length === 2);
    expect(mirror.state()).toMatchObject({ refused: 0, lost: 0, lastError: null, respawns: 0 });
    expect(mirror.state().address).toBe(host === "::1" ? `[::1]:${port}` : `127.0.0.1:${port}`);
    expect(told.sightings[0]).toMatchObject({ type: "request", source: "198.51.100.33" });
    expect(
      told.sightings.filter(({ source }) => source === "203.0.113.22").map(({ type }) => type),
    ).toContain("challenge");
    expect(told.order[0]).toBe("loss");
    expect(told.order.indexOf("sightings")).toBeLessThan(told.order.indexOf("evidence"));
  },
);

test("what is no HEP is counted and does no harm", async () => {
  const port = await freePort();
  const { mirror, told } = start("127.0.0.1", port);
  await until("the socket", isOpen(mirror));
  const sender = await udp("127.0.0.1");
  for (const packet of [Buffer.alloc(0), Buffer.from("HEP3"), Buffer.alloc(60_000, "x"), hep("no SIP")]) {
    await send(sender, packet, port, "127.0.0.1");
  }
  await send(sender, recorded("16")[0] ?? Buffer.alloc(0), port, "127.0.0.1");
  await until("the good one", () => told.sightings.length === 1);
  expect(mirror.state()).toMatchObject({ packets: 5, refused: 4 });
});

test("a guess at an account that does not exist, which AMI has told of, is not told again", async () => {
  const port = await freePort();
  const { mirror, told } = start("127.0.0.1", port);
  await until("the socket", isOpen(mirror));
  const sender = await udp("127.0.0.1");
  const exchange = exchangeBy(sender, port);
  await exchange("nobody", "named-by-ami", "n\xff");
  await exchange("no%ffbody", "not-printable", "n\xff");
  await exchange("nobody", "blind\xff", "n");
  await exchange("104", "real", "n\xff");
  await until("the real one", () => told.evidence.some(({ session }) => session === "real"));
  expect(told.evidence.map(({ session }) => session)).toEqual(["not-printable", "blind\xff", "real"]);
});

/** A request and its refusal; without a nonce the request shows no password. */
function exchangeBy(sender: Socket, port: number) {
  return async (account: string, callId: string, nonce: string | null): Promise<void> => {
    const head = `Call-ID: ${callId}\r\nCSeq: 1 REGISTER\r\nFrom: <sip:${account}@h>\r\n`;
    const answer = nonce === null ? "" : `Authorization: Digest nonce="${nonce}"\r\n`;
    const ask = `REGISTER sip:h SIP/2.0\r\n${head}${answer}\r\n`;
    const refuse = `SIP/2.0 401 x\r\n${head}WWW-Authenticate: Digest nonce="n"\r\n\r\n`;
    await send(sender, hep(ask, { from: "203.0.113.9", to: "192.0.2.1" }), port, "127.0.0.1");
    await send(sender, hep(refuse, { from: "192.0.2.1", to: "203.0.113.9" }), port, "127.0.0.1");
  };
}

test("a scan of names of which AMI says nothing is told as AMI would, and nothing of accounts that exist", async () => {
  const port = await freePort();
  const { mirror, told } = start("127.0.0.1", port);
  await until("the socket", isOpen(mirror));
  const exchange = exchangeBy(await udp("127.0.0.1"), port);
  await exchange("guest1", "told-by-ami", null);
  await exchange("104", "a phone's\xff", null);
  await exchange("guest2", "scan\xff", null);
  await until("the scan", () => told.evidence.length === 2);
  expect(told.evidence.map(({ kind, account, session }) => [kind, account, session])).toEqual([
    ["invalid-account", "guest2", "scan\xff"],
    ["challenge-sent", null, "scan\xff"],
  ]);
  const { judge } = new World().see(told.evidence);
  expect(judge.counts.attempts).toBe(1);
});

test("what this machine asks others is passed over", async () => {
  const port = await freePort();
  const { mirror, told } = start("127.0.0.1", port);
  mirror.useOwn(["192.0.2.1" as Source]);
  await until("the socket", isOpen(mirror));
  const sender = await udp("127.0.0.1");
  const ask = "OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n";
  await send(sender, hep(ask, { from: "192.0.2.1", to: "203.0.113.9" }), port, "127.0.0.1");
  await send(sender, hep(ask, { from: "203.0.113.9", to: "192.0.2.1" }), port, "127.0.0.1");
  await until("the other's", () => mirror.state().packets === 2 && told.sightings.length > 0);
  expect(told.sightings.map(({ source }) => source)).toEqual(["203.0.113.9"]);
});

test("a port in use is a warning that says what to do, and is taken once it is free", async () => {
  const holder = createSocket("udp4");
  await new Promise<void>((done) => holder.bind(0, "127.0.0.1", done));
  const { port } = holder.address();
  const { mirror, told } = start("127.0.0.1", port);
  await until("the warning", () => told.log.some(({ level }) => level === "warn"));
  expect(mirror.state()).toMatchObject({ listeningSinceMs: null });
  expect(mirror.state().lastError).toContain("is in use by another program");
  await new Promise<void>((done) => holder.close(() => done()));
  await until("the socket", isOpen(mirror));
  expect(mirror.state().lastError).toBeNull();
});

test("a sender that is new, as Asterisk is after a restart, leaves a gap behind it", async () => {
  const port = await freePort();
  const { mirror, told } = start("127.0.0.1", port);
  await until("the socket", isOpen(mirror));
  const [first, second] = [await udp("127.0.0.1"), await udp("127.0.0.1")];
  const ask = "OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n";
  const atMs = Date.now();
  await send(first, hep(ask, { atMs }), port, "127.0.0.1");
  await until("the first", () => told.sightings.length === 1);
  await send(second, hep(ask, { atMs: atMs + 5_000 }), port, "127.0.0.1");
  await until("the second", () => told.sightings.length === 2);
  expect(told.losses).toContainEqual([atMs, atMs + 5_000]);
});

test("a thread that dies is replaced, and the time without it is a gap", async () => {
  const port = await freePort();
  const dying = compiled.file("src/hep-worker.js").replace(/hep-worker\.js$/, "dying-worker.js");
  writeFileSync(
    dying,
    `const { parentPort } = require("node:worker_threads");
     parentPort.on("message", () => {});
     require("./hep-worker.js");
     setTimeout(() => { throw new Error("dies on purpose"); }, 500);`,
  );
  const { mirror, told } = start("127.0.0.1", port, { workerFile: dying });
  await until("two lives", () => mirror.state().respawns >= 1 && told.losses.length >= 2);
  expect(told.log).toContainEqual(
    expect.objectContaining({ level: "warn", message: "the thread for HEP died" }),
  );
});

test("stopping frees the port", async () => {
  const port = await freePort();
  const { mirror } = start("127.0.0.1", port);
  await until("the socket", isOpen(mirror));
  await mirror.stop();
  await udp("127.0.0.1", port);
});
