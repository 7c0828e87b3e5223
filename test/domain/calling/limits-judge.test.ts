import fc from "fast-check";
import type { Source } from "../../../src/domain/address.js";
import { costMicros, WHOLE_MINUTES } from "../../../src/domain/calling/cost.js";
import { buildDeck } from "../../../src/domain/calling/deck.js";
import { judgeCall, type Decks } from "../../../src/domain/calling/judge.js";
import { Ledger } from "../../../src/domain/calling/ledger.js";
import { DEFAULT_LIMITS, type CallLimits } from "../../../src/domain/calling/limits.js";
import { judgeLimits } from "../../../src/domain/calling/limits-judge.js";
import type { CallRequest, Verdict } from "../../../src/domain/calling/verdict.js";
import { TopUps } from "../../../src/guard/top-ups.js";
import { DEFAULT_POLICY, type ExtensionRules, type Policy } from "../../../src/domain/policy.js";

const [office, elsewhere] = ["198.51.100.7" as Source, "203.0.113.66" as Source];
const quiet = () => undefined;
const GB = "011442079460123";
const HOME = "12125550123";

function policyWith(limits: Partial<CallLimits> = {}, own: Record<string, ExtensionRules> = {}): Policy {
  const openAreas = ["US", "GB", "DE"].map((area) => ({ area, types: null }));
  return {
    ...DEFAULT_POLICY,
    calling: {
      ...DEFAULT_POLICY.calling,
      openAreas,
      capMicrosPerMinute: null,
      limits: { ...DEFAULT_LIMITS, ...limits },
    },
    extensions: own,
  };
}

function decksOf(microsPerMinute: number, terms = WHOLE_MINUTES): Decks {
  const rows = ["1", "44", "49"].map((prefix) => ({
    prefix,
    destination: prefix,
    microsPerMinute,
    ...terms,
  }));
  return new Map([["default", buildDeck("default", rows)]]);
}

/** A PBX whose calls are judged and counted. */
function pbx(policy: Policy, decks: Decks) {
  const ledger = new Ledger();
  let channels = 0;
  return {
    ledger,
    dial: (over: Partial<CallRequest> = {}, atMs = 0, channelId = `c${++channels}`): Verdict => {
      const request: CallRequest = { from: "100", digits: GB, trunk: null, ...over };
      const verdict = judgeCall(policy, decks, request);
      const limited = judgeLimits(verdict, request, { channelId, atMs }, policy, ledger);
      limited.changes.forEach((change) => ledger.apply(change));
      return limited.verdict;
    },
    ask: (over: Partial<CallRequest> = {}, atMs = 0): Verdict => {
      const request: CallRequest = { from: "100", digits: GB, trunk: null, ...over };
      return judgeLimits(
        judgeCall(policy, decks, request),
        request,
        { channelId: null, atMs },
        policy,
        ledger,
      ).verdict;
    },
    end: (channelId: string, answeredAtMs: number | null, endedAtMs: number): void => {
      const change = ledger.settlement(channelId, answeredAtMs, endedAtMs);
      if (change !== null) ledger.apply(change);
    },
  };
}

const reasonsOf = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ reason }) => reason);

test("attempts: ten a minute of an extension, refused ones count unless they came too fast", () => {
  const { dial } = pbx(policyWith({ concurrentInternational: null }), decksOf(1_000));
  const closed = Array.from({ length: 5 }, () => dial({ digits: "01181312345678" }));
  const open = Array.from({ length: 6 }, () => dial());
  expect(new Set(reasonsOf(closed))).toEqual(new Set(["area-closed"]));
  expect(reasonsOf(open)).toEqual([...Array<string>(5).fill("allowed"), "too-many-attempts"]);
  expect(dial({ from: "101" }).reason).toBe("allowed");
  expect(dial({}, 59_999).reason).toBe("too-many-attempts");
  expect(dial({}, 60_000).reason).toBe("allowed");
});

test("a decision taken twice for one call is one attempt, one call and one reservation", () => {
  const { dial, ledger } = pbx(policyWith(), decksOf(10_000));
  for (let times = 0; times < 20; times++) expect(dial({}, times, "same").reason).toBe("allowed");
  expect([
    ledger.attempts("100", 20),
    ledger.runningInternational("100"),
    ledger.committed(null, 20),
  ]).toEqual([1, 1, 60_000]);
});

