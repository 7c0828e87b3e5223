import fc from "fast-check";
import type { AttemptKind } from "../../../src/domain/intrusion/attempt.js";
import type { Cause, Trigger } from "../../../src/domain/intrusion/ban.js";
import { causeOf } from "../../../src/domain/intrusion/cause.js";
import type { CauseFacts } from "../../../src/domain/intrusion/cause-facts.js";
import { DAY, NOW } from "./cause-stories.js";

const kinds: AttemptKind[] = ["unknown-account", "wrong-password", "acl-refused", "unidentified", "login"];
const triggers: Trigger[] = [
  "attempts",
  "account-names",
  "forged-headers",
  "logins",
  "unanswered-challenges",
  "slow-attack",
  "account-failures",
  "failing-accounts",
  "flood",
  "call-attempts",
  "network",
  "by-hand",
];
const hostile = fc.oneof(
  fc.constantFrom("104", "140", "100", "alice", "__proto__", "constructor"),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const agent = fc.option(
  fc.oneof(fc.constantFrom("Yealink SIP-T46S 66.84", "friendly-scanner", "snomD735/10.1"), hostile),
);
const time = fc.integer({ min: NOW - 60 * DAY, max: NOW });
const wait = fc.option(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 4 * DAY })));

const one = fc.record({
  name: hostile,
  tries: fc.integer({ min: 1, max: 5_000 }),
  firstAtMs: time,
  gapMs: wait,
  gapDeviationMs: wait,
  kinds: fc.uniqueArray(fc.constantFrom(...kinds)),
  state: fc.constantFrom("exists" as const, "existed" as const, "never" as const, "unknown" as const),
  nearest: fc.option(fc.constantFrom("104", "alice")),
  lastSuccessAtMs: fc.option(time),
  device: fc.option(
    fc.record({
      userAgent: agent,
      methods: fc.dictionary(fc.constantFrom("REGISTER", "INVITE", "OPTIONS"), fc.nat(50)),
      registerEveryMs: wait,
    }),
  ),
});

const anyFacts = fc
  .record({
    trigger: fc.constantFrom(...triggers),
    standing: fc.constantFrom("known" as const, "stranger" as const, "protected" as const),
    proof: fc.constantFrom("returned" as const, "unproven" as const, "forged" as const),
    all: fc.uniqueArray(one, { selector: ({ name }) => name, maxLength: 12 }),
    methods: fc.uniqueArray(fc.constantFrom("REGISTER", "INVITE", "OPTIONS")),
    userAgents: fc.array(
      agent.map((text) => text ?? ""),
      { maxLength: 3 },
    ),
    ports: fc.option(fc.integer({ min: 1, max: 32 })),
    lastSuccessAtMs: fc.option(time),
    aclNames: fc.array(hostile, { maxLength: 2 }),
  })
  .map(({ all, trigger, standing, proof, ...evidence }): CauseFacts => {
    return {
      trigger,
      standing,
      proof,
      evidence: {
        ...evidence,
        attempts: all.reduce((sum, { tries }) => sum + tries, 0),
        accounts: all.map(({ name }) => name),
        firstAtMs: NOW - DAY,
        lastAtMs: NOW,
        services: ["pjsip"],
        transports: ["udp"],
        tried: all.map(({ name, tries, firstAtMs, gapMs, gapDeviationMs, kinds: seen }) => {
          return { name, tries, firstAtMs, lastAtMs: NOW, gapMs, gapDeviationMs, kinds: seen };
        }),
      },
      accounts: all.map(({ name, state, nearest, lastSuccessAtMs, device }) => {
        return { name, state, nearest, lastSuccessAtMs, device };
      }),
    };
  });

test("any facts have a cause, a confidence from 0 to 1, and words of plain letters", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { confidence, advice, hint, summary } = causeOf(facts);
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
      for (const text of [advice, hint ?? "x", summary]) expect(text).toMatch(/^[\x20-\x7e]+$/);
      expect(advice).toMatch(/[.]$/);
      expect(advice.length).toBeLessThan(400);
    }),
  );
});

test("rules that only attackers break always say attack", () => {
  const alone = fc.constantFrom<Trigger>(
    "forged-headers",
    "logins",
    "unanswered-challenges",
    "flood",
    "network",
  );
  fc.assert(
    fc.property(anyFacts, alone, (facts, trigger) => {
      expect(causeOf({ ...facts, trigger }).cause).toBe("attack");
    }),
  );
});

test("advice holds no name that was tried", () => {
  const named = anyFacts.filter(({ accounts }) => accounts.length > 0);
  fc.assert(
    fc.property(named, fc.stringMatching(/^[a-z]{3}[0-9]{9}$/), (facts, name) => {
      const rename = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
        list.map((each, at) => (at === 0 ? { ...each, name } : each));
      const evidence = { ...facts.evidence, tried: rename(facts.evidence.tried) };
      expect(causeOf({ ...facts, evidence, accounts: rename(facts.accounts) }).advice).not.toContain(name);
    }),
  );
});

test("where no password ever succeeded, advice is the same whichever accounts exist", () => {
  const innocentOfSuccess = anyFacts.map((facts) => ({
    ...facts,
    accounts: facts.accounts.map((account) => ({ ...account, lastSuccessAtMs: null })),
  }));
  const shuffled = fc.array(
    fc.record({
      state: fc.constantFrom("exists" as const, "existed" as const, "never" as const),
      nearest: fc.option(fc.constantFrom("104", "alice")),
      kinds: fc.uniqueArray(fc.constantFrom(...kinds)),
    }),
    { minLength: 12, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      innocentOfSuccess,
      shuffled,
      fc.array(hostile, { maxLength: 2 }),
      (facts, other, aclNames) => {
        const elsewhere: CauseFacts = {
          ...facts,
          evidence: {
            ...facts.evidence,
            aclNames,
            tried: facts.evidence.tried.map((tries, at) => ({ ...tries, kinds: other[at]?.kinds ?? [] })),
          },
          accounts: facts.accounts.map((account, at) => {
            const { state = "never", nearest = null } = other[at] ?? {};
            return { ...account, state, nearest };
          }),
        };
        expect(causeOf(elsewhere).advice).toBe(causeOf(facts).advice);
      },
    ),
  );
});

test("a phone's User-Agent never changes the cause, a scanner's never makes it milder", () => {
  const withAgent = (facts: CauseFacts, userAgent: string | null): CauseFacts => ({
    ...facts,
    evidence: { ...facts.evidence, userAgents: userAgent === null ? [] : [userAgent] },
    accounts: facts.accounts.map((account) => ({
      ...account,
      device: account.device === null ? null : { ...account.device, userAgent },
    })),
  });
  const fixed: readonly Cause[] = ["attack", "call-script", "by-hand"];
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const plain = causeOf(withAgent(facts, null));
      expect(causeOf(withAgent(facts, "Yealink SIP-T46S 66.84.0.15")).cause).toBe(plain.cause);
      expect(fixed).toContain(causeOf(withAgent(facts, "friendly-scanner")).cause);
    }),
  );
});
