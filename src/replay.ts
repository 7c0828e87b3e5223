import { createReadStream, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { AmiParser } from "./asterisk/ami/parser.js";
import { SecurityLogParser } from "./asterisk/security-log.js";
import type { ReplayWish } from "./cli/context.js";
import { RingfenceError } from "./domain/error.js";
import type { Evidence } from "./domain/intrusion/security-event.js";
import { DEFAULT_POLICY } from "./domain/policy.js";
import { Replay, type ReplayLine } from "./guard/replay.js";
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
export async function* replayFile(wish: ReplayWish, stdin: Readable): AsyncGenerator<ReplayLine> {
  const startedMs = performance.now();
  const policy = wish.policy === null ? DEFAULT_REPLAY_POLICY : policyOf(wish.policy);
  const replay = new Replay({ policy: { ...DEFAULT_POLICY, ...policy } });
  const lines: ReplayLine[] = [];
  const reader = readerOf(wish.format, (evidence) => lines.push(...replay.observe(evidence)));
  for await (const chunk of chunksOf(wish.file, stdin)) {
    reader.push(chunk);
    yield* lines.splice(0);
  }
  reader.end();
  yield* lines.splice(0);
  yield* replay.finish();
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  yield replay.summary({ unreadable: reader.unreadable(), seconds });
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
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new RingfenceError("config", `${file} can't be read: ${String(cause)}`, { cause });
  }
  const parsed = parseReplayPolicy(text);
  if (!("faults" in parsed)) return parsed;
  throw new RingfenceError("config", parsed.faults.map((fault) => `${file}: ${fault}`).join("\n"));
}
