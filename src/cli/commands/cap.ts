import type { Command } from "commander";
import type { CapJson, SetCapJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { scopeWords } from "../words.js";

interface Options {
  readonly json?: true;
  readonly extension?: string;
}

export function addCap(program: Command, context: Context): void {
  const cap = program.command("cap").description("the highest price per minute that may be called");

  const show = answering(cap.command("show").description("the cap in force")).argument(
    "[extension]",
    "for this extension, by its own rule or the global one",
  );
  example(show, "cap show", "cap show 100").action(
    async (extension: string | undefined, options: Options) => {
      const query = extension === undefined ? "" : `?${new URLSearchParams({ extension }).toString()}`;
      print(await clientOf(context, show).get<CapJson>(`${paths.cap}${query}`), options, context);
    },
  );

  const set = answering(cap.command("set").description("set the cap; in force with the next call"))
    .argument("<usd>", "USD per minute such as 0.25, or none")
    .option("--extension <name>", "this extension's own cap, which takes the global one's place");
  example(set, "cap set 0.25", "cap set none --extension 100").action(
    async (usd: string, options: Options) => {
      const wish: SetCapJson = { usdPerMinute: usd === "none" ? null : usd, extension: options.extension };
      print(await clientOf(context, set).send<CapJson>("PUT", paths.cap, wish), options, context);
    },
  );

  const inherit = answering(
    cap.command("inherit").description("take an extension's own cap away: the global one holds for it"),
  ).argument("<extension>");
  example(inherit, "cap inherit 100").action(async (extension: string, options: Options) => {
    const client = clientOf(context, inherit);
    print(await client.send<CapJson>("DELETE", paths.ownCap(extension)), options, context);
  });
}

function print(answer: CapJson, options: Options, { printer }: Context): void {
  if (options.json) printer.json(answer);
  else {
    const price = answer.usdPerMinute === null ? "No cap" : `At most $${answer.usdPerMinute} a minute`;
    printer.line(`${price} (${scopeWords(answer.scope)}).`);
  }
}
