import type { Command } from "commander";
import type { LimitsJson, SetLimitsJson, SpendsJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";

interface Json {
  readonly json?: true;
}

export function addLimits(program: Command, context: Context): void {
  const limits = program.command("limits").description("how many calls, how long, and how much money");

  const show = answering(limits.command("show").description("the limits in force")).argument(
    "[extension]",
    "for this extension, by its own limits or the global ones",
  );
  example(show, "limits show", "limits show 100").action(
    async (extension: string | undefined, options: Json) => {
      print(
        await clientOf(context, show).get<LimitsJson>(paths.limits + queryOf(extension)),
        options,
        context,
      );
    },
  );

  const change = async (command: Command, wish: SetLimitsJson, options: Json): Promise<void> => {
    print(await clientOf(context, command).send<LimitsJson>("PATCH", paths.limits, wish), options, context);
  };
  const set = answering(limits.command("set").description("change limits; all or none")).argument(
    "<words...>",
    "an extension where only its own are meant, then names and values: attempts 20 spend 50.00",
  );
  example(set, "limits set spend 25.00 system-spend 100.00", "limits set 100 international-length 2h").action(
    async (words: readonly string[], options: Json) => {
      const [first = ""] = words;
      const extension = words.length % 2 === 1 ? first : undefined;
      const pairs = extension === undefined ? words : words.slice(1);
      if (pairs.length === 0) {
        throw new WrongUsage("write a value after each name: ringfence limits set attempts 20 spend 50.00");
      }
      await change(set, { limits: inPairs(pairs), extension }, options);
    },
  );

  const off = answering(limits.command("off").description("take limits away")).argument(
    "<names...>",
    "an extension where only its own are meant, then names",
  );
  example(off, "limits off attempts", "limits off 100 spend international-calls").action(
    async (words: readonly string[], options: Json) => {
      const known = await clientOf(context, off).get<LimitsJson>(paths.limits);
      const [first = ""] = words;
      const isLimit = known.limits.some(({ name }) => name === first);
      const names = isLimit ? words : words.slice(1);
      if (names.length === 0) throw new WrongUsage("name the limits: ringfence limits off 100 spend");
      const wish = Object.fromEntries(names.map((name) => [name, "off"]));
      await change(off, { limits: wish, extension: isLimit ? undefined : first }, options);
    },
  );

  const inherit = answering(
    limits
      .command("inherit")
      .description("take an extension's own limits away, so that the global ones hold"),
  ).argument("<extension>");
  example(inherit, "limits inherit 100").action(async (extension: string, options: Json) => {
    const client = clientOf(context, inherit);
    print(await client.send<LimitsJson>("DELETE", paths.ownLimits(extension)), options, context);
  });
}

export function addSpend(program: Command, context: Context): void {
  const { printer } = context;
  const spend = answering(
    program.command("spend").description("what calls cost in the last 24 hours, and what is left"),
  ).argument("[extension]");
  example(spend, "spend", "spend 100").action(async (extension: string | undefined, options: Json) => {
    const answer = await clientOf(context, spend).get<SpendsJson>(paths.spend + queryOf(extension));
    if (options.json) {
      printer.json(answer);
      return;
    }
    printer.table(
      [
        { title: "WHO" },
        { title: "SPENT", right: true },
        { title: "RESERVED", right: true },
        { title: "LIMIT", right: true },
        { title: "CALLS", right: true },
      ],
      [answer.total, ...answer.extensions].map((each) => [
        each.extension ?? "all",
        `$${each.spentUsd}`,
        `$${each.reservedUsd}`,
        each.limitUsd === null ? "off" : `$${each.limitUsd}`,
        String(each.runningCalls),
      ]),
    );
  });
}

function inPairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((name, index) => (index % 2 === 0 ? [[name, words[index + 1] ?? ""]] : [])),
  );
}

function queryOf(extension: string | undefined): string {
  return extension === undefined ? "" : `?${new URLSearchParams({ extension }).toString()}`;
}

function print({ limits }: LimitsJson, options: Json, { printer }: Context): void {
  if (options.json) printer.json({ limits });
  else {
    printer.table(
      [{ title: "NAME" }, { title: "VALUE" }, { title: "SCOPE" }, { title: "DEFAULT" }, { title: "WHAT" }],
      limits.map((each) => [
        each.name,
        each.value,
        each.scope,
        each.value === each.default ? "" : each.default,
        each.why,
      ]),
    );
  }
}
