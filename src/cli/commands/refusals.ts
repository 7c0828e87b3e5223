import { type Command, InvalidArgumentError } from "commander";
import type { RefusalsJson, SetRefusalsJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";

interface Options {
  readonly json?: true;
  readonly cause?: number;
  readonly announcement?: string;
}

export function addRefusals(program: Command, context: Context): void {
  const refusals = program.command("refusals").description("how refused calls end, by reason");
  const change = async (command: Command, wish: SetRefusalsJson, options: Options): Promise<void> => {
    const answer = await clientOf(context, command).send<RefusalsJson>("PATCH", paths.refusals, wish);
    print(answer, options, context);
  };

  const show = answering(refusals.command("show").description("cause and announcement of each reason"));
  example(show, "refusals show").action(async (options: Options) => {
    print(await clientOf(context, show).get<RefusalsJson>(paths.refusals), options, context);
  });

  const set = answering(
    refusals.command("set").description("change what whoever is refused gets; what is not named stays"),
  )
    .argument("<reason>", "such as area-closed; default holds for all that have none of their own")
    .option("--cause <number>", "ISDN cause: 21 is 403 to a phone, 1 is 404, 34 is 503", wholeNumber)
    .option("--announcement <sounds>", "sounds of Asterisk joined by &, or standard, or none");
  example(
    set,
    "refusals set default --announcement standard",
    "refusals set area-closed --cause 34 --announcement ss-noservice",
  ).action(async (reason: string, options: Options) => {
    const { cause, announcement } = options;
    if (cause === undefined && announcement === undefined) {
      throw new WrongUsage("name at least one of --cause and --announcement");
    }
    const known = await clientOf(context, set).get<RefusalsJson>(paths.refusals);
    const now = known.refusals.find((each) => each.reason === reason);
    if (now === undefined) {
      const reasons = known.refusals.map((each) => each.reason).join(", ");
      throw new WrongUsage(`there is no such reason: write one of ${reasons}`);
    }
    const wish = {
      cause: cause ?? now.cause,
      announcement:
        announcement === undefined ? now.announcement : announcement === "none" ? null : announcement,
    };
    await change(set, { refusals: { [reason]: wish } }, options);
  });

  const reset = answering(
    refusals.command("reset").description("back to the configuration file, or to the default"),
  ).argument("<reasons...>");
  example(reset, "refusals reset area-closed").action(async (reasons: string[], options: Options) => {
    await change(reset, { refusals: Object.fromEntries(reasons.map((name) => [name, null])) }, options);
  });

  const tell = answering(
    refusals
      .command("tell-caller")
      .description("whether the extension whose call is refused gets a SIP message that says why"),
  ).argument("<how>", "message, or no");
  example(tell, "refusals tell-caller message").action(async (how: string, options: Options) => {
    if (how !== "message" && how !== "no") throw new WrongUsage("write message or no");
    await change(tell, { tellCaller: how }, options);
  });
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,3}$/.test(text)) throw new InvalidArgumentError("Write a whole number from 1 to 127.");
  return Number(text);
}

function print(answer: RefusalsJson, options: Options, { printer }: Context): void {
  if (options.json) {
    printer.json(answer);
    return;
  }
  printer.table(
    [{ title: "REASON" }, { title: "CAUSE", right: true }, { title: "ANNOUNCEMENT" }, { title: "SET BY" }],
    answer.refusals.map(({ reason, cause, announcement, standard, setBy }) => [
      reason,
      String(cause),
      announcement === null ? "none" : announcement === "standard" ? `standard (${standard})` : announcement,
      setBy,
    ]),
  );
  printer.line(
    answer.tellCaller === "message"
      ? "The extension whose call is refused gets a SIP message that says why."
      : "The extension whose call is refused gets no message.",
  );
}
