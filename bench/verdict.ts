import { buildDeck, type Deck } from "../src/domain/calling/deck.js";
import { type Decks, judgeCall } from "../src/domain/calling/judge.js";
import { DEFAULT_POLICY, type ExtensionRules, type Policy, type PrefixRule } from "../src/domain/policy.js";
import type { Benchmark, BenchOptions, Figure } from "./benchmark.js";
import { spreadOf } from "./measure.js";

/** The pure part of a call's stay: digits in, verdict out. */
export const verdict: Benchmark = {
  name: "verdict",
  summary:
    "one verdict: digits read, area, prefix, price, with a million prefixes and 5,000 extensions' rules",
  run({ size, say }: BenchOptions) {
    const tiny = size === "tiny";
    say("building the deck ...");
    const decks: Decks = new Map([["default", deckOf(tiny ? 2_000 : 1_000_000)]]);
    const policy = policyOf(5_000);
    const rounds = tiny ? 1 : 400;
    const figures = Object.entries(DIALLED).map(([what, digits]): Figure => ({
      what,
      unit: "µs",
      spread: spreadOf(timed(policy, decks, digits, rounds)),
      goal: what === MIX ? { of: "median", at: "most", value: 5 } : null,
    }));
    return Promise.resolve(figures);
  },
};

const MIX = "a verdict, mixed calls";
const HOME = ["12125550123", "2125550123", "13105550188", "911", "18005550199"];
const ABROAD = ["011442079460000", "01118765550123", "01149301234567", "011881612345678", "01179161234567"];
const TRICKS = ["999900972599123456", "000972599123456", "00972599123456", "*67", "2125"];
const DIALLED: Readonly<Record<string, readonly string[]>> = {
  [MIX]: [...HOME, ...HOME, ...ABROAD, ...TRICKS],
  "a verdict, at home": HOME,
  "a verdict, abroad": ABROAD,
  "a verdict, scanners' tricks": TRICKS,
};

/** Microseconds a verdict, each the mean over all extensions and digits of a round. */
function timed(policy: Policy, decks: Decks, dialled: readonly string[], rounds: number): number[] {
  const requests = Array.from({ length: 1_000 }, (_, n) => ({
    from: String(1_000 + ((n * 7_919) % 5_000)),
    digits: dialled[n % dialled.length] ?? "",
    trunk: null,
  }));
  const round = (): number => {
    const begunMs = performance.now();
    for (const request of requests) judgeCall(policy, decks, request);
    return ((performance.now() - begunMs) * 1_000) / requests.length;
  };
  // What comes first compiles the patterns.
  for (let n = 0; n < Math.min(rounds, 20); n++) round();
  return Array.from({ length: rounds }, round);
}

function policyOf(extensions: number): Policy {
  const own = Array.from({ length: extensions }, (_, n): [string, ExtensionRules] => [
    String(1_000 + n),
    {
      openAreas: ["US", "CA", "GB", "DE", "JM", "RU", "satellite"].map((area) => ({ area, types: null })),
      prefixRules: Array.from({ length: 5 }, (_, k): PrefixRule => ({ prefix: `4470${k}`, action: "deny" })),
      capMicrosPerMinute: 100_000 + n,
    },
  ]);
  return { ...DEFAULT_POLICY, extensions: Object.fromEntries(own) };
}

function deckOf(rows: number): Deck {
  const spread = Array.from({ length: rows }, (_, n) => ({
    prefix: String(10_000_000 + ((n * 48_271) % 89_999_999)),
    destination: `Destination ${n % 1_000}`,
    microsPerMinute: ((n * 31) % 5_000) * 100,
  }));
  return buildDeck("default", spread);
}