test("a channel that dials another number has ended its call before, from the answer on", () => {
  const { dial, ledger } = pbx(policyWith(), decksOf(10_000));
  dial({}, 0, "same");
  ledger.apply({ type: "answered", channelId: "same", legId: "leg", atMs: 30_000 });
  dial({ digits: HOME }, 91_000, "same");
  expect(ledger.runningInternational("100")).toBe(0);
  expect(ledger.spent("100", 91_000)).toBe(20_000 + 10_000);
});

test("a number that did not answer costs nothing when the channel tries the next one", () => {
  const { dial, ledger } = pbx(policyWith(), decksOf(10_000));
  dial({}, 0, "same");
  dial({ digits: HOME }, 61_000, "same");
  expect(ledger.runningInternational("100")).toBe(0);
  expect(ledger.spent("100", 61_000)).toBe(10_000);
});

test("the same number again on a channel whose first call was answered is another call", () => {
  const { dial, ledger } = pbx(policyWith(), decksOf(10_000));
  dial({}, 0, "same");
  ledger.apply({ type: "answered", channelId: "same", legId: "leg", atMs: 0 });
  dial({}, 30_000, "same");
  expect(ledger.attempts("100", 30_000)).toBe(2);
  expect(ledger.spent("100", 30_000)).toBe(10_000 + 10_000);
});

test("calls to other countries at once: two an extension, home calls are none", () => {
  const { dial, end } = pbx(policyWith(), decksOf(1_000));
  expect(reasonsOf([dial(), dial(), dial(), dial({ digits: HOME }), dial({ from: "101" })])).toEqual([
    "allowed",
    "allowed",
    "too-many-calls",
    "allowed",
    "allowed",
  ]);
  end("c1", null, 1);
  expect(dial().reason).toBe("allowed");
});

test("the money that is left caps the length, and none left refuses", () => {
  const { dial, end, ledger } = pbx(policyWith({ spendMicros: 1_000_000 }), decksOf(100_000));
  expect(dial()).toMatchObject({ reason: "allowed", longestSeconds: 599 });
  // The first call holds half of it: the next one goes out too, and bears in mind what is left.
  expect(ledger.committed("100", 0)).toBe(500_000);
  expect(dial()).toMatchObject({ reason: "allowed", longestSeconds: 299 });
  expect(ledger.committed("100", 0)).toBe(700_000);
  end("c2", null, 0);
  end("c1", 0, 1_000_000);
  const refused = dial();
  expect(refused).toMatchObject({ decision: "refuse", reason: "spend-limit" });
  expect(refused.detail).toMatch(/\$0\.1000 for the shortest call.*\$1\.0000 of extension 100/);
});

test("a first call that is dear leaves money for the next ones", () => {
  const { dial, ledger } = pbx(policyWith({ spendMicros: 20_000_000 }), decksOf(1_000_000));
  expect(dial()).toMatchObject({ reason: "allowed", longestSeconds: 1_199 });
  // Five minutes and a second, in whole minutes.
  expect(ledger.committed("100", 0)).toBe(6_000_000);
  expect(dial()).toMatchObject({ reason: "allowed", longestSeconds: 839 });
  expect(ledger.committed("100", 0)).toBe(12_000_000);
});

test("a hundred cheap calls at once don't shut out the next one", () => {
  const { dial } = pbx(policyWith({ spendMicros: null, attemptsPerMinute: null }), decksOf(10_000));
  const calls = Array.from({ length: 300 }, () => dial({ digits: HOME }));
  expect(new Set(reasonsOf(calls))).toEqual(new Set(["allowed"]));
});

test("all extensions together have one limit; an extension's own takes the place of the global one", () => {
  const own = { "200": { limits: { spendMicros: null } }, "300": { limits: { spendMicros: 0 } } };
  const { dial } = pbx(
    policyWith({ systemSpendMicros: 150_000, spendMicros: 620_000 }, own),
    decksOf(10_000),
  );
  expect(dial({ from: "300" }).reason).toBe("spend-limit");
  expect(dial({ from: "100" })).toMatchObject({ reason: "allowed", longestSeconds: 899 });
  expect(dial({ from: "200" })).toMatchObject({ reason: "allowed", longestSeconds: 539 });
  expect(dial({ from: null })).toMatchObject({ reason: "allowed", longestSeconds: 299 });
  expect(dial({ from: "101" })).toMatchObject({ reason: "allowed", longestSeconds: 179 });
  expect(dial({ from: "101" })).toMatchObject({ reason: "allowed", longestSeconds: 59 });
  expect(dial({ from: "102" }).reason).toBe("spend-limit");
});

