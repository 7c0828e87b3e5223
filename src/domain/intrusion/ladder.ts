import { SUPERSEDED, type Ban, type NewBan } from "./ban.js";
import type { Guilt } from "./judge.js";
import type { IntrusionSettings } from "./settings.js";

/** The ban that `guilt` brings: one rung up from the last ban, or the first after a clean stretch.
 *  @param history every ban of this source, newest first
 *  @param random even in [0, 1); 0.5 gives the rung's own length */
export function planBan(
  guilt: Guilt,
  history: readonly Ban[],
  settings: IntrusionSettings,
  nowMs: number,
  random: number,
): NewBan {
  const next = Math.min(lastRung(history, settings, nowMs) + 1, settings.ladderMs.length);
  const rung = guilt.proof === "returned" ? next : Math.min(next, settings.unprovenRungs);
  const rungMs = settings.ladderMs[rung - 1];
  if (rungMs === undefined) throw new RangeError(`the ladder has no rung ${rung}`);
  const banMs = Math.round(rungMs * (1 + settings.jitter * (2 * random - 1)));
  return {
    target: guilt.source,
    cause: "attack",
    trigger: guilt.trigger,
    standing: guilt.standing,
    proof: guilt.proof,
    scope: settings.scope,
    rung,
    fromMs: nowMs,
    untilMs: nowMs + banMs,
    note: null,
    by: "ringfence",
    evidence: guilt.evidence,
  };
}

/** The highest rung reached since the source was last clean for long enough; 0 where it stands below the ladder. A ban that
 *  somebody lifted was an error and does not count, nor does one by hand. */
function lastRung(history: readonly Ban[], settings: IntrusionSettings, nowMs: number): number {
  let rung = 0;
  let laterMs = nowMs;
  for (const ban of history) {
    if (ban.cause === "by-hand" || (ban.liftedAtMs !== null && ban.liftedBy !== SUPERSEDED)) continue;
    const endMs = ban.liftedAtMs ?? ban.untilMs ?? laterMs;
    if (laterMs - endMs >= settings.forgetMs) break;
    rung = Math.max(rung, ban.rung);
    laterMs = ban.fromMs;
  }
  return rung;
}
