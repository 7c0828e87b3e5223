import type { Command } from "commander";
import type { StatusJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { counted, relative } from "../words.js";

export function addStatus(program: Command, context: Context): void {
  const command = program
    .command("status")
    .description("whether each guard is up, and what happened in the last 24 hours");
  example(answering(command), "status", "status --json").action(async (options: { json?: true }) => {
    const status = await clientOf(context, command).get<StatusJson>(paths.status);
    if (options.json) context.printer.json(status);
    else print(status, context);
  });
}

function print(status: StatusJson, { printer, io }: Context): void {
  const asterisk = status.asterisk === null ? "Asterisk not seen yet" : `Asterisk ${status.asterisk}`;
  printer.line(
    `Ringfence ${status.version}, started ${relative(status.startedAt, io.nowMs())}, ${asterisk}`,
    "bold",
  );
  const width = Math.max(0, ...status.guards.map(({ name }) => name.length));
  for (const guard of status.guards) {
    const state = guard.up ? "up  " : "DOWN";
    printer.line(`  ${guard.name.padEnd(width)}  ${state}  ${guard.detail}`, guard.up ? "plain" : "red");
  }
  printer.line(`Shut out now: ${shutWords(status)}.`);
  if (status.proposals > 0) {
    printer.line(`${counted(status.proposals, "network")} proposed to be shut out: ringfence bans proposals`);
  }
  const { bans, callsAllowed, callsRefused } = status.last24h;
  printer.line(
    `Last 24 hours: ${counted(bans, "ban")}, ${counted(callsAllowed, "call")} allowed, ${counted(callsRefused, "call")} refused.`,
  );
  if (status.dropped !== null) {
    const { packets, flooded = 0, crowded = 0 } = status.dropped;
    const beyond = flooded === 0 ? "" : `, and ${counted(flooded, "packet")} beyond the flood limit`;
    const crowd = crowded === 0 ? "" : `, and ${counted(crowded, "packet")} of too many strangers at once`;
    printer.line(`Dropped by the kernel: ${counted(packets, "packet")}${beyond}${crowd}.`);
  }
  for (const deck of status.decks) {
    printer.line(
      `Deck ${deck.name}: ${counted(deck.rows, "price")}, imported ${relative(deck.importedAt, io.nowMs())}.`,
    );
  }
  for (const warning of status.warnings) printer.line(`! ${warning}`, "red");
}

function shutWords({ bansInForce, blocksInForce, locksInForce }: StatusJson): string {
  const parts = [counted(bansInForce, "source")];
  if (blocksInForce > 0) parts.push(`${counted(blocksInForce, "account")} at one address each`);
  if (locksInForce > 0) parts.push(`${counted(locksInForce, "account")} but for known addresses`);
  return parts.join(", ");
}
