import type { Command } from "commander";
import {
  answering,
  type Context,
  DEFAULT_CONFIG,
  example,
  type SetupReport,
  type UnitReport,
} from "../context.js";
import { EXIT } from "../exit.js";

interface Options {
  readonly config?: string;
  readonly write?: true;
  readonly systemd?: true;
  readonly json?: true;
}

const MARKS = { done: "ok     ", missing: "MISSING", "by-hand": "BY HAND" } as const;

/** Exit 1 while something is missing. */
export function addSetup(program: Command, context: Context): void {
  const { io, offline, printer } = context;
  const command = answering(
    program
      .command("setup")
      .description(
        "what this machine's Asterisk needs so that Ringfence can work with it; changes nothing without --write",
      ),
  )
    .option("--config <file>", `the config file (or RINGFENCE_CONFIG; ${DEFAULT_CONFIG})`)
    .option(
      "--write",
      "put what is missing at the end of Asterisk's files, which stay beside as FILE.before-ringfence; make the config file, with secrets of its own, if there is none",
    );
  command.option(
    "--systemd",
    "the unit that starts Ringfence with the machine, too: with where this Node and this program are",
  );
  example(command, "setup", "setup --write", "setup --systemd --write").action(async (options: Options) => {
    const config = options.config ?? io.env.RINGFENCE_CONFIG ?? DEFAULT_CONFIG;
    const report = await offline.setup(config, {
      write: options.write === true,
      systemd: options.systemd === true,
    });
    if (options.json) printer.json(report);
    else {
      print(report, options.write === true, context);
      if (report.unit !== null) printUnit(report.unit, context);
    }
    const parts = report.unit === null ? report.steps : [...report.steps, report.unit];
    const isOpen = parts.some(({ state }) => state !== "done");
    if (isOpen || (report.makesConfig && options.write !== true)) context.exitStatus = EXIT.refused;
  });
}

function print(
  { configFile, makesConfig, folder, steps, wrote }: SetupReport,
  wrote_: boolean,
  context: Context,
): void {
  const { printer } = context;
  if (makesConfig && !wrote_) {
    printer.line(`There is no ${configFile}: ringfence setup --write makes it, with secrets of its own.`);
    return;
  }
  if (makesConfig) printer.line(`${configFile} was made, with secrets of its own.`);
  for (const { file, what, state, text } of steps) {
    printer.line(`${MARKS[state]}  ${folder ?? ""}/${file}: ${what}`, state === "done" ? "plain" : "red");
    // The subroutine is a file of its own, and long.
    if (text === null || file.startsWith("ringfence/")) continue;
    for (const line of text.trim().split("\n")) printer.line(`           ${line}`);
  }
  const open = (state: string): boolean => steps.some((step) => step.state === state);
  if (open("missing")) printer.line("ringfence setup --write puts what is missing there.");
  if (open("by-hand")) printer.line("What is marked BY HAND is for you to write: the lines are above.");
  if (wrote.length > 0) {
    printer.line(
      "Now: asterisk -rx 'core reload', start Ringfence, and see ringfence doctor and ringfence selftest.",
    );
  }
}

function printUnit({ file, state, text, wrote }: UnitReport, { printer }: Context): void {
  const what = "starts Ringfence with the machine";
  printer.line(`${MARKS[state]}  ${file}: ${what}`, state === "done" ? "plain" : "red");
  for (const line of text?.trim().split("\n") ?? []) printer.line(`           ${line}`);
  if (state === "missing") printer.line("ringfence setup --systemd --write puts it there.");
  if (state === "by-hand") {
    printer.line(
      "It starts something else, and is yours to change: the line above, in place of its ExecStart.",
    );
  }
  if (wrote) printer.line("Now: systemctl daemon-reload && systemctl enable --now ringfence");
}
