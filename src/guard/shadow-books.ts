import { asSource } from "../domain/address.js";
import type { Ban, Block } from "../domain/intrusion/ban.js";
import type { Decision } from "../domain/intrusion/decision.js";
import { RingfenceError } from "../domain/error.js";
import { NOTHING_SEEN } from "./bans.js";

/** What a stored decision tells of the ban that it stood for: what the ladder goes by. */
export function banFrom(decision: Decision): Ban {
  return { ...shutFrom(decision), target: decision.target, scope: "host" };
}

export function blockFrom(decision: Decision, account: string): Block {
  const source = asSource(decision.target);
  if (source === null)
    throw new RingfenceError("store", `${decision.target} is no source: nothing is blocked there`);
  return { ...shutFrom(decision), account, source };
}

function shutFrom({
  cause,
  trigger,
  standing,
  proof,
  rung,
  atMs,
  untilMs,
  attempts,
  accounts,
  summary,
}: Decision) {
  return {
    ...{ id: 0, cause, trigger, standing, proof, rung, fromMs: atMs, untilMs },
    ...{ liftedAtMs: null, liftedBy: null, note: null, by: "ringfence" },
    evidence: { ...NOTHING_SEEN, attempts, accounts, summary },
  };
}
