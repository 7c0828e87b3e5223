import { isDeepStrictEqual } from "node:util";
import { RingfenceError } from "../domain/error.js";
import { DEFAULT_POLICY, type ExtensionRules, type OpenArea, type Policy } from "../domain/policy.js";
import type { PolicyStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { durably, type Database } from "./database.js";
import { policyDifference, settingsOf, type PolicyChange } from "./policy-difference.js";
import { parseExtensions, parseNeverBan, parseOpenArea, parseSettings } from "./policy-rows.js";
import { inStore } from "./store-error.js";

/** The rules as rows. `save` writes what differs from the stored policy, and refuses (`busy`) a policy made from an
 *  older version than the stored one, so that no edit is lost. What it has saved survives a power cut. */
export function policyStore(db: Database): PolicyStore {
  const read = policyReader(db);
  const write = changeWriter(db);
  const setVersion = db.prepare(
    "INSERT INTO policy_version (id, version) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version",
  );
  const audit = auditWriter(db);
  /** What was last read or written; good as long as its version is the stored one. */
  let known: Policy | null = null;

  const load = (): Policy => {
    if (known === null || known.version !== read.version()) known = read.policy();
    return known;
  };

  const save = (next: Policy, by: string, atMs: number, change: string): Policy => {
    const before = load();
    if (next.version !== before.version) {
      throw new RingfenceError(
        "busy",
        `the policy is at version ${before.version} and this change was made on version ${next.version}: make it again`,
      );
    }
    const stored: Policy = { ...next, version: before.version + 1 };
    const changes = policyDifference(before, stored);
    // The first save writes every setting: from then on an upgrade with other defaults changes no rule of this PBX.
    if (!read.stored()) for (const [key, value] of settingsOf(stored)) write.setting(key, value);
    if (!read.stored()) write.openAreas(stored.calling.openAreas);
    for (const part of changes) write.change(part, by, atMs);
    read.settings();
    setVersion.run(stored.version);
    audit({ atMs, by, subject: "policy", change, ...auditOf(changes, before.version, stored.version) });
    return stored;
  };

  return {
    load: () => inStore("read the policy", load),
    save: (next, by, atMs, change) =>
      inStore("store the policy", () => {
        const stored = durably(db, () => save(next, by, atMs, change));
        known = stored;
        return stored;
      }),
  };
}

function policyReader(db: Database) {
  const version = db.prepare("SELECT version FROM policy_version WHERE id = 1").pluck();
  const settings = db.prepare("SELECT key, value FROM policy_settings");
  const openAreas = db.prepare("SELECT position, area, types FROM open_areas ORDER BY position");
  const rules = db.prepare("SELECT * FROM extension_rules ORDER BY extension");
  const areas = db.prepare("SELECT * FROM extension_open_areas ORDER BY extension, position");
  const neverBan = db.prepare("SELECT target, note FROM never_ban ORDER BY added_at_ms, target");
  const storedVersion = () => version.get() as number | undefined;

  const policy = db.transaction((): Policy => {
    const at = storedVersion();
    if (at === undefined) return DEFAULT_POLICY;
    const { dialPlan, calling, intrusion } = parseSettings(settings.all());
    const never = neverBan.all().map(parseNeverBan);
    const notes = never.flatMap(({ target, note }): [string, string][] =>
      note === null ? [] : [[target, note]],
    );
    return {
      version: at,
      dialPlan,
      calling: { ...calling, openAreas: openAreas.all().map(parseOpenArea) },
      extensions: parseExtensions(rules.all(), areas.all()),
      intrusion,
      neverBan: never.map(({ target }) => target),
      ...(notes.length > 0 && { neverBanNotes: Object.fromEntries(notes) }),
    };
  });

  return {
    policy,
    /** Throws where a stored setting is not valid: called before a change is committed as well. */
    settings: () => parseSettings(settings.all()),
    stored: () => storedVersion() !== undefined,
    version: () => storedVersion() ?? DEFAULT_POLICY.version,
  };
}

function changeWriter(db: Database) {
  const putSetting = db.prepare(
    "INSERT INTO policy_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const dropSetting = db.prepare("DELETE FROM policy_settings WHERE key = ?");
  const clearAreas = db.prepare("DELETE FROM open_areas");
  const addArea = db.prepare("INSERT INTO open_areas (position, area, types) VALUES (?, ?, ?)");
  const clearExtension = db.prepare("DELETE FROM extension_rules WHERE extension = ?");
  const addExtension = db.prepare(
    `INSERT INTO extension_rules (extension, own_areas, own_cap, cap_micros_per_minute, prefix_rules)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const addExtensionArea = db.prepare(
    "INSERT INTO extension_open_areas (extension, position, area, types) VALUES (?, ?, ?, ?)",
  );
  const dropNeverBan = db.prepare("DELETE FROM never_ban WHERE target = ?");
  const putNeverBan = db.prepare(
    `INSERT INTO never_ban (target, note, added_at_ms, added_by) VALUES (?, ?, ?, ?)
     ON CONFLICT (target) DO UPDATE SET note = excluded.note`,
  );

  const setting = (key: string, value: unknown) => {
    if (value === undefined) {
      dropSetting.run(key);
      return;
    }
    const json = JSON.stringify(value);
    // JSON makes null of NaN, and a cap of null is no cap at all.
    if (!isDeepStrictEqual(JSON.parse(json), value)) {
      throw new RingfenceError("internal", `the setting ${key} has a value that cannot be stored`);
    }
    putSetting.run(key, json);
  };
  const openAreas = (areas: readonly OpenArea[]) => {
    clearAreas.run();
    areas.forEach((open, position) => addArea.run(position, open.area, typesOf(open)));
  };
  const extensionRules = (extension: string, rules: ExtensionRules | undefined) => {
    clearExtension.run(extension);
    if (rules === undefined) return;
    const { openAreas: areas, capMicrosPerMinute: cap, prefixRules } = rules;
    const prefixes = prefixRules === undefined ? null : JSON.stringify(prefixRules);
    addExtension.run(
      extension,
      areas === undefined ? 0 : 1,
      cap === undefined ? 0 : 1,
      cap ?? null,
      prefixes,
    );
    areas?.forEach((open, position) => addExtensionArea.run(extension, position, open.area, typesOf(open)));
  };
  const change = (part: PolicyChange, by: string, atMs: number): void => {
    switch (part.part) {
      case "setting":
        setting(part.key, part.after);
        return;
      case "openAreas":
        openAreas(part.after);
        return;
      case "extension":
        extensionRules(part.extension, part.after);
        return;
      case "neverBan":
        if (part.after === undefined) dropNeverBan.run(part.target);
        else putNeverBan.run(part.target, part.after.note, atMs, by);
    }
  };
  return { setting, openAreas, change };
}

function typesOf(open: OpenArea): string | null {
  return open.types === null ? null : JSON.stringify(open.types);
}

function auditOf(changes: readonly PolicyChange[], from: number, to: number) {
  return {
    before: { version: from, ...Object.fromEntries(changes.map(({ key, before }) => [key, before])) },
    after: { version: to, ...Object.fromEntries(changes.map(({ key, after }) => [key, after])) },
  };
}
