import type { Target } from "./domain/address.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "./domain/intrusion/settings.js";
import { readPolicy } from "./domain/policy-file/policy-form.js";
import { DEFAULT_POLICY } from "./domain/policy.js";
import { policyYaml } from "./policy-yaml.js";

/** The rules that a recording is judged by. */
export interface ReplayPolicy {
  readonly intrusion: IntrusionSettings;
  readonly neverBan: readonly Target[];
}

export const DEFAULT_REPLAY_POLICY: ReplayPolicy = { intrusion: DEFAULT_INTRUSION, neverBan: [] };

/** Reads what `policy export` writes, or a part of it, such as
 *
 *      intrusion: { attempts: 5, window: 10m, ladder: [15m, 1h] }
 *      never-ban: [198.51.100.0/24]
 *
 *  What is left out is as by default. Faults are sentences, each with its line; all at once. */
export function parseReplayPolicy(text: string): ReplayPolicy | { readonly faults: readonly string[] } {
  const file = policyYaml.parse(text);
  if ("faults" in file) return { faults: file.faults.map(({ line, message }) => lineText(line, message)) };
  const read = readPolicy(file.tree, DEFAULT_POLICY);
  if ("faults" in read) {
    return {
      faults: read.faults
        .map(({ path, message }) => ({ path, message, line: file.lineOf(path) }))
        .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
        .map(({ path, message, line }) =>
          lineText(line, path.length === 0 ? message : `${path.join(".")}: ${message}`),
        ),
    };
  }
  const { intrusion, neverBan } = read.policy;
  return { intrusion, neverBan };
}

function lineText(line: number | null, message: string): string {
  return line === null ? message : `line ${line}: ${message}`;
}
