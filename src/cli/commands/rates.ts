import type { Command } from "commander";
import { type DeckImportJson, type DecksJson, paths, type RateAnswerJson } from "../../http/contract.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { counted, relative } from "../words.js";
import { inputOf } from "./check-call.js";

interface Json {
  readonly json?: true;
}

export function addRates(program: Command, context: Context): void {
  const { printer, io } = context;
  const rates = program.command("rates").description("rate decks: what a minute costs");

  const load = answering(
    rates.command("import").description("put a deck in the place of the one of that name"),
  )
    .argument("<file>", "a CSV with the columns prefix,destination,usd_per_minute; - for stdin")
    .option("--deck <name>", "the deck's name", "default")
    .option("--dry-run", "only read it and say what is wrong with it");
  example(load, "rates import carrier.csv --dry-run", "rates import carrier.csv --deck carrier").action(
    async (file: string, options: Json & { deck: string; dryRun?: true }) => {
      const path = `${paths.deck(options.deck)}${options.dryRun ? "?dryRun=1" : ""}`;
      const answer = await clientOf(context, load).upload<DeckImportJson>(path, inputOf(file, io.input));
      if (options.json) printer.json(answer);
      else printImport(answer, context);
    },
  );

  const lookup = answering(rates.command("lookup").description("what the decks ask for a number")).argument(
    "<digits>",
    "as dialled, or +E.164",
  );
  example(lookup, "rates lookup +18765550123").action(async (digits: string, options: Json) => {
    const answer = await clientOf(context, lookup).get<RateAnswerJson>(paths.rate(digits));
    if (options.json) {
      printer.json(answer);
      return;
    }
    printer.line(answer.number, "bold");
    printer.table(
      [{ title: "DECK" }, { title: "PREFIX" }, { title: "$/MIN", right: true }, { title: "DESTINATION" }],
      answer.rates.map((rate) => [rate.deck, rate.prefix, rate.usdPerMinute, rate.destination]),
    );
  });

  const list = answering(rates.command("list").description("the decks that are loaded"));
  example(list, "rates list").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<DecksJson>(paths.decks);
    if (options.json) printer.json(answer);
    else if (answer.decks.length === 0) printer.line("No deck is loaded: no price can be judged.");
    else {
      printer.table(
        [{ title: "DECK" }, { title: "PRICES", right: true }, { title: "IMPORTED" }, { title: "BY" }],
        answer.decks.map((deck) => [
          deck.name,
          String(deck.rows),
          `${deck.importedAt} (${relative(deck.importedAt, io.nowMs())})`,
          deck.importedBy,
        ]),
      );
    }
  });
}

function printImport(answer: DeckImportJson, { printer }: Context): void {
  const { added, changed, removed, duplicates, dearerThanCap, newlyDearer, refusedRows, faults } = answer;
  printer.line(
    `Deck ${answer.deck} ${answer.dryRun ? "would hold" : "now holds"} ${counted(answer.rows, "price")}.`,
  );
  printer.line(`  ${added} added, ${changed} changed, ${removed} removed; ${dearerThanCap} above the cap.`);
  if (answer.presentFault !== null)
    printer.line(`  Not compared with the deck before: ${answer.presentFault}`);
  if (duplicates > 0)
    printer.line(`  ${counted(duplicates, "row")} named a prefix again: the dearer price counts.`);
  if (newlyDearer.count > 0) {
    printer.line(
      `Above the cap now, and not before: ${counted(newlyDearer.count, "prefix", "prefixes")}`,
      "red",
    );
    printer.table(
      [
        { title: "PREFIX" },
        { title: "BEFORE", right: true },
        { title: "$/MIN", right: true },
        { title: "DESTINATION" },
      ],
      newlyDearer.first.map((rise) => [
        rise.prefix,
        rise.usdPerMinuteBefore,
        rise.usdPerMinute,
        rise.destination,
      ]),
    );
  }
  if (refusedRows === 0) return;
  printer.line(
    `${counted(refusedRows, "row")} can't be read, and nothing is imported while they are there:`,
    "red",
  );
  for (const fault of faults) printer.line(`  line ${fault.line}: ${fault.message}`);
  if (refusedRows > faults.length) printer.line(`  and ${refusedRows - faults.length} more`);
}
