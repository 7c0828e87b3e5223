import type { Command } from "commander";
import type { WhyJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";

export function addWhy(program: Command, context: Context): void {
  const command = answering(
    program.command("why").description("what is known of an address or an extension, and what to do"),
  ).argument("<target>", "an address, a network or an extension");
  example(command, "why 203.0.113.12", "why 100").action(async (target: string, options: { json?: true }) => {
    const answer = await clientOf(context, command).get<WhyJson>(paths.why(target));
    const { printer } = context;
    if (options.json) {
      printer.json(answer);
      return;
    }
    printer.line(answer.headline, "bold");
    for (const sentence of answer.story) printer.line(`  ${sentence}`);
    printer.line("What to do:", "bold");
    for (const sentence of answer.advice) printer.line(`  ${sentence}`);
  });
}
