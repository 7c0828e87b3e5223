import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { backoffMs, type Backoff } from "../../guard/backoff.js";
import type { Log, Random } from "../../guard/ports.js";
import { isLoopback } from "./loopback.js";
import type { HepSettings } from "./messages.js";

export interface MirrorSocketHandlers {
  /** `senderPort` is another one after Asterisk has started anew. */
  readonly onPacket: (bytes: Buffer, senderPort: number) => void;
  /** A packet whose sender is not this machine. */
  readonly onStranger: () => void;
  /** The socket is open, or (null) it is not any more. */
  readonly onOpen: (open: { readonly receiveBuffer: number } | null) => void;
  readonly onError: (error: string) => void;
}

const BACKOFF: Backoff = { firstMs: 500, mostMs: 30_000 };
/** What is asked for; the kernel gives at most net.core.rmem_max, twice. */
const RECEIVE_BUFFER = 16 * 1024 * 1024;
/** With a stock kernel's 208 KB, 30 % of a flood of 5,000 requests a second were lost on a busy machine; with 8 MB none. */
const ENOUGH = 4 * 1024 * 1024;

/** Keeps a UDP socket open on `host` and `port`, for ever, until the function returned is called. */
export function openMirrorSocket(
  { host, port }: HepSettings,
  handlers: MirrorSocketHandlers,
  { log, random }: { readonly log: Log; readonly random: Random },
): () => void {
  let socket: Socket | null = null;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  let stopped = false;

  const open = (): void => {
    const mine = createSocket({ type: isIPv6(host) ? "udp6" : "udp4", ipv6Only: isIPv6(host) });
    socket = mine;
    let known = "";
    mine.on("message", (bytes, sender) => {
      if (sender.address !== known && !isLoopback(sender.address)) {
        handlers.onStranger();
        return;
      }
      known = sender.address;
      handlers.onPacket(bytes, sender.port);
    });
    mine.once("listening", () => {
      failures = 0;
      const receiveBuffer = enlarge(mine);
      const advice =
        receiveBuffer < ENOUGH
          ? "sysctl -w net.core.rmem_max=4194304 keeps a flood from overflowing it"
          : undefined;
      log.info("listening for HEP", {
        host,
        port,
        receiveBuffer,
        ...(advice === undefined ? {} : { advice }),
      });
      handlers.onOpen({ receiveBuffer });
    });
    mine.once("error", (error: NodeJS.ErrnoException) => {
      mine.close();
      handlers.onOpen(null);
      if (stopped) return;
      const reason = reasonOf(error, host, port);
      handlers.onError(reason);
      if (failures++ === 0) log.warn("no HEP: attempts over UDP stay unproven", { reason });
      retry = setTimeout(open, backoffMs(BACKOFF, failures, random));
    });
    mine.bind({ address: host, port, exclusive: true });
  };
  open();
  return () => {
    stopped = true;
    clearTimeout(retry);
    socket?.removeAllListeners("message");
    try {
      socket?.close();
    } catch {
      // It was not open, or an error has closed it: either way it is gone.
    }
  };
}

function reasonOf(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === "EADDRINUSE") {
    return `${host}:${port} is in use by another program: end it, or set hep.listen here and capture_address in hep.conf to another port`;
  }
  if (error.code === "EADDRNOTAVAIL")
    return `this machine has no address ${host}: set hep.listen to 127.0.0.1:${port}`;
  return error.message;
}

/** Returns the bytes that it holds now. */
function enlarge(socket: Socket): number {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // The kernel did not allow it: what it has is what there is, and what that is is told.
  }
  return socket.getRecvBufferSize();
}
