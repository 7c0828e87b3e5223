import type { Source } from "../../../src/domain/address.js";
import type { SecurityEvent } from "../../../src/domain/intrusion/security-event.js";
import type { Sighting } from "../../../src/domain/intrusion/sighting.js";
import { Nonces } from "../../../src/domain/intrusion/nonces.js";
import { MirrorReader } from "../../../src/asterisk/hep/mirror-reader.js";
import { hep, recorded, type Parts } from "./hep-bytes.js";

function readAll(packets: readonly Buffer[], reader = new MirrorReader()) {
  const sightings: Sighting[] = [];
  const evidence: SecurityEvent[] = [];
  for (const packet of packets) {
    const read = reader.read(packet);
    if (typeof read === "string") throw new Error(read);
    sightings.push(...read.sightings);
    if (read.guess !== null) evidence.push(read.guess.event);
  }
  return { sightings, evidence };
}

describe.each(["16", "22"] as const)("what Asterisk %s mirrored", (version) => {
  const { sightings, evidence } = readAll(recorded(version));
  const of = (source: string): Sighting[] => sightings.filter((sighting) => sighting.source === source);

  test("a phone that registers: challenged, answers with that nonce, is let in", () => {
    const [asks, challenge, answers, success] = of("198.51.100.33");
    expect(asks).toMatchObject({
      type: "request",
      method: "REGISTER",
      account: "103",
      userAgent: "SIPp",
      nonce: null,
    });
    expect(challenge).toMatchObject({
      type: "challenge",
      nonce: expect.stringMatching(/^\d{10}\/[0-9a-f]{32}$/) as string,
    });
    expect(answers).toMatchObject({
      nonce: challenge?.type === "challenge" ? challenge.nonce : "",
      transport: "udp",
    });
    expect(success).toMatchObject({ type: "answer", method: "REGISTER", status: 200 });
  });

  test("a wrong password gets another challenge and no answer", () => {
    const mine = of("203.0.113.20").slice(0, 4);
    expect(mine.map(({ type }) => type)).toEqual(["request", "challenge", "request", "challenge"]);
    expect(mine[2]).toMatchObject({ userAgent: "Yealink SIP-T46S 66.85.0.5", account: "104" });
  });

  test.each([
    ["203.0.113.21", "tcp"],
    ["203.0.113.12", "tls"],
    ["2001:db8:a:1::/64", "udp"],
  ])("%s came over %s", (source, transport) => {
    expect(of(source)[0]).toMatchObject({ type: "request", transport });
  });

  test("only guesses of which AMI says nothing are evidence, and the right password is none", () => {
    // What was asked before them, without a password, is another's to judge.
    expect(evidence.filter(({ kind }) => kind !== "challenge-sent")).toEqual([
      expect.objectContaining({
        kind: "challenge-failed",
        source: "203.0.113.22",
        session: "blind\xff",
        account: "104",
        service: "pjsip",
        transport: "udp",
        challenge: of("203.0.113.22").find((sighting) => sighting.type === "challenge")?.nonce,
      }),
      expect.objectContaining({ source: "203.0.113.23", challenge: "made-up\xff" }),
    ]);
  });

  test("the ledger tells the phone, the guesser and the one with a made-up nonce apart", () => {
    const nonces = new Nonces();
    const proofs = sightings.flatMap((sighting) => {
      if (sighting.type === "challenge") nonces.sent(sighting.nonce, sighting.source, sighting.atMs);
      if (sighting.type !== "request" || sighting.nonce === null) return [];
      const { nonce, otherNonces, source, atMs } = sighting;
      return [[source, nonces.answered([nonce, ...otherNonces], source, atMs)]];
    });
    expect(proofs).toContainEqual(["198.51.100.33", "returned"]);
    expect(proofs).toContainEqual(["203.0.113.20", "returned"]);
    expect(proofs).toContainEqual(["203.0.113.23", "forged"]);
    expect(proofs.filter(([, proof]) => proof !== "returned")).toHaveLength(1);
  });

  test("a challenge that a Via with maddr sends elsewhere went there", () => {
    const to = sightings.filter((sighting) => sighting.type === "challenge").map(({ source }) => source);
    expect(to).toContain("203.0.113.21");
  });
});

const MINE: Parts = { from: "203.0.113.10", to: "192.0.2.1", fromPort: 5062, toPort: 5060 };
const THEIRS: Parts = { from: "192.0.2.1", to: "203.0.113.10", fromPort: 5060, toPort: 5062 };
const VIA = "Via: SIP/2.0/UDP 203.0.113.10:5062;rport=5062;received=203.0.113.10;branch=z9hG4bKa";

function asks(callId: string, ...more: string[]): Buffer {
  return hep(
    [
      "REGISTER sip:192.0.2.1 SIP/2.0",
      VIA,
      "From: <sip:100@192.0.2.1>;tag=a",
      `Call-ID: ${callId}`,
      "CSeq: 2 REGISTER",
      ...more,
      "",
      "",
    ].join("\r\n"),
    MINE,
  );
}

function guess(callId: string, authorization: string): Buffer {
  return asks(callId, `Authorization: ${authorization}`);
}

function answer(callId: string, status = "401 Unauthorized", more = "", to = THEIRS): Buffer {
  const challenge = status.startsWith("401") ? [`WWW-Authenticate: Digest nonce="1/a"${more}`] : [];
  return hep(
    [`SIP/2.0 ${status}`, VIA, `Call-ID: ${callId}`, "CSeq: 2 REGISTER", ...challenge, "", ""].join("\r\n"),
    to,
  );
}

