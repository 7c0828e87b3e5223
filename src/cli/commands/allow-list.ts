import { type Command, Option } from "commander";
import type {
  AllowEntryJson,
  AllowEntryWishJson,
  AllowListJson,
  AllowListPreviewJson,
  RefusedByListJson,
  RefusedByListsJson,
  RegistrationJson,
  RunningCallsJson,
  SetAllowListJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";
import { clipped, counted, dayText, laterTime, relative } from "../words.js";

interface Options {
  readonly json?: true;
  readonly extension?: string;
  readonly note?: string;
  readonly until?: string;
  readonly for?: string;
  readonly yesNobody?: true;
}

const ENTRIES = "195.168.1.1, 195.168.1.1-195.168.1.100, 195.168.1.0/24, 195.168.1.0/255.255.255.0, or IPv6";
const WHOSE = "[ext] is the extension whose own list it is; without it, the global list";

export function addAllowList(program: Command, context: Context): void {
  const list = program
    .command("allow-list")
    .description("the addresses from which phones may register, for the PBX and for each extension");
  const show = answering(list.command("show").description("the list that holds")).argument("[ext]");
  example(show, "allow-list show", "allow-list show 104").action(
    async (ext: string | undefined, options: Options) => {
      const path = `${paths.allowList}${queryOf(ext)}`;
      print(await clientOf(context, show).get<AllowListJson>(path), options, context);
    },
  );

  const refused = answering(
    list.command("refused").description("registrations that a list refused lately, and how to let them in"),
  ).argument("[ext]");
  example(refused, "allow-list refused", "allow-list refused 104").action(
    async (ext: string | undefined, options: Options) => {
      const path = `${paths.refusedByAllowList}${queryOf(ext)}`;
      printRefused(await clientOf(context, refused).get<RefusedByListsJson>(path), options, context);
    },
  );

  const set = dated(
    answering(list.command("set").description("turn the list on with these entries, and no others")),
  )
    .argument("[ext-and-entries...]", `[EXT] ENTRY…: ${ENTRIES}; ${WHOSE}`)
    .option("--extension <name>", "the extension, where its name looks like an address")
    .option("--yes-nobody", "with no entry: nobody may register, and that is meant");
  example(
    set,
    "allow-list set 198.51.100.0/24",
    "allow-list set 104 198.51.100.12 --note hotel --for 5d",
  ).action(async (words: string[], options: Options) => {
    const { extension, entries } = wishOf(words, options, context);
    const wish: SetAllowListJson = { extension, on: true, entries, nobody: options.yesNobody };
    print(await clientOf(context, set).send<AllowListJson>("PUT", paths.allowList, wish), options, context);
  });

  const preview = answering(
    list.command("preview").description("whom `set` with these entries would throw out; changes nothing"),
  )
    .argument("[ext-and-entries...]", `[EXT] ENTRY…: ${ENTRIES}; ${WHOSE}`)
    .option("--extension <name>", "the extension, where its name looks like an address");
  example(preview, "allow-list preview 198.51.100.0/24").action(async (words: string[], options: Options) => {
    const { extension, entries } = wishOf(words, options, context);
    const answer = await clientOf(context, preview).send<AllowListPreviewJson>(
      "POST",
      paths.previewAllowList,
      {
        extension,
        on: true,
        entries,
      },
    );
    printPreview(answer, options, context);
  });

  for (const [name, on, description] of [
    ["on", true, "turn the list on again, with the entries that it has"],
    ["off", false, "everybody may register; the entries are kept"],
  ] as const) {
    const turn = answering(list.command(name).description(description)).argument("[ext]", WHOSE);
    if (on) turn.option("--yes-nobody", "with no entry: nobody may register, and that is meant");
    example(turn, `allow-list ${name}`, `allow-list ${name} 104`).action(
      async (extension: string | undefined, options: Options) => {
        const wish = { extension, on, nobody: options.yesNobody };
        const answer = await clientOf(context, turn).send<AllowListJson>("POST", paths.turnAllowList, wish);
        print(answer, options, context);
      },
    );
  }

  const add = dated(answering(list.command("add").description("put one more address on the list")))
    .argument("<ext-and-entry...>", `[EXT] ENTRY: ${ENTRIES}; ${WHOSE}`)
    .option("--extension <name>", "the extension, where its name looks like an address");
  example(add, "allow-list add 104 198.51.100.12 --until 2026-11-27 --note hotel").action(
    async (words: string[], options: Options) => {
      const { extension, entries } = wishOf(words, options, context);
      const wish = { extension, ...theOne(entries) };
      print(
        await clientOf(context, add).send<AllowListJson>("POST", paths.allowListEntries, wish),
        options,
        context,
      );
    },
  );

  const remove = answering(list.command("remove").description("take an address off the list"))
    .argument("<ext-and-entry...>", `[EXT] ENTRY; ${WHOSE}`)
    .option("--extension <name>", "the extension, where its name looks like an address")
    .option("--yes-nobody", "it is the last: nobody may register, and that is meant");
  example(remove, "allow-list remove 104 198.51.100.12").action(async (words: string[], options: Options) => {
    const { extension, entries } = wishOf(words, options, context);
    const wish = { extension, entry: theOne(entries).entry, nobody: options.yesNobody };
    const answer = await clientOf(context, remove).send<AllowListJson>(
      "POST",
      paths.removeAllowListEntry,
      wish,
    );
    print(answer, options, context);
  });

  const inherit = answering(
    list.command("inherit").description("take an extension's own list away: the global one holds for it"),
  ).argument("<ext>");
  example(inherit, "allow-list inherit 104").action(async (ext: string, options: Options) => {
    const path = `${paths.allowList}${queryOf(ext)}`;
    print(await clientOf(context, inherit).send<AllowListJson>("DELETE", path), options, context);
  });

  const undo = answering(list.command("undo").description("bring the list before the last change back"))
    .argument("[ext]", WHOSE)
    .option("--yes-nobody", "nobody could register by that list, and that is meant");
  example(undo, "allow-list undo", "allow-list undo 104").action(
    async (extension: string | undefined, options: Options) => {
      const wish = { extension, nobody: options.yesNobody };
      const answer = await clientOf(context, undo).send<AllowListJson>("POST", paths.undoAllowList, wish);
      print(answer, options, context);
    },
  );

  const calls = answering(
    list.command("running-calls").description("what becomes of the calls of phones that a change throws out"),
  ).argument("<keep|end>");
  example(calls, "allow-list running-calls end").action(async (what: string, options: Options) => {
    if (what !== "keep" && what !== "end") throw new WrongUsage(`running-calls ${what}: write keep or end`);
    const wish: RunningCallsJson = { runningCalls: what };
    print(
      await clientOf(context, calls).send<AllowListJson>("PUT", paths.runningCalls, wish),
      options,
      context,
    );
  });
}

function dated(command: Command): Command {
  return command
    .option("--note <text>", "why, for whoever reads it later")
    .addOption(
      new Option(
        "--until <time>",
        'the entries end then: friday, 2026-11-27 or "2026-11-27 18:00"',
      ).conflicts("for"),
    )
    .option("--for <duration>", "the entries end after that: 12h, 5d");
}

/** `104 198.51.100.12 …`: a first word that could be no address is the extension. */
function wishOf(
  words: readonly string[],
  options: Options,
  { io }: Context,
): { readonly extension: string | undefined; readonly entries: AllowEntryWishJson[] } {
  const [first, ...rest] = words;
  const isNamed = options.extension === undefined && first !== undefined && !/[.:/]/.test(first);
  const until = laterTime(options.until, options.for, io.nowMs());
  const texts = (isNamed ? rest : words)
    .flatMap((word) => word.split(","))
    .filter((text) => text.trim() !== "");
  return {
    extension: isNamed ? first : options.extension,
    entries: texts.map((entry) => ({ entry, note: options.note, until: until ?? undefined })),
  };
}

function theOne(entries: readonly AllowEntryWishJson[]): AllowEntryWishJson {
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) throw new WrongUsage(`name one address: ${ENTRIES}`);
  return entry;
}

