import type { Command } from "commander";
import type {
  BindDeckJson,
  DeckAfterJson,
  DeckImportJson,
  DecksJson,
  RateAnswerJson,
  RateRulesJson,
  SetRateRulesJson,
  TrunkDecksJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";
import { counted, relative } from "../words.js";
import { inputOf } from "./check-call.js";
import { printImport } from "./rates-report.js";

interface Json {
  readonly json?: true;
}

export function addRates(program: Command, context: Context): void {
  const rates = program.command("rates").description("rate decks: what a minute costs");
  addImport(rates, context);
  addUndo(rates, context);
  addRemove(rates, context);
  addLookup(rates, context);
  addList(rates, context);
  addBind(rates, context);
  addRules(rates, context);
}

interface ImportOptions extends Json {
  readonly deck: string;
  readonly dryRun?: true;
  readonly skipBad?: true;
  readonly map?: string;
  readonly delimiter?: string;
  readonly decimal?: string;
  readonly dates?: string;
  readonly currency?: string;
  readonly increments?: string;
  readonly before?: string;
}

function addImport(rates: Command, context: Context): void {
  const { printer, io } = context;
  const load = answering(
    rates.command("import").description("put a carrier's CSV in the place of the deck of that name"),
  )
    .argument("<file>", "the CSV as the carrier sent it; - for stdin")
    .option("--deck <name>", "the deck's name", "default")
    .option("--dry-run", "only read it, and say how it was understood and what would change")
    .option(
      "--map <columns>",
      'what column holds what: prefix=Code,rate="Rate per min", or numbers: prefix=1,rate=3',
    )
    .option("--delimiter <sign>", "one of , ; | tab")
    .option("--decimal <mark>", "the decimal mark of the prices: . or ,")
    .option("--dates <order>", "dmy (31/12) or mdy (12/31)")
    .option("--currency <worth>", "what one is worth in US dollars: EUR=1.0850")
    .option(
      "--increments <seconds>",
      "how rows are billed that don't say: 60/60 (which is the default), 30/6, 1/1",
    )
    .option("--before <digits>", "digits in front of every prefix: 1 for a list of North American area codes")
    .option("--skip-bad", "leave out rows that can't be read; calls to where they lead are refused");
  example(
    load,
    "rates import carrier.csv --dry-run",
    "rates import carrier.csv --deck carrier",
    'rates import tarifs.csv --map prefix=Indicatif,rate="Prix HT" --currency EUR=1.0850',
  ).action(async (file: string, options: ImportOptions) => {
    const { deck, dryRun, skipBad, json, ...texts } = options;
    const query = new URLSearchParams({
      ...(dryRun && { dryRun: "1" }),
      ...(skipBad && { skipBad: "1" }),
      ...texts,
    }).toString();
    const path = `${paths.deck(deck)}${query === "" ? "" : `?${query}`}`;
    const answer = await clientOf(context, load).upload<DeckImportJson>(path, inputOf(file, io.input));
    if (json) printer.json(answer);
    else printImport(answer, printer);
  });
}

function addUndo(rates: Command, context: Context): void {
  const undo = answering(
    rates.command("undo").description("bring back the deck before the last import; twice is as before"),
  ).option("--deck <name>", "the deck's name", "default");
  example(undo, "rates undo", "rates undo --deck carrier").action(
    async (options: Json & { deck: string }) => {
      const client = clientOf(context, undo);
      const answer = await client.send<DeckAfterJson>("POST", paths.undoDeck(options.deck));
      printAfter(answer, options, context, options.deck);
    },
  );
}

function addRemove(rates: Command, context: Context): void {
  const remove = answering(
    rates.command("remove").description("take a deck away; undo brings it back"),
  ).argument("<deck>", "the deck's name");
  example(remove, "rates remove carrier").action(async (deck: string, options: Json) => {
    const answer = await clientOf(context, remove).send<DeckAfterJson>("DELETE", paths.deck(deck));
    printAfter(answer, options, context, deck);
  });
}

function printAfter(answer: DeckAfterJson, options: Json, { printer, io }: Context, name: string): void {
  const { deck } = answer;
  if (options.json) printer.json(answer);
  else if (deck === null) printer.line(`There is no deck ${name} any more; rates undo brings it back.`);
  else {
    const when = relative(deck.importedAt, io.nowMs());
    printer.line(`Deck ${deck.name} is the one imported ${when}: ${counted(deck.rows, "price")}.`);
  }
}

function addLookup(rates: Command, context: Context): void {
  const { printer } = context;
  const lookup = answering(rates.command("lookup").description("what the decks ask for a number"))
    .argument("<digits>", "as dialled, or +E.164")
    .option("--trunk <name>", "only by the deck that prices this trunk's calls");
  example(lookup, "rates lookup +18765550123").action(
    async (digits: string, options: Json & { trunk?: string }) => {
      const query =
        options.trunk === undefined ? "" : `?${new URLSearchParams({ trunk: options.trunk }).toString()}`;
      const answer = await clientOf(context, lookup).get<RateAnswerJson>(`${paths.rate(digits)}${query}`);
      if (options.json) {
        printer.json(answer);
        return;
      }
      printer.line(answer.number, "bold");
      printer.table(
        [
          { title: "DECK" },
          { title: "PREFIX" },
          { title: "$/MIN", right: true },
          { title: "$/CALL", right: true },
          { title: "BILLED" },
          { title: "DESTINATION" },
        ],
        answer.rates.map((rate) => [
          rate.deck,
          rate.prefix,
          rate.usdPerMinute,
          rate.usdToConnect,
          `${rate.minimumSeconds}/${rate.incrementSeconds}`,
          rate.destination,
        ]),
      );
    },
  );
}

function addList(rates: Command, context: Context): void {
  const { printer, io } = context;
  const list = answering(rates.command("list").description("the decks that are loaded"));
  example(list, "rates list").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<DecksJson>(paths.decks);
    if (options.json) {
      printer.json(answer);
      return;
    }
    if (answer.decks.length === 0) {
      printer.line("No deck is loaded: no price can be judged.");
      return;
    }
    printer.table(
      [
        { title: "DECK" },
        { title: "PRICES", right: true },
        { title: "IMPORTED" },
        { title: "BY" },
        { title: "TRUNKS" },
      ],
      answer.decks.map((deck) => [
        deck.name,
        String(deck.rows),
        `${deck.importedAt} (${relative(deck.importedAt, io.nowMs())})`,
        deck.importedBy,
        deck.trunks.join(" ") || (deck.name === "default" ? "all others" : "-"),
      ]),
    );
    for (const deck of answer.decks.filter(({ old }) => old)) {
      printer.line(`Deck ${deck.name} is more than 30 days old: its prices may be wrong.`, "red");
    }
  });
}

