import { formatIp, formatNetwork, networkOf, parseIp, type Ip } from "../address.js";

/** One entry of an allow-list, as somebody wrote it. */
export interface AllowEntry {
  /** In the form in which it was written, white space apart: `195.168.1.1-195.168.1.100`. */
  readonly text: string;
  /** Why it is there; null where nobody said. */
  readonly note: string | null;
  /** Unix milliseconds from which it counts no more; null: it stays. */
  readonly untilMs: number | null;
}

/** All addresses from `from` to `to`, both included. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly from: bigint;
  readonly to: bigint;
}

export type ParsedEntry =
  { readonly text: string; readonly range: AddressRange } | { readonly error: string };

const EXAMPLES = "195.168.1.1, 195.168.1.1-195.168.1.100, 195.168.1.0/24 or 195.168.1.0/255.255.255.0";

/** Reads one entry: an address, a range, or a network with its length or mask, of IPv4 or IPv6. White space is forgiven anywhere;
 *  `text` comes back without it. The error says what to write instead. */
export function parseEntry(written: string): ParsedEntry {
  const text = written.replace(/\s+/g, "");
  if (text === "") return { error: `an entry is empty: write ${EXAMPLES}` };
  if (text.length > LONGEST) return fault(text, `is too long for an address: write ${EXAMPLES}`);
  // What was two words must not become one address.
  if (text !== written && /[0-9a-f]\s+[0-9a-f]/i.test(written)) {
    return fault(written.trim(), `holds more than one address: write each as an entry of its own`);
  }
  const parsed = text.includes("/") ? parseNetwork(text) : parseRange(text);
  return "error" in parsed ? parsed : { text, range: parsed };
}

/** `1 address`, `100 addresses, 195.168.1.1 to 195.168.1.100`. */
export function meaningOf({ family, from, to }: AddressRange): string {
  const count = to - from + 1n;
  const first = formatIp({ family, value: from });
  if (count === 1n) return `1 address, ${first}`;
  const many = count > 1_000_000_000_000n ? "very many addresses" : `${count.toLocaleString("en")} addresses`;
  return `${many}, ${first} to ${formatIp({ family, value: to })}`;
}

/** Two IPv6 addresses with what joins them, and some. */
const LONGEST = 100;
const WIDTH = { 4: 32, 6: 128 } as const;

type Parsed = AddressRange | { readonly error: string };

function parseRange(text: string): Parsed {
  const dash = text.indexOf("-");
  if (dash < 0) {
    const ip = parseAddress(text);
    return "error" in ip ? ip : { family: ip.family, from: ip.value, to: ip.value };
  }
  const [first, last] = [parseAddress(text.slice(0, dash)), parseAddress(text.slice(dash + 1))];
  // A name may hold dashes as well, and is told as what it is.
  if (("error" in first || "error" in last) && isName(text)) return nameFault(text);
  if ("error" in first) return first;
  if ("error" in last) {
    if (first.family === 4 && /^[0-9]{1,3}$/.test(text.slice(dash + 1))) {
      const head = text.slice(0, text.lastIndexOf(".", dash) + 1);
      return fault(
        text,
        `needs the whole last address: write ${text.slice(0, dash + 1)}${head}${text.slice(dash + 1)}`,
      );
    }
    return last;
  }
  if (first.family !== last.family) {
    return fault(text, "mixes IPv4 and IPv6: write two ranges, one of each");
  }
  if (first.value > last.value) {
    return fault(text, `runs backwards: write ${formatIp(last)}-${formatIp(first)}`);
  }
  return { family: first.family, from: first.value, to: last.value };
}

function parseNetwork(text: string): Parsed {
  const slash = text.indexOf("/");
  const [address, mask] = [text.slice(0, slash), text.slice(slash + 1)];
  const ip = parseAddress(address);
  if ("error" in ip) {
    if (isName(address)) return nameFault(text);
    return address.includes("-")
      ? fault(text, "has a range and a mask: write the range alone, such as 195.168.1.1-195.168.1.100")
      : ip;
  }
  const bits = maskBits(text, mask, ip.family);
  if (typeof bits !== "number") return bits;
  const network = networkOf(ip, bits);
  if (network.base !== ip.value) {
    const single = formatIp(ip);
    return fault(
      text,
      `has address bits behind the mask: write ${formatNetwork(network)} for the whole network, or ${single} for the one address`,
    );
  }
  const size = 1n << BigInt(WIDTH[ip.family] - bits);
  return { family: ip.family, from: network.base, to: network.base + size - 1n };
}

