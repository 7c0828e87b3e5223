import { DEFAULT_INTRUSION, type IntrusionSettings } from "../../domain/intrusion/settings.js";
import { settingNamed, withSettings } from "../../domain/intrusion/settings-explained.js";
import { detectionWords } from "../rule-edits.js";
import type { HeldRules, RuleRefused } from "./held.js";

/** When somebody is shut out. */
export interface DetectionRules {
  detection(): IntrusionSettings;
  /** `changes` by the settings' names, as people write them; all or nothing. */
  setDetection(changes: Readonly<Record<string, unknown>>, by: string): RuleRefused | null;
  /** Back to the defaults: these settings, or all where none is named. */
  resetDetection(names: readonly string[], by: string): RuleRefused | null;
}

export function detectionRules({ policy, change }: HeldRules): DetectionRules {
  const editDetection = (edit: ReturnType<typeof withSettings>, by: string): RuleRefused | null => {
    if ("faults" in edit) {
      const faults = [...edit.faults].map(([name, fault]) => `${shown(name)}: ${fault}`);
      return { refused: "refused", message: faults.join("; ") };
    }
    const words = detectionWords(policy().intrusion, edit.settings);
    if (words !== "") change({ ...policy(), intrusion: edit.settings }, by, `set ${words}`);
    return null;
  };

  return {
    detection: () => policy().intrusion,
    setDetection: (changes, by) => editDetection(withSettings(policy().intrusion, changes), by),
    resetDetection: (names, by) => {
      const unknown = names.filter((name) => settingNamed(name) === null);
      if (unknown.length > 0) {
        return {
          refused: "not-found",
          message: `${unknown.map(shown).join(", ")}: there is no such setting`,
        };
      }
      const fields = names.map(settingNamed).filter((field) => field !== null);
      const reset = Object.fromEntries(fields.map((field) => [field, DEFAULT_INTRUSION[field]]));
      const settings = names.length === 0 ? DEFAULT_INTRUSION : { ...policy().intrusion, ...reset };
      return editDetection({ settings }, by);
    },
  };
}

/** A name that somebody mistyped, in one line. */
function shown(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : "that name";
}
