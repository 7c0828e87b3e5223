import type { Command } from "commander";
import { type NeverBanEntryJson, type NeverBanJson, paths } from "../../http/contract.js";
import { answering, clientOf, type Context, example } from "../context.js";

interface Json {
  readonly json?: true;
}

export function addNeverBan(program: Command, context: Context): void {
  const neverBan = program.command("never-ban").description("addresses and networks that are never shut out");

  const list = answering(neverBan.command("list").description("the whole list"));
  example(list, "never-ban list").action(async (options: Json) => {
    print(await clientOf(context, list).get<NeverBanJson>(paths.neverBan), options, context);
  });

  const add = answering(
    neverBan.command("add").description("never shut this out; a ban in force is lifted"),
  ).argument("<target>");
  example(add, "never-ban add 198.51.100.0/24").action(async (target: string, options: Json) => {
    const entry: NeverBanEntryJson = { target };
    print(await clientOf(context, add).send<NeverBanJson>("POST", paths.neverBan, entry), options, context);
  });

  const remove = answering(neverBan.command("remove").description("take it off the list")).argument(
    "<target>",
  );
  example(remove, "never-ban remove 198.51.100.0/24").action(async (target: string, options: Json) => {
    print(
      await clientOf(context, remove).send<NeverBanJson>("DELETE", paths.neverBanEntry(target)),
      options,
      context,
    );
  });
}

function print(answer: NeverBanJson, options: Json, { printer }: Context): void {
  if (options.json) printer.json(answer);
  else if (answer.neverBan.length === 0) printer.line("The list is empty.");
  else for (const target of answer.neverBan) printer.line(target);
}
