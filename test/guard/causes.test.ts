import { sourceOf } from "../../src/domain/address.js";
import { NO_FINDINGS, type BanEvidence } from "../../src/domain/intrusion/ban.js";
import { Devices } from "../../src/domain/intrusion/devices.js";
import { Accounts } from "../../src/guard/accounts.js";
import { Causes } from "../../src/guard/causes.js";
import type { Log } from "../../src/guard/ports.js";

const T0 = Date.UTC(2026, 10, 20, 12);
const quiet: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
const source = sourceOf("198.51.100.30") ?? fail();
function fail(): never {
  throw new Error("no source");
}

function world() {
  const clock = { now: T0, nowMs: () => clock.now };
  const accounts = new Accounts({ store: { load: () => [], saw: () => undefined }, clock, log: quiet });
  const devices = new Devices();
  const causes = new Causes({
    accounts,
    lastSuccessAtMs: (account) => (account === "104" ? T0 - 86_400_000 : null),
    deviceOf: (at, account) => devices.of(at, account),
  });
  const list = (...names: string[]) =>
    accounts.use({ accounts: names.map((name) => ({ name, authNames: name === "120" ? ["u120"] : [] })) });
  const registers = (account: string, userAgent: string) => {
    for (let at = 0; at < 5; at++) {
      devices.heard({
        type: "request",
        atMs: T0 + at * 60_000,
        source,
        port: 5060,
        transport: "udp",
        method: "REGISTER",
        session: `s${at}`,
        account,
        userAgent,
        nonce: null,
        otherNonces: [],
      });
    }
  };
  const evidence = (
    name: string,
    kind: "unknown-account" | "wrong-password",
    gapMs = 60_000,
  ): BanEvidence => ({
    ...NO_FINDINGS,
    attempts: 10,
    accounts: [name],
    firstAtMs: T0,
    lastAtMs: T0 + 9 * gapMs,
    services: ["pjsip"],
    transports: ["udp"],
    summary: "10 failed attempts on 1 account",
    tried: [
      { name, tries: 10, firstAtMs: T0, lastAtMs: T0 + 9 * gapMs, gapMs, gapDeviationMs: 0, kinds: [kind] },
    ],
  });
  const explain = (held: BanEvidence) =>
    causes.explain({ source, trigger: "attempts", standing: "stranger", proof: "returned", evidence: held });
  return { list, registers, evidence, explain };
}

test("a phone of a deleted account, seen by the mirror", () => {
  const { list, registers, evidence, explain } = world();
  list("104", "198");
  list("104");
  registers("198", "Yealink SIP-T46S 66.84.0.15");
  const found = explain(evidence("198", "unknown-account"));
  expect(found.cause).toBe("stale-device");
  expect(found.summary).toBe("A Yealink SIP-T46S tries extension 198, which no longer exists, every 60 s");
  expect(found.evidence).toEqual({
    ...evidence("198", "unknown-account"),
    userAgents: ["Yealink SIP-T46S 66.84.0.15"],
    methods: ["REGISTER"],
    confidence: found.confidence,
    advice: found.advice,
  });
});

test("an old password of an account that worked from here", () => {
  const { list, evidence, explain } = world();
  list("104");
  const found = explain(evidence("104", "wrong-password"));
  expect(found).toMatchObject({
    cause: "outdated-credentials",
    hint: expect.stringContaining("19 November"),
  });
});

test("a slip of the finger", () => {
  const { list, evidence, explain } = world();
  list("104");
  expect(explain(evidence("140", "unknown-account"))).toMatchObject({
    cause: "typo",
    hint: "A device here signs in as 140. Did you mean 104?",
  });
});

test("a device is found by the user name of its account's password", () => {
  const { list, registers, evidence, explain } = world();
  list("120");
  registers("u120", "friendly-scanner");
  expect(explain(evidence("120", "wrong-password")).cause).toBe("attack");
});