test("everything off: no length, no refusal", () => {
  const off = {
    attemptsPerMinute: null,
    concurrentInternational: null,
    spendMicros: null,
    systemSpendMicros: null,
    internationalSeconds: null,
  };
  const { dial } = pbx(policyWith(off), decksOf(10_000_000));
  for (let times = 0; times < 50; times++)
    expect(dial()).toMatchObject({ reason: "allowed", longestSeconds: null });
});

test("emergency calls pass every limit and leave no trace", () => {
  const none = { attemptsPerMinute: 0, concurrentInternational: 0, spendMicros: 0, systemSpendMicros: 0 };
  const { dial, ledger } = pbx(policyWith({ ...none, newSource: "refuse" }), decksOf(10_000));
  ledger.apply({ type: "pause", source: elsewhere, untilMs: 1_000_000 });
  ledger.apply({ type: "source", extension: "100", source: office, atMs: 0 });
  const before = ledger.state(0);
  expect(reasonsOf(["911", "112"].map((digits) => dial({ digits, source: elsewhere })))).toEqual([
    "emergency",
    "emergency",
  ]);
  expect(ledger.state(0)).toEqual(before);
});

test("calls without a known price are not reckoned, and still count as calls", () => {
  const { dial, ledger } = pbx(policyWith({ spendMicros: 0 }), new Map());
  expect(dial()).toMatchObject({ reason: "no-deck", longestSeconds: 3_600 });
  expect([ledger.committed(null, 0), ledger.runningInternational("100")]).toEqual([0, 1]);
});

test.each<[CallLimits["newSource"], string]>([
  ["allow", "allowed"],
  ["alarm", "allowed"],
  ["refuse", "new-source"],
])("a source the extension has never called from, with %s: %s", (newSource, reason) => {
  const { dial, ledger } = pbx(policyWith({ newSource, concurrentInternational: null }), decksOf(1_000));
  expect(dial({ source: office }).reason).toBe("allowed");
  expect(reasonsOf([dial({ source: elsewhere }), dial({ source: elsewhere }), dial()])).toEqual([
    reason,
    reason,
    "allowed",
  ]);
  expect(ledger.calledFrom("100", elsewhere)).toBe(reason === "allowed" ? "before" : "elsewhere");
});

test("a paused source is refused until its time is over", () => {
  const { dial, ledger } = pbx(policyWith(), decksOf(1_000));
  ledger.apply({ type: "pause", source: office, untilMs: 600_000 });
  expect(dial({ source: office })).toMatchObject({ reason: "call-script", decision: "refuse" });
  expect(dial({ source: elsewhere }).reason).toBe("allowed");
  expect(dial({ source: office }, 600_000).reason).toBe("allowed");
});

test("a question reserves nothing and is no attempt", () => {
  const { ask, dial, ledger } = pbx(policyWith({ spendMicros: 10_000 }), decksOf(10_000));
  for (let times = 0; times < 30; times++) expect(ask().reason).toBe("allowed");
  expect(ledger.state(0)).toEqual(new Ledger().state(0));
  dial();
  expect(ask().reason).toBe("spend-limit");
});