function queryOf(extension: string | undefined): string {
  return extension === undefined ? "" : `?${new URLSearchParams({ extension }).toString()}`;
}

function print(answer: AllowListJson, options: Options, context: Context): void {
  const { printer } = context;
  if (options.json) {
    printer.json(answer);
    return;
  }
  const whose = answer.scope === "own" ? "The extension's own list" : "The global list";
  const says = answer.on ? "only these may register" : "off, everybody may register";
  printer.line(`${whose}: ${says}.`, "bold");
  printEntries(answer.entries, context);
  for (const warning of answer.warnings) printer.line(`Warning: ${warning}`);
  if (answer.ownLists.length > 0) {
    const names = answer.ownLists.slice(0, 20).join(", ");
    printer.line(
      `${counted(answer.ownLists.length, "extension has", "extensions have")} a list of their own: ${names}`,
    );
  }
}

function printEntries(entries: readonly AllowEntryJson[], { printer, io }: Context): void {
  for (const { entry, note, until, ended } of entries) {
    const end =
      until === null
        ? ""
        : ended
          ? "  (ended)"
          : `  (until ${dayText(until)}, ${relative(until, io.nowMs())})`;
    printer.line(`  ${entry}${end}${note === null ? "" : `  ${note}`}`);
  }
}

const LIKE: Readonly<Record<RefusedByListJson["like"], string>> = {
  "its-phone": "calls itself like its phone",
  "another-device": "another device than its phone",
  untold: "",
};

