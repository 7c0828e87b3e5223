import { formatUsd } from "../domain/calling/money.js";
import type { Cap, Rate, Verdict } from "../domain/calling/verdict.js";

/** The public form of a verdict: scripts rely on it, change it only with a changelog entry. */
export interface VerdictJson {
  readonly decision: "allow" | "refuse";
  readonly reason: Verdict["reason"];
  readonly from: string | null;
  /** E.164 with `+`; null where the digits were not understood, and for emergency calls. */
  readonly number: string | null;
  readonly area: string | null;
  readonly numberType: Verdict["numberType"];
  readonly rate: { readonly deck: string; readonly prefix: string; readonly usdPerMinute: string } | null;
  /** `extension`: the extension's own cap, in the global one's place. */
  readonly cap: { readonly usdPerMinute: string; readonly scope: "global" | "extension" } | null;
  /** Which rule decided, for people; null where it is not known (calls logged before there was such a column). */
  readonly rule: string | null;
  readonly detail: string;
  readonly policyVersion: number;
}

export function verdictJson(verdict: Verdict): VerdictJson {
  return {
    decision: verdict.decision,
    reason: verdict.reason,
    from: verdict.from,
    number: verdict.number,
    area: verdict.area,
    numberType: verdict.numberType,
    rate: rateJson(verdict.rate),
    cap: capJson(verdict.cap),
    rule: verdict.rule ?? null,
    detail: verdict.detail,
    policyVersion: verdict.policyVersion,
  };
}

function rateJson(rate: Rate | null): VerdictJson["rate"] {
  if (rate === null) return null;
  return { deck: rate.deck, prefix: rate.prefix, usdPerMinute: formatUsd(rate.microsPerMinute) };
}

function capJson(cap: Cap | null): VerdictJson["cap"] {
  if (cap === null) return null;
  return {
    usdPerMinute: formatUsd(cap.microsPerMinute),
    scope: cap.scope === "global" ? "global" : "extension",
  };
}
