import { sourceOf, type Source } from "../../src/domain/address.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { why, type WhyParts } from "../../src/guard/why.js";
import { ban, call, NOW, target, verdict } from "../http/support/services.js";

const NO_STRIKES = {
  attempts: 0,
  logins: 0,
  accounts: [],
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
    policy: () => DEFAULT_POLICY,
    refusedByList: () => [],
    calls: { list: () => [] },
    endpoints: () => ["100", "constructor"],
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
    inForce: [now],
    history: [before],
    known: [],
    recent: { count: 4, accounts: ["104"], firstAtMs: NOW - 9, lastAtMs: NOW, left: 6 },
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
