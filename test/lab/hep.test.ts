import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { MirrorLoss } from "../../src/asterisk/hep/messages";
import type { Evidence, SecurityEvent } from "../../src/domain/intrusion/security-event";
import type { Sighting } from "../../src/domain/intrusion/sighting";
import { compileProject, type Compiled } from "../compiled.js";
import { secrets } from "./addresses.js";
import { eventually } from "./daemon.js";
import {
  labDown,
  labUp,
  netns,
  restartAsterisk,
  sendSip,
  sipp,
  type AsteriskVersion,
  type Host,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
const { host, port, user, password: secret } = secrets.ami;
let compiled: Compiled;

beforeAll(() => {
  compiled = compileProject("test/lab/hep-run.ts");
}, 60_000);
afterAll(() => compiled.remove());

interface Failure {
  readonly from: "ami" | "hep";
  readonly evidence: SecurityEvent;
  /** Half a second after it was told. */
  readonly later: string;
}

interface Line {
  readonly from?: "ami" | "hep";
  readonly evidence?: Evidence;
  readonly later?: string;
  readonly sighting?: Sighting;
  readonly loss?: MirrorLoss;
  readonly log?: string;
  readonly message?: string;
  readonly ami?: { readonly upSinceMs: number | null };
}

/** The mirror and the events, heard beside Asterisk, and all that they have told. */
class Beside {
  readonly sightings: Sighting[] = [];
  readonly failures: Failure[] = [];
  readonly losses: MirrorLoss[] = [];
  private isListening = false;
  private isUp = false;
  private readonly child: ChildProcess;

  constructor(version: AsteriskVersion) {
    const settings = { workerFile: compiled.file("src/hep-worker.ts"), login: { host, port, user, secret } };
    const argv = [process.execPath, compiled.file("test/lab/hep-run.ts"), JSON.stringify(settings)];
    this.child = spawn("ip", ["netns", "exec", netns(version, "pbx"), ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => this.hear(JSON.parse(line) as Line));
  }

  of(source: string): Sighting[] {
    return this.sightings.filter((sighting) => sighting.source === source);
  }

  failuresOf(source: string): Failure[] {
    return this.failures.filter(({ evidence }) => evidence.source === source);
  }

  async up(): Promise<void> {
    await eventually("the mirror and AMI", () => this.isListening && this.isUp, 60_000);
  }

  /** The program ends of itself once its input does. */
  async end(): Promise<void> {
    const gone = new Promise<void>((done) => this.child.once("close", () => done()));
    this.child.stdin!.end();
    await gone;
  }

  private hear(line: Line): void {
    if (line.sighting !== undefined) this.sightings.push(line.sighting);
    if (line.loss !== undefined) this.losses.push(line.loss);
    if (line.message === "listening for HEP") this.isListening = true;
    if (line.ami !== undefined) this.isUp = line.ami.upSinceMs !== null;
    if (line.from !== undefined && line.evidence?.type === "security" && line.later !== undefined) {
      this.failures.push({ from: line.from, evidence: line.evidence, later: line.later });
    }
  }
}

const digest = (nonce: string, password: string): string =>
  `Digest username="104",realm="asterisk",nonce="${nonce}",uri="sip:192.0.2.1",response="{response:${password}}"`;
const madeUp = (nonce: string): string =>
  `Digest username="104",realm="asterisk",nonce="${nonce}",uri="sip:192.0.2.1",response="${"0a".repeat(16)}"`;

describe.each(versions)("the mirror of Asterisk %s", (version) => {
  let beside: Beside;

  beforeAll(async () => {
    await labUp(version);
    beside = new Beside(version);
    await beside.up();
    // The ledger is complete from the first packet on; made-up nonces of the second before it would be unproven.
    await register("attacker", "203.0.113.30");
    await eventually("the first packet", () => beside.of("203.0.113.30").length > 0);
    await new Promise((done) => setTimeout(done, 3_000));
  }, 16 * 60_000);
  afterAll(async () => {
    await beside.end();
    await labDown(version);
  }, 90_000);

  const register = (from: Host, address: string, ...more: string[]): Promise<string> =>
    sendSip(version, from, ["--from", address, "--user", "104", ...more]);

  test("shows a phone's method, User-Agent, nonce and success", async () => {
    const phone = "198.51.100.33";
    await sipp(version, "phones", "register", { from: phone, account: "103" });
    await eventually("the success", () => beside.of(phone).some(({ type }) => type === "answer"));
    const challenge = beside.of(phone).find((sighting) => sighting.type === "challenge");
    expect(challenge?.nonce).toMatch(/^\d{10}\/[0-9a-f]{32}$/);
    expect(beside.of(phone)).toContainEqual(
      expect.objectContaining({
        type: "request",
        method: "REGISTER",
        account: "103",
        userAgent: "SIPp",
        nonce: challenge?.nonce,
      }),
    );
    expect(beside.of(phone)).toContainEqual(
      expect.objectContaining({ type: "answer", method: "REGISTER", status: 200 }),
    );
  }, 60_000);

  test("proves a phone's wrong password", async () => {
    const phone = "198.51.100.34";
    await register("phones", phone, "--username", "104", "--authorization", digest("{nonce}", "wrong"));
    const [failure] = await eventually("the failure", () => {
      const failures = beside.failuresOf(phone);
      return failures.length > 0 && failures;
    });
    expect(failure).toMatchObject({ from: "ami", later: "returned" });
  }, 60_000);

  test.each([
    ["garbage", "198.51.100.10", "garbage"],
    ["of Asterisk's form", "198.51.100.10", ""],
  ])(
    "calls an answer with a made-up nonce (%s) in another's name forged",
    async (_, victim, given) => {
      const nonce = given === "" ? `${Math.floor(Date.now() / 1000)}/${"0f".repeat(16)}` : given;
      await register("attacker", victim, "--authorization", madeUp(nonce), "--wait-ms", "200");
      const found = await eventually("the event in the victim's name", () =>
        beside.failuresOf(victim).find(({ evidence }) => evidence.challenge === nonce),
      );
      expect(found).toMatchObject({ from: "ami", later: "forged" });
    },
    60_000,
  );

  test("proves a guess behind a decoy, whose nonce is all that Asterisk's event names", async () => {
    const guesser = "203.0.113.31";
    const decoy = 'Digest username="104",realm="elsewhere",nonce="decoy",uri="sip:192.0.2.1",response="00"';
    await register(
      "attacker",
      guesser,
      "--username",
      "104",
      "--authorization",
      digest("{nonce}", "wrong"),
      "--header",
      `Authorization: ${decoy}`,
    );
    const failure = await eventually("the failure behind it", () =>
      beside.failuresOf(guesser).find(({ evidence }) => evidence.challenge === "decoy"),
    );
    expect(failure).toMatchObject({ from: "ami", later: "returned" });
  }, 60_000);

  test.each([
    ["REGISTER, Call-ID", "203.0.113.32", ["--call-id", "blind\\xff"]],
    ["INVITE, Call-ID", "203.0.113.33", ["--method", "INVITE", "--call-id", "blind\\xed\\xa0\\x80"]],
    [
      "SUBSCRIBE, Call-ID",
      "203.0.113.34",
      ["--method", "SUBSCRIBE", "--header", "Event: presence", "--call-id", "\\xc0\\x80"],
    ],
  ])(
    "shows a guess through the blind spot: %s",
    async (_, guesser, more) => {
      await register(
        "attacker",
        guesser,
        "--username",
        "104",
        ...more,
        "--authorization",
        digest("{nonce}", "wrong"),
      );
      const failure = await eventually("the guess", () => beside.failuresOf(guesser)[0]);
      expect(failure).toMatchObject({
        from: "hep",
        later: "returned",
        evidence: { kind: "challenge-failed", service: "pjsip", account: "104", transport: "udp" },
      });
    },
    60_000,
  );

  test("shows a guess with a nonce that AMI can't print, and never what AMI tells as well", async () => {
    const guesser = "203.0.113.35";
    await register("attacker", guesser, "--authorization", madeUp("x\\xff"));
    await register("attacker", guesser, "--authorization", madeUp("plain"));
    await eventually("both", () => beside.failuresOf(guesser).length >= 2);
    expect(beside.failuresOf(guesser).map(({ from, evidence }) => [from, evidence.challenge])).toEqual([
      ["hep", "x\xff"],
      ["ami", "plain"],
    ]);
  }, 60_000);

  test("says nothing against the right password, whatever the Call-ID", async () => {
    const phone = "198.51.100.35";
    const told = await register(
      "phones",
      phone,
      "--username",
      "104",
      "--call-id",
      "odd\\xff",
      "--authorization",
      digest("{nonce}", "secret-104"),
    );
    expect(told).toContain("200 OK");
    await eventually("its success", () => beside.of(phone).some(({ type }) => type === "answer"));
    expect(beside.failuresOf(phone)).toEqual([]);
  }, 60_000);

  test("goes on after Asterisk was restarted, with a gap", async () => {
    const before = beside.losses.length;
    await restartAsterisk(version);
    await register("attacker", "203.0.113.36");
    await eventually("the first after it", () => beside.of("203.0.113.36").length > 0);
    expect(beside.losses.length).toBeGreaterThan(before);
  }, 180_000);
});
