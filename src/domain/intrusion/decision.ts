import type { Target } from "../address.js";
import type { Ban, Block } from "./ban.js";

/** The gist of a ban (`account` null) or of a block: what two policies are compared by. `account` and `accounts` are hostile text. */
export interface Decision extends Pick<Ban, "cause" | "trigger" | "standing" | "proof" | "rung" | "untilMs"> {
  /** For a block the source. */
  readonly target: Target;
  readonly account: string | null;
  readonly atMs: number;
  readonly attempts: number;
  readonly accounts: readonly string[];
  readonly summary: string;
}

export function decisionOf(shut: Ban | Block): Decision {
  const { cause, trigger, standing, proof, rung, untilMs, fromMs, evidence } = shut;
  const { attempts, accounts, summary } = evidence;
  const at =
    "target" in shut
      ? { target: shut.target, account: null }
      : { target: shut.source, account: shut.account };
  return {
    ...at,
    atMs: fromMs,
    untilMs,
    ...{ cause, trigger, standing, proof, rung, attempts, accounts, summary },
  };
}
