/** One mirrored SIP message, as HEPv3 carries it. */
export interface HepPacket {
  /** Unix milliseconds by Asterisk's clock: of the receipt of what came in, of the sending of what went out. */
  readonly atMs: number;
  /** IP protocol number. Asterisk says 17 for UDP, and 6 for TCP, TLS and WebSocket alike. */
  readonly protocol: number;
  /** 4 or 16 bytes. */
  readonly from: Uint8Array;
  readonly fromPort: number;
  readonly to: Uint8Array;
  readonly toPort: number;
  /** The SIP message, decrypted where it came over TLS. A view onto the packet. */
  readonly payload: Uint8Array;
}

/** Why a packet is none of Asterisk's. */
export type HepFault = "not-hep" | "length" | "chunk" | "repeated" | "incomplete" | "family" | "not-sip";

const HEAD = 6;
const CHUNK_HEAD = 6;
const GENERIC = 0;
/** `HEP3` */
const MAGIC = 0x48455033;
const SIP = 1;
const INET = 2;
const INET6 = 10;

/** Types of the generic vendor's chunks (HEPv3, and res_hep.c), with the length that the type must have; 0: any. */
const LENGTHS = new Map([
  [0x01, 1], // family
  [0x02, 1], // IP protocol
  [0x03, 4], // IPv4 source
  [0x04, 4], // IPv4 destination
  [0x05, 16], // IPv6 source
  [0x06, 16], // IPv6 destination
  [0x07, 2], // source port
  [0x08, 2], // destination port
  [0x09, 4], // seconds
  [0x0a, 4], // microseconds
  [0x0b, 1], // kind of payload
  [0x0f, 0], // payload
]);

/** Reads one datagram. Never throws. Chunks of other vendors and types that are not needed (capture id, correlation id, password)
 *  are passed over; a needed one that is missing, twice there or of the wrong length makes the packet a fault. */
export function parseHep(bytes: Uint8Array): HepPacket | HepFault {
  if (bytes.length < HEAD) return "not-hep";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC) return "not-hep";
  if (view.getUint16(4) !== bytes.length) return "length";
  // Where each chunk's content begins; 0: not there.
  const at = new Uint16Array(16);
  let payloadEnd = 0;
  for (let offset = HEAD; offset < bytes.length;) {
    if (bytes.length - offset < CHUNK_HEAD) return "chunk";
    const length = view.getUint16(offset + 4);
    if (length < CHUNK_HEAD || length > bytes.length - offset) return "chunk";
    const type = view.getUint16(offset + 2);
    const needed = view.getUint16(offset) === GENERIC ? LENGTHS.get(type) : undefined;
    if (needed !== undefined) {
      if (needed !== 0 && length - CHUNK_HEAD !== needed) return "chunk";
      if (at[type] !== 0) return "repeated";
      at[type] = offset + CHUNK_HEAD;
      if (type === 0x0f) payloadEnd = offset + length;
    }
    offset += length;
  }
  const [family, protocol, fromPort, toPort, seconds, micros, kind, payload] = [
    at[0x01] ?? 0,
    at[0x02] ?? 0,
    at[0x07] ?? 0,
    at[0x08] ?? 0,
    at[0x09] ?? 0,
    at[0x0a] ?? 0,
    at[0x0b] ?? 0,
    at[0x0f] ?? 0,
  ];
  if ([family, protocol, fromPort, toPort, seconds, micros, kind, payload].includes(0)) return "incomplete";
  if (view.getUint8(kind) !== SIP) return "not-sip";
  const isV6 = view.getUint8(family) === INET6;
  if (!isV6 && view.getUint8(family) !== INET) return "family";
  const from = at[isV6 ? 0x05 : 0x03] ?? 0;
  const to = at[isV6 ? 0x06 : 0x04] ?? 0;
  if (from === 0 || to === 0) return "family";
  const width = isV6 ? 16 : 4;
  return {
    atMs: view.getUint32(seconds) * 1000 + Math.floor(view.getUint32(micros) / 1000),
    protocol: view.getUint8(protocol),
    from: bytes.subarray(from, from + width),
    fromPort: view.getUint16(fromPort),
    to: bytes.subarray(to, to + width),
    toPort: view.getUint16(toPort),
    payload: bytes.subarray(payload, payloadEnd),
  };
}
