import type { Command } from "commander";
import type { PinRemovedJson, PinSetJson, PinsJson, SetPinJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";
import { relative } from "../words.js";

interface Json {
  readonly json?: true;
}

const LONGEST_LINE = 1_000;

/** With which people lift a block of their own address. */
export function addPins(program: Command, context: Context): void {
  const pin = program
    .command("pin")
    .description("portal PINs, with which people lift a block of their own address: list, set, remove");
  const { printer, io } = context;

  const list = answering(pin.command("list").description("which extensions have a PIN"));
  example(list, "pin list").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<PinsJson>(paths.pins);
    if (options.json) printer.json(answer);
    else if (answer.pins.length === 0)
      printer.line("No extension has a PIN: ringfence pin set EXT makes one.");
    else {
      printer.table(
        [{ title: "EXTENSION" }, { title: "SET" }, { title: "BY" }, { title: "LAST USED" }],
        answer.pins.map(({ extension, setAt, setBy, lastUsedAt }) => [
          extension,
          relative(setAt, io.nowMs()),
          setBy,
          lastUsedAt === null ? "never" : relative(lastUsedAt, io.nowMs()),
        ]),
      );
    }
  });

  const set = answering(
    pin
      .command("set")
      .description("give an extension a PIN, in the place of the one before; it is shown once"),
  )
    .argument("<extension>")
    .option(
      "--stdin",
      "take the PIN from standard input instead of making one; command lines are seen by others",
    );
  example(set, "pin set 104", "pin set 104 --stdin < pin.txt").action(
    async (extension: string, options: Json & { stdin?: true }) => {
      const wish: SetPinJson = options.stdin ? { pin: await firstLine(io.input) } : {};
      const answer = await clientOf(context, set).send<PinSetJson>("PUT", paths.pin(extension), wish);
      if (options.json) printer.json(answer);
      else if (options.stdin) printer.line(`The PIN of ${answer.extension} is set.`);
      else printer.line(`The PIN of ${answer.extension} is ${answer.pin}. It is not shown again.`);
    },
  );

  const remove = answering(pin.command("remove").description("take the PIN away")).argument("<extension>");
  example(remove, "pin remove 104").action(async (extension: string, options: Json) => {
    const answer = await clientOf(context, remove).send<PinRemovedJson>("DELETE", paths.pin(extension));
    if (options.json) printer.json(answer);
    else printer.line(`${answer.removed} has no PIN any more.`);
  });
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const piece of input) {
    text += String(piece);
    if (text.includes("\n") || text.length > LONGEST_LINE) break;
  }
  const line = (text.split("\n")[0] ?? "").trim();
  if (line === "") throw new WrongUsage("Nothing came on standard input: write the PIN there.");
  return line;
}
