import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A small ARI over real sockets, which can be told to misbehave in the ways that Asterisk, or whatever else listens
 *  there, does. */
export class AriServer {
  password = "right";
  readOnly = false;
  /** Paths that never get an answer. */
  readonly silent: RegExp[] = [];
  /** Paths whose connection is cut instead of an answer, once each. */
  readonly cutOnce: RegExp[] = [];
  /** The status of websocket upgrades while it is not null. */
  refuseWebsocket: number | null = null;
  pongs = true;
  swaggerVersion = "1.2";
  /** Channels in Stasis: id → its arguments. */
  readonly waiting = new Map<string, { name: string; args: string[] }>();
  /** Calls that were let go on, in order: the channel's id, and where to if that was said. */
  readonly done: string[] = [];
  readonly requests: string[] = [];
  websockets: Duplex[] = [];
  /** Websockets opened since the start. */
  opened = 0;
  url = "";
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  async start(port = 0): Promise<this> {
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("error", () => undefined);
    });
    this.server.on("upgrade", (request: IncomingMessage, socket: Duplex) => this.upgrade(request, socket));
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  get settings(): { url: string; username: string; password: string } {
    return { url: this.url, username: "ringfence", password: "right" };
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Puts a channel into Stasis and announces it, unless told not to. */
  call(id: string, digits: string, options: { name?: string; announce?: boolean } = {}): void {
    const { name = "PJSIP/100-0000001f", announce = true } = options;
    const args = ["check", "1", digits, ...Array<string>(9).fill("")];
    this.waiting.set(id, { name, args });
    if (announce) {
      this.send({ type: "StasisStart", application: "ringfence", args, channel: { id, name } });
    }
  }

  send(event: unknown): void {
    this.sendText(JSON.stringify(event));
  }

  /** One unmasked text frame to every websocket. */
  sendText(text: string): void {
    const body = Buffer.from(text);
    const head =
      body.length < 126
        ? Buffer.from([0x81, body.length])
        : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
    for (const socket of this.websockets) socket.write(Buffer.concat([head, body]));
  }

  cutWebsockets(): void {
    for (const socket of this.websockets.splice(0)) socket.destroy();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.url);
    const path = decodeURIComponent(url.pathname);
    this.requests.push(`${request.method ?? ""} ${path}`);
    if (this.silent.some((pattern) => pattern.test(path))) return;
    const cut = this.cutOnce.findIndex((pattern) => pattern.test(path));
    if (cut >= 0) {
      this.cutOnce.splice(cut, 1);
      request.socket.destroy();
      return;
    }
    const [status, body] = this.route(request, path, url.searchParams);
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(body === undefined ? "" : JSON.stringify(body));
  }

  private route(request: IncomingMessage, path: string, query: URLSearchParams): [number, unknown?] {
    const wanted = `Basic ${Buffer.from(`ringfence:${this.password}`).toString("base64")}`;
    if (request.headers.authorization !== wanted) return [401, { error: "Unauthorized" }];
    if (request.method !== "GET" && this.readOnly) return [403, { message: "Write access denied" }];
    if (path === "/ari/applications") return [200, []];
    if (path === "/ari/applications/ringfence") {
      return [200, { name: "ringfence", channel_ids: [...this.waiting.keys()] }];
    }
    if (path === "/ari/api-docs/resources.json") return [200, this.resources()];
    const docs = /^\/ari\/api-docs\/(\w+)\.json$/.exec(path)?.[1];
    if (docs !== undefined && docs in DOCS) return [200, { ...DOCS[docs], basePath: `${this.url}/ari` }];
    const [, id = "", verb = ""] = /^\/ari\/channels\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const channel = this.waiting.get(id);
    if (channel === undefined) return [404, { message: "Channel not found" }];
    if (request.method === "GET") {
      const dialplan = { app_name: "Stasis", app_data: ["ringfence", ...channel.args].join(",") };
      return [200, { id, name: channel.name, dialplan }];
    }
    if (verb === "continue") {
      this.waiting.delete(id);
      const where = ["context", "extension", "priority"].map((name) => query.get(name));
      this.done.push([id, ...where.filter((part) => part !== null)].join(" "));
    }
    return [204];
  }

  private resources(): unknown {
    const apis = Object.keys(DOCS).map((name) => ({ path: `/api-docs/${name}.{format}` }));
    return { swaggerVersion: this.swaggerVersion, apiVersion: "2.0.0", basePath: `${this.url}/ari`, apis };
  }

  private upgrade(request: IncomingMessage, socket: Duplex): void {
    if (this.silent.some((pattern) => pattern.test("/ari/events"))) return;
    const status =
      this.refuseWebsocket ??
      (request.url?.includes(`api_key=ringfence:${encodeURIComponent(this.password)}`) === true ? null : 401);
    if (status !== null) {
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const key = request.headers["sec-websocket-key"] ?? "";
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    this.opened++;
    this.websockets.push(socket);
    socket.on("close", () => {
      this.websockets = this.websockets.filter((one) => one !== socket);
    });
    socket.on("error", () => undefined);
    socket.on("data", (frame: Buffer) => {
      // Clients send nothing here but pings, empty and masked, and the frame that closes.
      if (((frame[0] ?? 0) & 15) === 9 && this.pongs) socket.write(Buffer.from([0x8a, 0]));
    });
  }
}

const path = { paramType: "path", required: true, dataType: "string" };
const query = { paramType: "query", required: false, dataType: "string" };

/** The parts of Asterisk's API description that count here, in its own form. */
const DOCS: Record<string, object> = {
  channels: {
    swaggerVersion: "1.2",
    resourcePath: "/api-docs/channels.{format}",
    apis: [
      {
        path: "/channels/{channelId}/continue",
        operations: [
          {
            httpMethod: "POST",
            nickname: "continueInDialplan",
            responseClass: "void",
            parameters: [
              { name: "channelId", ...path },
              { name: "context", ...query },
              { name: "extension", ...query },
              { name: "priority", ...query },
            ],
          },
        ],
      },
    ],
    models: {},
  },
  events: {
    swaggerVersion: "1.2",
    resourcePath: "/api-docs/events.{format}",
    apis: [],
    models: {
      StasisStart: {
        id: "StasisStart",
        properties: { args: { type: "List[string]" }, channel: { type: "Channel" } },
      },
      ApplicationReplaced: { id: "ApplicationReplaced", properties: {} },
    },
  },
};
