import { readFileSync } from "node:fs";
import type { AmiItem } from "../../../src/asterisk/ami/items.js";
import { AmiParser } from "../../../src/asterisk/ami/parser.js";
import type { SecurityEvent } from "../../../src/domain/intrusion/security-event.js";
import { printEvent, printSystemEvent, type Printed } from "./asterisk-prints.js";

const ATTACKER = { source: "203.0.113.12", address: "203.0.113.12", port: 5062, transport: "udp" };
const AFTER = printEvent({ name: "SuccessfulAuth", session: "after" });

describe("what Asterisk prints", () => {
  test("becomes a security event with all its fields", () => {
    const text = printEvent({
      name: "ChallengeResponseFailed",
      account: "100",
      session: "1-4800@203.0.113.12",
    });
    expect(parse(text)).toEqual([
      {
        type: "security",
        kind: "challenge-failed",
        name: "ChallengeResponseFailed",
        atMs: Date.UTC(2026, 10, 22, 0, 46, 15, 333),
        service: "pjsip",
        account: "100",
        session: "1-4800@203.0.113.12",
        ...ATTACKER,
        aclName: null,
        challenge: "1795308375/78d5c7e9ab9129dc32166f036268e5f1",
        response: "81de6f7b5ca33e10cca5414468ad1491",
      },
    ]);
  });

  test.each<[Partial<Printed> & { name: string }, Partial<SecurityEvent>]>([
    [{ name: "InvalidAccountID" }, { kind: "invalid-account" }],
    [
      { name: "InvalidPassword", service: "SIP" },
      { kind: "invalid-password", service: "sip" },
    ],
    [{ name: "InvalidPassword", service: "AMI" }, { service: "ami" }],
    [
      { name: "ChallengeSent", account: "<unknown>" },
      { kind: "challenge-sent", account: null, challenge: null },
    ],
    [{ name: "SuccessfulAuth" }, { kind: "success" }],
    [
      { name: "FailedACL", tail: [["ACLName", "x"]] },
      { kind: "acl-refused", aclName: "x" },
    ],
    [
      { name: "RequestNotSupported", tail: [["RequestType", "x"]] },
      { kind: "other", name: "RequestNotSupported" },
    ],
    [{ name: "SessionLimit" }, { kind: "other" }],
    [{ name: "InvalidAccountID", service: "IAX2" }, { service: "iax2" }],
    [{ name: "InvalidAccountID", service: "Other" }, { service: "other" }],
    [{ name: "InvalidAccountID", timestamp: false }, { kind: "invalid-account" }],
    [{ name: "InvalidAccountID", account: "Jürgen" }, { account: "Jürgen" }],
    [{ name: "InvalidAccountID", account: "a<script>" }, { account: "a<script>" }],
    [{ name: "InvalidAccountID", session: "a: b, c\td" }, { session: "a: b, c\td" }],
    [{ name: "InvalidAccountID", session: "s".repeat(3000) }, { session: "s".repeat(256) }],
    [
      { name: "InvalidAccountID", remote: "IPV4/203.0.113.12/5062" },
      { transport: "unknown", port: 5062 },
    ],
    [
      { name: "InvalidAccountID", remote: "IPV6/TLS/2001:db8:a:1::66/5061" },
      { source: "2001:db8:a:1::/64" as never, address: "2001:db8:a:1::66", transport: "tls", port: 5061 },
    ],
    [{ name: "InvalidAccountID", remote: "IPV4/UDP/::ffff:203.0.113.12/5062" }, { address: "203.0.113.12" }],
    [
      {
        name: "ChallengeSent",
        tail: [
          ["Challenge", ""],
          ["NewField", "of a later Asterisk"],
        ],
      },
      { kind: "challenge-sent" },
    ],
  ])("%j", (event, expected) => {
    expect(parse(printEvent(event))).toEqual([expect.objectContaining({ type: "security", ...expected })]);
  });

  test("EventTV is read with its zone", () => {
    const text = printEvent({ name: "InvalidAccountID" }).replace("00:46:15.333+0000", "02:16:15.333+0130");
    expect(parse(text)).toEqual([expect.objectContaining({ atMs: Date.UTC(2026, 10, 22, 0, 46, 15, 333) })]);
  });

  test.each(["FullyBooted", "Reload", "Shutdown"])("%s is told as Asterisk's own", (name) => {
    expect(parse(printSystemEvent(name, "Module: acl"))).toEqual([{ type: "system", name, module: "acl" }]);
  });

  test("other events pass by", () => {
    const text = "Event: TestEvent\r\nPrivilege: reporting,all\r\nType: StateChange\r\n\r\n";
    expect(parse(text + AFTER)).toEqual([expect.objectContaining({ session: "after" })]);
  });

  test.each([
    [
      "an address with a zone",
      printEvent({ name: "InvalidAccountID", remote: "IPV6/UDP/fe80::1%eth0/5060" }),
    ],
    ["an event of a later Asterisk", printEvent({ name: "InvalidFoo", tail: [["Challenge", "x"]] })],
  ])("%s is passed over, the events around it are not", (_, text) => {
    expect(parse(AFTER + text + AFTER)).toEqual(Array(2).fill(expect.objectContaining({ session: "after" })));
  });
});

