import { createReadStream } from "node:fs";
import type { ImportedJson } from "../../http/contract.js";
import { clientOf, type Context } from "../context.js";
import { EXIT } from "../exit.js";
import { counted } from "../words.js";
import type { Command } from "commander";

export interface ImportOptions {
  readonly json?: true;
  readonly dryRun?: true;
  readonly for?: string;
  readonly note?: string;
}

export const IMPORT_FORMS = `
Reads the ignoreip of a fail2ban jail.conf, what "fail2ban-client status JAIL" and "fail2ban-client banned" print,
plain lists with comments, and CSV with one column. Names are refused: write their addresses.`;

/** Sends a list and prints what became of it; the status is 1 where something in it was refused. */
export async function importList(
  command: Command,
  path: string,
  file: string,
  options: ImportOptions,
  context: Context,
): Promise<void> {
  const { printer, io } = context;
  const query = new URLSearchParams();
  if (options.dryRun) query.set("dryRun", "1");
  if (options.for !== undefined) query.set("duration", options.for);
  if (options.note !== undefined) query.set("note", options.note);
  const list = file === "-" ? io.input : createReadStream(file);
  const answer = await clientOf(context, command).upload<ImportedJson>(
    `${path}?${query.toString()}`,
    list,
    "text/plain",
  );
  if (answer.refused.length > 0) context.exitStatus = EXIT.refused;
  if (options.json) {
    printer.json(answer);
    return;
  }
  const verb = answer.dryRun ? "would be added" : "added";
  printer.line(`${counted(answer.added.length, "target")} ${verb}, ${answer.present.length} there already.`);
  if (answer.refused.length === 0) return;
  printer.line(`${answer.refused.length} refused:`, "red");
  for (const { line, text, message } of answer.refused) printer.line(`  line ${line}: ${text}: ${message}`);
}
