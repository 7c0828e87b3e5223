import { formatIp, parseIp, sourceOf, type Source } from "../../domain/address.js";
import type { Transport } from "../../domain/intrusion/security-event.js";

/** Where a request came from, as a security event names it. */
export interface Remote {
  readonly source: Source;
  /** Canonical text without port. */
  readonly address: string;
  readonly port: number | null;
  readonly transport: Transport;
}

type Host = Omit<Remote, "port">;

/** `IPV4/UDP/203.0.113.12`: what stands ahead of the port. The transport part can be missing. */
const HOST = /^IPV[46]\/(?:([A-Z]{1,8})\/)?([0-9a-fA-F:.]{2,45})$/;
const TRANSPORTS = new Map<string, Transport>([
  ["UDP", "udp"],
  ["TCP", "tcp"],
  ["TLS", "tls"],
  ["WS", "ws"],
  ["WSS", "wss"],
]);

/** Hosts kept in each of two generations: enough that a flood from tens of thousands of sources finds its own again, and a
 *  few megabytes at most. */
const GENERATION = 32_768;

/** Reads RemoteAddress (`IPV4/UDP/203.0.113.12/5062`, `IPV6/TLS/2001:db8::1/5061`, `IPV4/203.0.113.12/5062`); null where
 *  the text has another form, and for link-local addresses with a zone, which name nobody beyond one wire. The same source
 *  gives the same strings again, as long as it is among the recent ones. */
export function remoteReader(): (text: string) => Remote | null {
  let recent = new Map<string, Host>();
  let older = new Map<string, Host>();
  return (text) => {
    const cut = text.lastIndexOf("/");
    const key = text.slice(0, cut);
    let host = recent.get(key);
    if (host === undefined) {
      const known = older.get(key) ?? parseHost(key);
      if (known === null) return null;
      host = known;
      if (recent.size >= GENERATION) {
        older = recent;
        recent = new Map();
      }
      recent.set(key, host);
    }
    const port = portOf(text, cut + 1);
    return port === null
      ? null
      : { source: host.source, address: host.address, port, transport: host.transport };
  };
}

function parseHost(text: string): Host | null {
  const match = HOST.exec(text);
  if (match === null) return null;
  const address = match[2] ?? "";
  const ip = parseIp(address);
  const source = sourceOf(address);
  if (ip === null || source === null) return null;
  return { source, address: formatIp(ip), transport: TRANSPORTS.get(match[1] ?? "") ?? "unknown" };
}

function portOf(text: string, from: number): number | null {
  const length = text.length - from;
  if (length < 1 || length > 5) return null;
  let port = 0;
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return null;
    port = port * 10 + digit;
  }
  return port > 65_535 ? null : port;
}
