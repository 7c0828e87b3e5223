import { createReadStream, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { AmiParser } from "./asterisk/ami/parser.js";
import { SecurityLogParser } from "./asterisk/security-log.js";
import type { ReplayWish } from "./cli/context.js";
import type { Target } from "./domain/address.js";
import { RingfenceError } from "./domain/error.js";
import type { Evidence } from "./domain/intrusion/security-event.js";
import { DEFAULT_POLICY } from "./domain/policy.js";
import { differenceOf } from "./guard/decision-difference.js";
import {
  Replay,
  type ReplayedAlarm,
  type ReplayedDecision,
  type ReplayLine,
  type ReplaySummary,
} from "./guard/replay.js";
import { DEFAULT_REPLAY_POLICY, parseReplayPolicy, type ReplayPolicy } from "./replay-policy.js";

/** Bytes in, evidence out. */
interface Reader {
  push(chunk: Buffer): void;
  /** Nothing more will come. */
  end(): void;
  /** Messages or lines that it could make nothing of. */
  unreadable(): number;
}

/** Judges a recording as the daemon would have, in bounded memory: a line for each decision, in the order taken, then the
 *  summary. `-` reads `stdin`. Throws RingfenceError `config` where a file can't be read or the policy has faults. */
export async function* replayFile(
  wish: ReplayWish,
  stdin: Readable,
): AsyncGenerator<ReplayLine | ReplayedAlarm> {
  const startedMs = performance.now();
  const lines: (ReplayLine | ReplayedAlarm)[] = [];
  const onAlarm = (alarm: ReplayedAlarm): void => void lines.push(alarm);
  const replay = replayBy(wish.policy, wish.accounts, wish.alarms === true ? onAlarm : undefined);
  const reader = readerOf(wish.format, (evidence) => lines.push(...replay.observe(evidence)));
  for await (const chunk of chunksOf(wish.file, stdin)) {
    reader.push(chunk);
    yield* lines.splice(0);
  }
  reader.end();
  lines.push(...replay.finish());
  yield* lines;
  yield replay.summary({ unreadable: reader.unreadable(), seconds: secondsSince(startedMs) });
}

/** A decision that one of two policies took and the other did not, or later. */
export type DifferenceLine = ReplayedDecision & {
  /** `policy`: by that of `--policy` alone; `compare`: by the other alone. */
  readonly only: "policy" | "compare";
};

export interface ComparisonSummary {
  readonly comparison: {
    /** Sources, and accounts at sources, that one policy alone shuts out. */
    readonly onlyPolicy: number;
    readonly onlyCompare: number;
    readonly both: number;
    /** Of `both`, those that `compare` shuts out at another time than `policy`. */
    readonly sooner: number;
    readonly later: number;
    readonly policy: ReplaySummary["summary"];
    readonly compare: ReplaySummary["summary"];
  };
}

/** Judges a recording by two policies at once: who is shut out by one alone, in the order taken, then the summary. Throws as
 *  `replayFile` does. */
export async function* compareFile(
  wish: ReplayWish & { readonly compare: string },
  stdin: Readable,
): AsyncGenerator<DifferenceLine | ComparisonSummary> {
  const startedMs = performance.now();
  const [a, b] = [replayBy(wish.policy, wish.accounts), replayBy(wish.compare, wish.accounts)];
  const [first, second]: [Decided[], Decided[]] = [[], []];
  const take = (into: Decided[], lines: readonly ReplayedDecision[]): void => {
    for (const line of lines) into.push(comparedOf(line));
  };
  const reader = readerOf(wish.format, (evidence) => {
    take(first, a.observe(evidence));
    take(second, b.observe(evidence));
  });
  for await (const chunk of chunksOf(wish.file, stdin)) reader.push(chunk);
  reader.end();
  take(first, a.finish());
  take(second, b.finish());
  const { onlyFirst, onlySecond, both } = differenceOf(first, second);
  const lines: DifferenceLine[] = [
    ...onlyFirst.map(({ line }) => ({ ...line, only: "policy" as const })),
    ...onlySecond.map(({ line }) => ({ ...line, only: "compare" as const })),
  ];
  yield* lines.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const end = { unreadable: reader.unreadable(), seconds: secondsSince(startedMs) };
  yield {
    comparison: {
      onlyPolicy: onlyFirst.length,
      onlyCompare: onlySecond.length,
      both: both.length,
      sooner: both.filter(([one, other]) => other.line.at < one.line.at).length,
      later: both.filter(([one, other]) => other.line.at > one.line.at).length,
      policy: a.summary(end).summary,
      compare: b.summary(end).summary,
    },
  };
}

interface Decided {
  readonly target: Target;
  readonly account: string | null;
  readonly line: ReplayedDecision;
}

function comparedOf(line: ReplayedDecision): Decided {
  return { target: line.target, account: line.action === "block" ? (line.accounts[0] ?? null) : null, line };
}

/** @param file null: the default policy
 *  @param accounts a file of names; left out: nothing is known of them */
function replayBy(
  file: string | null,
  accounts: string | undefined,
  onAlarm?: (alarm: ReplayedAlarm) => void,
): Replay {
  const policy = file === null ? DEFAULT_REPLAY_POLICY : policyOf(file);
  return new Replay({
    policy: { ...DEFAULT_POLICY, ...policy },
    ...(accounts !== undefined && { accounts: { present: accountsIn(accounts), past: [] } }),
    ...(onAlarm !== undefined && { onAlarm }),
  });
}

function secondsSince(startedMs: number): number {
  return Math.round(performance.now() - startedMs) / 1000;
}

function readerOf(format: ReplayWish["format"], onEvidence: (evidence: Evidence) => void): Reader {
  switch (format) {
    case "ami":
      return amiReader(onEvidence);
    case "security-log":
      return securityLogReader(onEvidence);
  }
}

function amiReader(onEvidence: (evidence: Evidence) => void): Reader {
  const parser = new AmiParser((item) => {
    if (item.type === "security" || item.type === "forged") onEvidence(item);
  });
  return {
    push: (chunk) => parser.push(chunk),
    end: () => parser.settle(),
    unreadable: () => parser.counts.malformed + parser.counts.oversize,
  };
}

function securityLogReader(onEvidence: (evidence: Evidence) => void): Reader {
  const parser = new SecurityLogParser(onEvidence);
  return {
    push: (chunk) => parser.push(chunk),
    end: () => parser.end(),
    unreadable: () => parser.counts.malformed + parser.counts.oversize,
  };
}

async function* chunksOf(file: string, stdin: Readable): AsyncGenerator<Buffer> {
  const input = file === "-" ? stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) yield chunk;
  } catch (cause) {
    throw new RingfenceError("config", `${file} can't be read: ${String(cause)}`, { cause });
  }
}

function policyOf(file: string): ReplayPolicy {
  const parsed = parseReplayPolicy(textOf(file));
  if (!("faults" in parsed)) return parsed;
  throw new RingfenceError("config", parsed.faults.map((fault) => `${file}: ${fault}`).join("\n"));
}

/** Names, one a line; blank lines and what follows a # are passed over. */
function accountsIn(file: string): string[] {
  const lines = textOf(file)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim());
  const odd = lines.findIndex((line) => /[\s\p{Cc}]/u.test(line) || line.length > LONGEST_ACCOUNT);
  if (odd >= 0) {
    throw new RingfenceError(
      "config",
      `${file}: line ${odd + 1} is no account: write one name a line, such as 100`,
    );
  }
  const names = lines.filter((line) => line !== "");
  if (names.length > 0) return names;
  throw new RingfenceError("config", `${file} names no account: write one name a line, such as 100`);
}

const LONGEST_ACCOUNT = 80;

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new RingfenceError("config", `${file} can't be read: ${String(cause)}`, { cause });
  }
}
