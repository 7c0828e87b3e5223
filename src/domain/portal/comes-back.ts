import type { AccountTries } from "../intrusion/ban.js";
import type { IntrusionSettings } from "../intrusion/settings.js";

type Windows = Pick<
  IntrusionSettings,
  "attempts" | "windowMs" | "slowAttempts" | "slowWindowMs" | "blockAttempts"
>;

/** How long after its ban or block is lifted a device that goes on as before is out again; null where it tries too seldom, or nobody
 *  knows how often.
 *  @param tried what was seen before it was shut out
 *  @param what `block`: one account at a known source, which has more patience */
export function comesBackInMs(
  tried: readonly Pick<AccountTries, "gapMs">[],
  what: "ban" | "block",
  settings: Windows,
): number | null {
  // Together they try as often as the sum of each.
  const perMs = tried.reduce((sum, { gapMs }) => (gapMs === null || gapMs <= 0 ? sum : sum + 1 / gapMs), 0);
  if (perMs === 0) return null;
  const gapMs = 1 / perMs;
  const soonMs = (what === "block" ? settings.blockAttempts : settings.attempts) * gapMs;
  if (soonMs <= settings.windowMs) return soonMs;
  const slowMs = settings.slowAttempts * gapMs;
  return what === "ban" && slowMs <= settings.slowWindowMs ? slowMs : null;
}
