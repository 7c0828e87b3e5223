import { SUPERSEDED, type Ban, type Block, type Cause, type NewBan, type NewBlock } from "./ban.js";
import type { AccountGuilt, Guilt } from "./finding.js";
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
  cause: Cause = "attack",
): NewBan {
  return {
    target: guilt.source,
    cause,
    scope: settings.scope,
    ...sentenceFor(guilt, history, settings, nowMs, random),
  };
}

/** The block that `guilt` brings, on the same ladder.
 *  @param history every block of this account at this source, newest first */
export function planBlock(
  guilt: AccountGuilt,
  history: readonly Block[],
  settings: IntrusionSettings,
  nowMs: number,
  random: number,
  cause: Cause = "attack",
): NewBlock {
  return {
    account: guilt.account,
    source: guilt.source,
    cause,
    ...sentenceFor(guilt, history, settings, nowMs, random),
  };
}

/** What bans and blocks have in common, and what of their past makes the next one longer. */
type Sentence = Omit<NewBlock, "account" | "source" | "cause">;
type Past = Pick<Ban, "cause" | "rung" | "fromMs" | "untilMs" | "liftedAtMs" | "liftedBy">;

function sentenceFor(
  { trigger, standing, proof, evidence }: Guilt,
  history: readonly Past[],
  settings: IntrusionSettings,
  nowMs: number,
  random: number,
): Sentence {
  const next = Math.min(lastRung(history, settings, nowMs) + 1, settings.ladderMs.length);
  const rung = proof === "returned" ? next : Math.min(next, settings.unprovenRungs);
  const rungMs = settings.ladderMs[rung - 1];
  if (rungMs === undefined) throw new RangeError(`the ladder has no rung ${rung}`);
  const untilMs = nowMs + Math.round(rungMs * (1 + settings.jitter * (2 * random - 1)));
  return { trigger, standing, proof, rung, fromMs: nowMs, untilMs, note: null, by: "ringfence", evidence };
}

/** The highest rung reached since it was last clean for long enough; 0 where it stands below the ladder. One that
 *  somebody lifted was an error and does not count, nor does one by hand. */
function lastRung(history: readonly Past[], settings: IntrusionSettings, nowMs: number): number {
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
