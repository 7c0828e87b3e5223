import fc from "fast-check";
import { readSipHead, textOf } from "../../../src/asterisk/hep/sip-head.js";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const BASE = ["Call-ID: c1", "CSeq: 1 REGISTER"];
const request = (...lines: string[]): Buffer =>
  bytes(["REGISTER sip:192.0.2.1 SIP/2.0", ...BASE, ...lines, "", ""].join("\r\n"));
const nonceIn = (header: string): string | undefined => readSipHead(request(header))?.answers[0]?.nonce;

test("a request", () => {
  const head = readSipHead(
    request(
      "Via: SIP/2.0/TLS 203.0.113.10:5061;rport;branch=z9hG4bKa",
      'From: "Bob <sip:x@y>" <sip:100@192.0.2.1>;tag=a',
      "User-Agent: Yealink SIP-T46S 66.85.0.5",
      'Authorization: Digest username="100", realm="asterisk",nonce="1/ab", uri="sip:x", response="ff", algorithm=MD5',
    ),
  );
  expect(head).toEqual({
    method: "REGISTER",
    status: null,
    callId: "c1",
    cseq: "1",
    cseqMethod: "REGISTER",
    fromUser: "100",
    userAgent: "Yealink SIP-T46S 66.85.0.5",
    viaTransport: "TLS",
    received: null,
    answers: [{ scheme: "Digest", username: "100", nonce: "1/ab", response: "ff" }],
    challenges: [],
  });
});

test("an answer, with where the question came from", () => {
  const text = [
    "SIP/2.0 401 Unauthorized",
    "v: SIP/2.0/UDP 203.0.113.20:7002;rport=7001;maddr=203.0.113.21;received=203.0.113.20;branch=z9hG4bKa",
    "i: c1",
    "CSeq: 2 INVITE",
    'WWW-Authenticate: Digest realm="asterisk",nonce="1/ab",stale=TRUE,qop="auth"',
    'Proxy-Authenticate: Digest realm="b",nonce="2/cd"',
    "",
    "",
  ];
  expect(readSipHead(bytes(text.join("\r\n")))).toMatchObject({
    status: 401,
    method: null,
    cseqMethod: "INVITE",
    received: "203.0.113.20",
    challenges: [
      { nonce: "1/ab", stale: true },
      { nonce: "2/cd", stale: false },
    ],
  });
});

test.each([
  ["small letters", "call-id: x", "x"],
  ["the short name", "i: x", "x"],
  ["spaces around the colon", "Call-ID \t:  x  ", "x"],
  ["a folded line", "Call-ID:\r\n  x", "x"],
  ["a line that ends with LF alone", "Call-ID: x\nCSeq: 9 BYE", "x"],
  ["a line that ends with CR alone", "Call-ID: x\rCSeq: 9 BYE", "x"],
  ["a second one", "Call-ID: x\r\nCall-ID: y", "x"],
  ["bytes that are no text", "Call-ID: x\xff", "x\xff"],
])("Call-ID with %s", (_, line, expected) => {
  const head = readSipHead(bytes(`OPTIONS sip:a SIP/2.0\r\n${line}\r\nCSeq: 1 OPTIONS\r\n\r\n`));
  expect(head?.callId).toBe(expected);
});

test.each([
  ["quoted", 'Authorization: Digest nonce="a,b=c"', "a,b=c"],
  ["not quoted", "Authorization: Digest nonce=abc,uri=x", "abc"],
  ["small letters and spaces", 'authorization:digest NONCE = "abc"', "abc"],
  ["an escape, left as it is", 'Authorization: Digest nonce="a\\"b"', 'a\\"b'],
  ["the last of two", 'Authorization: Digest nonce="a",nonce="b"', "b"],
  ["no end", 'Authorization: Digest nonce="abc', "abc"],
  ["a name that only ends like it", 'Authorization: Digest cnonce="abc"', ""],
  ["another scheme", 'Authorization: Bearer nonce="abc"', ""],
  ["folded", 'Authorization: Digest username="1",\r\n\tnonce="abc"', "abc"],
  ["a header that Asterisk does not read", 'Proxy-Authorization: Digest nonce="abc"', undefined],
])("nonce: %s", (_, header, expected) => {
  expect(nonceIn(header)).toBe(expected);
});

test.each([
  ["<sip:100@h>;tag=1", "100"],
  ["sip:100@h;tag=1", "100"],
  ['"a \\" <sip:9@h>" <sips:100@h>', "100"],
  ["Bob <sip:1%30%30@h>", "100"],
  ["<sip:100:secret@h>", "100"],
  ["<sip:x%0d%0aEvent%3a%20Shutdown@h>", "x\r\nEvent: Shutdown"],
  ["<sip:h>", null],
  ["<tel:+123>", null],
  ["", null],
])("the user of From %s is %j", (from, expected) => {
  expect(readSipHead(request(`f: ${from}`))?.fromUser).toBe(expected);
});

test.each([
  ["no Call-ID", "OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"],
  ["no CSeq", "OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\n\r\n"],
  ["a Call-ID behind the head's end", "OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\nCall-ID: a\r\n"],
  ["another protocol", "GET / HTTP/1.1\r\nCall-ID: a\r\nCSeq: 1 GET\r\n\r\n"],
  ["nothing", ""],
  ["line ends alone", "\r\n\r\n"],
])("%s is no head", (_, text) => {
  expect(readSipHead(bytes(text))).toBeNull();
});

test("headers beyond many others are found, and 64 KB of anything are read in one go", () => {
  const padding = "X: y\r\n".repeat(9_000);
  expect(readSipHead(request(`${padding}User-Agent: late`))?.userAgent).toBe("late");
  for (const filler of ["\\", '"', "=", " ", ",", "<", "%", ";received=", "a="]) {
    const head = readSipHead(
      request(`Authorization: Digest ${filler.repeat(60_000)}`, `From: ${filler.repeat(60_000)}`),
    );
    expect(head?.callId).toBe("c1");
  }
});

test("of a text message nothing private is read: no words, no display name, nobody it goes to", () => {
  const head = readSipHead(
    bytes(
      [
        "MESSAGE sip:lover@192.0.2.1 SIP/2.0",
        ...["Call-ID: c1", "CSeq: 1 MESSAGE", "Subject: secret"],
        'From: "Alice Private" <sip:100@192.0.2.1>;tag=a',
        'To: "Bob Hidden" <sip:lover@192.0.2.1>',
        ...["Content-Type: text/plain", "Content-Length: 14", "", "meet me at ten"],
      ].join("\r\n"),
    ),
  );
  expect(head).toMatchObject({ method: "MESSAGE", fromUser: "100" });
  expect(JSON.stringify(head)).not.toMatch(/secret|Private|Hidden|lover|meet me/);
});

test("whatever comes never throws", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      ...BASE,
      "Via: SIP/2.0/UDP x;received=1.2.3.4",
      'Authorization: Digest nonce="',
      "From: <sip:",
    ),
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom("\r\n", "\n", "\r", "\r\n "), (lines, end) => {
      const head = readSipHead(bytes(["SIP/2.0 401 x", ...lines].join(end)));
      expect(head === null || head.callId.length > 0).toBe(true);
    }),
  );
});

test.each([
  ["é", "Ã©", 10],
  ["c\xff", "c\xff", 10],
  ["aa", "aaaa", 2],
])("%j are the words of %j, at most %i long", (expected, raw, limit) => {
  expect(textOf(raw, limit)).toBe(expected);
});
