import type { CallJson } from "../../../http/contract.js";
import { countryName } from "../../parts/format.js";
import { spaced } from "../../texts/words.js";

/** `Jamaica · mobile`; empty where no number was understood. */
export function placeOf({ area, numberType }: Pick<CallJson, "area" | "numberType">): string {
  const name = area === null ? null : /^[A-Z]{2}$/.test(area) ? countryName(area) : spaced(area);
  return [name, numberType === null ? null : spaced(numberType).toLowerCase()].filter(Boolean).join(" · ");
}
