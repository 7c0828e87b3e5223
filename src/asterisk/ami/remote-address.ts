import { formatIp, parseIp, sourceOf, type Source } from "../../domain/address.js";
import type { Transport } from "../../domain/intrusion/security-event.js";

/** Where a request came from, as a security event names it. */
export interface Remote extends RemoteHost {
  readonly port: number | null;
}

export interface RemoteHost {
  readonly source: Source;
  /** Canonical text without port. */
  readonly address: string;
  readonly transport: Transport;
}

/** `IPV4/UDP/203.0.113.12`: what stands ahead of the port. The transport part can be missing. */
const HOST = /^IPV[46]\/(?:([A-Z]{1,8})\/)?([0-9a-fA-F:.]{2,45})$/;
const TRANSPORTS = new Map<string, Transport>([
  ["UDP", "udp"],
  ["TCP", "tcp"],
  ["TLS", "tls"],
  ["WS", "ws"],
  ["WSS", "wss"],
]);

/** Hosts kept, one a place: in the end enough that a flood from tens of thousands of sources mostly finds its own again, and a
 *  few megabytes at most. Addresses that share a place are only slower. */
const FIRST_BITS = 8;
const MOST_BITS = 16;
const MOST_BY_TEXT = 32_768;
const LONGEST = 80;
const SLASH = 0x2f;
const DOT = 0x2e;
const ZERO = 0x30;
/** How IPv4 over UDP begins, which is nearly all there is. */
const IPV4_UDP = Buffer.from("IPV4/UDP/");
const NO_IPV4 = -1;

/** Reads RemoteAddress (`IPV4/UDP/203.0.113.12/5062`, `IPV6/TLS/2001:db8::1/5061`, `IPV4/203.0.113.12/5062`). What it returns
 *  holds no part of the text in memory. */
export class RemoteAddresses {
  /** Of those that came over UDP, by IPv4 address. */
  private udp = new Places(FIRST_BITS);
  private recent = new Map<string, RemoteHost>();
  private older = new Map<string, RemoteHost>();
  /** The port of the address that `hostOf` read last. */
  port = 0;

  /** Null where the text has another form, and for link-local addresses with a zone, which name nobody beyond one wire. */
  ofText(text: string): Remote | null {
    const bytes = Buffer.from(text);
    const host = this.hostOf(bytes, 0, bytes.length);
    if (host === null) return null;
    return { source: host.source, address: host.address, port: this.port, transport: host.transport };
  }

  /** The same of text in `bytes`, from `start` to `stop`; the port is in `port` until the next call. */
  hostOf(bytes: Buffer, start: number, stop: number): RemoteHost | null {
    const slash = lastSlash(bytes, start, stop);
    this.port = portIn(bytes, slash + 1, stop);
    if (slash < 0 || this.port < 0) return null;
    const bits = ipv4OverUdp(bytes, start, slash);
    if (bits < 0) return this.byText(bytes, start, slash);
    const known = this.udp.get(bits);
    if (known !== undefined) return { source: known, address: known, transport: "udp" };
    const source = sourceOf(bytes.toString("latin1", start + IPV4_UDP.length, slash));
    if (source === null) return null;
    if (this.udp.isHalfFull) this.udp = this.udp.larger(MOST_BITS);
    this.udp.set(bits, source);
    return { source, address: source, transport: "udp" };
  }

  private byText(bytes: Buffer, start: number, slash: number): RemoteHost | null {
    if (slash - start > LONGEST) return null;
    const key = bytes.toString("latin1", start, slash);
    const recent = this.recent.get(key);
    if (recent !== undefined) return recent;
    const host = this.older.get(key) ?? parseHost(key);
    if (host === null) return null;
    if (this.recent.size >= MOST_BY_TEXT) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(key, host);
    return host;
  }
}

function parseHost(text: string): RemoteHost | null {
  const match = HOST.exec(text);
  if (match === null) return null;
  const address = match[2] ?? "";
  const ip = parseIp(address);
  const source = sourceOf(address);
  if (ip === null || source === null) return null;
  return { source, address: formatIp(ip), transport: TRANSPORTS.get(match[1] ?? "") ?? "unknown" };
}

/** Sources by 32 bits of address: a table in which the later takes the place of the earlier. */
class Places {
  private readonly keys: Uint32Array;
  private readonly sources: (Source | undefined)[];
  private filled = 0;

  constructor(private readonly sizeBits: number) {
    this.keys = new Uint32Array(1 << sizeBits);
    this.sources = Array.from({ length: 1 << sizeBits });
  }

  get isHalfFull(): boolean {
    return this.filled * 2 >= this.keys.length;
  }

  get(key: number): Source | undefined {
    const place = this.placeOf(key);
    return this.keys[place] === key ? this.sources[place] : undefined;
  }

  set(key: number, source: Source): void {
    const place = this.placeOf(key);
    if (this.sources[place] === undefined) this.filled++;
    this.keys[place] = key;
    this.sources[place] = source;
  }

  /** With four times the places, as long as that is no more than 2 to the power of `mostBits`; itself otherwise. */
  larger(mostBits: number): Places {
    if (this.sizeBits >= mostBits) return this;
    const larger = new Places(this.sizeBits + 2);
    for (const [place, source] of this.sources.entries()) {
      if (source !== undefined) larger.set(this.keys[place] ?? 0, source);
    }
    return larger;
  }

  private placeOf(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> (32 - this.sizeBits);
  }
}

function lastSlash(bytes: Buffer, start: number, stop: number): number {
  for (let at = stop - 1; at >= start; at--) if (bytes[at] === SLASH) return at;
  return -1;
}

/** The address in `IPV4/UDP/203.0.113.12`; -1 where it is another host, or not written in its one canonical form. */
function ipv4OverUdp(bytes: Buffer, start: number, stop: number): number {
  for (let at = 0; at < IPV4_UDP.length; at++) if (bytes[start + at] !== IPV4_UDP[at]) return NO_IPV4;
  let bits = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start + IPV4_UDP.length; at < stop; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) {
      if (digits === 0 || ++dots > 3) return NO_IPV4;
      bits = bits * 256 + octet;
      octet = digits = 0;
    } else {
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return NO_IPV4;
      octet = octet * 10 + digit;
      digits++;
      if (octet > 255) return NO_IPV4;
    }
  }
  return dots === 3 && digits > 0 ? bits * 256 + octet : NO_IPV4;
}

/** -1 where there is none. */
function portIn(bytes: Buffer, start: number, stop: number): number {
  if (stop - start < 1 || stop - start > 5) return -1;
  let port = 0;
  for (let at = start; at < stop; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return port > 65_535 ? -1 : port;
}
