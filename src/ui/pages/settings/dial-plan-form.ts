import type { DialPlanJson } from "../../../http/contract.js";

/** A dial plan as its fields have it. */
export interface DialPlanForm {
  readonly country: string;
  readonly areaCode: string;
  readonly outsidePrefix: string;
  readonly international: string;
  readonly trunk: "own" | "none" | "other";
  readonly trunkPrefix: string;
  readonly shortest: string;
}

export function formOf(plan: DialPlanJson): DialPlanForm {
  const trunkPrefix = plan.trunkPrefix ?? null;
  return {
    country: plan.country,
    areaCode: plan.areaCode ?? "",
    outsidePrefix: plan.outsidePrefix ?? "",
    international: plan.internationalPrefixes.join(", "),
    trunk: trunkPrefix === null ? "own" : trunkPrefix === "" ? "none" : "other",
    trunkPrefix: trunkPrefix ?? "",
    shortest: plan.shortestOutside == null ? "" : String(plan.shortestOutside),
  };
}

export function planOf(form: DialPlanForm): DialPlanJson {
  const filled = (text: string): string | null => (text.trim() === "" ? null : text.trim());
  return {
    country: form.country,
    areaCode: filled(form.areaCode),
    outsidePrefix: filled(form.outsidePrefix),
    internationalPrefixes: form.international.split(/[\s,]+/).filter((prefix) => prefix !== ""),
    trunkPrefix: form.trunk === "own" ? null : form.trunk === "none" ? "" : filled(form.trunkPrefix),
    shortestOutside: form.shortest === "" ? null : Number(form.shortest),
  };
}

/** An area code and a trunk prefix belong to their country; back in the stored one, what is stored holds again. */
export function inCountry(form: DialPlanForm, country: string, stored: DialPlanForm): DialPlanForm {
  const { areaCode, trunk, trunkPrefix } = stored;
  const own =
    country === stored.country
      ? { areaCode, trunk, trunkPrefix }
      : { areaCode: "", trunk: "own" as const, trunkPrefix: "" };
  return { ...form, ...own, country };
}
