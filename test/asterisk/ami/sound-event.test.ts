import fc from "fast-check";
import { EventTimes } from "../../../src/asterisk/ami/event-time.js";
import { explainSecurityEvent } from "../../../src/asterisk/ami/explain.js";
import { AMI_FORM, LOG_FORM, type FieldForm } from "../../../src/asterisk/ami/field-cursor.js";
import { explainRecord, isWholeRecord, readRecordHead } from "../../../src/asterisk/ami/log-record.js";
import { RemoteAddresses } from "../../../src/asterisk/ami/remote-address.js";
import { SCHEMAS } from "../../../src/asterisk/ami/security-schema.js";
import { endOfAmiHead, SoundEvents } from "../../../src/asterisk/ami/sound-event.js";
import type { Evidence } from "../../../src/domain/intrusion/security-event.js";
import { printEvent, printLogRecord, type Printed } from "./asterisk-prints.js";
import { hostileText } from "./hostile-text.js";

/** The fast way must say nothing that the careful one would not say: it alone is proven against what attackers write. */
const readers = { time: new EventTimes(), remote: new RemoteAddresses() };
const RUNS = { numRuns: 3000 };

const remote = fc.oneof(
  fc.constantFrom(
    "IPV4/UDP/203.0.113.12/5062",
    "IPV4/UDP/203.0.113.012/5062",
    "IPV4/UDP/203.0.113.256/5062",
    "IPV4/UDP/203.0.113.12/65536",
    "IPV4/UDP/203.0.113/1",
    "IPV4/UDP/8.8.8.\u0138/5",
    "IPV4/TCP/203.0.113.12/5062",
    "IPV4/203.0.113.12/5062",
    "IPV4/UDP/2001:db8::1/5062",
    "IPV6/WSS/2001:db8:0:1::1/5061",
    "IPV6/UDP/::ffff:203.0.113.12/5061",
    "IPV6/UDP/fe80::1%eth0/5060",
    "",
  ),
  fc.ipV4().map((ip) => `IPV4/UDP/${ip}/5060`),
);
const text = fc.oneof(
  fc.constantFrom("<unknown>", "100", "", "Jürgen", "\r", "a\nb", "x".repeat(300)),
  fc.string({ maxLength: 8, unit: "binary" }),
  hostileText(60),
);

const event: fc.Arbitrary<Printed> = fc
  .record({
    name: fc.constantFrom(...SCHEMAS.keys()),
    service: fc.constantFrom("PJSIP", "SIP", "AMI", "IAX2", "Later"),
    account: text,
    session: text,
    remote,
    local: fc.oneof({ weight: 4, arbitrary: fc.constant("IPV4/UDP/192.0.2.1/5060") }, remote),
    timestamp: fc.boolean(),
    atMs: fc.integer({ min: 1_795_308_375_000, max: 1_795_308_377_000 }),
  })
  .chain((head) => {
    const { required, optional } = SCHEMAS.get(head.name) ?? { required: [], optional: [] };
    const tail = [
      ...required.map((name) => [name, true] as const),
      ...optional.map((name) => [name, false] as const),
    ];
    const fields = tail.map(([name, isThere]) =>
      fc.tuple(fc.constant(name), text, isThere ? fc.constant(true) : fc.boolean()),
    );
    return fc.tuple(...fields).map((list) => ({
      ...head,
      tail: list.flatMap(([name, value, kept]) => (kept ? [[name, value] as const] : [])),
    }));
  });

test("of an AMI event the fast way says what the careful one says", () => {
  let fast = 0;
  fc.assert(
    fc.property(event, (printed) => {
      const block = asRead(printEvent(printed)).split("\r\n\r\n")[0] ?? "";
      const quick = readAmi(block, printed.name);
      if (quick === null) return;
      fast++;
      expect(explainSecurityEvent(block.split("\r\n"), readers)).toEqual({
        type: "evidence",
        evidence: quick,
      });
    }),
    RUNS,
  );
  expect(fast).toBeGreaterThan(RUNS.numRuns / 10);
});

test("of a log record the fast way says what the careful one says", () => {
  let fast = 0;
  fc.assert(
    fc.property(event, (printed) => {
      const line = asRead(printLogRecord(printed)).split("\n")[0] ?? "";
      const record = line.slice(line.indexOf("SecurityEvent="));
      const quick = read(LOG_FORM, record, record.indexOf('",') + 1, printed.name);
      if (quick === null) return;
      fast++;
      const head = readRecordHead(record, readers);
      expect(head !== null && isWholeRecord(head, record) && explainRecord(head, record, readers)).toEqual(
        quick,
      );
    }),
    RUNS,
  );
  expect(fast).toBeGreaterThan(RUNS.numRuns / 10);
});

test("what is quick is ordinary traffic", () => {
  for (const name of ["InvalidAccountID", "ChallengeSent", "ChallengeResponseFailed", "SuccessfulAuth"]) {
    expect(readAmi(printEvent({ name }).split("\r\n\r\n")[0] ?? "", name)).toMatchObject({ name });
    const record = printLogRecord({ name }).split(": ")[1]?.trimEnd() ?? "";
    expect(read(LOG_FORM, record, record.indexOf('",') + 1, name)).toMatchObject({ name });
  }
});

/** What is no text in UTF-8 is not what comes out again. */
function asRead(text: string): string {
  return Buffer.from(text).toString();
}

function readAmi(block: string, name: string): Evidence | null {
  const bytes = Buffer.from(block);
  const at = endOfAmiHead(bytes, "Event: ".length + name.length, bytes.length);
  return at === null ? null : read(AMI_FORM, block, at, name);
}

function read(form: FieldForm, block: string, at: number, name: string): Evidence | null {
  const schema = SCHEMAS.get(name);
  if (schema === undefined) throw new Error(`no schema of ${name}`);
  const bytes = Buffer.from(block);
  return new SoundEvents(form, readers).read(bytes, at, bytes.length, schema);
}
