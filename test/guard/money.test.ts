import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDeckFile } from "../../src/deck-file.js";
import { buildDeck } from "../../src/domain/calling/deck.js";
import { Ledger } from "../../src/domain/calling/ledger.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { CallJudge } from "../../src/guard/calling.js";
import { parseDeckSettings } from "../../src/guard/deck-settings.js";
import { LimitBook } from "../../src/guard/limits.js";
import { spendStore } from "../../src/sqlite/spend-store.js";
import { clearTemp, tempDatabase } from "../sqlite/support/temp.js";

const folder = mkdtempSync(join(tmpdir(), "ringfence-money-"));
afterEach(clearTemp);
afterAll(() => rmSync(folder, { recursive: true }));

const CALLS = 10_000;
const EXTENSIONS = ["100", "101", "102", "103", "104"];
const quiet = () => undefined;

/** A line of the carrier's price list: `prefix;price;fee;minimum;step`, with decimal commas. */
interface Terms {
  readonly prefix: string;
  readonly line: string;
}

/** Millionths of a dollar of `1,25`, by the places of its digits. */
function millionths(written: string): bigint {
  const [whole = "0", parts = ""] = written.split(",");
  return BigInt(whole + parts.padEnd(6, "0"));
}

/** What the carrier's invoice has, reckoned from the line as it is written and by other means than the daemon's: whole numbers without
 *  bound, and step by step. */
function invoiced({ line }: Terms, talkedMs: number): bigint {
  const [, price = "", fee = "", minimum = "", step = ""] = line.split(";");
  let billed = BigInt(minimum);
  const seconds = BigInt(Math.floor((talkedMs + 999) / 1_000));
  while (billed < seconds) billed += BigInt(step);
  return millionths(fee) + (millionths(price) * billed + 59n) / 60n;
}

/** `units` millionths as a price list writes them, at times with zeros that say nothing. */
function written(units: number, withZeros: boolean): string {
  const text = String(units).padStart(7, "0");
  const [whole, parts] = [text.slice(0, -6), text.slice(-6)];
  return `${whole},${withZeros ? parts : parts.replace(/0+$/, "").padEnd(1, "0")}`;
}

/** The same numbers in each run. */
function lots(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("ten thousand calls cost to the micro-dollar what an independent reckoning says", async () => {
  const lot = lots(7);
  const terms: Terms[] = Array.from({ length: 50 }, (_, index) => {
    // Mobile ranges.
    const prefix = `447${[4, 5, 7, 8, 9][Math.floor(index / 10)]}${index % 10}`;
    const price = written(1 + lot(3_000_000), lot(2) === 0);
    const fee = written(lot(3) === 0 ? lot(200_000) : 0, lot(2) === 0);
    return {
      prefix,
      line: [prefix, price, fee, [0, 1, 6, 30, 60][lot(5)], [1, 6, 30, 60][lot(4)]].join(";"),
    };
  });
  const file = join(folder, "carrier.csv");
  writeFileSync(
    file,
    ["Prefix;Price;Connection Fee;Minimum;Next Increment", ...terms.map(({ line }) => line)].join("\n"),
  );
  const settings = parseDeckSettings({ decimal: "," });
  if ("fault" in settings) throw new Error(settings.fault);
  const read = await readDeckFile(file, settings.settings, 0);
  if ("refused" in read) throw new Error(read.message);
  expect(read).toMatchObject({ read: 50, refusedRows: 0 });
  const deck = buildDeck("default", read.rows);
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
    terms: Terms;
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
    const digits = `+${chosen.prefix}2234567`;
    const verdict = judge.judge({ from: extension, digits, trunk: null }, { channelId, atMs: nowMs });
    if (verdict.decision === "allow") {
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

  expect(allowed).toBe(CALLS);
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
