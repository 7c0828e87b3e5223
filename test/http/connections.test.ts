import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AddressInfo, connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { limitConnections } from "../../src/http/connections.js";
import { makeCertificate } from "./support/certificate.js";

/** Linux answers to all of 127.0.0.0/8. */
const [DRIBBLER, ANOTHER, VISITOR] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
const MOST = { ofSource: 4, inAll: 8 };

const folder = mkdtempSync(join(tmpdir(), "ringfence-connections-"));
const files = makeCertificate(folder, "localhost");
const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(["http", "https"] as const)("connections over %s", (scheme) => {
  let server: Server;
  let port: number;
  let held: Socket[];

  beforeEach(async () => {
    held = [];
    const listener = (request: { url?: string | undefined }, response: { end(text: string): void }) => {
      if (request.url !== "/feed") response.end("welcome");
    };
    server = scheme === "http" ? createServer(listener) : createTlsServer(tls, listener);
    limitConnections(server, () => false, MOST);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const socket of held) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(from: string, text: string): Promise<{ socket: Socket; isOpen: () => boolean }> {
    const plain = connect({ host: "127.0.0.1", port, localAddress: from });
    held.push(plain);
    plain.on("error", () => undefined);
    let closed = false;
    plain.once("close", () => (closed = true));
    await Promise.race([once(plain, "connect"), once(plain, "close")]);
    const socket = scheme === "http" ? plain : connectTls({ socket: plain, rejectUnauthorized: false });
    socket.on("error", () => undefined);
    socket.write(text);
    return { socket, isOpen: () => !closed };
  }
  async function visit(from: string): Promise<string> {
    const { socket } = await open(from, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let text = "";
    socket.on("data", (data) => (text += String(data)));
    if (!socket.destroyed) await once(socket, "close");
    return text;
  }
  const dribble = (from: string) => open(from, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
  const until = async (what: () => boolean) => {
    for (const endMs = Date.now() + 30_000; !what() && Date.now() < endMs;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(what()).toBe(true);
  };

  test("those who dribble requests from several addresses make place for who comes, and what is answered goes on", async () => {
    const feed = await open(DRIBBLER, "GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(server, "request");
    const slow: Awaited<ReturnType<typeof dribble>>[] = [];
    for (let n = 0; n < 3; n++) slow.push(await dribble(DRIBBLER));
    for (let n = 0; n < 4; n++) slow.push(await dribble(ANOTHER));
    for (let n = 0; n < 5; n++) expect(await visit(VISITOR)).toContain("welcome");
    await until(() => slow.some(({ isOpen }) => !isOpen()));
    expect(slow.filter(({ isOpen }) => isOpen()).length).toBeGreaterThanOrEqual(2);
    expect(feed.isOpen()).toBe(true);
  }, 60_000);

  test("one address has no more than its share", async () => {
    const slow: Awaited<ReturnType<typeof dribble>>[] = [];
    for (let n = 0; n < 6; n++) slow.push(await dribble(DRIBBLER));
    await until(() => slow.filter(({ isOpen }) => isOpen()).length === MOST.ofSource);
    expect(await visit(VISITOR)).toContain("welcome");
  }, 60_000);
});
