import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Evidence } from "../../src/domain/intrusion/security-event.js";
import { isEvidence } from "../../src/asterisk/ami/items.js";
import { AmiParser } from "../../src/asterisk/ami/parser.js";
import { SecurityLogParser } from "../../src/asterisk/security-log.js";
import { printLogRecord, type Printed } from "./ami/asterisk-prints.js";
import { chunksOf, FORGED, hostileText } from "./ami/hostile-text.js";

const ATTACKER = "203.0.113.66";
const TRUE_SOURCE = { source: "203.0.113.12", address: "203.0.113.12", port: 5062, transport: "udp" };
const AFTER = printLogRecord({ name: "SuccessfulAuth", session: "after" });

describe("the recorded minutes", () => {
  test.each(["16", "22"])("Asterisk %s: the log gives the same evidence as AMI", (version) => {
    const stream = readFileSync(`${__dirname}/../fixtures/ami/asterisk-${version}.ami`);
    const log = readFileSync(`${__dirname}/../fixtures/ami/asterisk-${version}.security-log`);
    const fromAmi: Evidence[] = [];
    const parser = new AmiParser((item) => {
      if (isEvidence(item)) fromAmi.push(item);
    });
    parser.push(stream);
    parser.end();
    expect(fromAmi).toHaveLength(137);
    expect(parse(log)).toEqual(fromAmi);
  });
});

describe("lines", () => {
  const record = printLogRecord({ name: "InvalidAccountID" });
  test.each([
    ["as Asterisk writes it", record],
    ["with an ISO date", record.replace("[Nov 22 00:46:15]", "[2026-11-22 00:46:15.333]")],
    ["with a call's id", record.replace("[9924]", "[9924][C-0000002a]")],
    [
      "from syslog",
      record.replace(
        "[Nov 22 00:46:15] SECURITY[9924] res_security_log.c",
        "Nov 22 00:46:15 pbx asterisk[1]: SECURITY[9924]: res_security_log.c:118 in security_event_stasis_cb",
      ),
    ],
    ["without an end", record.trimEnd()],
  ])("a record %s", (_, text) => {
    expect(parse(text)).toEqual([expect.objectContaining({ kind: "invalid-account", ...TRUE_SOURCE })]);
  });

  test("of other channels are skipped and counted", () => {
    const parser = new SecurityLogParser(() => undefined);
    parser.push(Buffer.from(`[Nov 22 00:46:11] Asterisk 22.10.1 built on …\n${record}`));
    parser.push(Buffer.from(`[Nov 22 00:46:16] NOTICE[1] x.c: SecurityEvent="InvalidAccountID",EventTV="\n`));
    parser.end();
    expect(parser.counts).toEqual({ lines: 3, security: 1, forged: 0, other: 2, malformed: 0, oversize: 0 });
  });

  test("a record that a crash cut short accuses nobody", () => {
    const cut = printLogRecord({ name: "InvalidAccountID", account: "1" }).slice(0, 190);
    expect(parse(`${cut}\n[Nov 22 00:46:20] Asterisk 22.10.1 built on …\n${AFTER}`)).toEqual([
      expect.objectContaining({ type: "security", session: "after" }),
    ]);
  });
});

test.each([
  ["whose end a quote hides", requestNotAllowed('"')],
  ["of AMI that a crash cut short", `${printLogRecord({ ...event({}), service: "AMI" }).slice(0, 190)}\n`],
])("a record %s swallows none of the next, and accuses none of their senders", (_, broken) => {
  const others = ["InvalidAccountID", "FailedACL", "SuccessfulAuth"].map((name) =>
    printLogRecord({ name, session: name }),
  );
  expect(parse(broken + others.join("") + AFTER)).toEqual([
    expect.objectContaining({ type: "security", session: "InvalidAccountID" }),
    expect.objectContaining({ type: "security", session: "FailedACL" }),
    expect.objectContaining({ type: "security", session: "SuccessfulAuth" }),
    expect.objectContaining({ type: "security", session: "after" }),
  ]);
});

