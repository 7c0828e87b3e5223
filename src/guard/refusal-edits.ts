import {
  ANNOUNCEMENT_SAYS,
  isAnnouncement,
  isCause,
  type Refusal,
  REFUSAL_REASON_NAMES,
  type RefusalReason,
} from "../domain/calling/refusals.js";
import type { Policy } from "../domain/policy.js";
import type { RefusalChanges, RefusalRules } from "./rules.js";

export function refusalRulesOf({ calling }: Policy): RefusalRules {
  return { refusals: calling.refusals ?? {}, tellCaller: calling.tellCaller ?? "no" };
}

/** The policy with other refusals, and in words what was changed; or what is wrong with them. */
export function withRefusals(
  policy: Policy,
  { refusals = {}, tellCaller }: RefusalChanges,
): { readonly policy: Policy; readonly what: string } | { readonly error: string } {
  const { refusals: known = {}, tellCaller: told, ...others } = policy.calling;
  const held = new Map<RefusalReason, Refusal>();
  const words: string[] = [];
  for (const reason of REFUSAL_REASON_NAMES) {
    const before = known[reason];
    const after = refusals[reason];
    if (after === null) words.push(`${reason} as by default`);
    else if (after !== undefined) {
      const { cause, announcement } = after;
      if (!isCause(cause)) return { error: `${reason}: a cause is a whole number from 1 to 127, such as 21` };
      if (announcement !== null && !isAnnouncement(announcement)) {
        return { error: `${reason}: ${ANNOUNCEMENT_SAYS}` };
      }
      words.push(`${reason} to cause ${cause}, announcement ${announcement ?? "none"}`);
      held.set(reason, { cause, announcement });
    } else if (before !== undefined) held.set(reason, before);
  }
  if (tellCaller !== undefined) words.push(`what the caller is told to ${tellCaller}`);
  // Nothing of its own is left out, so that one policy has one form.
  const tells = tellCaller ?? told ?? "no";
  const calling = {
    ...others,
    ...(held.size > 0 && { refusals: Object.fromEntries(held) }),
    ...(tells !== "no" && { tellCaller: tells }),
  };
  return { policy: { ...policy, calling }, what: `set refusals: ${words.join("; ")}` };
}
