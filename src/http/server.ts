import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { Target } from "../domain/address.js";
import type { Log, Stop } from "../guard/ports.js";
import { apiRoutes, socketApp } from "./api.js";
import { limitConnections } from "./connections.js";
import { ownNames } from "./host.js";
import type { Services } from "./services.js";
import { listening, listenOnSocket } from "./socket.js";
import { tcpApp } from "./tcp.js";
import { certified, readTls, type TlsFiles, watchTls } from "./tls.js";
import { trustIn } from "./visitor.js";

export interface HttpOptions {
  /** The Unix socket, where whoever reaches it may do everything. */
  readonly socket: string;
  /** Where browsers and programs of other machines come; null: nowhere. Port 0 takes a free one. */
  readonly tcp: { readonly host: string; readonly port: number } | null;
  /** Null: plain HTTP. */
  readonly tls?: TlsFiles | null;
  /** By what names it may be asked for, beside its addresses, the machine's name and those of the certificate. */
  readonly names?: readonly string[];
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly Target[];
  /** The folder of the built web UI. */
  readonly ui: string;
}

export interface RunningHttp {
  readonly stop: Stop;
  /** The TCP port. */
  readonly tcpPort: number | null;
  /** Reads the certificate anew. */
  reload(): void;
}

/** A whole request, a deck of a million rows included. */
const LONGEST_REQUEST_MS = 10 * 60_000;
/** Who dawdles over the head of a request is not sending a deck. */
const HEADERS_MS = 10_000;
const HEAD_BYTES = 8192;

/** Serves the API on the Unix socket, and everything over TCP. Throws RingfenceError `config` where it can't listen. */
export async function startHttp(options: HttpOptions, services: Services, log: Log): Promise<RunningHttp> {
  const api = apiRoutes(services);
  const socketServer = createServer({ requestTimeout: LONGEST_REQUEST_MS }, socketApp(api.router, log));
  await listenOnSocket(socketServer, options.socket);
  log.info("API listens", { socket: options.socket });
  const { trustedProxies = [], names = [], tls = null, ui } = options;
  const isOurName = ownNames(names, tls === null ? () => false : certified(tls));
  const app = tcpApp(services, api.router, { ui, trustedProxies, isOurName }, log);
  const tcp = await startTcp(options, app, log).catch(async (fault: unknown) => {
    await closed(socketServer);
    throw fault;
  });
  return {
    tcpPort: tcp === null ? null : portOf(tcp.server),
    reload: () => tcp?.reload(),
    async stop() {
      api.close();
      tcp?.stopWatching();
      // Closing removes the socket's file too.
      await Promise.all([closed(socketServer), tcp === null ? null : closed(tcp.server)]);
    },
  };
}

interface Tcp {
  readonly server: Server;
  reload(): void;
  stopWatching(): void;
}

async function startTcp(
  { tcp, tls = null, trustedProxies = [] }: HttpOptions,
  app: RequestListener,
  log: Log,
): Promise<Tcp | null> {
  if (tcp === null) return null;
  const limits = {
    requestTimeout: LONGEST_REQUEST_MS,
    headersTimeout: HEADERS_MS,
    maxHeaderSize: HEAD_BYTES,
  };
  const secured =
    tls === null ? null : { files: tls, server: createTlsServer({ ...limits, ...readTls(tls) }, app) };
  const server: Server | TlsServer = secured?.server ?? createServer(limits, app);
  limitConnections(server, trustIn(trustedProxies));
  await listening(server, () => server.listen(tcp.port, tcp.host));
  log.info("web server listens", { host: tcp.host, port: portOf(server), tls: tls !== null });
  const watch = secured === null ? null : watchTls(secured.server, secured.files, log);
  return { server, reload: () => watch?.reload(), stopWatching: () => watch?.stop() };
}

function portOf(server: Server): number | null {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : null;
}

/** Requests under way are cut: who stops the daemon doesn't wait for a feed that never ends. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
