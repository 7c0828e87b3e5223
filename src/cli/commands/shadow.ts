import type { Command } from "commander";
import type { DecisionJson, ResetDetectionJson, ShadowJson, ShadowResultsJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { clipped, relative, sinceTime } from "../words.js";
import { pairs } from "./pairs.js";

interface Json {
  readonly json?: true;
}

/** A second policy that judges live traffic and acts on nobody. */
export function addShadow(detection: Command, context: Context): void {
  const shadow = detection
    .command("shadow")
    .description("try other settings on live traffic, where they act on nobody");
  const { printer, io } = context;
  const answered = (answer: ShadowJson, options: Json): void => {
    if (options.json) printer.json(answer);
    else printState(answer, context);
  };

  const show = answering(shadow.command("show").description("what it changes, and whether it runs"));
  example(show, "detection shadow show").action(async (options: Json) =>
    answered(await clientOf(context, show).get<ShadowJson>(paths.shadow), options),
  );

  const set = answering(
    shadow.command("set").description("change settings of the shadow; a run under way begins anew"),
  ).argument("<setting...>", "a name and its value, or several of them: attempts 5 window 5m");
  example(set, "detection shadow set attempts 5").action(async (words: readonly string[], options: Json) =>
    answered(await clientOf(context, set).send<ShadowJson>("PATCH", paths.shadow, pairs(words)), options),
  );

  const reset = answering(
    shadow.command("reset").description("what is in force holds for these again, or for all"),
  ).argument("[name...]");
  example(reset, "detection shadow reset attempts").action(
    async (names: readonly string[], options: Json) => {
      const wish: ResetDetectionJson = { names };
      answered(await clientOf(context, reset).send<ShadowJson>("POST", paths.resetShadow, wish), options);
    },
  );

  const start = answering(shadow.command("start").description("begin a run; the last one's results go"));
  example(start, "detection shadow start").action(async (options: Json) =>
    answered(await clientOf(context, start).send<ShadowJson>("POST", paths.startShadow, {}), options),
  );

  const stop = answering(shadow.command("stop").description("end the run; its results stay"));
  example(stop, "detection shadow stop").action(async (options: Json) =>
    answered(await clientOf(context, stop).send<ShadowJson>("POST", paths.stopShadow, {}), options),
  );

  const results = answering(
    shadow.command("results").description("what the shadow would have done, beside what was done"),
  ).option("--since <time>", "of the run, only from then on: 2h, 7d, or 2026-01-31T12:00:00Z");
  example(results, "detection shadow results --since 1d").action(
    async (options: Json & { since?: string }) => {
      const query = new URLSearchParams();
      if (options.since !== undefined) query.set("since", sinceTime(options.since, io.nowMs()));
      const path = `${paths.shadowResults}?${query.toString()}`;
      const answer = await clientOf(context, results).get<ShadowResultsJson>(path);
      if (options.json) printer.json(answer);
      else printResults(answer, context);
    },
  );
}

function printState({ running, from, to, fault, changes }: ShadowJson, { printer, io }: Context): void {
  const now = io.nowMs();
  if (fault !== null) printer.line(`The shadow policy failed and was stopped: ${fault}`, "red");
  if (running)
    printer.line(`The shadow policy runs since ${from === null ? "now" : relative(from, now)}.`, "bold");
  else if (to === null) printer.line("The shadow policy does not run.", "bold");
  else printer.line(`The shadow policy does not run; its last run ended ${relative(to, now)}.`, "bold");
  if (changes.length === 0) printer.line("It changes nothing: ringfence detection shadow set attempts 5");
  printer.table(
    [{ title: "NAME" }, { title: "IN FORCE" }, { title: "SHADOW" }, { title: "WHAT" }],
    changes.map(({ name, title, live, shadow }) => [name, live, shadow, title]),
  );
}

function printResults(answer: ShadowResultsJson, { printer, io }: Context): void {
  const { from, running, to, summary, results, left } = answer;
  const span = running ? `since ${relative(from, io.nowMs())}` : `from ${from} to ${to}`;
  printer.line(`The shadow policy, ${span}: ${summary}.`, "bold");
  printer.table(
    [
      { title: "ADDRESS" },
      { title: "ACCOUNT" },
      { title: "LIVE" },
      { title: "SHADOW" },
      { title: "STANDING" },
      { title: "CAUSE" },
      { title: "WHY" },
    ],
    results.map(({ target, account, live, shadow }) => {
      const decision = shadow ?? live;
      const { standing = "", cause = "", summary: why = "" } = decision ?? {};
      return [target, account ?? "", sideWords(live), sideWords(shadow), standing, cause, clipped(why, 60)];
    }),
  );
  if (left > 0) printer.line(`And ${left} more: --since tells fewer.`);
}

function sideWords(decision: DecisionJson | null): string {
  if (decision === null) return "-";
  const verb = decision.action === "ban" ? "banned" : "blocked";
  return `${verb} after ${decision.attempts} at ${decision.at.slice(11, 19)}`;
}
