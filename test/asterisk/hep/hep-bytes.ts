import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The packets that a real Asterisk sent, recorded with test/lab/hep-record.mjs. */
export function recorded(version: "16" | "22"): Buffer[] {
  const bytes = readFileSync(join(__dirname, `../../fixtures/hep/asterisk-${version}.hep`));
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    packets.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return packets;
}

export interface Parts {
  atMs?: number;
  protocol?: number;
  from?: string;
  fromPort?: number;
  to?: string;
  toPort?: number;
}

/** A chunk of HEPv3: vendor, type and length ahead of the content. */
export function chunk(type: number, content: Uint8Array, vendor = 0): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(vendor, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(6 + content.length, 4);
  return Buffer.concat([head, content]);
}

export function packetOf(chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat(chunks);
  const head = Buffer.from("HEP3\0\0", "latin1");
  head.writeUInt16BE(6 + body.length, 4);
  return Buffer.concat([head, body]);
}

/** A packet as res_hep makes it, IPv4. `message` is latin1. */
export function hep(message: string, parts: Parts = {}): Buffer {
  return packetOf(chunksOf(message, parts));
}

export function chunksOf(message: string, parts: Parts = {}): Buffer[] {
  const atMs = parts.atMs ?? 1_800_000_000_000;
  const ip = (text: string): Buffer => Buffer.from(text.split(".").map(Number));
  return [
    chunk(1, Buffer.from([2])),
    chunk(2, Buffer.from([parts.protocol ?? 17])),
    chunk(7, u16(parts.fromPort ?? 5062)),
    chunk(8, u16(parts.toPort ?? 5060)),
    chunk(9, u32(Math.floor(atMs / 1_000))),
    chunk(10, u32((atMs % 1_000) * 1_000)),
    chunk(11, Buffer.from([1])),
    chunk(12, u32(1)),
    chunk(3, ip(parts.from ?? "203.0.113.10")),
    chunk(4, ip(parts.to ?? "192.0.2.1")),
    chunk(17, Buffer.from("correlation")),
    chunk(15, Buffer.from(message, "latin1")),
  ];
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
