import fc from "fast-check";
import { SecurityLogParser } from "../../src/asterisk/security-log.js";
import type { Evidence } from "../../src/domain/intrusion/security-event.js";
import { printLogRecord, type Printed } from "./ami/asterisk-prints.js";
import { chunksOf, FORGED, hostileText } from "./ami/hostile-text.js";

const RUNS = { numRuns: 2000 };
const ATTACKER = "203.0.113.66";
const PHONE = "198.51.100.10";
const PLACE = `",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/${FORGED}/5`;
const HEAD = printLogRecord({ name: "FailedACL" }).split('100"')[0] ?? "";
const WHOLE = printLogRecord({ name: "FailedACL", remote: `IPV4/UDP/${FORGED}/5` });

const PIECES = [
  '"',
  '",',
  "x",
  "\n",
  "\r\n",
  "\n\n",
  '",SessionID="',
  `",LocalAddress="IPV6/::/1`,
  `",RemoteAddress="IPV4/UDP/${FORGED}/5`,
  PLACE,
  `${PLACE}"\n`,
  '",Challenge="',
  '",Response="',
  '",ExpectedResponse="',
  '",SessionTV="',
  '",Module="',
  '",RequestType="',
  "\n[00:46:15] ERROR[1] a.c: ",
  "\n[",
  HEAD,
  HEAD.slice(1),
  HEAD.slice(1).replace("FailedACL", "RequestNotSupported"),
  WHOLE,
  `${PLACE}"\n${WHOLE}${HEAD}`,
];

/** What a clever sender writes to the log, at most `limit` bytes: Asterisk's limits count these. */
function logText(limit: number): fc.Arbitrary<string> {
  const pieces = fc
    .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 6 })), {
      maxLength: 9,
    })
    .map((list) => list.join("").slice(0, limit));
  return fc.oneof({ weight: 4, arbitrary: pieces }, hostileText(limit)).map((text) => cut(text, limit));
}

function cut(text: string, limit: number): string {
  let end = Math.min(text.length, limit);
  while (Buffer.byteLength(text.slice(0, end)) > limit) end--;
  return text.slice(0, end);
}

/** Call-IDs can't hold line breaks; nonces and answers can hold a lone CR. */
const session = logText(2000).map((text) => text.replaceAll(/[\r\n]/g, ""));
const digest = (limit: number): fc.Arbitrary<string> =>
  logText(limit).map((text) => text.replaceAll("\n", "\r"));

const attack: fc.Arbitrary<Printed> = fc.oneof(
  fc.record({ name: fc.constant("InvalidAccountID"), account: logText(36), session }),
  fc.record({ name: fc.constant("ChallengeSent"), account: fc.constant("<unknown>"), session }),
  fc.record({ name: fc.constant("SuccessfulAuth"), session }),
  fc.record({
    name: fc.constant("InvalidPassword"),
    service: fc.constant("SIP"),
    account: logText(78),
    session,
  }),
  fc.tuple(session, digest(63), digest(255)).map(([id, challenge, response]) => ({
    name: "ChallengeResponseFailed",
    session: id,
    tail: [
      ["Challenge", challenge],
      ["Response", response],
      ["ExpectedResponse", ""],
    ] as const,
  })),
  logText(55).map((action) => ({
    name: "RequestNotAllowed",
    service: "AMI",
    account: "",
    tail: [
      ["RequestType", action],
      ["SessionTV", "2026-11-22T00:46:15.333+0000"],
    ] as const,
  })),
);

const log = fc.array(fc.oneof(fc.constantFrom("good", "other", "blank"), attack), {
  minLength: 1,
  maxLength: 8,
});

function lineOf(event: Printed | string, index: number): string {
  if (event === "blank") return "\n";
  if (event === "other") return "[Nov 22 00:46:15] NOTICE[7] chan.c: hello\n";
  if (typeof event !== "string") return printLogRecord({ ...event, remote: `IPV4/UDP/${ATTACKER}/5062` });
  return printLogRecord({
    name: "SuccessfulAuth",
    session: `good-${index}`,
    remote: `IPV4/UDP/${PHONE}/5060`,
  });
}

test("names nobody but the true senders, and loses no good phone's record, whatever attackers write", () => {
  fc.assert(
    fc.property(log, (events) => {
      const evidence = parse([Buffer.from(events.map(lineOf).join(""))]);
      for (const each of evidence) {
        expect(each.type === "forged" ? [ATTACKER, null] : [ATTACKER, PHONE]).toContain(each.source);
        expect(each.address).toBe(each.source);
      }
      const good = evidence.flatMap((each) =>
        each.source === PHONE && "session" in each ? [each.session] : [],
      );
      expect(good).toEqual(events.flatMap((event, index) => (event === "good" ? [`good-${index}`] : [])));
    }),
    RUNS,
  );
});

test("logins to AMI over HTTP, whose text has no bounds, name nobody else", () => {
  const login = logText(4096).map((account) => ({
    name: "InvalidAccountID",
    service: "AMI",
    account,
    tail: [["SessionTV", "1970-01-01T00:00:00.000+0000"]] as const,
  }));
  fc.assert(
    fc.property(fc.array(fc.oneof(login, attack), { minLength: 1, maxLength: 5 }), (events) => {
      for (const each of parse([Buffer.from(events.map(lineOf).join(""))])) {
        expect([ATTACKER, null]).toContain(each.source);
      }
    }),
    RUNS,
  );
});

test("any chunks give the same evidence", () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(), { maxLength: 30 }), (events, places) => {
      const bytes = Buffer.from(events.map(lineOf).join(""));
      expect(parse(chunksOf(bytes, places))).toEqual(parse([bytes]));
    }),
    { numRuns: 500 },
  );
});

test("bytes of any kind never throw, and the records behind them are read", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
      const bytes = Buffer.concat([Buffer.from(noise), Buffer.from(`\n${lineOf("good", 1)}`)]);
      expect(parse([bytes])).toMatchObject([{ type: "security", session: "good-1" }]);
    }),
    { numRuns: 500 },
  );
});

function parse(chunks: readonly Buffer[]): Evidence[] {
  const evidence: Evidence[] = [];
  const parser = new SecurityLogParser((each) => evidence.push(each));
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return evidence;
}