describe("lines of an attacker's", () => {
  test.each<[string, Printed, object]>([
    [
      "a second RemoteAddress ahead of the true one",
      { name: "InvalidAccountID", account: "x\r\nRemoteAddress: IPV4/UDP/8.8.8.8/5" },
      { form: "repeated-field", forgedText: "RemoteAddress: IPV4/UDP/8.8.8.8/5" },
    ],
    [
      "a second Event line",
      { name: "InvalidAccountID", account: "x\r\nEvent: SuccessfulAuth" },
      { form: "repeated-field" },
    ],
    ["a line of no meaning", { name: "InvalidAccountID", account: "x\r\nhello" }, { form: "foreign-line" }],
    [
      "an event within the event",
      { name: "InvalidAccountID", account: "x\r\n\r\nEvent: Shutdown" },
      { form: "split-event", forgedText: "\r\nEvent: Shutdown" },
    ],
    ["a split and no more", { name: "InvalidAccountID", account: "a\r\n\r\n" }, { form: "split-event" }],
    ["an empty line first", { name: "InvalidAccountID", account: "\r\n" }, { form: "split-event" }],
    [
      "a success of one's own",
      { name: "InvalidAccountID", account: "\r\n\r\nEvent: SuccessfulAuth" },
      { form: "split-event" },
    ],
    ["close", { name: "InvalidAccountID", account: "\r\n\r\nEvent: close" }, { form: "split-event" }],
    [
      "an answer to an action",
      { name: "InvalidAccountID", account: "\r\n\r\nResponse: Success\r\nActionID: 1" },
      { form: "split-event" },
    ],
    [
      "a reload",
      { name: "InvalidAccountID", account: "\r\n\r\nEvent: Reload\r\nPrivilege: system" },
      { form: "split-event" },
    ],
    [
      "a line feed alone",
      { name: "InvalidAccountID", account: "x\nRemoteAddress: IPV4/UDP/8.8.8.8/5" },
      { form: "repeated-field" },
    ],
    ["a carriage return alone", { name: "InvalidAccountID", account: "x\rb" }, { form: "foreign-line" }],
    [
      "a carriage return in the nonce, behind the true address",
      challengeFailed("x\rRemoteAddress: IPV4/UDP/8.8.8.8/5", "y"),
      { form: "repeated-field" },
    ],
    ["a carriage return at the end of the nonce", challengeFailed("x\r", "y"), { form: "foreign-line" }],
    [
      "a second RemoteAddress behind the true one, should a nonce ever bring it",
      challengeFailed("x\r\nRemoteAddress: IPV4/UDP/8.8.8.8/5", "y"),
      { form: "repeated-field" },
    ],
    [
      "all three address lines behind the true ones",
      challengeFailed(
        "",
        "x\r\nSessionID: a\r\nLocalAddress: IPV4/UDP/1.1.1.1/1\r\nRemoteAddress: IPV4/UDP/8.8.8.8/5",
      ),
      { form: "repeated-field" },
    ],
    [
      "a nonce that cuts the event",
      challengeFailed("x\r\n\r\nEvent: Shutdown", "y"),
      { form: "split-event" },
    ],
  ])("%s: evidence against the true source, and the event after is read", (_, event, expected) => {
    expect(parse(AFTER + printEvent(event) + AFTER)).toEqual([
      expect.objectContaining({ session: "after" }),
      expect.objectContaining({ type: "forged", service: "pjsip", ...ATTACKER, ...expected }),
      expect.objectContaining({ session: "after" }),
    ]);
  });

  test.each<[string, Printed]>([
    [
      "two sets of addresses where the sender writes on both sides of the true one",
      {
        ...challengeFailed(
          "",
          `x\r\nSessionID: a\r\nLocalAddress: IPV4/UDP/1.1.1.1/1\r\nRemoteAddress: IPV4/UDP/8.8.8.8/5`,
        ),
        service: "SIP",
      },
    ],
    [
      "a whole event that ends in a piece of a true one",
      {
        name: "InvalidAccountID",
        service: "AMI",
        account:
          "x\r\nSessionID: a\r\nLocalAddress: IPV4/UDP/1.1.1.1/1\r\nRemoteAddress: IPV4/UDP/8.8.8.8/5\r\n\r\n",
      },
    ],
    ["a line that nobody can have put there", { name: "FailedACL", tail: [["ExpectedResponse", ""]] }],
  ])("%s: nobody is named", (_, event) => {
    expect(parse(AFTER + printEvent(event) + AFTER)).toEqual([
      expect.objectContaining({ session: "after" }),
      expect.objectContaining({ type: "forged", source: null, address: null, port: null }),
      expect.objectContaining({ session: "after" }),
    ]);
  });

  test("whole events within an answer's text are believed neither alone nor in a row", () => {
    const forged = printEvent({ name: "FailedACL", remote: "IPV4/UDP/8.8.8.8/5", timestamp: false });
    for (const response of [`\r\n\r\n${forged}`, `\r\nExpectedResponse: \r\n\r\n${forged}`]) {
      const items = parse(printEvent(challengeFailed("", response)) + AFTER);
      expect(items.filter((item) => "source" in item && item.source === "8.8.8.8")).toEqual([]);
      expect(items.at(-1)).toEqual(expect.objectContaining({ session: "after" }));
    }
  });

  test("the rest of a cut event that never comes is waited for no longer than its limit", () => {
    const cut = printEvent({ name: "InvalidAccountID", account: "x\r\n\r\n" }).split("\r\n\r\n")[0] ?? "";
    const items: AmiItem[] = [];
    const parser = new AmiParser((item) => items.push(item), { maxMessage: 4096, maxCut: 2000 });
    parser.push(Buffer.from(`${cut}\r\n\r\n${AFTER.repeat(8)}`));
    parser.settle();
    expect(items[0]).toEqual(expect.objectContaining({ type: "forged", source: null }));
    expect(items.at(-1)).toEqual(expect.objectContaining({ session: "after" }));
  });
});

