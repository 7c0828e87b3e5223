import type { Command } from "commander";
import type { DoctorJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { EXIT } from "../exit.js";

const MARKS = { ok: "ok     ", warning: "WARNING", fault: "FAULT  " } as const;

/** Exit 1 where something that must work does not. */
export function addDoctor(program: Command, context: Context): void {
  const command = program
    .command("doctor")
    .description(
      "what is wrong with the installation and what to do; exit 1 if something that must work does not",
    );
  example(answering(command), "doctor", "doctor --json").action(async (options: { json?: true }) => {
    const diagnosis = await clientOf(context, command).get<DoctorJson>(paths.doctor);
    if (options.json) context.printer.json(diagnosis);
    else print(diagnosis, context);
    if (diagnosis.checks.some(({ state }) => state === "fault")) context.exitStatus = EXIT.refused;
  });
}

function print({ checks, routes }: DoctorJson, { printer }: Context): void {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  for (const { name, state, detail, advice } of checks) {
    printer.line(`${MARKS[state]}  ${name.padEnd(width)}  ${detail}`, state === "ok" ? "plain" : "red");
    if (advice !== null) printer.line(`${" ".repeat(11 + width)}${advice}`);
  }
  if (routes.length === 0) return;
  printer.line();
  printer.table(
    [{ title: "ROUTE" }, { title: "CONTEXT" }, { title: "TRUNK" }, { title: "STATE" }, { title: "DIALS" }],
    routes.map(({ context, extension, trunk, state, dials }) => [
      extension,
      context,
      trunk ?? "?",
      state,
      dials,
    ]),
  );
}
