import { createServer, type Server } from "node:http";
import type { Log, Stop } from "../guard/ports.js";
import { apiApp } from "./api.js";
import { publicApp } from "./public.js";
import type { Services } from "./services.js";
import { listening, listenOnSocket } from "./socket.js";

export interface HttpOptions {
  /** The Unix socket of the whole API. */
  readonly socket: string;
  /** Where the public part listens; null: nowhere. Port 0 takes a free one. */
  readonly tcp: { readonly host: string; readonly port: number } | null;
}

export interface RunningHttp {
  readonly stop: Stop;
  /** The port of the public part. */
  readonly tcpPort: number | null;
}

/** A whole request, a deck of a million rows included. */
const SOCKET_REQUEST_MS = 10 * 60_000;
const PUBLIC_REQUEST_MS = 10_000;
const PUBLIC_CONNECTIONS = 256;

/** Serves the API on the Unix socket, and the public part on TCP. Throws RingfenceError `config` where it can't listen. */
export async function startHttp(options: HttpOptions, services: Services, log: Log): Promise<RunningHttp> {
  const api = apiApp(services, log);
  const socketServer = createServer({ requestTimeout: SOCKET_REQUEST_MS }, api.app);
  await listenOnSocket(socketServer, options.socket);
  log.info("API listens", { socket: options.socket });
  const publicServer = await startPublic(options.tcp, services, log).catch(async (fault: unknown) => {
    await closed(socketServer);
    throw fault;
  });
  return {
    tcpPort: publicServer === null ? null : portOf(publicServer),
    async stop() {
      api.close();
      // Closing removes the socket's file too.
      await Promise.all([closed(socketServer), publicServer === null ? null : closed(publicServer)]);
    },
  };
}

async function startPublic(tcp: HttpOptions["tcp"], services: Services, log: Log): Promise<Server | null> {
  if (tcp === null) return null;
  const server = createServer(
    { requestTimeout: PUBLIC_REQUEST_MS, maxHeaderSize: 8192 },
    publicApp(services, log),
  );
  server.maxConnections = PUBLIC_CONNECTIONS;
  await listening(server, () => server.listen(tcp.port, tcp.host));
  log.info("public page listens", { host: tcp.host, port: portOf(server) });
  return server;
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
