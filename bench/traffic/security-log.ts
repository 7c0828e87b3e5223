import { floodAddress, type FloodShape } from "./ami-flood.js";

const LINES_PER_MS = 10;

/** Asterisk's security log of a REGISTER flood (see amiFlood), two lines a REGISTER, at 10,000 lines a second from `startMs` on. */
export function securityLog({ events, sources, guilty }: FloodShape, startMs: number): Buffer {
  const parts: Buffer[] = [];
  let text = "";
  for (let number = 0; number * 2 < events; number++) {
    const half = Math.floor(number / 2);
    const address = floodAddress(number % 2 === 0 ? half % guilty : half % sources);
    const atMs = startMs + Math.floor((number * 2) / LINES_PER_MS);
    const session = `${number.toString(36)}-${address}`;
    const remote = `${address}/${1024 + (number % 60_000)}`;
    const account = `${1000 + (number % 9000)}`;
    text += recordOf("InvalidAccountID", "Error", atMs, account, session, remote, "");
    text += recordOf("ChallengeSent", "Informational", atMs, "<unknown>", session, remote, ',Challenge=""');
    if (text.length > 1 << 20) {
      parts.push(Buffer.from(text, "latin1"));
      text = "";
    }
  }
  parts.push(Buffer.from(text, "latin1"));
  return Buffer.concat(parts);
}

function recordOf(
  name: string,
  severity: string,
  atMs: number,
  account: string,
  session: string,
  remote: string,
  tail: string,
): string {
  const time = new Date(atMs).toISOString();
  return (
    `[${time.slice(0, 10)} ${time.slice(11, 19)}] SECURITY[9924] res_security_log.c: SecurityEvent="${name}",` +
    `EventTV="${time.replace("Z", "+0000")}",Severity="${severity}",Service="PJSIP",EventVersion="1",` +
    `AccountID="${account}",SessionID="${session}",LocalAddress="IPV4/UDP/192.0.2.1/5060",` +
    `RemoteAddress="IPV4/UDP/${remote}"${tail}\n`
  );
}
