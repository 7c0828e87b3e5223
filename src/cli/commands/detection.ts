import type { Command } from "commander";
import type { DetectionJson, ResetDetectionJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { addShadow } from "./shadow.js";
import { Refused } from "../exit.js";
import { pairs } from "./pairs.js";

interface Json {
  readonly json?: true;
}

export function addDetection(program: Command, context: Context): void {
  const detection = program.command("detection").description("what counts as an attack, and what follows");
  const { printer } = context;

  const show = answering(
    detection.command("show").description("every setting with its default; of one, what stands behind it"),
  ).argument("[name]", "such as attempts");
  example(show, "detection show", "detection show attempts").action(
    async (name: string | undefined, options: Json) => {
      const answer = await clientOf(context, show).get<DetectionJson>(paths.detection);
      const settings = answer.settings.filter((setting) => name === undefined || setting.name === name);
      if (settings.length === 0)
        throw new Refused(404, "There is no such setting: ringfence detection show lists all.");
      if (options.json) printer.json({ ...answer, settings });
      else if (name === undefined) printTable(answer, context);
      else printOne({ ...answer, settings }, context);
    },
  );

  const set = answering(detection.command("set").description("change settings; all or none")).argument(
    "<setting...>",
    "a name and its value, or several of them: attempts 12 window 5m",
  );
  example(set, "detection set attempts 12 window 5m", "detection set ladder 15m,1h,6h").action(
    async (words: readonly string[], options: Json) => {
      const changes = pairs(words);
      const answer = await clientOf(context, set).send<DetectionJson>("PATCH", paths.detection, changes);
      const settings = answer.settings.filter(({ name }) => Object.hasOwn(changes, name));
      if (options.json) printer.json(answer);
      else printTable({ ...answer, settings }, context);
    },
  );

  const reset = answering(
    detection.command("reset").description("back to the defaults: these settings, or all of them"),
  ).argument("[name...]");
  example(reset, "detection reset attempts", "detection reset").action(
    async (names: readonly string[], options: Json) => {
      const wish: ResetDetectionJson = { names };
      const answer = await clientOf(context, reset).send<DetectionJson>("POST", paths.resetDetection, wish);
      if (options.json) printer.json(answer);
      else printTable(answer, context);
    },
  );
  addShadow(detection, context);
}

function printTable({ settings }: DetectionJson, { printer }: Context): void {
  printer.table(
    [{ title: "NAME" }, { title: "VALUE" }, { title: "DEFAULT" }, { title: "WHAT" }],
    settings.map((setting) => [
      setting.name,
      setting.value,
      setting.value === setting.default ? "" : setting.default,
      setting.title,
    ]),
  );
}

function printOne({ settings }: DetectionJson, { printer }: Context): void {
  for (const setting of settings) {
    printer.line(`${setting.name}: ${setting.value}`, "bold");
    printer.line(`  ${setting.title}. ${setting.why}`);
    printer.line(`  The default is ${setting.default}. Write ${setting.range}.`);
  }
}