test("whatever is dialled, answered and hung up when, no more is spent than there is", () => {
  const event = fc.record({
    waitMs: fc.nat(600_000),
    from: fc.constantFrom("100", "101", "102", null),
    digits: fc.constantFrom(GB, HOME),
    ringMs: fc.nat(30_000),
    wishMs: fc.option(fc.nat(4 * 3_600_000), { freq: 6 }),
  });
  const terms = fc.constantFrom(
    { connectionMicros: 0, minimumSeconds: 60, incrementSeconds: 60 },
    { connectionMicros: 50_000, minimumSeconds: 30, incrementSeconds: 6 },
    { connectionMicros: 0, minimumSeconds: 1, incrementSeconds: 1 },
  );
  let refusedForMoney = 0;
  let endedFromOutside = 0;
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 120 }),
      terms,
      fc.integer({ min: 1, max: 3_000_000 }),
      (events, billing, price) => {
        const limits = {
          attemptsPerMinute: null,
          concurrentInternational: null,
          spendMicros: 3_000_000,
          systemSpendMicros: 7_000_000,
        };
        const policy = policyWith(limits);
        const { dial, end, ledger } = pbx(policy, decksOf(price, billing));
        let nowMs = 0;
        const live = new Map<string, { answeredAtMs: number | null; endsAtMs: number }>();
        const paid = new Map<string, { from: string; atMs: number; micros: number }>();
        const topUps = new TopUps({
          ledger,
          policy: () => policy,
          onChange: () => expect(ledger.committed(null, nowMs)).toBeLessThanOrEqual(7_000_000),
          // Asterisk ends a call some milliseconds after its time, here and where the dialplan does.
          hangUp: ({ channelId }) => {
            const call = live.get(channelId)!;
            if (call.endsAtMs > nowMs + 20) endedFromOutside++;
            call.endsAtMs = Math.min(call.endsAtMs, nowMs + 20);
            return Promise.resolve();
          },
          clock: { nowMs: () => nowMs },
          log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
        });
        /** Time goes by: what ends ends, and whoever talks is given more, or is ended. */
        const wait = (untilMs: number): void => {
          let lookMs = nowMs + topUps.look();
          for (;;) {
            const nextMs = Math.min(lookMs, ...[...live.values()].map(({ endsAtMs }) => endsAtMs));
            if (nextMs > untilMs || live.size === 0) break;
            nowMs = Math.max(nowMs, nextMs);
            for (const [id, { answeredAtMs, endsAtMs }] of live) {
              if (
                answeredAtMs !== null &&
                answeredAtMs <= nowMs &&
                ledger.runningCall(id)?.answeredAtMs == null
              ) {
                ledger.apply({ type: "answered", channelId: id, legId: `far-${id}`, atMs: answeredAtMs });
              }
              if (endsAtMs > nowMs) continue;
              const answered = answeredAtMs !== null && answeredAtMs <= endsAtMs;
              const call = ledger.runningCall(id)!;
              end(id, answered ? answeredAtMs : null, endsAtMs);
              const seconds = answered ? Math.ceil((endsAtMs - answeredAtMs) / 1_000) : 0;
              paid.get(id)!.micros = answered ? costMicros(call.rate!, seconds) : 0;
              live.delete(id);
            }
            lookMs = nowMs + topUps.look();
          }
          nowMs = untilMs;
        };
        events.forEach(({ waitMs, from, digits, ringMs, wishMs }, index) => {
          wait(nowMs + waitMs);
          const id = `p${index}`;
          const verdict = dial({ from, digits }, nowMs, id);
          if (verdict.reason === "spend-limit") refusedForMoney++;
          if (verdict.decision === "refuse") return;
          const boundMs = verdict.longestSeconds == null ? Infinity : verdict.longestSeconds * 1_000 + 20;
          live.set(id, {
            answeredAtMs: wishMs === null ? null : nowMs + ringMs,
            endsAtMs: nowMs + Math.min(ringMs + (wishMs ?? 0), boundMs),
          });
          paid.set(id, { from: from ?? "", atMs: nowMs, micros: 0 });
          expect(ledger.committed(null, nowMs)).toBeLessThanOrEqual(7_000_000);
        });
        wait(nowMs + 86_400_000);
        expect(live.size).toBe(0);
        const bills = [...paid.values()];
        for (const { atMs } of bills) {
          const window = bills.filter((each) => each.atMs <= atMs && each.atMs > atMs - 86_400_000);
          const sum = (of: typeof bills): number => of.reduce((total, { micros }) => total + micros, 0);
          expect(sum(window)).toBeLessThanOrEqual(7_000_000);
          for (const extension of ["100", "101", "102", ""]) {
            const own = window.filter(({ from }) => from === extension);
            expect(sum(own)).toBeLessThanOrEqual(3_000_000);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(refusedForMoney).toBeGreaterThan(100);
  expect(endedFromOutside).toBeGreaterThan(10);
});

test.each([
  [1_000_000, "it may last 19 min 59 s."],
  [2_000_000, "it may last 9 min 59 s."],
  [150_000, "it may last 2 h 12 min."],
  [5_000, "it may last 66 h 39 min."],
])("at %i micro-dollars a minute, $20 are told as a length: %s", (microsPerMinute, words) => {
  const limits = { maxAbroadMs: null, spendMicros: 20_000_000, systemSpendMicros: null };
  const { detail } = pbx(policyWith(limits), decksOf(microsPerMinute)).dial({ digits: HOME });
  expect(detail).toContain(words);
});