const MOST_COMMANDS = 5;

function printRefused(answer: RefusedByListsJson, options: Options, { printer, io }: Context): void {
  if (options.json) {
    printer.json(answer);
    return;
  }
  if (answer.refused.length === 0) {
    printer.line("No list refused anybody lately.");
    return;
  }
  printer.table(
    [
      { title: "EXTENSION" },
      { title: "ADDRESS" },
      { title: "TRIES", right: true },
      { title: "LAST" },
      { title: "DEVICE" },
    ],
    answer.refused.map(({ extension, address, count, at, userAgent, like }) => [
      clipped(extension, 40),
      address,
      String(count),
      relative(at, io.nowMs()),
      [clipped(userAgent ?? "", 40), LIKE[like]].filter((text) => text !== "").join(", "),
    ]),
  );
  printer.line("To let one in:");
  for (const { extension, address } of answer.refused.slice(0, MOST_COMMANDS)) {
    // What has other characters would need quotes, and may be anybody's text.
    const name = /^\w[\w+-]*$/.test(extension) ? extension : "EXTENSION";
    printer.line(`  ringfence allow-list add ${name} ${address}`);
  }
}

function printPreview(answer: AllowListPreviewJson, options: Options, context: Context): void {
  const { printer, io } = context;
  if (options.json) {
    printer.json(answer);
    return;
  }
  for (const warning of answer.warnings) printer.line(`Warning: ${warning}`);
  if (answer.throwsOut.length === 0) {
    printer.line("Nobody who is registered now would lose the registration.");
    return;
  }
  printer.line(`Would lose the registration: ${counted(answer.throwsOut.length, "phone")}`, "bold");
  for (const phone of answer.throwsOut) printer.line(`  ${phoneText(phone, io.nowMs())}`);
}

/** One line about a registered phone. */
export function phoneText(
  { extension, address, addressIs, userAgent, since }: RegistrationJson,
  nowMs: number,
): string {
  const where = `${address ?? "an unknown address"}${addressIs === "claimed" ? " (as it says)" : ""}`;
  const when = since === null ? "" : `, since ${relative(since, nowMs)}`;
  return `${extension}  ${where}  ${clipped(userAgent ?? "", 60)}${when}`;
}
