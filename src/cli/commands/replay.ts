import { type Command, Option } from "commander";
import { answering, type Context, example, type ReplayDecision, type ReplaySummary } from "../context.js";
import { counted } from "../words.js";

interface Options {
  readonly format: "ami" | "security-log";
  readonly policy?: string;
  readonly json?: true;
}

/** Needs no daemon and changes nothing: the same judgement as live, over a recording. */
export function addReplay(program: Command, context: Context): void {
  const { printer, offline } = context;
  const command = answering(
    program
      .command("replay")
      .description("what would have been banned in a recording, and why; needs no daemon"),
  )
    .argument("<file>", "a recorded AMI stream, or Asterisk's security log; - for stdin")
    .addOption(
      new Option("--format <format>", "what the file is")
        .choices(["ami", "security-log"])
        .makeOptionMandatory(),
    )
    .option("--policy <file>", "YAML with intrusion settings and a never-ban list to judge by");
  example(
    command,
    "replay --format security-log /var/log/asterisk/security.log",
    "replay --format ami recorded.ami --json",
  ).action(async (file: string, options: Options) => {
    const lines = offline.replay({ file, format: options.format, policy: options.policy ?? null });
    for await (const line of lines) {
      if (options.json) printer.json(line);
      else if ("summary" in line) printer.line(summaryWords(line.summary), "bold");
      else printer.line(decisionWords(line));
      await printer.caughtUp();
    }
  });
}

function decisionWords(decision: ReplayDecision): string {
  const accounts = decision.accounts.length === 0 ? "" : ` on ${decision.accounts.slice(0, 5).join(", ")}`;
  const until = decision.until === null ? "" : ` until ${decision.until}`;
  return `${decision.at}  ${decision.action} ${decision.target}${until}: ${decision.cause}, ${counted(decision.attempts, "attempt")}${accounts}`;
}

function summaryWords(summary: ReplaySummary): string {
  const { events, attempts, bans, blocks, malformed, seconds } = summary;
  return `${counted(events, "event")}, ${counted(attempts, "attempt")}: ${counted(bans, "ban")}, ${counted(blocks, "block")}; ${counted(malformed, "line")} malformed; ${seconds} s`;
}
