/** Prints security events as Asterisk does (main/security_events.c), hostile texts included, for tests. */
export interface Printed {
  readonly name: string;
  readonly service?: string;
  readonly atMs?: number;
  readonly account?: string;
  readonly session?: string;
  readonly remote?: string;
  readonly local?: string;
  /** Behind RemoteAddress, in Asterisk's order. */
  readonly tail?: readonly (readonly [string, string])[];
  readonly timestamp?: boolean;
}

export function printEvent(event: Printed): string {
  return [`Event: ${event.name}`, "Privilege: security,all", ...timestampOf(event)]
    .concat(fieldsOf(event).map(([name, value]) => `${name}: ${value}`))
    .concat("", "")
    .join("\r\n");
}

export function printLogRecord(event: Printed): string {
  const fields = [["SecurityEvent", event.name] as const, ...fieldsOf(event)];
  const text = fields.map(([name, value]) => `${name}="${value}"`).join(",");
  return `[Nov 22 00:46:15] SECURITY[9924] res_security_log.c: ${text}\n`;
}

export function printSystemEvent(name: string, ...lines: string[]): string {
  return [`Event: ${name}`, "Privilege: system,all", ...lines, "", ""].join("\r\n");
}

function timestampOf(event: Printed): string[] {
  return event.timestamp === false ? [] : ["Timestamp: 1795308375.333481"];
}

function fieldsOf(event: Printed): (readonly [string, string])[] {
  const atMs = event.atMs ?? Date.UTC(2026, 10, 22, 0, 46, 15, 333);
  return [
    ["EventTV", new Date(atMs).toISOString().replace("Z", "+0000")],
    ["Severity", "Error"],
    ["Service", event.service ?? "PJSIP"],
    ["EventVersion", "1"],
    ["AccountID", event.account ?? "100"],
    ["SessionID", event.session ?? "1-4800@203.0.113.12"],
    ["LocalAddress", event.local ?? "IPV4/UDP/192.0.2.1/5060"],
    ["RemoteAddress", event.remote ?? "IPV4/UDP/203.0.113.12/5062"],
    ...(event.tail ?? TAILS[event.name] ?? []),
  ];
}

const TAILS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  ChallengeSent: [["Challenge", ""]],
  ChallengeResponseFailed: [
    ["Challenge", "1795308375/78d5c7e9ab9129dc32166f036268e5f1"],
    ["Response", "81de6f7b5ca33e10cca5414468ad1491"],
    ["ExpectedResponse", ""],
  ],
  SuccessfulAuth: [["UsingPassword", "1"]],
};
