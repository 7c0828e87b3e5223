import type { Command } from "commander";
import { type AreasJson, type ChangeAreasJson, paths } from "../../http/contract.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { scopeWords } from "../words.js";

interface Options {
  readonly json?: true;
  readonly extension?: string;
}

export function addAreas(program: Command, context: Context): void {
  const areas = program.command("areas").description("countries and special destinations that may be called");

  const show = answering(areas.command("show").description("the areas that are open")).argument(
    "[extension]",
    "for this extension, by its own rule or the global one",
  );
  example(show, "areas show", "areas show 100").action(
    async (extension: string | undefined, options: Options) => {
      const query = extension === undefined ? "" : `?${new URLSearchParams({ extension }).toString()}`;
      print(await clientOf(context, show).get<AreasJson>(`${paths.areas}${query}`), options, context);
    },
  );

  for (const [name, path, description] of [
    ["allow", paths.openAreas, "open areas"],
    ["deny", paths.closeAreas, "close areas"],
  ] as const) {
    const change = answering(areas.command(name).description(description))
      .argument("<areas...>", "US, JM, satellite, …; with number types: GB:mobile")
      .option("--extension <name>", "in this extension's own rule, which takes the global one's place");
    example(change, `areas ${name} GB FR`, `areas ${name} JM --extension 100`).action(
      async (list: string[], options: Options) => {
        const wish: ChangeAreasJson = { areas: list, extension: options.extension };
        print(await clientOf(context, change).send<AreasJson>("POST", path, wish), options, context);
      },
    );
  }
}

function print(answer: AreasJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json(answer);
    return;
  }
  printer.line(`Open by ${scopeWords(answer.scope)}:`, "bold");
  if (answer.areas.length === 0) printer.line("  none: no call passes but emergency calls");
  for (const { area, types } of answer.areas)
    printer.line(`  ${area}${types === null ? "" : ` (${types.join(", ")})`}`);
}
