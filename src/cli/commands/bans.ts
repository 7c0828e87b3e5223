import { type Command, Option } from "commander";
import type {
  AddBanJson,
  BanJson,
  BansJson,
  LiftedJson,
  NoteJson,
  ShownBansJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import type { Client } from "../client.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { IMPORT_FORMS, importList, type ImportOptions } from "./import-list.js";
import { addProposals } from "./proposals.js";
import { clipped, relative, sinceTime, untilWords } from "../words.js";

interface Json {
  readonly json?: true;
}

export function addBans(program: Command, context: Context): void {
  const bans = program.command("bans").description("sources shut out: list, add, lift, show");
  const { printer, io } = context;

  const list = answering(bans.command("list").description("every ban in force, newest first"))
    .option("--cause <cause>", "such as attack, outdated-credentials, typo, stale-device, by-hand")
    .option("--standing <standing>", "known or stranger")
    .option("--since <time>", "made since then: 2h, 7d, or 2026-01-31T12:00:00Z")
    .option("--search <text>", "in the address, the note, the account names and the rest of the evidence")
    .option("--all", "those that are over too");
  example(list, "bans list --since 1d", "bans list --json | jq -r '.bans[].target'").action(
    (options: Json & ListOptions) => printList(clientOf(context, list), options, context),
  );

  const add = answering(bans.command("add").description("shut an address or network out"))
    .argument("<target>", "203.0.113.12, 203.0.113.0/24 or 2001:db8::/48")
    .option("--for <duration>", "90s, 15m, 2h, 7d; without it: until lifted")
    .option("--note <text>", "why, for whoever reads it later")
    .addOption(
      new Option("--scope <scope>", "what is dropped: everything, or the SIP and IAX ports alone").choices([
        "host",
        "voip",
      ] as const),
    );
  example(add, "bans add 203.0.113.0/24 --for 7d --note 'scans every night'").action(
    async (target: string, options: Json & { for?: string; note?: string; scope?: "host" | "voip" }) => {
      const wish: AddBanJson = {
        target,
        duration: options.for,
        note: options.note,
        scope: options.scope,
      };
      const ban = await clientOf(context, add).send<BanJson>("POST", paths.bans, wish);
      if (options.json) printer.json(ban);
      else printer.line(`${ban.target} is shut out ${endWords(ban, io.nowMs())}.`);
    },
  );

  const lift = answering(
    bans.command("lift").description("let a source in again; its strikes are forgiven"),
  ).argument("<target>");
  example(lift, "bans lift 203.0.113.12").action(async (target: string, options: Json) => {
    const answer = await clientOf(context, lift).send<LiftedJson>("DELETE", paths.ban(target));
    if (options.json) printer.json(answer);
    else for (const ban of answer.lifted) printer.line(`${ban.target} is let in again.`);
  });

  const show = answering(
    bans.command("show").description("one ban with its evidence, and those before"),
  ).argument("<target>");
  example(show, "bans show 203.0.113.12").action(async (target: string, options: Json) => {
    const answer = await clientOf(context, show).get<ShownBansJson>(paths.ban(target));
    if (options.json) printer.json(answer);
    else printShown(answer, context);
  });

  const note = answering(bans.command("note").description("put a note on a ban; without text: take it away"))
    .argument("<target>")
    .argument("[text]");
  example(note, "bans note 203.0.113.12 'asked the provider'").action(
    async (target: string, text: string | undefined, options: Json) => {
      const wish: NoteJson = { note: text ?? null };
      const ban = await clientOf(context, note).send<BanJson>("PUT", paths.banNote(target), wish);
      if (options.json) printer.json(ban);
      else printer.line(ban.note === null ? `No note on ${ban.target}.` : `${ban.target}: ${ban.note}`);
    },
  );

  const never = answering(
    bans.command("never-ban").description("lift the ban, and never shut this out again"),
  )
    .argument("<target>")
    .option("--note <text>", "why, for whoever reads it later");
  example(never, "bans never-ban 203.0.113.12 --note 'the branch office'").action(
    async (target: string, options: Json & { note?: string }) => {
      const wish: { note?: string | undefined } = { note: options.note };
      const path = paths.neverBanThis(target);
      const answer = await clientOf(context, never).send<LiftedJson>("POST", path, wish);
      if (options.json) printer.json(answer);
      else {
        for (const ban of answer.lifted) printer.line(`${ban.target} is let in again.`);
        printer.line(`${target} is never shut out again.`);
      }
    },
  );

  const load = answering(bans.command("import").description("shut out every address of a list"))
    .argument("<file>", "or - for stdin")
    .option("--for <duration>", "90s, 15m, 2h, 7d; without it: until lifted")
    .option("--note <text>", "why, for whoever reads it later")
    .option("--dry-run", "only say what would be done")
    .addHelpText("after", IMPORT_FORMS);
  example(load, "bans import banned.txt --for 7d --dry-run").action((file: string, options: ImportOptions) =>
    importList(load, paths.importBans, file, options, context),
  );
  addProposals(bans, context);
}

interface ListOptions {
  readonly cause?: string;
  readonly standing?: string;
  readonly since?: string;
  readonly search?: string;
  readonly all?: true;
}

/** Page by page, as the reader keeps up: there may be a hundred thousand. `--json` is one document all the same. */
async function printList(client: Client, options: Json & ListOptions, context: Context): Promise<void> {
  const { printer, io } = context;
  const { cause, standing, since, search, all } = options;
  const query = new URLSearchParams();
  if (cause !== undefined) query.set("cause", cause);
  if (standing !== undefined) query.set("standing", standing);
  if (since !== undefined) query.set("since", sinceTime(since, io.nowMs()));
  if (search !== undefined) query.set("search", search);
  if (all) query.set("all", "1");
  let first = true;
  for (let next: number | null = 0; next !== null; first = false) {
    const page: BansJson = await client.get<BansJson>(`${paths.bans}?${query.toString()}`);
    next = page.next;
    if (next !== null) query.set("before", String(next));
    if (options.json) printer.jsonArray("bans", page.bans, { first, last: next === null });
    else if (page.bans.length > 0) printTable(page.bans, first, context);
    else if (first) printer.line(all || query.size > 0 ? "No such ban." : "Nobody is shut out.");
    await printer.caughtUp();
  }
}

function printTable(bans: readonly BanJson[], first: boolean, { printer, io }: Context): void {
  const title = (text: string) => ({ title: first ? text : "" });
  printer.table(
    [
      title("TARGET"),
      title("ENDS"),
      title("SINCE"),
      title("CAUSE"),
      { ...title("TRIES"), right: true },
      title("WHY"),
    ],
    bans.map((ban) => [
      ban.target,
      ban.liftedAt === null
        ? untilWords(ban.until, io.nowMs())
        : `lifted ${relative(ban.liftedAt, io.nowMs())}`,
      relative(ban.at, io.nowMs()),
      ban.cause,
      ban.attempts === 0 ? "-" : String(ban.attempts),
      clipped(ban.note ?? ban.summary, 60),
    ]),
  );
}

function printShown({ target, inForce, history, relapse }: ShownBansJson, context: Context): void {
  const { printer } = context;
  printer.line(inForce.length > 0 ? `${target} is shut out.` : `${target} is not shut out now.`, "bold");
  if (relapse !== null) printer.line(relapse, "red");
  for (const ban of [...inForce, ...history]) {
    printer.line();
    printBan(ban, context);
  }
}

function printBan(ban: BanJson, { printer, io }: Context): void {
  const now = io.nowMs();
  const ended = ban.liftedAt ?? ban.until;
  const rows: [string, string][] = [
    ["target", ban.target],
    ["from", `${ban.at} (${relative(ban.at, now)})`],
    ["until", ended === null ? "lifted by hand" : `${ended} (${relative(ended, now)})`],
    ["what", ban.story ?? ban.summary],
    ["cause", `${causeWords(ban)}, ${ban.standing}, proof ${ban.proof}`],
    ["tries", String(ban.attempts)],
    ["accounts", ban.accounts.join(", ")],
    ...ban.tried.flatMap((tries): [string, string][] =>
      tries.everySeconds === null
        ? []
        : [["interval", `${tries.name}: ${tries.tries} tries, every ${tries.everySeconds} s`]],
    ),
    ["over", [...ban.services, ...ban.transports].join(", ")],
    ["ports", ban.ports === null ? "" : ban.ports >= 32 ? "32 or more" : String(ban.ports)],
    ["devices", ban.userAgents.join(", ")],
    ["methods", ban.methods.join(", ")],
    ["lists", ban.aclNames.join(", ")],
    [
      "worked",
      ban.lastSuccessAt === null ? "" : `${ban.lastSuccessAt} (${relative(ban.lastSuccessAt, now)})`,
    ],
    ["advice", ban.hint ?? ban.advice],
    ["by", ban.by],
    ["lifted by", ban.liftedBy ?? ""],
    ["note", ban.note ?? ""],
  ];
  for (const [name, value] of rows) if (value !== "") printer.line(`  ${name.padEnd(10)}${value}`);
}

/** A cause that somebody worked out comes with how sure that is. */
function causeWords({ cause, confidence, advice }: BanJson): string {
  return advice === "" ? cause : `${cause} (${Math.round(confidence * 100)} % sure)`;
}

function endWords(ban: BanJson, nowMs: number): string {
  return ban.until === null ? "until it is lifted" : `until ${ban.until} (${relative(ban.until, nowMs)})`;
}
