import type { Command } from "commander";
import type {
  AreasJson,
  ChangeAreasJson,
  HighRiskJson,
  InheritAreasJson,
  SetHighRiskJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";
import { scopeWords } from "../words.js";

interface Options {
  readonly json?: true;
  readonly extension?: string;
}

export function addAreas(program: Command, context: Context): void {
  const areas = program
    .command("areas")
    .description("countries, special destinations and prefixes that may be called");

  const show = answering(
    areas.command("show").description("the areas that are open, and the rules for prefixes"),
  ).argument("[extension]", "for this extension, by its own rule or the global one");
  example(show, "areas show", "areas show 100").action(
    async (extension: string | undefined, options: Options) => {
      const query = extension === undefined ? "" : `?${new URLSearchParams({ extension }).toString()}`;
      print(await clientOf(context, show).get<AreasJson>(`${paths.areas}${query}`), options, context);
    },
  );

  for (const [name, path, description, takes] of [
    ["allow", paths.openAreas, "open areas and prefixes", TAKES_ALL],
    ["deny", paths.closeAreas, "close areas and prefixes", TAKES_ALL],
    ["forget", paths.forgetPrefixes, "take rules for prefixes away", "prefixes such as +4470"],
  ] as const) {
    const change = answering(areas.command(name).description(description))
      .argument("<areas...>", takes)
      .option("--extension <name>", "in this extension's own list, which takes the global one's place");
    const examples =
      name === "forget"
        ? ["areas forget +4470"]
        : [`areas ${name} GB FR +4470`, `areas ${name} JM --extension 100`];
    example(change, ...examples).action(async (list: string[], options: Options) => {
      const wish: ChangeAreasJson = { areas: list, extension: options.extension };
      print(await clientOf(context, change).send<AreasJson>("POST", path, wish), options, context);
    });
  }

  const inherit = answering(
    areas.command("inherit").description("take an extension's own lists away: the global ones hold for it"),
  ).argument("<extension>");
  example(inherit, "areas inherit 100").action(async (extension: string, options: Options) => {
    const wish: InheritAreasJson = { extension };
    const answer = await clientOf(context, inherit).send<AreasJson>("POST", paths.inheritAreas, wish);
    print(answer, options, context);
  });

  const risk = answering(
    areas.command("high-risk").description("ranges known for fraud, and what happens to them in open areas"),
  ).argument("[setting]", "refuse or allow");
  example(risk, "areas high-risk", "areas high-risk allow").action(
    async (setting: string | undefined, options: Options) => {
      if (setting !== undefined && setting !== "refuse" && setting !== "allow") {
        throw new WrongUsage("write areas high-risk refuse or areas high-risk allow");
      }
      const client = clientOf(context, risk);
      const answer =
        setting === undefined
          ? await client.get<HighRiskJson>(paths.highRisk)
          : await client.send<HighRiskJson>("PUT", paths.highRisk, {
              highRisk: setting,
            } satisfies SetHighRiskJson);
      printRisks(answer, options, context);
    },
  );
}

const TAKES_ALL = "US, JM, satellite, …; with number types GB:mobile; prefixes +4470";

function print(answer: AreasJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json(answer);
    return;
  }
  printer.line(`Open by ${scopeWords(answer.scope)}:`, "bold");
  if (answer.areas.length === 0) printer.line("  none: no call passes but emergency calls");
  for (const { area, types } of answer.areas)
    printer.line(`  ${area}${types === null ? "" : ` (${types.join(", ")})`}`);
  if (answer.prefixes.length > 0) {
    printer.line(`Prefixes by ${scopeWords(answer.prefixScope)}, which go ahead of areas:`, "bold");
    for (const { prefix, action } of answer.prefixes) {
      printer.line(`  ${prefix} ${action === "allow" ? "allowed" : "denied"}`);
    }
  }
  if (answer.highRisk === "allow") printer.line("High-risk ranges inside open areas are allowed.");
  for (const { area, why } of answer.risks) printer.line(`${area} is known for toll fraud: ${why}.`);
}

function printRisks({ highRisk, ranges }: HighRiskJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json({ highRisk, ranges });
    return;
  }
  const done = highRisk === "refuse" ? "refused until they are allowed by name" : "allowed";
  printer.line(`High-risk ranges inside open areas are ${done}.`, "bold");
  printer.table(
    [{ title: "PREFIX" }, { title: "AREA" }, { title: "OPENS WITH" }, { title: "WHY" }, { title: "SOURCE" }],
    ranges.map(({ prefix, area, opensWith, why, source, date }) => [
      prefix,
      area,
      opensWith === "area" ? area : prefix,
      why,
      `${source} (${date})`,
    ]),
  );
}
