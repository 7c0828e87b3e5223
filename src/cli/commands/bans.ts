import type { Command } from "commander";
import type { AddBanJson, BanJson, BansJson, LiftedJson, ShownBansJson } from "../../http/contract.js";
import { paths } from "../../http/contract.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { clipped, relative, untilWords } from "../words.js";

interface Json {
  readonly json?: true;
}

export function addBans(program: Command, context: Context): void {
  const bans = program.command("bans").description("sources shut out: list, add, lift, show");
  const { printer, io } = context;

  const list = answering(bans.command("list").description("every ban in force"));
  example(list, "bans list", "bans list --json | jq -r '.bans[].target'").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<BansJson>(paths.bans);
    if (options.json) printer.json(answer);
    else if (answer.bans.length === 0) printer.line("Nobody is shut out.");
    else printTable(answer.bans, context);
  });

  const add = answering(bans.command("add").description("shut an address or network out"))
    .argument("<target>", "203.0.113.12, 203.0.113.0/24 or 2001:db8::/48")
    .option("--for <duration>", "90s, 15m, 2h, 7d; without it: until lifted")
    .option("--note <text>", "why, for whoever reads it later");
  example(add, "bans add 203.0.113.0/24 --for 7d --note 'scans every night'").action(
    async (target: string, options: Json & { for?: string; note?: string }) => {
      const wish: AddBanJson = { target, duration: options.for, note: options.note };
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
}

function printTable(bans: readonly BanJson[], { printer, io }: Context): void {
  printer.table(
    [
      { title: "TARGET" },
      { title: "ENDS" },
      { title: "SINCE" },
      { title: "CAUSE" },
      { title: "TRIES", right: true },
      { title: "WHY" },
    ],
    bans.map((ban) => [
      ban.target,
      untilWords(ban.until, io.nowMs()),
      relative(ban.at, io.nowMs()),
      ban.cause,
      String(ban.attempts),
      clipped(ban.note ?? ban.summary, 60),
    ]),
  );
}

function printShown({ target, inForce, history }: ShownBansJson, context: Context): void {
  const { printer } = context;
  printer.line(inForce.length > 0 ? `${target} is shut out.` : `${target} is not shut out now.`, "bold");
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
    ["what", ban.summary],
    ["cause", `${ban.cause}, ${ban.standing}, proof ${ban.proof}`],
    ["tries", String(ban.attempts)],
    ["accounts", ban.accounts.join(", ")],
    ["over", [...ban.services, ...ban.transports].join(", ")],
    ["by", ban.by],
    ["lifted by", ban.liftedBy ?? ""],
    ["note", ban.note ?? ""],
  ];
  for (const [name, value] of rows) if (value !== "") printer.line(`  ${name.padEnd(10)}${value}`);
}

function endWords(ban: BanJson, nowMs: number): string {
  return ban.until === null ? "until it is lifted" : `until ${ban.until} (${relative(ban.until, nowMs)})`;
}