const TRUE_NONCE = `1800000000/${"a".repeat(32)}`;
const digest = (nonce: string, response = "ff", scheme = "Digest"): string =>
  `${scheme} username="100",nonce="${nonce}",response="${response}"`;

describe("a guess of which AMI says nothing", () => {
  test.each([
    ["a Call-ID that is no UTF-8", "c\xff", digest(TRUE_NONCE)],
    ["a surrogate in the Call-ID", "c\xed\xa0\x80", digest(TRUE_NONCE)],
    ["a Call-ID that is no UTF-8, scheme in small letters", "c\xff", digest(TRUE_NONCE, "ff", "digest")],
    ["a nonce that is no UTF-8", "c", digest("n\xff")],
    ["a nonce that Asterisk cuts within a letter", "c", digest(`${"n".repeat(62)}\xc3\xa9`)],
    ["a response that is no UTF-8", "c", digest(TRUE_NONCE, "\xff")],
  ])("%s", (_, callId, authorization) => {
    const { evidence } = readAll([guess(callId, authorization), answer(callId)]);
    expect(evidence).toEqual([
      expect.objectContaining({
        kind: "challenge-failed",
        source: "203.0.113.10",
        account: "100",
        port: 5062,
      }),
    ]);
  });

  test("is told of although its answer is sent elsewhere", () => {
    const elsewhere = { ...THEIRS, to: "203.0.113.99" };
    const { evidence } = readAll([
      guess("c\xff", digest(TRUE_NONCE)),
      answer("c\xff", "401 x", "", elsewhere),
    ]);
    expect(evidence).toEqual([expect.objectContaining({ source: "203.0.113.10" })]);
  });

  test("is told with the nonce that can be true, where there are several", () => {
    const two = `${digest("decoy\xff")}\r\nAuthorization: ${digest(TRUE_NONCE)}`;
    const { evidence, sightings } = readAll([guess("c", two), answer("c")]);
    expect(evidence).toEqual([expect.objectContaining({ challenge: TRUE_NONCE })]);
    expect(sightings[0]).toMatchObject({ nonce: "decoy\xff", otherNonces: [TRUE_NONCE] });
  });

  test("and so is a request that shows no password at all", () => {
    const { evidence } = readAll([asks("c\xff"), answer("c\xff", "401 x", "", THEIRS)]);
    expect(evidence).toEqual([
      expect.objectContaining({
        kind: "challenge-sent",
        source: "203.0.113.10",
        account: "100",
        challenge: null,
      }),
    ]);
  });

  test("is told once for each time it is answered", () => {
    const { evidence } = readAll([guess("c\xff", digest(TRUE_NONCE)), answer("c\xff"), answer("c\xff")]);
    expect(evidence).toHaveLength(1);
  });
});

describe("no evidence", () => {
  test.each([
    ["what AMI tells", [guess("c", digest(TRUE_NONCE)), answer("c")]],
    ["a Call-ID in UTF-8", [guess("c\xc3\xa9", digest(TRUE_NONCE)), answer("c\xc3\xa9")]],
    ["a nonce that AMI does not print", [guess("c", digest("\xff", "ff", "digest")), answer("c")]],
    ["bytes behind what Asterisk prints", [guess("c", digest(`${"n".repeat(63)}\xff`)), answer("c")]],
    ["a password that was right", [guess("c\xff", digest(TRUE_NONCE)), answer("c\xff", "200 OK")]],
    [
      "a nonce that was too old",
      [guess("c\xff", digest(TRUE_NONCE)), answer("c\xff", "401 x", ",stale=true")],
    ],
    ["a question without answer", [guess("c\xff", digest(TRUE_NONCE))]],
    ["a request without a password of which AMI tells", [asks("c"), answer("c")]],
    ["one that is let in without", [asks("c\xff"), answer("c\xff", "200 OK")]],
    ["an answer without question", [answer("c\xff")]],
    ["a provisional answer", [guess("c\xff", digest(TRUE_NONCE)), answer("c\xff", "100 Trying")]],
  ])("%s", (_, packets) => {
    expect(readAll(packets).evidence).toEqual([]);
  });
});

describe("what Asterisk asks others", () => {
  const reader = new MirrorReader();
  reader.useOwn(["192.0.2.1" as Source]);
  const head = [
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKb",
    "Call-ID: c",
    "CSeq: 1 OPTIONS",
    "",
    "",
  ].join("\r\n");

  test.each([
    ["its request", `OPTIONS sip:203.0.113.10 SIP/2.0\r\n${head}`, THEIRS],
    ["their challenge", `SIP/2.0 401 x\r\nWWW-Authenticate: Digest nonce="theirs"\r\n${head}`, MINE],
    ["their answer", `SIP/2.0 200 OK\r\n${head}`, MINE],
  ])("%s is no sighting", (_, message, parts) => {
    expect(readAll([hep(message, parts)], reader).sightings).toEqual([]);
  });

  test("what others ask is one", () => {
    expect(readAll([guess("c", digest("n"))], reader).sightings).toHaveLength(1);
  });
});

test("what is no SIP is refused", () => {
  expect(new MirrorReader().read(hep("\r\n\r\n"))).toBe("not-sip");
  expect(new MirrorReader().read(Buffer.from("x"))).toBe("not-hep");
});

test("texts are cut", () => {
  const long = "x".repeat(10_000);
  const [sighting] = readAll([
    hep(
      `${long.slice(0, 60)} sip:a SIP/2.0\r\nCall-ID: ${long}\r\nCSeq: 1 X\r\nFrom: <sip:${long}@h>\r\nUser-Agent: ${long}\r\nAuthorization: Digest nonce="${long}"\r\n\r\n`,
    ),
  ]).sightings;
  expect(JSON.stringify(sighting).length).toBeLessThan(1_200);
});
