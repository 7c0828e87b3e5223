/** Bytes as they come from Asterisk. */
export interface Traffic {
  readonly bytes: Buffer;
  /** Messages that call themselves events. */
  readonly events: number;
}

export interface FloodShape {
  readonly events: number;
  readonly sources: number;
  /** So many of the sources send half of everything, and earn a ban; the others stay below. */
  readonly guilty: number;
}

const START_MS = Date.UTC(2026, 10, 22, 0, 0, 0);
const EVENTS_PER_MS = 10;

/** A REGISTER flood without answers to its challenges, from many sources and in the names of many accounts: two events a
 *  REGISTER, at 10,000 events a second of Asterisk's time. */
export function amiFlood({ events, sources, guilty }: FloodShape): Traffic {
  const registers = Math.ceil(events / 2);
  const parts: Buffer[] = [];
  let text = "";
  for (let number = 0; number < registers; number++) {
    const source = number % 2 === 0 ? (number / 2) % guilty : ((number - 1) / 2) % sources;
    text += registerOf(number, floodAddress(source));
    if (text.length > 1 << 20) {
      parts.push(Buffer.from(text, "latin1"));
      text = "";
    }
  }
  parts.push(Buffer.from(text, "latin1"));
  return { bytes: Buffer.concat(parts), events: registers * 2 };
}

/** The address of a source of a flood: one of 16 million in 45.0.0.0/8. */
export function floodAddress(source: number): string {
  return `45.${(source >>> 16) & 255}.${(source >>> 8) & 255}.${source & 255}`;
}

/** Asterisk's time of the `number`th REGISTER, Unix milliseconds. */
export function floodTimeMs(number: number): number {
  return START_MS + Math.floor((number * 2) / EVENTS_PER_MS);
}

function registerOf(number: number, address: string): string {
  const atMs = floodTimeMs(number);
  const account = `${1000 + (number % 9000)}`;
  const session = `${number.toString(36)}-${address}`;
  const port = 1024 + (number % 60_000);
  return (
    printEvent("InvalidAccountID", "Error", atMs, account, session, address, port, "") +
    printEvent("ChallengeSent", "Informational", atMs, "<unknown>", session, address, port, "Challenge: \r\n")
  );
}

function printEvent(
  name: string,
  severity: string,
  atMs: number,
  account: string,
  session: string,
  address: string,
  port: number,
  tail: string,
): string {
  const time = new Date(atMs).toISOString().replace("Z", "+0000");
  return (
    `Event: ${name}\r\nPrivilege: security,all\r\nTimestamp: ${(atMs / 1000).toFixed(6)}\r\nEventTV: ${time}\r\n` +
    `Severity: ${severity}\r\nService: PJSIP\r\nEventVersion: 1\r\nAccountID: ${account}\r\nSessionID: ${session}\r\n` +
    `LocalAddress: IPV4/UDP/192.0.2.1/5060\r\nRemoteAddress: IPV4/UDP/${address}/${port}\r\n${tail}\r\n`
  );
}
