import { formatIp, parseIp, sourceOf, type Source } from "../../domain/address.js";

export interface MirroredHost {
  readonly source: Source;
  /** The full address, canonical text. */
  readonly address: string;
}

/** Hosts kept in each of two generations: a flood finds its own again. */
const GENERATION = 16_384;

/** Makes hosts of the 4 or 16 bytes of an address. */
export function hostReader(): (bytes: Uint8Array) => MirroredHost | null {
  let recent = new Map<string, MirroredHost>();
  let older = new Map<string, MirroredHost>();
  return (bytes) => {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    const found = recent.get(key);
    if (found !== undefined) return found;
    const host = older.get(key) ?? hostOf(textOf(bytes));
    if (host === null) return null;
    if (recent.size >= GENERATION) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, host);
    return host;
  };
}

export function hostOf(text: string): MirroredHost | null {
  const ip = parseIp(text);
  const source = sourceOf(text);
  return ip === null || source === null ? null : { source, address: formatIp(ip) };
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const hex = Buffer.from(bytes).toString("hex");
  return (hex.match(/.{4}/g) ?? []).join(":");
}
