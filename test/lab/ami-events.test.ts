import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { EventConnectionState } from "../../src/asterisk/ami/event-connection";
import type { Evidence } from "../../src/domain/intrusion/security-event";
import { compileProject, type Compiled } from "../compiled.js";
import { secrets } from "./addresses.js";
import { eventually } from "./daemon.js";
import {
  asteriskCli,
  killAsterisk,
  labDown,
  labUp,
  netns,
  sendSip,
  sipp,
  startAsterisk,
  type AsteriskVersion,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
const { host, port, user, password: secret } = secrets.ami;
let compiled: Compiled;

beforeAll(() => {
  compiled = compileProject("test/lab/ami-events-run.ts");
}, 60_000);
afterAll(() => compiled.remove());

/** The event connection, running beside Asterisk, and all that it has told. */
class Beside {
  readonly evidence: Evidence[] = [];
  readonly states: EventConnectionState[] = [];
  readonly reloads: (string | null)[] = [];
  readonly text: string[] = [];
  private readonly child: ChildProcess;

  constructor(version: AsteriskVersion, login: object) {
    const argv = [process.execPath, compiled.file("test/lab/ami-events-run.ts"), JSON.stringify(login)];
    this.child = spawn("ip", ["netns", "exec", netns(version, "pbx"), ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      this.text.push(line);
      const told = JSON.parse(line) as {
        evidence?: Evidence;
        state?: EventConnectionState;
        reload?: string | null;
      };
      if (told.evidence !== undefined) this.evidence.push(told.evidence);
      if (told.state !== undefined) this.states.push(told.state);
      if (told.reload !== undefined) this.reloads.push(told.reload);
    });
  }

  from(source: string): Evidence[] {
    return this.evidence.filter((item) => item.source === source);
  }

  async up(): Promise<void> {
    await eventually("the connection", () => this.states.at(-1)?.upSinceMs != null, 60_000);
  }

  /** The program ends of itself once its input does. */
  async end(): Promise<void> {
    const gone = new Promise<void>((done) => this.child.once("close", () => done()));
    this.child.stdin!.end();
    await gone;
  }
}

describe.each(versions)("the event stream of Asterisk %s", (version) => {
  let beside: Beside;

  beforeAll(async () => {
    await labUp(version);
    beside = new Beside(version, { host, port, user, secret });
    await beside.up();
  }, 16 * 60_000);
  afterAll(async () => {
    await beside.end();
    await labDown(version);
  }, 90_000);

  const register = (from: string, asUser: string) =>
    sendSip(version, "attacker", ["--from", from, "--user", asUser]);

  test("a good phone and an unknown account are told apart", async () => {
    const phone = "198.51.100.33";
    await sipp(version, "phones", "register", { from: phone, account: "103" });
    await register("203.0.113.70", "nobody");
    await eventually("both", () => beside.from(phone).length >= 2 && beside.from("203.0.113.70").length >= 2);
    expect(beside.from(phone)).toContainEqual(
      expect.objectContaining({ kind: "success", account: "103", service: "pjsip", transport: "udp" }),
    );
    expect(beside.from("203.0.113.70").map((item) => item.type === "security" && item.kind)).toEqual(
      expect.arrayContaining(["invalid-account", "challenge-sent"]),
    );
  }, 60_000);

  test.each([
    ["203.0.113.71", "x%0d%0aRemoteAddress%3a%20IPV4/UDP/8.8.8.8/5", "repeated-field"],
    ["203.0.113.72", "x%0d%0a%0d%0aEvent%3a%20Shutdown", "split-event"],
    ["203.0.113.73", "%0d%0a%0d%0aEvent%3a%20SuccessfulAuth", "split-event"],
    ["203.0.113.74", "%0d%0a%0d%0aEvent%3a%20close", "split-event"],
    ["203.0.113.75", "%0d%0a%0d%0aResponse%3a%20Success%0d%0aActionID%3a%201", "split-event"],
    ["203.0.113.76", "x%0aRemoteAddress%3a%20IPV4/UDP/8.8.8.8/5", "repeated-field"],
    ["203.0.113.77", "a%0d%0a%0d%0a", "split-event"],
  ])(
    "lines forged by %s as %s are evidence against it alone",
    async (source, asUser, form) => {
      const states = beside.states.length;
      await register(source, asUser);
      const forged = await eventually("the forgery", () =>
        beside.from(source).find((item) => item.type === "forged"),
      );
      expect(forged).toMatchObject({ form, service: "pjsip", address: source });
      await eventually("the event after it", () =>
        beside.from(source).some((item) => item.type === "security"),
      );
      expect(beside.from(source)).not.toContainEqual(expect.objectContaining({ kind: "success" }));
      expect(beside.evidence.map((item) => item.address)).not.toContain("8.8.8.8");
      expect(beside.states).toHaveLength(states);
    },
    60_000,
  );

  test("an attempt whose InvalidAccountID Asterisk swallows is still seen", async () => {
    await register("203.0.113.78", "a%FFb");
    await eventually("the challenge", () => beside.from("203.0.113.78").length > 0);
    expect(beside.from("203.0.113.78")).toEqual([
      expect.objectContaining({ kind: "challenge-sent", account: null }),
    ]);
  }, 60_000);

  test("a reload is told", async () => {
    const before = beside.reloads.length;
    await asteriskCli(version, "module reload acl");
    await eventually("the reload", () => beside.reloads.slice(before).includes("acl"));
  }, 60_000);

  test("Asterisk killed and started again: the stream goes on", async () => {
    await killAsterisk(version);
    await eventually("the loss", () => beside.states.at(-1)?.upSinceMs === null);
    await startAsterisk(version);
    await beside.up();
    await register("203.0.113.79", "nobody");
    await eventually("an event of the new connection", () => beside.from("203.0.113.79").length > 0);
    expect(beside.states.at(-1)?.reconnects).toBeGreaterThan(0);
  }, 180_000);

  test("a wrong password is told in Asterisk's words, and the password never", async () => {
    const wrong = new Beside(version, { host, port, user, secret: "wr0ng-secret" });
    try {
      const state = await eventually("the refusal", () =>
        wrong.states.find((told) => told.lastError !== null),
      );
      expect(state.lastError).toContain('refused the login of "ringfence": Authentication failed');
      expect(wrong.text.join("")).not.toContain("wr0ng-secret");
    } finally {
      await wrong.end();
    }
  }, 60_000);
});
