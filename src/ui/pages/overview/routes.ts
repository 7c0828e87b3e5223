import type { CheckJson, DoctorJson } from "../../../http/contract.js";
import type { Tone } from "../../parts/Mark.js";
import { common } from "../../texts/common.js";
import { overview as texts } from "../../texts/overview.js";

/** What the fence post of the routes says. */
export interface RoutesPost {
  readonly tone: Tone;
  readonly word: string;
  readonly detail: string;
  readonly advice: string | null;
}

/** Whether each way to a trunk has the check. @param problem why the doctor could not be asked; null: it could, or is being asked */
export function routesPost(doctor: DoctorJson | undefined, problem: Error | null): RoutesPost | null {
  if (doctor === undefined) {
    if (problem === null) return null;
    return { tone: "quiet", word: common.unknown, detail: problem.message, advice: null };
  }
  const found = worst(doctor.checks.filter(({ name }) => name === "routes" || name === "dialplan"));
  if (found === null || found.state === "ok") {
    const guarded = doctor.routes.filter(({ state }) => state === "guarded").length;
    return { tone: "good", word: texts.up, detail: texts.routesChecked(guarded), advice: null };
  }
  const { state, detail, advice } = found;
  if (state === "fault") return { tone: "bad", word: texts.open, detail, advice };
  return { tone: "warn", word: texts.seeTo, detail, advice };
}

/** Ways out that nobody judges, or that dial something else than what was judged. */
export function openRoutes(doctor: DoctorJson | undefined): readonly CheckJson[] {
  return doctor?.checks.filter(({ name, state }) => name === "routes" && state === "fault") ?? [];
}

function worst(checks: readonly CheckJson[]): CheckJson | null {
  const of = (wanted: CheckJson["state"]) => checks.find(({ state }) => state === wanted);
  return of("fault") ?? of("warning") ?? checks[0] ?? null;
}
