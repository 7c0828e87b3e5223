import { Command } from "commander";
import { addAllowList } from "./commands/allow-list.js";
import { addAreas } from "./commands/areas.js";
import { addAudit } from "./commands/audit.js";
import { addBackup } from "./commands/backup.js";
import { addBlocks, addLocks } from "./commands/blocks.js";
import { addBans } from "./commands/bans.js";
import { addCalls } from "./commands/calls.js";
import { addCap } from "./commands/cap.js";
import { addCheckCall } from "./commands/check-call.js";
import { addDetection } from "./commands/detection.js";
import { addDialPlan } from "./commands/dial-plan.js";
import { addDoctor } from "./commands/doctor.js";
import { addRefusals } from "./commands/refusals.js";
import { addLimits, addSpend } from "./commands/limits.js";
import { addNeverBan } from "./commands/never-ban.js";
import { addNotifications } from "./commands/notifications.js";
import { addOffline } from "./commands/offline.js";
import { addPolicy } from "./commands/policy.js";
import { addPins } from "./commands/pins.js";
import { addRates } from "./commands/rates.js";
import { addReplay } from "./commands/replay.js";
import { addSelftest } from "./commands/selftest.js";
import { addSetup } from "./commands/setup.js";
import { addStatus } from "./commands/status.js";
import { addTokens } from "./commands/tokens.js";
import { addUsers } from "./commands/users.js";
import { addWhy } from "./commands/why.js";
import { type Context, DEFAULT_SOCKET, type Io, type Offline } from "./context.js";
import { EXIT, exitOf } from "./exit.js";
import { Printer } from "./printer.js";
import { visible } from "./visible.js";

/** Runs one command line, without `node` and the script's name; resolves to the exit status. */
export async function runCli(argv: readonly string[], io: Io, offline: Offline): Promise<number> {
  const context: Context = { io, offline, printer: new Printer(io.out, io.colours), exitStatus: EXIT.done };
  try {
    await buildProgram(context).parseAsync([...argv], { from: "user" });
    await context.printer.finished();
    return context.exitStatus;
  } catch (fault) {
    const { status, message } = exitOf(fault);
    for (const line of message?.split("\n") ?? []) io.err.write(`ringfence: ${visible(line)}\n`);
    return status;
  }
}

export function buildProgram(context: Context): Command {
  const { io, printer } = context;
  const program = new Command("ringfence")
    .description(
      "A fence around an Asterisk PBX: shuts attackers out, refuses calls that should not be paid for.",
    )
    .version(context.offline.version, "--version", "print the version")
    .option("--socket <path>", `the daemon's socket (or RINGFENCE_SOCKET; ${DEFAULT_SOCKET})`)
    .addHelpText(
      "after",
      "\nExit status: 0 done, 1 refused or not found, 2 wrong usage, 3 the daemon can't be reached.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printer.help(text),
      writeErr: (text) => io.err.write(text.split("\n").map(visible).join("\n")),
    });
  addOffline(program, context);
  addStatus(program, context);
  addDoctor(program, context);
  addSelftest(program, context);
  addSetup(program, context);
  addBans(program, context);
  addBlocks(program, context);
  addLocks(program, context);
  addWhy(program, context);
  addCalls(program, context);
  addCheckCall(program, context);
  addRates(program, context);
  addAllowList(program, context);
  addAreas(program, context);
  addCap(program, context);
  addLimits(program, context);
  addSpend(program, context);
  addRefusals(program, context);
  addDialPlan(program, context);
  addDetection(program, context);
  addNeverBan(program, context);
  addUsers(program, context);
  addTokens(program, context);
  addPolicy(program, context);
  addNotifications(program, context);
  addPins(program, context);
  addAudit(program, context);
  addBackup(program, context);
  addReplay(program, context);
  return program;
}
