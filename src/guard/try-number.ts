import { areaName } from "../domain/calling/area-rule.js";
import { previewDialled, type DialPreview } from "../domain/calling/dial-preview.js";
import { limitsFor, type CallLimits } from "../domain/calling/limits.js";
import { judgePlace, type PlaceVerdict } from "../domain/calling/place-verdict.js";
import type { CallRequest, Rate, Verdict } from "../domain/calling/verdict.js";
import type { Policy } from "../domain/policy.js";
import type { CallJudge } from "./calling.js";
import type { Spend } from "./limits.js";

export interface TryParts {
  readonly rules: { policy(): Policy };
  /** The code that judges calls, and what each deck asks for a number. */
  readonly judge: Pick<CallJudge, "judge" | "ratesOf">;
  readonly spend: (extension: string | null) => Spend;
}

/** A verdict, and every step that led to it. */
export interface Trial {
  readonly verdict: Verdict;
  readonly reading: DialPreview;
  /** In English; null where nothing tells the country. */
  readonly areaName: string | null;
  /** Null where no number was understood, or none is needed. */
  readonly place: PlaceVerdict | null;
  readonly rates: readonly Rate[];
  readonly limits: CallLimits;
  /** Of the extension where one was named, and of the whole system. */
  readonly spends: readonly Spend[];
}

/** What would become of the digits if the extension dialled them now. Nothing is reserved, and it is no attempt. */
export function tryNumber(request: CallRequest, { rules, judge, spend }: TryParts): Trial {
  const now = rules.policy();
  const reading = previewDialled(request.digits, now.dialPlan);
  const number = reading.is === "number" ? reading.number : null;
  return {
    verdict: judge.judge(request),
    reading,
    areaName: number === null || number.area === null ? null : areaName(number.area),
    place: number === null ? null : judgePlace(number, now, request.from),
    rates: number === null ? [] : ratesFor(number.number, judge),
    limits: limitsFor(now, request.from),
    spends: [...(request.from === null ? [] : [spend(request.from)]), spend(null)],
  };
}

function ratesFor(number: string, judge: TryParts["judge"]): readonly Rate[] {
  const found = judge.ratesOf(number);
  return "rates" in found ? found.rates : [];
}
