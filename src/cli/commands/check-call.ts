import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { Command } from "commander";
import type { BatchFaultJson, CheckCallJson, VerdictJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { EXIT, WrongUsage } from "../exit.js";

interface Options {
  readonly from?: string;
  readonly number?: string;
  readonly trunk?: string;
  readonly batch?: string;
  readonly json?: true;
}

/** One call ends with 0 where it would be allowed and 1 where it would be refused; a batch with 0 where every row was judged. */
export function addCheckCall(program: Command, context: Context): void {
  const command = answering(
    program.command("check-call").description("what would be decided about a call, without one"),
  )
    .option("--from <extension>", "who calls")
    .option("--number <digits>", "as dialled, or +E.164")
    .option("--trunk <name>", "where the call would go out")
    .option(
      "--batch <file>",
      "a CSV with the columns from,number[,trunk], - for stdin: one JSON verdict a line",
    );
  example(command, "check-call --from 100 --number 0018765550123", "check-call --batch numbers.csv").action(
    async (options: Options) => {
      if (options.batch === undefined) await checkOne(command, context, options);
      else if (options.from !== undefined || options.number !== undefined || options.trunk !== undefined) {
        throw new WrongUsage("--batch has its own from, number and trunk: write either those or --batch");
      } else await checkBatch(command, context, options.batch);
    },
  );
}

async function checkOne(command: Command, context: Context, options: Options): Promise<void> {
  const { from, number, trunk } = options;
  if (from === undefined || number === undefined) {
    throw new WrongUsage("write --from EXTENSION --number DIGITS, or --batch FILE");
  }
  const body: CheckCallJson = { from, number, trunk: trunk ?? null };
  const verdict = await clientOf(context, command).send<VerdictJson>("POST", paths.checkCall, body);
  const allowed = verdict.decision === "allow";
  if (options.json) context.printer.json(verdict);
  else {
    context.printer.line(`${verdict.detail} (${verdict.reason})`, allowed ? "green" : "red");
    if (verdict.rule !== null) context.printer.line(`Rule: ${verdict.rule}.`);
  }
  if (!allowed) context.exitStatus = EXIT.refused;
}

async function checkBatch(command: Command, context: Context, file: string): Promise<void> {
  const { printer, io } = context;
  const answers = clientOf(context, command).exchange<VerdictJson | BatchFaultJson>(
    paths.checkCallBatch,
    inputOf(file, io.input),
  );
  for await (const answer of answers) {
    printer.json(answer);
    await printer.caughtUp();
    if ("error" in answer) context.exitStatus = EXIT.refused;
  }
}

/** `-` is stdin. */
export function inputOf(file: string, stdin: Readable): Readable {
  return file === "-" ? stdin : createReadStream(file);
}