describe("text of an attacker's", () => {
  test.each<[string, Printed, object]>([
    ["a quote in a Call-ID is a Call-ID", event({ session: 'a"b' }), { type: "security", session: 'a"b' }],
    ["a quote in a name is a name", event({ account: 'a"b' }), { type: "security", account: 'a"b' }],
    [
      "a quote in a nonce is a nonce",
      failed('x"y', 'z"'),
      { type: "security", challenge: 'x"y', response: 'z"' },
    ],
    [
      "addresses in a Call-ID",
      event({ session: `a",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/${FORGED}/5` }),
      { type: "forged", form: "repeated-field" },
    ],
    [
      "lines in a name",
      event({ account: `x\r\nRemoteAddress: IPV4/UDP/${FORGED}/5` }),
      { type: "forged", form: "repeated-field", forgedText: `RemoteAddress: IPV4/UDP/${FORGED}/5` },
    ],
    [
      "an event in a name",
      event({ account: "x\r\n\r\nEvent: Shutdown" }),
      { type: "forged", form: "split-event", forgedText: "\r\nEvent: Shutdown" },
    ],
    ["a line feed in a name", event({ account: "x\nb" }), { type: "forged", form: "foreign-line" }],
    [
      "a log line in a name",
      event({ account: '\n[x] SECURITY[1] a: SecurityEvent="' }),
      { type: "forged", form: "foreign-line" },
    ],
  ])("%s", (_, printed, expected) => {
    expect(parse(AFTER + printLogRecord(printed) + AFTER)).toEqual([
      expect.objectContaining({ session: "after" }),
      expect.objectContaining({ ...TRUE_SOURCE, ...expected }),
      expect.objectContaining({ session: "after" }),
    ]);
  });

  test.each([
    [
      "a Call-ID and a digest answer could both have brought the second address",
      failed(
        "",
        `x",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/${FORGED}/5",Challenge="",Response="y`,
      ),
    ],
  ])("%s: nobody is named", (_, printed) => {
    expect(parse(printLogRecord(printed) + AFTER)).toEqual([
      expect.objectContaining({ type: "forged", source: null }),
      expect.objectContaining({ session: "after" }),
    ]);
  });

  const attack: fc.Arbitrary<Printed> = fc.oneof(
    fc.tuple(hostileText(36), callId()).map(([account, session]) => event({ account, session })),
    fc
      .tuple(hostileText(63).map(oneLine), hostileText(255).map(oneLine), callId())
      .map(([challenge, response, session]) => ({ ...failed(challenge, response), session })),
    fc.tuple(hostileText(4096)).map(([account]) => ({
      ...event({ account }),
      service: "AMI",
      tail: [["SessionTV", "1970-01-01T00:00:00.000+0000"]] as const,
    })),
  );

  test("of any kind names nobody but the true sender", () => {
    fc.assert(
      fc.property(fc.array(attack, { minLength: 1, maxLength: 5 }), (events) => {
        const log = events
          .map((printed) => printLogRecord({ ...printed, remote: `IPV4/UDP/${ATTACKER}/5062` }))
          .join("");
        for (const evidence of parse(log)) {
          expect([ATTACKER, null]).toContain(evidence.source);
          expect(evidence).not.toHaveProperty("kind", "success");
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("gives the same in any chunks, and good records go on after it", () => {
    fc.assert(
      fc.property(attack, fc.array(fc.nat(), { maxLength: 20 }), (printed, places) => {
        fc.pre(printed.service !== "AMI");
        const bytes = Buffer.from(printLogRecord(printed) + AFTER);
        const whole = parse(bytes);
        expect(parse(bytes, places)).toEqual(whole);
        expect(whole.at(-1)).toEqual(expect.objectContaining({ session: "after" }));
      }),
      { numRuns: 1000 },
    );
  });
});

function event(fields: Partial<Printed>): Printed {
  return { name: "InvalidAccountID", ...fields };
}

function requestNotAllowed(action: string): string {
  const tail = [
    ["RequestType", action],
    ["SessionTV", "2026-11-22T00:46:15.333+0000"],
  ] as const;
  return printLogRecord({ name: "RequestNotAllowed", service: "AMI", account: "", tail });
}

function failed(challenge: string, response: string): Printed {
  return {
    name: "ChallengeResponseFailed",
    account: "<unknown>",
    tail: [
      ["Challenge", challenge],
      ["Response", response],
      ["ExpectedResponse", ""],
    ],
  };
}

/** A Call-ID ends at its line; there is no other limit. */
function callId(): fc.Arbitrary<string> {
  return hostileText(800).map((text) => `c${oneLine(text)}`);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, "");
}

function parse(log: string | Buffer, places: readonly number[] = []): Evidence[] {
  const found: Evidence[] = [];
  const parser = new SecurityLogParser((evidence) => found.push(evidence));
  for (const chunk of chunksOf(Buffer.from(log), places)) parser.push(chunk);
  parser.end();
  return found;
}