function addBind(rates: Command, context: Context): void {
  const bind = answering(rates.command("bind").description("have a deck price the calls of trunks"))
    .argument("<deck>", "the deck's name")
    .argument("<trunks...>", "names of trunks");
  example(bind, "rates bind wholesale carrier-a carrier-b").action(
    async (deck: string, trunks: string[], options: Json) => {
      await sendBinding(bind, context, { deck, trunks }, options);
    },
  );
  const unbind = answering(
    rates.command("unbind").description("price trunks by the deck of their own name, else by default again"),
  ).argument("<trunks...>", "names of trunks");
  example(unbind, "rates unbind carrier-a").action(async (trunks: string[], options: Json) => {
    await sendBinding(unbind, context, { deck: null, trunks }, options);
  });
}

async function sendBinding(
  command: Command,
  context: Context,
  wish: BindDeckJson,
  options: Json,
): Promise<void> {
  const { printer } = context;
  const answer = await clientOf(context, command).send<TrunkDecksJson>("POST", paths.trunkDecks, wish);
  if (options.json) {
    printer.json(answer);
    return;
  }
  const bound = Object.entries(answer.trunkDecks);
  if (bound.length === 0) printer.line("No trunk has a deck of its own.");
  else printer.table([{ title: "TRUNK" }, { title: "DECK" }], bound);
}

interface RuleOptions extends Json {
  readonly withoutRate?: string;
  readonly feeInFirstMinute?: string;
}

function addRules(rates: Command, context: Context): void {
  const rules = answering(
    rates.command("rules").description("what is made of prices; with an option, change it"),
  )
    .option("--without-rate <what>", "refuse or allow calls that the deck has no price for")
    .option("--fee-in-first-minute <yes>", "yes or no: whether a connection fee counts against the cap");
  example(rules, "rates rules", "rates rules --without-rate allow").action(async (options: RuleOptions) => {
    const client = clientOf(context, rules);
    const wish = ruleWish(options);
    const answer =
      Object.keys(wish).length === 0
        ? await client.get<RateRulesJson>(paths.rateRules)
        : await client.send<RateRulesJson>("PUT", paths.rateRules, wish);
    if (options.json) {
      context.printer.json(answer);
      return;
    }
    const without = answer.withoutRate === "refuse" ? "are refused" : "pass";
    const fee = answer.feeInFirstMinute ? "counts as part of the first minute" : "does not count";
    context.printer.line(`Calls without a known price ${without}.`);
    context.printer.line(`Against the cap a connection fee ${fee}.`);
  });
}

function ruleWish({ withoutRate, feeInFirstMinute }: RuleOptions): SetRateRulesJson {
  if (withoutRate !== undefined && withoutRate !== "refuse" && withoutRate !== "allow") {
    throw new WrongUsage(`--without-rate ${withoutRate}: write refuse or allow`);
  }
  if (feeInFirstMinute !== undefined && feeInFirstMinute !== "yes" && feeInFirstMinute !== "no") {
    throw new WrongUsage(`--fee-in-first-minute ${feeInFirstMinute}: write yes or no`);
  }
  return {
    ...(withoutRate !== undefined && { withoutRate }),
    ...(feeInFirstMinute !== undefined && { feeInFirstMinute: feeInFirstMinute === "yes" }),
  };
}
