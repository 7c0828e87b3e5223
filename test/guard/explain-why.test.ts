import type { AttemptKind } from "../../src/domain/intrusion/attempt.js";
import { sourceOf, type Source } from "../../src/domain/address.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { why, type WhyParts } from "../../src/guard/why.js";
import { ban, call, NOW, target, verdict } from "../http/support/services.js";

const NO_STRIKES = {
  attempts: 0,
  logins: 0,
  accounts: [],
  tried: [],
  firstAtMs: null,
  lastAtMs: null,
  services: [],
  transports: [],
};

function source(text: string): Source {
  return sourceOf(text)!;
}

function parts(of: Partial<WhyParts> = {}): WhyParts {
  return {
    clock: { nowMs: () => NOW },
    bans: { show: () => ({ inForce: [], history: [] }) },
    blocks: { inForceOf: () => [] },
    locks: { lockOf: () => null },
    placeOf: () => null,
    protectedBecause: () => null,
    describe: () => ({ standing: "stranger", strikes: NO_STRIKES, attemptsLeft: 10, known: [] }),
    known: { ofAccount: () => [] },
    devicesAt: () => [],
    pingingAt: () => null,
    failingOn: () => ({ sources: 0, windowMs: 3_600_000, isMany: false }),
    callsPausedUntilMs: () => null,
    policy: () => DEFAULT_POLICY,
    refusedByList: () => [],
    calls: { list: () => [] },
    endpoints: () => ["100", "constructor"],
    lacks: () => false,
    ...of,
  };
}

test("an address: what is in force is not told as history again", () => {
  const now = ban({ id: 2, target: target("203.0.113.12") });
  const before = ban({ id: 1, target: target("203.0.113.12") });
  const strikes = {
    ...NO_STRIKES,
    attempts: 3,
    logins: 1,
    accounts: ["104"],
    firstAtMs: NOW - 9,
    lastAtMs: NOW,
  };
  const explanation = why(
    " 203.0.113.12 ",
    parts({
      bans: { show: () => ({ inForce: [now], history: [now, before] }) },
      describe: () => ({ standing: "stranger", strikes, attemptsLeft: 6, known: [] }),
    }),
  );
  expect(explanation?.facts).toEqual({
    target: "203.0.113.12",
    standing: "stranger",
    protectedBecause: null,
    blocks: [],
    place: null,
    refusedByList: [],
    callsPaused: null,
    pinging: null,
    unknownAccounts: [],
    locks: [],
    devices: [],
    inForce: [now],
    history: [before],
    known: [],
    recent: { count: 4, accounts: ["104"], tried: [], firstAtMs: NOW - 9, lastAtMs: NOW, left: 6 },
  });
});

test.each([
  ["2001:db8::7", ["2001:db8::/64"]],
  ["2001:db8::/48", []],
  ["203.0.113.0/24", []],
  ["203.0.113.7/32", ["203.0.113.7"]],
])("%s is asked after as the source it is, or as a network", (text, asked) => {
  const described: Source[] = [];
  const explanation = why(
    text,
    parts({
      protectedBecause: (of) => `${of} is on the never-ban list`,
      describe: (of) => {
        described.push(of);
        return { standing: "stranger", strikes: NO_STRIKES, attemptsLeft: null, known: [] };
      },
    }),
  );
  expect(described).toEqual(asked);
  expect(explanation?.headline).toMatch(/is never shut out: .* is on the never-ban list\.$/);
});

test("an extension: its rules, its places, its refused calls", () => {
  const place = { source: source("203.0.113.12"), account: "100", firstAtMs: 0, lastAtMs: NOW, successes: 1 };
  const shut = ban({ target: target("203.0.113.0/24") });
  const explanation = why(
    "100",
    parts({
      known: {
        ofAccount: (account) =>
          account === "100" ? [place, { ...place, source: source("203.0.113.13") }] : [],
      },
      bans: { show: () => ({ inForce: [shut], history: [] }) },
      policy: () => ({ ...DEFAULT_POLICY, extensions: { "100": { capMicrosPerMinute: null } } }),
      calls: {
        list: ({ extension }) =>
          [call(), call({ verdict: verdict({ from: "101" }) })].filter(
            ({ verdict: { from: by } }) => by === extension,
          ),
      },
    }),
  );
  expect(explanation).toMatchObject({
    kind: "extension",
    facts: {
      exists: true,
      shutOut: [{ target: "203.0.113.0/24" }],
      areasScope: "global",
      cap: { microsPerMinute: null, scope: { extension: "100" } },
      refused: [{ verdict: { from: "100" } }],
    },
  });
});

test.each([
  ["203.0.113.9", null],
  ["999", null],
  ["10.0.0.300", null],
  ["toString", null],
  ["constructor", { areasScope: "global", cap: { microsPerMinute: 250_000, scope: "global" } }],
])("%s", (text, facts) => {
  const explanation = why(text, parts());
  if (facts === null) expect(explanation).toBeNull();
  else expect(explanation?.facts).toMatchObject(facts);
});

test("an address whose calls are refused: the call log tells whose", () => {
  const at = source("198.51.100.20");
  const place = { source: at, account: "104", firstAtMs: 0, lastAtMs: NOW, successes: 1 };
  const asked: unknown[] = [];
  const of = (from: string, id: number) => call({ id, atMs: NOW - id, verdict: verdict({ from }) });
  const explanation = why(
    "198.51.100.20",
    parts({
      callsPausedUntilMs: (each) => (each === at ? NOW + 60_000 : null),
      describe: () => ({ standing: "known", strikes: NO_STRIKES, attemptsLeft: null, known: [place] }),
      calls: {
        list: (filter) => {
          asked.push(filter);
          return [of("104", 1), of("107", 2), of("104", 3)];
        },
      },
    }),
  );
  expect(asked).toEqual([expect.objectContaining({ refusedOnly: true, reason: "call-script" })]);
  expect(explanation?.facts).toMatchObject({
    callsPaused: { untilMs: NOW + 60_000, refused: [{ extension: "104", calls: 2, lastAtMs: NOW - 1 }] },
  });
});

test("names that Asterisk does not have are told apart from the manager's", () => {
  const tried = (name: string, kind: AttemptKind) => ({
    ...{ name, tries: 3, firstAtMs: NOW - 9, lastAtMs: NOW, gapMs: null, gapDeviationMs: null },
    kinds: [kind],
  });
  const strikes = {
    ...NO_STRIKES,
    tried: [tried("100", "wrong-password"), tried("299", "unknown-account"), tried("admin", "login")],
  };
  const explanation = why(
    "198.51.100.20",
    parts({
      lacks: (account) => account !== "100",
      describe: () => ({ standing: "known", strikes, attemptsLeft: null, known: [] }),
    }),
  );
  expect(explanation?.facts).toMatchObject({ unknownAccounts: ["299"] });
});
