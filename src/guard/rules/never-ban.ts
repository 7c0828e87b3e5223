import { contains, networkOfTarget, type Target } from "../../domain/address.js";
import { withNeverBan } from "../rule-edits.js";
import type { HeldRules, RuleRefused } from "./held.js";

export interface NeverBanList {
  readonly targets: readonly Target[];
  /** By target, where somebody said why. */
  readonly notes: Readonly<Record<string, string>>;
  readonly policyVersion: number;
}

/** Who is never shut out, whatever the events say. */
export interface NeverBanRules {
  neverBan(): NeverBanList;
  addNeverBan(target: Target, by: string, note?: string | null): RuleRefused | null;
  /** All of them in one change; those on the list already keep their notes. */
  addNeverBans(targets: readonly Target[], by: string, note: string | null): RuleRefused | null;
  removeNeverBan(target: Target, by: string): RuleRefused | null;
}

export function neverBanRules({ policy, change }: HeldRules): NeverBanRules {
  return {
    neverBan: () => ({
      targets: policy().neverBan,
      notes: policy().neverBanNotes ?? {},
      policyVersion: policy().version,
    }),

    addNeverBan: (target, by, note = null) => {
      if (networkOfTarget(target).bits === 0) {
        const message = `${target} is every address, and nobody could be banned any more: name a smaller network`;
        return { refused: "refused", message };
      }
      const known = policy().neverBan.includes(target);
      if (known && (note === null || policy().neverBanNotes?.[target] === note)) return null;
      const neverBan = known ? policy().neverBan : [...policy().neverBan, target];
      const notes = { ...policy().neverBanNotes, ...(note !== null && { [target]: note }) };
      change(withNeverBan(policy(), neverBan, notes), by, `put ${target} on the never-ban list`);
      return null;
    },

    addNeverBans: (targets, by, note) => {
      const added = targets.filter((target) => !policy().neverBan.includes(target));
      const wide = added.find((target) => networkOfTarget(target).bits === 0);
      if (wide !== undefined) return { refused: "refused", message: `${wide} is every address` };
      if (added.length === 0) return null;
      const noted = note === null ? {} : Object.fromEntries(added.map((target) => [target, note]));
      const next = withNeverBan(policy(), [...policy().neverBan, ...added], {
        ...policy().neverBanNotes,
        ...noted,
      });
      change(next, by, `put ${added.length} imported targets on the never-ban list`);
      return null;
    },

    removeNeverBan: (target, by) => {
      if (!policy().neverBan.includes(target)) return notListed(target, policy().neverBan);
      const neverBan = policy().neverBan.filter((each) => each !== target);
      change(
        withNeverBan(policy(), neverBan, policy().neverBanNotes ?? {}),
        by,
        `took ${target} off the never-ban list`,
      );
      return null;
    },
  };
}

function notListed(target: Target, listed: readonly Target[]): RuleRefused {
  const network = networkOfTarget(target);
  const around = listed.find((each) => contains(networkOfTarget(each), network));
  const hint = around === undefined ? "" : `; ${around}, which holds it, is`;
  return { refused: "not-found", message: `${target} is not on the never-ban list${hint}` };
}
