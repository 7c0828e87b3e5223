import { closeSync, openSync, readSync } from "node:fs";
import { isIPv6 } from "node:net";
import { endianness } from "node:os";
import { parseIp } from "../../domain/address.js";

/** How many packets the kernel dropped for want of room, of the UDP socket bound to exactly this address and port. The table is kept
 *  open: under a flood it is read hundreds of times a second, and opening it takes longer than reading it. */
export class SocketDrops {
  private table: number | null = null;
  private buffer = Buffer.alloc(64 << 10);

  constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /** Null where that can't be told (no such socket, no Linux). Reads the whole table: a millisecond where there are thousands of sockets. */
  read(): number | null {
    try {
      this.table ??= openSync(
        isIPv6(this.host) ? "/proc/thread-self/net/udp6" : "/proc/thread-self/net/udp",
        "r",
      );
      return dropsIn(this.textOf(this.table), this.host, this.port);
    } catch {
      return null;
    }
  }

  close(): void {
    if (this.table !== null) closeSync(this.table);
    this.table = null;
  }

  /** The kernel hands out a page at a time. */
  private textOf(table: number): string {
    let length = 0;
    for (;;) {
      if (length === this.buffer.length) this.buffer = Buffer.concat([this.buffer, Buffer.alloc(length)]);
      const read = readSync(table, this.buffer, length, this.buffer.length - length, length);
      if (read === 0) return this.buffer.toString("latin1", 0, length);
      length += read;
    }
  }
}

/** The same of the text of /proc/net/udp or udp6. */
export function dropsIn(table: string, host: string, port: number): number | null {
  const address = ` ${kernelHex(host)}:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  const at = table.indexOf(address);
  if (at < 0) return null;
  const end = table.indexOf("\n", at);
  const columns = table.slice(at, end < 0 ? undefined : end).trimEnd();
  const drops = columns.slice(columns.lastIndexOf(" ") + 1);
  return /^[0-9]+$/.test(drops) ? Number(drops) : null;
}

/** The kernel prints an address as words of 32 bits, each in the machine's own order of bytes. */
function kernelHex(host: string): string {
  const ip = parseIp(host);
  if (ip === null) return "";
  const hex = ip.value.toString(16).padStart(ip.family === 4 ? 8 : 32, "0");
  const words = hex.match(/.{8}/g) ?? [];
  const printed =
    endianness() === "LE" ? words.map((word) => (word.match(/../g) ?? []).reverse().join("")) : words;
  return printed.join("").toUpperCase();
}
