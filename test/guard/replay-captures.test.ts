import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AmiParser } from "../../src/asterisk/ami/parser.js";
import { SecurityLogParser } from "../../src/asterisk/security-log.js";
import type { Attempt } from "../../src/domain/intrusion/attempt.js";
import { Attempts } from "../../src/domain/intrusion/attempts.js";
import { NO_CIRCUMSTANCES } from "../../src/domain/intrusion/finding.js";
import type { Evidence } from "../../src/domain/intrusion/security-event.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { Replay, type ReplayedDecision, type ReplaySummary } from "../../src/guard/replay.js";

/** Recorded from real Asterisk: phones that register and call, three that fail, two guessers, a flood of 39 names from five
 *  addresses, a sender of forged headers, and an address off an allow-list. */
const CAPTURES = [
  "asterisk-16.ami",
  "asterisk-22.ami",
  "asterisk-16.security-log",
  "asterisk-22.security-log",
];

function evidenceIn(file: string): Evidence[] {
  const evidence: Evidence[] = [];
  const parser = file.endsWith(".security-log")
    ? new SecurityLogParser((each) => evidence.push(each))
    : new AmiParser((item) => {
        if (item.type === "security" || item.type === "forged") evidence.push(item);
      });
  parser.push(readFileSync(join(__dirname, "../fixtures/ami", file)));
  parser.end();
  return evidence;
}

function replayed(file: string): { bans: ReplayedDecision[]; summary: ReplaySummary["summary"] } {
  const run = new Replay({ policy: DEFAULT_POLICY });
  const bans = evidenceIn(file).flatMap((each) => [...run.observe(each)]);
  return { bans, ...run.summary({ unreadable: 0, seconds: 0 }) };
}

const STRANGER = { action: "ban", cause: "attack", standing: "stranger", proof: "unproven", scope: "host" };

const NOTHING_ELSE = { locks: 0, proposals: 0, alarms: 0 };

test.each(CAPTURES)("%s: the two guessers and the forger are banned, and nobody else", (file) => {
  const { bans, summary } = replayed(file);
  expect(bans).toMatchObject([
    {
      ...STRANGER,
      target: "203.0.113.12",
      attempts: 10,
      accounts: ["100", "1002", "1007", "1012", "1017", "1022"],
    },
    {
      ...STRANGER,
      target: "203.0.113.13",
      attempts: 10,
      accounts: ["999", "1003", "1008", "1013", "1018", "1023"],
    },
    { ...STRANGER, target: "203.0.113.20", attempts: 0, accounts: [] },
  ]);
  for (const { at, until } of bans) expect(Date.parse(until!) - Date.parse(at)).toBe(15 * 60_000);
  expect(summary).toEqual({
    events: 137,
    attempts: 58,
    bans: 3,
    blocks: 0,
    ...NOTHING_ELSE,
    malformed: 2,
    seconds: 0,
  });
});

test.each(CAPTURES)("%s: each source's tries are counted as they were made", (file) => {
  const attempts = new Attempts();
  const bySource = new Map<string, Attempt[]>();
  for (const each of evidenceIn(file)) {
    for (const change of each.type === "security" ? attempts.observe(each, NO_CIRCUMSTANCES) : []) {
      if (change.type !== "failed") continue;
      const { source } = change.attempt;
      bySource.set(source, [...(bySource.get(source) ?? []), change.attempt]);
    }
  }
  const counted = [...bySource].map(([source, tries]) => [
    source,
    tries.length,
    new Set(tries.map(({ account }) => account)).size,
  ]);
  expect(Object.fromEntries(counted.map(([source, ...rest]) => [source, rest]))).toEqual({
    "198.51.100.11": [1, 1],
    "198.51.100.12": [3, 1],
    "198.51.100.13": [1, 1],
    "203.0.113.10": [8, 8],
    "203.0.113.11": [8, 8],
    "203.0.113.12": [13, 9],
    "203.0.113.13": [13, 9],
    "203.0.113.14": [7, 7],
    // Without the two messages that are forgeries; one of these was the forgery's own challenge, after its ban.
    "203.0.113.20": [4, 2],
  });
});

/** Forged fields, split events and line breaks of every kind, sent to real Asterisk. Whoever sent them had an address in
 *  203.0.113.0/24; every other one in them is a forgery's victim or a good phone. */
test.each(["injection-16.ami", "injection-22.ami", "injection-more-16.ami", "injection-more-22.ami"])(
  "%s: forgers are banned at once, and nobody whom they name",
  (file) => {
    const forgers = evidenceIn(file).flatMap((each) =>
      each.type === "forged" && each.source !== null ? [each.source] : [],
    );
    const { bans } = replayed(file);
    expect(bans.length).toBeGreaterThan(5);
    expect(bans.map(({ target }) => target)).toEqual([...new Set(forgers)]);
    for (const { target } of bans) expect(target).toMatch(/^203\.0\.113\.\d+$/);
  },
);

test("both versions of Asterisk, and AMI and the log, lead to the same bans", () => {
  const [first, ...others] = CAPTURES.map((file) =>
    replayed(file).bans.map(({ target, attempts, accounts }) => ({ target, attempts, accounts })),
  );
  for (const other of others) expect(other).toEqual(first);
});
