import type { Server } from "node:http";
import type { Socket } from "node:net";

/** A browser opens six, and a page's live feed keeps one. */
const OF_ADDRESS = 40;
const IN_ALL = 512;

/** Nobody holds all connections by themselves, slow as they may be. @param trusts proxies bring many people's */
export function limitConnections(server: Server, trusts: (address: string) => boolean): void {
  const open = new Map<string, number>();
  server.maxConnections = IN_ALL;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || trusts(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > OF_ADDRESS) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
