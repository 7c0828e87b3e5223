import { type Command, InvalidArgumentError } from "commander";
import { type CallJson, type CallsJson, paths } from "../../http/contract.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { clipped, relative, sinceTime } from "../words.js";

interface Options {
  readonly json?: true;
  readonly refused?: true;
  readonly since?: string;
  readonly limit?: number;
}

export function addCalls(program: Command, context: Context): void {
  const { printer, io } = context;
  const command = answering(
    program.command("calls").description("outbound calls and what was decided, newest first"),
  )
    .option("--refused", "refused calls only")
    .option("--since <when>", "30m, 2h, 7d, or a time such as 2026-01-31T12:00:00Z")
    .option("--limit <n>", "at most this many (100)", positive);
  example(command, "calls --refused --since 24h").action(async (options: Options) => {
    const query = new URLSearchParams();
    if (options.refused) query.set("refused", "1");
    if (options.since !== undefined) query.set("since", sinceTime(options.since, io.nowMs()));
    if (options.limit !== undefined) query.set("limit", String(options.limit));
    const answer = await clientOf(context, command).get<CallsJson>(`${paths.calls}?${query.toString()}`);
    if (options.json) printer.json(answer);
    else if (answer.calls.length === 0) printer.line("No calls.");
    else printTable(answer.calls, context);
  });
}

function printTable(calls: readonly CallJson[], { printer, io }: Context): void {
  printer.table(
    [
      { title: "WHEN" },
      { title: "FROM" },
      { title: "BY" },
      { title: "NUMBER" },
      { title: "AREA" },
      { title: "$/MIN", right: true },
      { title: "DECISION" },
      { title: "WHY" },
    ],
    calls.map((call) => [
      relative(call.at, io.nowMs()),
      call.from ?? "?",
      call.payer ?? "",
      call.number ?? clipped(call.dialled, 24),
      call.area ?? "",
      call.rate?.usdPerMinute ?? "",
      call.decision,
      clipped(call.detail, 80),
    ]),
  );
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError("Write a number such as 50.");
  return number;
}
