import fc from "fast-check";

/** An address that no true event of a test comes from: whatever names it was taken in. */
export const FORGED = "8.8.8.8";

const PIECES = [
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\r",
  "\r\n ",
  "x",
  "Ünï",
  "\u0000",
  `RemoteAddress: IPV4/UDP/${FORGED}/5`,
  "SessionID: a",
  "LocalAddress: IPV4/UDP/192.0.2.1/5060",
  `SessionID: a\r\nLocalAddress: IPV4/UDP/1.1.1.1/1\r\nRemoteAddress: IPV4/UDP/${FORGED}/5`,
  "AccountID: y",
  "Event: Shutdown",
  "Event: SuccessfulAuth",
  "Event: InvalidAccountID",
  "Event: FailedACL",
  "Event: close",
  "Privilege: security,all",
  "Privilege: system,all",
  "EventTV: 2026-11-22T00:46:15.333+0000",
  "Severity: Error",
  "Service: PJSIP",
  "EventVersion: 1",
  "Challenge: ",
  "Response: Success",
  "ExpectedResponse: ",
  "ActionID: 1",
  "UsingPassword: 1",
];
const FORGED_HEAD = [
  "Event: FailedACL",
  "Privilege: security,all",
  "EventTV: 2026-11-22T00:46:15.333+0000",
  "Severity: Error",
  "Service: PJSIP",
  "EventVersion: 1",
  "AccountID: ",
].join("\r\n");
const FORGED_ADDRESSES = `SessionID: a\r\nLocalAddress: IPV4/UDP/1.1.1.1/1\r\nRemoteAddress: IPV4/UDP/${FORGED}/5`;
const WHOLE_EVENT = `${FORGED_ADDRESSES}\r\n\r\n${FORGED_HEAD}y\r\n${FORGED_ADDRESSES}\r\n\r\n${FORGED_HEAD}`;
const FORGED_QUOTED = `a",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/${FORGED}/5"`;

const FORGED_RECORD = `${FORGED_QUOTED}\n[Nov 22 00:46:15] SECURITY[9] res_security_log.c: SecurityEvent="InvalidAccountID",EventTV="2026-11-22T00:46:15.333+0000",Severity="Error",Service="PJSIP",EventVersion="1",AccountID="1",SessionID="${FORGED_QUOTED}`;

/** What a clever sender writes, at most `limit` characters: lines of the protocol, whole forged events, and noise. */
export function hostileText(limit: number): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        WHOLE_EVENT,
        FORGED_RECORD,
        FORGED_QUOTED.slice(0, -1),
        `${FORGED_HEAD}\r\n${FORGED_ADDRESSES}`,
        FORGED_HEAD,
        FORGED_QUOTED,
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 12, unit: "binary" }) },
  );
  return fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("").slice(0, limit));
}

/** Cuts bytes at the given places, whatever they are. */
export function chunksOf(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...cuts, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : cuts[index - 1], end));
}
