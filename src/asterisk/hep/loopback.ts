import { contains, networkOf, parseIp } from "../../domain/address.js";

/** Whether `text` is an address of 127.0.0.0/8, or ::1. */
export function isLoopback(text: string): boolean {
  const ip = parseIp(text);
  if (ip === null) return false;
  if (ip.family === 6) return ip.value === 1n;
  return contains({ family: 4, base: 0x7f000000n, bits: 8 }, networkOf(ip, 32));
}
