import type { Command } from "commander";
import type { NeverBanEntryJson, NeverBanJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { IMPORT_FORMS, importList, type ImportOptions } from "./import-list.js";
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

  const add = answering(neverBan.command("add").description("never shut this out; a ban in force is lifted"))
    .argument("<target>")
    .option("--note <text>", "why, for whoever reads it later; in the place of the note before");
  example(add, "never-ban add 198.51.100.0/24 --note 'the branch office'").action(
    async (target: string, options: Json & { note?: string }) => {
      const entry: NeverBanEntryJson = { target, note: options.note };
      print(await clientOf(context, add).send<NeverBanJson>("POST", paths.neverBan, entry), options, context);
    },
  );

  const load = answering(neverBan.command("import").description("never shut out any address of a list"))
    .argument("<file>", "or - for stdin")
    .option("--note <text>", "why, for whoever reads it later")
    .option("--dry-run", "only say what would be done")
    .addHelpText("after", IMPORT_FORMS);
  example(load, "never-ban import /etc/fail2ban/jail.local --dry-run").action(
    (file: string, options: ImportOptions) => importList(load, paths.importNeverBan, file, options, context),
  );

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
  else {
    for (const target of answer.neverBan) {
      const note = answer.notes[target];
      printer.line(note === undefined ? target : `${target}  ${note}`);
    }
  }
}
