import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { parseTarget, type Target } from "./domain/address.js";
import { withSettings } from "./domain/intrusion/settings-explained.js";
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
  return { intrusion, neverBan };
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

const target = z.string("write an address or a network").transform((text, context) => {
  const result = parseTarget(text);
  if ("target" in result) return result.target;
  context.addIssue(result.error);
  return z.NEVER;
});

/** By the names of the settings, which know what may be written. */
const intrusion = z.record(z.string(), z.unknown()).transform((changes, context) => {
  const read = withSettings(DEFAULT_INTRUSION, changes);
  if ("settings" in read) return read.settings;
  for (const [name, message] of read.faults) context.addIssue({ code: "custom", path: [name], message });
  return z.NEVER;
});

const PolicyFile = z.strictObject({
  intrusion: intrusion.prefault({}),
  "never-ban": z.array(target, "write a list of addresses and networks").default([]),
});
