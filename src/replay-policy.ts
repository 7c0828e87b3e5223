import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { parseTarget, type Target } from "./domain/address.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "./domain/intrusion/settings.js";

/** The rules that a recording is judged by. */
export interface ReplayPolicy {
  readonly intrusion: IntrusionSettings;
  readonly neverBan: readonly Target[];
}

export const DEFAULT_REPLAY_POLICY: ReplayPolicy = { intrusion: DEFAULT_INTRUSION, neverBan: [] };

/** Reads YAML such as
 *
 *      intrusion: { attempts: 5, window: 10m, ladder: [15m, 1h] }
 *      never-ban: [198.51.100.0/24]
 *
 *  What is left out is as by default. Faults are sentences, each with its line; all at once. */
export function parseReplayPolicy(text: string): ReplayPolicy | { readonly faults: readonly string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      faults: document.errors.map(({ pos, message }) => `line ${lines.linePos(pos[0]).line}: ${message}`),
    };
  }
  const result = PolicyFile.safeParse(document.toJS() ?? {});
  if (!result.success) {
    return {
      faults: result.error.issues.flatMap((issue) => {
        if (issue.code !== "unrecognized_keys") return [faultAt(document, lines, issue.path, issue.message)];
        return issue.keys.map((key) =>
          faultAt(document, lines, [...issue.path, key], "there is no such setting"),
        );
      }),
    };
  }
  const { intrusion, "never-ban": neverBan } = result.data;
  return {
    intrusion: {
      ...DEFAULT_INTRUSION,
      attempts: intrusion.attempts ?? DEFAULT_INTRUSION.attempts,
      windowMs: intrusion.window ?? DEFAULT_INTRUSION.windowMs,
      accountNames: intrusion["account-names"] ?? DEFAULT_INTRUSION.accountNames,
      loginAttempts: intrusion["login-attempts"] ?? DEFAULT_INTRUSION.loginAttempts,
      ladderMs: intrusion.ladder ?? DEFAULT_INTRUSION.ladderMs,
      unprovenRungs: intrusion["unproven-rungs"] ?? DEFAULT_INTRUSION.unprovenRungs,
      jitter: intrusion.jitter ?? DEFAULT_INTRUSION.jitter,
      forgetMs: intrusion.forget ?? DEFAULT_INTRUSION.forgetMs,
      knownMs: intrusion.known ?? DEFAULT_INTRUSION.knownMs,
    },
    neverBan,
  };
}

function faultAt(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
  message: string,
): string {
  const node = document.getIn([...path], true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  const place = offset === undefined ? "" : `line ${lines.linePos(offset).line}: `;
  return `${place}${path.length === 0 ? "" : `${path.map(String).join(".")}: `}${message}`;
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const duration = z.string("write a duration such as 10m or 7d").transform((text, context) => {
  const match = /^([1-9][0-9]{0,8})(s|m|h|d|w)$/.exec(text);
  if (match !== null) return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  context.addIssue("write a duration such as 10m or 7d");
  return z.NEVER;
});

const target = z.string("write an address or a network").transform((text, context) => {
  const result = parseTarget(text);
  if ("target" in result) return result.target;
  context.addIssue(result.error);
  return z.NEVER;
});

const count = z
  .int("write a whole number, 1 or more")
  .min(1, "write a whole number, 1 or more")
  .max(1_000_000)
  .optional();

const PolicyFile = z.strictObject({
  intrusion: z
    .strictObject({
      attempts: count,
      window: duration.optional(),
      "account-names": count,
      "login-attempts": count,
      ladder: z
        .array(duration, "write a list such as [15m, 1h]")
        .min(1, "name at least one rung")
        .max(20)
        .optional(),
      "unproven-rungs": count,
      jitter: z.number("write a share such as 0.1").min(0).max(0.9).optional(),
      forget: duration.optional(),
      known: duration.optional(),
    })
    .prefault({}),
  "never-ban": z.array(target, "write a list of addresses and networks").default([]),
});
