import type { DialPlan } from "../policy.js";
import { areaName } from "./area-rule.js";
import { isEmergency } from "./emergency.js";
import { type DialledNumber, type DialledPart, readDialled } from "./number.js";
import { specialDestinationOf } from "./special-destinations.js";

export interface PreviewStep {
  readonly digits: string;
  /** Such as `outside line`, `international`, `United Kingdom`. */
  readonly meaning: string;
}

/** `emergency`: matched before all else, dialled as it is. `detail` of a refusal is a sentence for people. */
export type DialPreview =
  | { readonly is: "emergency"; readonly steps: readonly PreviewStep[] }
  | { readonly is: "number"; readonly steps: readonly PreviewStep[]; readonly number: DialledNumber }
  | { readonly is: "refused"; readonly detail: string };

/** How digits would be read on a PBX, step by step, by the code that reads those of calls. */
export function previewDialled(digits: string, dialPlan: DialPlan): DialPreview {
  if (isEmergency(digits, dialPlan)) {
    return { is: "emergency", steps: [{ digits, meaning: "emergency call" }] };
  }
  const reading = readDialled(digits, dialPlan);
  if (!reading.understood) return { is: "refused", detail: reading.detail };
  const { number, parts } = reading;
  const { callingCode, national } = number;
  const abroad = parts.some(({ is }) => is === "plus" || is === "international");
  const steps = [
    ...parts.map((part) => ({ digits: part.digits, meaning: MEANINGS[part.is] })),
    ...(abroad ? [{ digits: callingCode, meaning: placeWords(number) }] : []),
    { digits: national, meaning: "number" },
  ];
  return { is: "number", steps, number };
}

const MEANINGS: Readonly<Record<DialledPart["is"], string>> = {
  plus: "international",
  outside: "outside line",
  international: "international",
  trunk: "trunk prefix",
  country: "own country code",
  local: "own area code, added",
  completed: "short form, completed",
};

function placeWords({ area, callingCode, national }: DialledNumber): string {
  if (area !== null) return areaName(area);
  return specialDestinationOf(callingCode + national)?.name ?? `shared by several countries`;
}
