import { z } from "zod";
import { RingfenceError } from "../domain/error.js";
import type { Policy } from "../domain/policy.js";
import type { PolicyHistory } from "../guard/ports.js";
import type { Database } from "./database.js";
import { jsonText, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

/** The policy before its last change, from what the audit row of that change says: `before` and `after` hold what differs, by the
 *  keys of `policyDifference`. */
export function policyHistory(db: Database): PolicyHistory {
  const last = db.prepare(
    "SELECT change, before, after FROM audit WHERE subject = 'policy' ORDER BY id DESC LIMIT 1",
  );
  const one = db.prepare("SELECT change, before, after FROM audit WHERE id = ? AND subject = 'policy'");
  return {
    without: (auditId, now) =>
      inStore("read a change of the policy", () => {
        const raw = one.get(auditId);
        if (raw === undefined) return null;
        const { change, before, after } = parseRow("audit", auditId, row, raw);
        const newer = changedSince(now, before, after);
        return newer.length > 0 ? { newer } : { policy: reverted(now, before, after), change };
      }),
    before: (now) =>
      inStore("read the last change of the policy", () => {
        const raw = last.get();
        if (raw === undefined) return null;
        const { change, before, after } = parseRow("audit", "policy", row, raw);
        // Somebody's database, put together from two: the change is of another policy.
        return after["version"] === now.version ? { policy: reverted(now, before, after), change } : null;
      }),
  };
}

const parts = z.record(z.string(), z.unknown());
const row = z.object({ change: z.string(), before: jsonText(parts), after: jsonText(parts) });

type Parts = z.infer<typeof parts>;

/** The keys that no longer hold what the change made of them. */
function changedSince(now: Policy, before: Parts, after: Parts): string[] {
  const groups = groupsOf(now);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => key !== "version",
  );
  return keys.filter((key) => JSON.stringify(heldBy(groups, key)) !== JSON.stringify(after[key]));
}

function heldBy(groups: Groups, key: string): unknown {
  if (key === "openAreas") return groups["calling"]?.get("openAreas");
  const [group, name = ""] = cut(key);
  return groups[group]?.get(name);
}

type Groups = Readonly<Record<string, Map<string, unknown>>>;

function groupsOf(now: Policy): Groups {
  const { limits, ...calling } = now.calling;
  const notes = mapOf(now.neverBanNotes ?? {});
  return {
    dialPlan: mapOf(now.dialPlan),
    calling: mapOf(calling),
    limits: mapOf(limits),
    intrusion: mapOf(now.intrusion),
    registration: mapOf(now.registration),
    extensions: mapOf(now.extensions),
    neverBan: new Map(now.neverBan.map((each) => [each, { note: notes.get(each) ?? null }])),
  };
}

/** What comes out is as the row says, and checked by whoever puts it in force. */
function reverted(now: Policy, before: Parts, after: Parts): Policy {
  const groups = groupsOf(now);
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === "version") continue;
    const was = before[key];
    const [group, name] = cut(key);
    const held = groups[group];
    if (key === "openAreas") put(groups["calling"], "openAreas", was);
    else if (held === undefined || name === undefined) {
      throw new RingfenceError("internal", `the policy's last change, of ${key}, can't be taken back`);
    } else put(held, name, was);
  }
  const of = (group: string): unknown => Object.fromEntries(groups[group] ?? []);
  const neverBan = groups["neverBan"] ?? new Map<string, unknown>();
  const noted = [...neverBan].flatMap(([each, held]) => {
    const { note } = held as { note: unknown };
    return note === null ? [] : [[each, note] as const];
  });
  return {
    version: now.version,
    dialPlan: of("dialPlan"),
    calling: { ...(of("calling") as object), limits: of("limits") },
    extensions: of("extensions"),
    intrusion: of("intrusion"),
    registration: of("registration"),
    neverBan: [...neverBan.keys()],
    ...(noted.length > 0 && { neverBanNotes: Object.fromEntries(noted) }),
  } as unknown as Policy;
}

/** `extensions.100.x` is the extension `100.x`. */
function cut(key: string): [string, string?] {
  const dot = key.indexOf(".");
  return dot < 0 ? [key] : [key.slice(0, dot), key.slice(dot + 1)];
}

function put(into: Map<string, unknown> | undefined, name: string, value: unknown): void {
  if (value === undefined) into?.delete(name);
  else into?.set(name, value);
}

function mapOf(record: object): Map<string, unknown> {
  return new Map(Object.entries(record));
}
