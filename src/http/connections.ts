import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { sourceOf } from "../domain/address.js";

/** A browser opens six, and a page's live feed keeps one. */
const OF_SOURCE = 40;
const IN_ALL = 512;

/** Nobody holds all connections, slow as they may be: neither one source (of IPv6 a /64) nor some together. Where there is no room left,
 *  the oldest that waits, of whoever has most, makes place: who dribbles a request has its connection cut, and who comes is served.
 *  @param trusts proxies bring many people's */
export function limitConnections(
  server: Server,
  trusts: (address: string) => boolean,
  most = { ofSource: OF_SOURCE, inAll: IN_ALL },
): void {
  const open = new Map<string, Set<Socket>>();
  // By where they come from: of TLS a request has another socket than its connection.
  const answering = new Set<string>();
  let count = 0;
  // Beside the counted ones there are those of proxies.
  server.maxConnections = 2 * most.inAll;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || trusts(address)) return;
    const source = sourceOf(address) ?? address;
    const own = open.get(source) ?? new Set();
    if (own.size >= most.ofSource || (count >= most.inAll && !makeRoom(open, answering))) {
      socket.destroy();
      return;
    }
    count++;
    open.set(source, own.add(socket));
    socket.once("close", () => {
      count--;
      own.delete(socket);
      if (own.size === 0 && open.get(source) === own) open.delete(source);
    });
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const end = endOf(socket);
    answering.add(end);
    response.once("close", () => answering.delete(end));
  });
}

function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ""} ${remotePort ?? 0}`;
}

/** False where every connection is being answered. */
function makeRoom(open: ReadonlyMap<string, ReadonlySet<Socket>>, answering: ReadonlySet<string>): boolean {
  const bySize = [...open.values()].sort((a, b) => b.size - a.size);
  for (const own of bySize) {
    for (const socket of own) {
      if (answering.has(endOf(socket)) || socket.destroyed) continue;
      socket.destroy();
      return true;
    }
  }
  return false;
}
