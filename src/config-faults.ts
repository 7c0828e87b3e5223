import { isCollection, isMap, isNode, isScalar, type Document, type LineCounter } from "yaml";
import type { z } from "zod";
import { KNOWN_KEYS } from "./config-schema.js";

/** One thing wrong with the file. Lines and columns count from 1; null where no place in the file is to blame. */
export interface ConfigFault {
  readonly line: number | null;
  readonly column: number | null;
  /** Such as `ami.port`; empty for the file as a whole. */
  readonly key: string;
  /** What is wrong, and what to write. */
  readonly message: string;
}

/** One line a fault, `file:line:column: …`, in the order of the file. */
export function formatFaults(file: string, faults: readonly ConfigFault[]): string {
  const place = ({ line, column }: ConfigFault) =>
    line === null || column === null ? "" : `:${line}:${column}`;
  return [...faults]
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    .map((fault) => `${file}${place(fault)}: ${sentenceOf(fault)}`)
    .join("\n");
}

function sentenceOf({ key, message }: ConfigFault): string {
  return key === "" ? message : `\`${printable(key)}\` ${message}`;
}

/** What the schema found, with the places of it in the document. */
export function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  document: Document,
  lines: LineCounter,
): ConfigFault[] {
  return issues.flatMap((issue): ConfigFault[] => {
    if (issue.code !== "unrecognized_keys") {
      return [{ ...placeOf(document, lines, issue.path), key: keyOf(issue.path), message: issue.message }];
    }
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const message = unknownKey(key, issue.path.map(String));
      return { ...placeOf(document, lines, path), key: "", message };
    });
  });
}

/** Words of rules, and where they are set. */
const RULES: readonly (readonly [words: RegExp, where: string])[] = [
  [/^((open|allowed?|closed?|denied|deny)-?)?(areas?|countr(y|ies))$/, "`ringfence areas --help`"],
  [/^(rate-?)?(decks?|rates)$/, "`ringfence rates --help`"],
  [
    /^(never-?ban|ignore-?ip|white-?list|allow-?list|trusted|permit)s?$/,
    "the never-ban list, or write `protect` here for what must never be acted on",
  ],
  [
    /^(policy|rules|(max-|price-)?(cap|price)(-.*)?|bans?|ban-?time|find-?time|max-?retry|attempts|strikes|window.*|ladder.*|intrusion|calling|dial-?plan|extensions?|emergency)$/,
    "`ringfence --help`",
  ],
];

function unknownKey(key: string, section: readonly string[]): string {
  const shown = `unknown key \`${printable([...section, key].join("."))}\``;
  const normal = key
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
  const near = nearest(normal, KNOWN_KEYS[section.join(".")] ?? []);
  if (near !== null) return `${shown}, did you mean \`${near}\`?`;
  const rule = RULES.find(([words]) => words.test(normal));
  if (rule !== undefined) {
    return `${shown}: rules are kept in the database, where they change without a restart: see ${rule[1]}`;
  }
  const elsewhere = Object.entries(KNOWN_KEYS).find(
    ([name, keys]) => name !== "" && keys.includes(normal),
  )?.[0];
  if (elsewhere !== undefined && section.length === 0)
    return `${shown}, did you mean it to be below \`${elsewhere}\`?`;
  return `${shown}: take it out; known are ${(KNOWN_KEYS[section.join(".")] ?? []).join(", ")}`;
}

/** The candidate at the fewest edits, at most two and fewer than the word's own length. */
function nearest(word: string, candidates: readonly string[]): string | null {
  const close = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.min(2, candidate.length - 2))
    .sort((a, b) => a.edits - b.edits);
  return close[0]?.candidate ?? null;
}

/** Levenshtein's distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (const [i, x] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, y] of Array.from(b).entries()) {
      const swap = (row[j] ?? 0) + (x === y ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Where the value at `path` is; where there is none, the nearest key above it. */
function placeOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]) {
  for (let depth = path.length; depth > 0; depth--) {
    const offset = offsetOf(document, path.slice(0, depth));
    if (offset === null) continue;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
  return { line: null, column: null };
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | null {
  const parent = document.getIn(path.slice(0, -1), true);
  if (!isCollection(parent)) return null;
  const last = path.at(-1);
  if (!isMap(parent)) {
    const item: unknown = parent.get(last, true);
    return isNode(item) ? (item.range?.[0] ?? null) : null;
  }
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
  return isNode(pair?.key) ? (pair.key.range?.[0] ?? null) : null;
}

function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

function printable(key: string): string {
  return key.slice(0, 60).replace(/[^\x20-\x7e]/g, "?");
}
