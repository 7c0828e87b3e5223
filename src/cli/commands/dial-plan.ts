import type { Command } from "commander";
import { type DialPlanJson, paths } from "../../http/contract.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";

interface Options {
  readonly json?: true;
  readonly country?: string;
  readonly outsidePrefix?: string;
  readonly internationalPrefix?: string[];
}

export function addDialPlan(program: Command, context: Context): void {
  const plan = program.command("dial-plan").description("how dialled digits are to be read");

  const show = answering(plan.command("show").description("the settings in force"));
  example(show, "dial-plan show").action(async (options: Options) => {
    print(await clientOf(context, show).get<DialPlanJson>(paths.dialPlan), options, context);
  });

  const set = answering(plan.command("set").description("change the settings named; the others stay"))
    .option("--country <code>", "where the PBX is: ISO 3166, such as US")
    .option("--outside-prefix <digits>", "dialled ahead of an outside call, or none")
    .option("--international-prefix <digits...>", "beyond the country's own, or none");
  example(set, "dial-plan set --country GB --outside-prefix 9").action(async (options: Options) => {
    const { country, outsidePrefix, internationalPrefix } = options;
    if (country === undefined && outsidePrefix === undefined && internationalPrefix === undefined) {
      throw new WrongUsage(
        "name at least one setting: --country, --outside-prefix or --international-prefix",
      );
    }
    const client = clientOf(context, set);
    const now = await client.get<DialPlanJson>(paths.dialPlan);
    const wish: DialPlanJson = {
      country: country ?? now.country,
      outsidePrefix: outsidePrefix === undefined ? now.outsidePrefix : noneOr(outsidePrefix),
      internationalPrefixes:
        internationalPrefix?.filter((prefix) => prefix !== "none") ?? now.internationalPrefixes,
    };
    print(await client.send<DialPlanJson>("PUT", paths.dialPlan, wish), options, context);
  });
}

function noneOr(text: string): string | null {
  return text === "none" ? null : text;
}

function print(plan: DialPlanJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json(plan);
    return;
  }
  printer.line(`country                 ${plan.country}`);
  printer.line(`outside prefix          ${plan.outsidePrefix ?? "none"}`);
  printer.line(
    `international prefixes  the country's own${plan.internationalPrefixes.map((each) => `, ${each}`).join("")}`,
  );
}