/** How many bits a mask leaves fixed: `24`, `255.255.255.0`, `ffff:ffff::`. */
function maskBits(text: string, mask: string, family: 4 | 6): number | { readonly error: string } {
  const width = WIDTH[family];
  if (/^[0-9]+$/.test(mask)) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(mask) || Number(mask) > width) {
      return fault(
        text,
        `has no such mask: write a length from 0 to ${width}, such as /${family === 4 ? 24 : 64}`,
      );
    }
    return Number(mask);
  }
  // An IPv6 mask must not be read as an IPv4 one that is mapped into it: `::ffff:…` has a hole anyway.
  const ip = parseIp(mask);
  if (ip === null) {
    return fault(
      text,
      `has no such mask: write a length, such as /${family === 4 ? "24, or /255.255.255.0" : "64"}`,
    );
  }
  if (ip.family !== family)
    return fault(text, "mixes IPv4 and IPv6: write the mask as a length, such as /24");
  if (family === 4) {
    const host = ~Number(ip.value) >>> 0;
    if ((host & (host + 1)) === 0) return Math.clz32(host);
  }
  const ones = ip.value.toString(2).padStart(width, "0").indexOf("0");
  const bits = ones < 0 ? width : ones;
  const whole = ((1n << BigInt(bits)) - 1n) << BigInt(width - bits);
  if (ip.value === whole) return bits;
  // The other way round, as routers write it: 0.0.0.255.
  const inverse = ((1n << BigInt(width)) - 1n) ^ ip.value;
  const wild = inverse.toString(2).padStart(width, "0").replace(/0+$/, "");
  if (!wild.includes("0")) {
    return fault(
      text,
      `has its mask the wrong way round: write ${text.slice(0, text.indexOf("/"))}/${wild.length}`,
    );
  }
  return fault(text, `has a mask with a hole: its ones must stand together, such as 255.255.255.0`);
}

function parseAddress(text: string): Ip | { readonly error: string } {
  const ip = parseIp(text);
  if (ip !== null) return ip;
  if (/^[0-9]+(\.[0-9]+)*$/.test(text)) return dottedFault(text);
  if (isName(text)) return nameFault(text);
  if (/^\[.*\]$/.test(text) || text.includes("%")) {
    return fault(text, "is not an address alone: write it without brackets and zone, such as 2001:db8::10");
  }
  if (/^[0-9.]+:[0-9]+$/.test(text)) {
    return fault(text, `has a port: write ${text.slice(0, text.indexOf(":"))}`);
  }
  return fault(text, `is not an address: write ${EXAMPLES}`);
}

/** Digits and dots that are no address: says which of its parts is wrong. */
function dottedFault(text: string): { readonly error: string } {
  const octets = text.split(".");
  if (octets.length !== 4) return fault(text, "needs four numbers: write it as 195.168.1.1");
  if (octets.some((octet) => Number(octet) > 255)) {
    return fault(text, "has a number over 255: each of the four is from 0 to 255");
  }
  // Some programs read them as octal, so nobody can know which address is meant.
  const plain = octets.map((octet) => String(Number(octet))).join(".");
  return fault(text, `has leading zeros, which some programs read as octal: write ${plain}`);
}

/** Letters beyond hexadecimal, or a dot with letters: nothing that an IPv6 address could have been. */
function isName(text: string): boolean {
  return /^[\w.-]+$/.test(text) && /[g-z]|[a-f].*\.|\..*[a-f]/i.test(text);
}

function nameFault(text: string): { readonly error: string } {
  return fault(text, "is a host name, and names can change behind one's back: write the address that it has");
}

function fault(text: string, says: string): { readonly error: string } {
  const shown = text.slice(0, 60).replace(/[^\x20-\x7e]/g, "?");
  return { error: `"${shown}" ${says}` };
}