describe("answers", () => {
  const answer = "Response: Success\r\nActionID: b7f1\r\nMessage: Authentication accepted\r\n\r\n";

  test("only those with an ActionID of ours come out, once", () => {
    const items: AmiItem[] = [];
    const parser = new AmiParser((item) => items.push(item));
    parser.expect("b7f1");
    parser.push(
      Buffer.from(`Asterisk Call Manager/11.0.0\r\n${answer.replace("b7f1", "1")}${answer}${answer}`),
    );
    expect(items).toEqual([
      { type: "answer", actionId: "b7f1", ok: true, message: "Authentication accepted" },
    ]);
    expect(parser.counts).toMatchObject({ unasked: 2, malformed: 0 });
  });

  test("an error says why", () => {
    const items: AmiItem[] = [];
    const parser = new AmiParser((item) => items.push(item));
    parser.expect("b7f1");
    parser.push(Buffer.from("Response: Error\r\nActionID: b7f1\r\nMessage: Authentication failed\r\n\r\n"));
    expect(items).toEqual([
      { type: "answer", actionId: "b7f1", ok: false, message: "Authentication failed" },
    ]);
  });
});

describe("bounds", () => {
  test("a message over the limit is skipped and counted, in one piece or in many", () => {
    const long = `Event: TestEvent\r\nPrivilege: reporting,all\r\nX: ${"x".repeat(9000)}\r\n\r\n`;
    const bytes = Buffer.from(AFTER + long + AFTER);
    for (const size of [1, 7, 512, bytes.length]) {
      const items: AmiItem[] = [];
      const parser = new AmiParser((item) => items.push(item), { maxMessage: 4096, maxCut: 4096 });
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      parser.settle();
      expect(items).toHaveLength(2);
      expect(parser.counts).toMatchObject({ oversize: 1, security: 2 });
    }
  });

  test("the last item waits for the next message or for quiet, not for the end of a begun message", () => {
    const items: AmiItem[] = [];
    const parser = new AmiParser((item) => items.push(item));
    parser.push(Buffer.from(`${AFTER}Event: Succ`));
    parser.settle();
    expect(items).toHaveLength(0);
    parser.push(Buffer.from(AFTER.slice("Event: Succ".length)));
    expect(items).toHaveLength(1);
    parser.settle();
    expect(items).toHaveLength(2);
  });
});

