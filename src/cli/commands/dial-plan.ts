import { type Command, InvalidArgumentError } from "commander";
import type {
  DialPlanInForceJson,
  DialPlanJson,
  DialPlanPreviewJson,
  DialPlanPreviewWishJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { EXIT, WrongUsage } from "../exit.js";

interface Options {
  readonly json?: true;
  readonly country?: string;
  readonly areaCode?: string;
  readonly outsidePrefix?: string;
  readonly internationalPrefix?: string[];
  readonly trunkPrefix?: string;
  readonly shortestOutside?: number | null;
}

export function addDialPlan(program: Command, context: Context): void {
  const plan = program.command("dial-plan").description("how dialled digits are to be read");

  const show = answering(plan.command("show").description("the settings in force"));
  example(show, "dial-plan show").action(async (options: Options) => {
    print(await clientOf(context, show).get<DialPlanInForceJson>(paths.dialPlan), options, context);
  });

  const set = withSettings(
    answering(plan.command("set").description("change the settings named; the others stay")),
  );
  example(set, "dial-plan set --country GB --outside-prefix 9", "dial-plan set --area-code 212").action(
    async (options: Options) => {
      const changes = changesOf(options);
      if (Object.keys(changes).length === 0) {
        throw new WrongUsage(
          "name at least one setting: --country, --area-code, --outside-prefix, --international-prefix, " +
            "--trunk-prefix or --shortest-outside",
        );
      }
      const client = clientOf(context, set);
      const { policyVersion, ...now } = await client.get<DialPlanInForceJson>(paths.dialPlan);
      // An area code and a trunk prefix belong to their country.
      const moved = changes.country !== undefined && changes.country !== now.country;
      const stays = moved ? { ...now, areaCode: null, trunkPrefix: null } : now;
      const wish: DialPlanJson = { ...stays, ...changes };
      const stored = await client.send<DialPlanInForceJson>("PUT", paths.dialPlan, wish, policyVersion);
      print(stored, options, context);
    },
  );

  const preview = withSettings(
    answering(
      plan
        .command("preview")
        .description("how digits would be read, step by step; settings that are named are tried, not stored"),
    ).argument("<digits...>", "as dialled; spaces are left out"),
  );
  example(
    preview,
    "dial-plan preview 9 011 44 20 7946 0000",
    "dial-plan preview 5550123 --country US --area-code 212",
  ).action(async (digits: string[], options: Options) => {
    const dialled = digits.join("").replaceAll(/[ ()./-]/g, "");
    const wish: DialPlanPreviewWishJson = { digits: dialled, ...changesOf(options) };
    const answer = await clientOf(context, preview).send<DialPlanPreviewJson>(
      "POST",
      paths.dialPlanPreview,
      wish,
    );
    if (answer.is === "refused") context.exitStatus = EXIT.refused;
    printPreview(answer, options, context);
  });
}

function withSettings(command: Command): Command {
  return command
    .option("--country <code>", "where the PBX is: ISO 3166, such as US")
    .option("--area-code <digits>", "ahead of local numbers, such as 212, or none")
    .option("--outside-prefix <digits>", "dialled ahead of an outside call, or none")
    .option("--international-prefix <digits...>", "beyond the country's own, or none")
    .option("--trunk-prefix <digits>", "in the place of the country's own, none, or country for its own")
    .option("--shortest-outside <digits>", "how many digits the shortest outside number has, or none", count);
}

/** The settings that are named. */
function changesOf(options: Options): Partial<DialPlanJson> {
  const { country, areaCode, outsidePrefix, internationalPrefix, trunkPrefix, shortestOutside } = options;
  return {
    ...(country !== undefined && { country }),
    ...(areaCode !== undefined && { areaCode: noneOr(areaCode) }),
    ...(outsidePrefix !== undefined && { outsidePrefix: noneOr(outsidePrefix) }),
    ...(internationalPrefix !== undefined && {
      internationalPrefixes: internationalPrefix.filter((prefix) => prefix !== "none"),
    }),
    ...(trunkPrefix !== undefined && {
      trunkPrefix: trunkPrefix === "country" ? null : (noneOr(trunkPrefix) ?? ""),
    }),
    ...(shortestOutside !== undefined && { shortestOutside }),
  };
}

function noneOr(text: string): string | null {
  return text === "none" ? null : text;
}

function count(text: string): number | null {
  if (text === "none") return null;
  if (!/^[0-9]{1,2}$/.test(text))
    throw new InvalidArgumentError("Write a number of digits such as 7, or none.");
  return Number(text);
}

function print(plan: DialPlanInForceJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json(plan);
    return;
  }
  const own = plan.trunkPrefix ?? null;
  printer.line(`country                 ${plan.country}`);
  printer.line(`area code               ${plan.areaCode ?? "none: no local dialling"}`);
  printer.line(`outside prefix          ${plan.outsidePrefix ?? "none"}`);
  printer.line(
    `international prefixes  the country's own${plan.internationalPrefixes.map((each) => `, ${each}`).join("")}`,
  );
  printer.line(`trunk prefix            ${own === null ? "the country's own" : own === "" ? "none" : own}`);
  printer.line(
    `shortest outside number ${plan.shortestOutside === null || plan.shortestOutside === undefined ? "any" : `${plan.shortestOutside} digits`}`,
  );
}

/** `9 outside line · 011 international · 44 United Kingdom · 2079460000 number · +442079460000`. */
function printPreview(answer: DialPlanPreviewJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json(answer);
    return;
  }
  if (answer.is === "refused") {
    printer.line(`Refused: ${answer.detail ?? ""}.`, "red");
    return;
  }
  const steps = answer.steps.map(({ digits, meaning }) => `${digits} ${meaning}`);
  printer.line([...steps, ...(answer.number === null ? [] : [answer.number])].join(" · "), "green");
  if (answer.number !== null) {
    printer.line(`${answer.areaName ?? "a country that can't be told"}, ${answer.numberType ?? "unknown"}`);
  }
}
