import { type Command, InvalidArgumentError } from "commander";
import type { CallJson, CallsJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";
import { clipped, relative, sinceTime } from "../words.js";

interface Options {
  readonly json?: true;
  readonly csv?: true;
  readonly refused?: true;
  readonly allowed?: true;
  readonly since?: string;
  readonly until?: string;
  readonly extension?: string;
  readonly number?: string;
  readonly area?: string;
  readonly reason?: string;
  readonly trunk?: string;
  readonly before?: number;
  readonly limit?: number;
}

export function addCalls(program: Command, context: Context): void {
  const { printer } = context;
  const command = answering(
    program.command("calls").description("outbound calls and what was decided, newest first"),
  )
    .option("--refused", "refused calls only")
    .option("--allowed", "allowed calls only")
    .option("--extension <name>", "of this extension")
    .option("--number <prefix>", "to numbers that begin so: +44, or as dialled 0044")
    .option("--area <code>", "to this country or special destination")
    .option("--reason <slug>", "such as area-closed or rate-over-cap")
    .option("--trunk <name>", "over this trunk")
    .option("--since <when>", "30m, 2h, 7d, or a time such as 2026-01-31T12:00:00Z")
    .option("--until <when>", "calls before then, written as --since")
    .option("--limit <n>", "at most this many (100; with --csv all)", positive)
    .option("--before <id>", "the page behind this call", positive)
    .option(
      "--csv",
      "as CSV; cells that a spreadsheet would run, and numbers with +, begin with an apostrophe",
    );
  example(
    command,
    "calls --refused --since 24h",
    "calls --extension 100 --number +44 --csv > calls.csv",
  ).action(async (options: Options) => {
    if (options.csv === true && options.json === true) throw new WrongUsage("write either --csv or --json");
    const query = queryOf(options, context).toString();
    const client = clientOf(context, command);
    if (options.csv === true) {
      for await (const line of client.lines(`${paths.callsCsv}?${query}`)) {
        printer.line(line);
        await printer.caughtUp();
      }
      return;
    }
    const answer = await client.get<CallsJson>(`${paths.calls}?${query}`);
    if (options.json) printer.json(answer);
    else if (answer.calls.length === 0) printer.line("No calls.");
    else printTable(answer, context);
  });
}

function queryOf(options: Options, { io }: Context): URLSearchParams {
  if (options.refused === true && options.allowed === true) {
    throw new WrongUsage("write either --refused or --allowed, or neither for both");
  }
  const query = new URLSearchParams();
  if (options.refused) query.set("refused", "1");
  if (options.allowed) query.set("decision", "allow");
  if (options.since !== undefined) query.set("since", sinceTime(options.since, io.nowMs()));
  if (options.until !== undefined) query.set("until", sinceTime(options.until, io.nowMs()));
  for (const name of ["extension", "number", "area", "reason", "trunk", "before", "limit"] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, String(value));
  }
  return query;
}

function printTable({ calls, next }: CallsJson, { printer, io }: Context): void {
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
    calls.map((call: CallJson) => [
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
  if (next !== null) printer.line(`There are more: add --before ${next}.`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError("Write a number such as 50.");
  return number;
}