describe("recorded streams", () => {
  test.each(["16", "22"])("Asterisk %s: every attack is attributed to its true source", (version) => {
    const items = parse(fixture(`asterisk-${version}.ami`));
    const security = items.filter((item) => item.type === "security");
    expect(security).toHaveLength(135);
    expect(security.filter(({ kind }) => kind === "success").map(({ account }) => account)).toContain("100");
    expect(security.map(({ address }) => address)).not.toContain("8.8.8.8");
    expect(security.map(({ account }) => account)).toContain("a<script>alert(1)</script>");
    expect(items.filter((item) => item.type === "forged")).toEqual([
      expect.objectContaining({ form: "repeated-field", source: "203.0.113.20" }),
      expect.objectContaining({ form: "split-event", source: "203.0.113.20" }),
    ]);
    expect(items.filter((item) => item.type === "system" && item.name === "Reload")).toHaveLength(17);
    const shutdowns = items.filter((item) => item.type === "system" && item.name === "Shutdown");
    expect(shutdowns).toHaveLength(version === "16" ? 1 : 0);
  });

  test.each(["injection-16", "injection-22", "injection-more-16", "injection-more-22"])(
    "%s: no line that an attacker wrote is believed",
    (name) => {
      const items = parse(fixture(`${name}.ami`));
      const named = items.flatMap((item) => ("source" in item ? [item.source] : []));
      expect(named).not.toContain("8.8.8.8");
      expect(named).not.toContain(null);
      expect(items.filter((item) => item.type === "forged").length).toBeGreaterThan(5);
      expect(items.filter((item) => item.type === "system").map((item) => item.name)).toEqual([
        "FullyBooted",
      ]);
      const successes = items.filter((item) => item.type === "security" && item.kind === "success");
      expect(successes).toEqual([expect.objectContaining({ service: "ami", source: "127.0.0.1" })]);
    },
  );
});

describe("logins to AMI over HTTP", () => {
  test.each(["16", "22"])(
    "Asterisk %s: whole events in a user name name nobody but their sender",
    (version) => {
      const items = parse(fixture(`injection-http-${version}.ami`));
      expect(items.flatMap((item) => ("address" in item ? [item.address] : []))).toEqual([
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.1",
      ]);
    },
  );

  const login = (port: string, account = "root"): string =>
    printEvent({
      name: "InvalidAccountID",
      service: "AMI",
      account,
      remote: `IPV4/TCP/203.0.113.12/${port}`,
      tail: [["SessionTV", "1970-01-01T00:00:00.000+0000"]],
    });

  test("each failed login of one source counts", () => {
    const items = parse(login("1") + login("2") + login("3"));
    expect(items.map((item) => item.type === "security" && item.port)).toEqual([1, 2, 3]);
  });

  test("what comes between two of them may be their sender's, and is dropped", () => {
    const other = printEvent({ name: "FailedACL", remote: "IPV4/UDP/8.8.8.8/5" });
    const items = parse(login("1") + other + printSystemEvent("Reload") + login("2"));
    expect(items.map((item) => (item.type === "security" ? item.address : item.type))).toEqual([
      "203.0.113.12",
      "system",
      "203.0.113.12",
    ]);
  });

  test("what comes long after one is not held up", () => {
    const items: AmiItem[] = [];
    const parser = new AmiParser((item) => items.push(item));
    parser.push(Buffer.from(login("1") + AFTER.repeat(40)));
    expect(items.length).toBeGreaterThan(30);
  });
});

function challengeFailed(challenge: string, response: string): Printed {
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

function fixture(name: string): Buffer {
  return readFileSync(`${__dirname}/../../fixtures/ami/${name}`);
}

function parse(stream: string | Buffer): AmiItem[] {
  const items: AmiItem[] = [];
  const parser = new AmiParser((item) => items.push(item));
  parser.push(Buffer.from(stream));
  parser.settle();
  return items;
}
