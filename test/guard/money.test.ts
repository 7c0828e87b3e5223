import { buildDeck } from "../../src/domain/calling/deck.js";
import { Ledger } from "../../src/domain/calling/ledger.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { CallJudge } from "../../src/guard/calling.js";
import { LimitBook } from "../../src/guard/limits.js";
import { spendStore } from "../../src/sqlite/spend-store.js";
import { clearTemp, tempDatabase } from "../sqlite/support/temp.js";

afterEach(clearTemp);

const CALLS = 10_000;
const EXTENSIONS = ["100", "101", "102", "103", "104"];
const quiet = () => undefined;

/** What the carrier's invoice has, reckoned by other means than the daemon's: whole numbers without bound, and step by step. */
function invoiced(
  terms: { micros: bigint; connection: bigint; minimum: number; increment: number },
  talkedMs: number,
): bigint {
  let billed = BigInt(terms.minimum);
  const seconds = BigInt(Math.floor((talkedMs + 999) / 1_000));
  while (billed < seconds) billed += BigInt(terms.increment);
  return terms.connection + (terms.micros * billed + 59n) / 60n;
}

/** The same numbers in each run. */
function lots(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("ten thousand calls cost to the micro-dollar what an independent reckoning says", () => {
  const lot = lots(7);
  const terms = Array.from({ length: 50 }, (_, index) => ({
    // Mobile ranges.
    prefix: `447${[4, 5, 7, 8, 9][Math.floor(index / 10)]}${index % 10}`,
    micros: BigInt(1 + lot(3_000_000)),
    connection: BigInt(lot(3) === 0 ? lot(200_000) : 0),
    minimum: [0, 1, 6, 30, 60][lot(5)] ?? 0,
    increment: [1, 6, 30, 60][lot(4)] ?? 1,
  }));
  const deck = buildDeck(
    "default",
    terms.map(({ prefix, micros, connection, minimum, increment }) => ({
      prefix,
      destination: "UK",
      microsPerMinute: Number(micros),
      terms: {
        connectionMicros: Number(connection),
        minimumSeconds: minimum,
        incrementSeconds: increment,
      },
    })),
  );
  const { calling } = DEFAULT_POLICY;
  const none = {
    attemptsPerMinute: null,
    concurrentInternational: null,
    spendMicros: null,
    systemSpendMicros: null,
  };
  const policy: Policy = {
    ...DEFAULT_POLICY,
    calling: {
      ...calling,
      capMicrosPerMinute: null,
      highRisk: "allow",
      openAreas: [{ area: "GB", types: null }],
      limits: { ...calling.limits, ...none, internationalSeconds: null, newCountry: "allow" },
    },
  };
  const db = tempDatabase();
  let nowMs = 1_000_000;
  const book = new LimitBook({
    store: spendStore(db),
    policy: () => policy,
    forward: (change) => thread.apply(change),
    standingOf: () => "known",
    onAttempt: quiet,
    after: () => quiet,
    clock: { nowMs: () => nowMs },
    tell: quiet,
    log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
  });
  const thread = new Ledger(book.state());
  const judge = new CallJudge(policy, {
    ledger: thread,
    nowMs: () => nowMs,
    onChange: (change) => book.judged(change),
  });
  judge.useDecks([deck]);

  const due = new Map<string, bigint>();
  const running: {
    channelId: string;
    extension: string;
    terms: (typeof terms)[number];
    answeredAtMs: number;
  }[] = [];
  const end = (at: number): void => {
    const [call] = running.splice(at, 1);
    if (call === undefined) return;
    const isAnswered = lot(5) > 0;
    const { channelId, extension, answeredAtMs } = call;
    book.ended({ channelId, answeredAtMs: isAnswered ? answeredAtMs : null, endedAtMs: nowMs });
    // An end may be told twice.
    if (lot(10) === 0) book.ended({ channelId, answeredAtMs, endedAtMs: nowMs + 60_000 });
    if (!isAnswered) return;
    due.set(extension, (due.get(extension) ?? 0n) + invoiced(call.terms, nowMs - answeredAtMs));
  };
  let allowed = 0;
  for (let n = 0; n < CALLS; n++) {
    nowMs += lot(3_000);
    const chosen = terms[lot(terms.length)]!;
    const extension = EXTENSIONS[lot(EXTENSIONS.length)]!;
    const channelId = `c${n}`;
    const digits = `+${chosen.prefix}1234567`;
    const verdict = judge.judge({ from: extension, digits, trunk: null }, { channelId, atMs: nowMs });
    if (verdict.decision === "allow") {
      expect(verdict.rate).toMatchObject({
        microsPerMinute: Number(chosen.micros),
        connectionMicros: Number(chosen.connection),
        minimumSeconds: chosen.minimum,
        incrementSeconds: chosen.increment,
      });
      allowed++;
      expect(verdict.rate?.prefix).toBe(chosen.prefix);
      running.push({ channelId, extension, terms: chosen, answeredAtMs: nowMs + lot(2_000) });
    }
    while (running.length > 40) {
      nowMs = Math.max(nowMs, ...running.map(({ answeredAtMs }) => answeredAtMs)) + lot(1_000);
      end(lot(running.length));
    }
  }
  nowMs += 100_000;
  while (running.length > 0) end(0);

  expect(allowed).toBeGreaterThan(CALLS / 3);
  for (const extension of EXTENSIONS) {
    expect([extension, BigInt(book.spend(extension).spentMicros)]).toEqual([
      extension,
      due.get(extension) ?? 0n,
    ]);
  }
  const total = [...due.values()].reduce((sum, micros) => sum + micros, 0n);
  expect(BigInt(book.spend(null).spentMicros)).toBe(total);
  const stored = db.prepare("SELECT sum(micros) AS micros, count(*) AS calls FROM spend_calls").get();
  expect(stored).toEqual({ micros: Number(total), calls: allowed });
  // And again after a restart.
  expect(new Ledger(spendStore(db).load(nowMs)).spent(null, nowMs)).toBe(Number(total));
}, 60_000);
