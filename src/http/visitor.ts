import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { RequestHandler } from "express";
import {
  contains,
  formatIp,
  networkOfTarget,
  parseIp,
  parseTarget,
  type Source,
  sourceOf,
  type Target,
} from "../domain/address.js";

export interface Visitor {
  /** In full, where `source` is the /64 of an IPv6 address. Null as there. */
  readonly address: string | null;
  /** Null: the Unix socket, or no address. */
  readonly source: Source | null;
  /** Whether the browser came over TLS. */
  readonly secure: boolean;
  /** What the browser calls this server, such as `pbx.example:8443`. */
  readonly host: string | null;
}

const VISITORS = new WeakMap<IncomingMessage, Visitor>();

/** Works out who visits: the connection's address. What `X-Forwarded-*` says counts from configured proxies alone, and of several
 *  addresses the last that is none of them: what stands before it is whatever its sender likes. */
export function visitors(trustedProxies: readonly Target[]): RequestHandler {
  const trusts = trustIn(trustedProxies);
  return (request, _response, next) => {
    VISITORS.set(request, visitor(request, trusts));
    next();
  };
}

export function visitorOf(request: IncomingMessage): Visitor {
  return VISITORS.get(request) ?? visitor(request, () => false);
}

/** Whether an address is that of a configured proxy. */
export function trustIn(proxies: readonly Target[]): (address: string) => boolean {
  const networks = proxies.map(networkOfTarget);
  return (address) => {
    const parsed = parseTarget(address.replace(/^::ffff:/i, ""));
    if ("error" in parsed) return false;
    const network = networkOfTarget(parsed.target);
    return networks.some((each) => contains(each, network));
  };
}

function visitor(request: IncomingMessage, trusts: (address: string) => boolean): Visitor {
  const { socket, headers } = request;
  const peer = socket.remoteAddress ?? "";
  const own = { ...placed(peer), secure: socket instanceof TLSSocket, host: headers.host ?? null };
  if (!trusts(peer)) return own;
  const hops = listOf(headers["x-forwarded-for"]);
  let from = placed(peer);
  for (const hop of hops.reverse()) {
    const found = placed(hop);
    // What a proxy wrote is an address; anything else did not come from one, nor did what stands before it.
    if (found.source === null) break;
    from = found;
    if (!trusts(hop)) break;
  }
  const proto = listOf(headers["x-forwarded-proto"]).at(-1);
  return {
    ...from,
    secure: own.secure || proto === "https",
    host: listOf(headers["x-forwarded-host"]).at(-1) ?? own.host,
  };
}

function placed(address: string): Pick<Visitor, "address" | "source"> {
  const ip = parseIp(address);
  return { address: ip === null ? null : formatIp(ip), source: sourceOf(address) };
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  return text === "" ? [] : text.split(",").map((part) => part.trim());
}
