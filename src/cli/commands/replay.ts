import { type Command, Option } from "commander";
import {
  answering,
  type CompareLine,
  type Context,
  example,
  type ReplayComparison,
  type ReplayDecision,
  type ReplayLine,
  type ReplaySummary,
} from "../context.js";
import { WrongUsage } from "../exit.js";
import { counted } from "../words.js";

interface Options {
  readonly format: "ami" | "security-log";
  readonly policy?: string;
  readonly compare?: string;
  readonly accounts?: string;
  readonly alarms?: true;
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
    .option("--policy <file>", "YAML with intrusion settings and a never-ban list to judge by")
    .option(
      "--accounts <file>",
      "the accounts that Asterisk had, one a line: names that are none count as such",
    )
    .option("--compare <file>", "judge by this policy as well, and tell only what differs")
    .option("--alarms", "tell the alarms too");
  example(
    command,
    "replay --format security-log /var/log/asterisk/security.log",
    "replay --format ami recorded.ami --json",
    "replay --format security-log security.log --accounts accounts.txt",
    "replay --format security-log security.log --policy mine.yaml --compare stricter.yaml",
  ).action(async (file: string, options: Options) => {
    const { format, compare, accounts, json } = options;
    const alarms = options.alarms === true;
    const wish = {
      ...{ file, format, policy: options.policy ?? null, alarms },
      ...(accounts !== undefined && { accounts }),
    };
    if (compare !== undefined && alarms) {
      throw new WrongUsage("--compare tells bans and blocks alone: leave --alarms out");
    }
    const lines = compare === undefined ? offline.replay(wish) : offline.compare({ ...wish, compare });
    for await (const line of lines) {
      if (json) printer.json(line);
      else printer.line(wordsOf(line), "summary" in line || "comparison" in line ? "bold" : "plain");
      await printer.caughtUp();
    }
  });
}

function wordsOf(line: ReplayLine | CompareLine): string {
  if ("summary" in line) return summaryWords(line.summary);
  if ("comparison" in line) return comparisonWords(line.comparison);
  if (line.action === "alarm") return `${line.at}  alarm ${line.slug}: ${line.detail}`;
  if (!("only" in line)) return decisionWords(line);
  return `${line.only === "policy" ? "-" : "+"} ${decisionWords(line)}`;
}

function decisionWords(decision: ReplayDecision): string {
  const accounts = decision.accounts.length === 0 ? "" : ` on ${decision.accounts.slice(0, 5).join(", ")}`;
  const until = decision.until === null ? "" : ` until ${decision.until}`;
  return `${decision.at}  ${decision.action} ${decision.target}${until}: ${decision.cause}, ${counted(decision.attempts, "attempt")}${accounts}`;
}

function summaryWords(summary: ReplaySummary): string {
  const { events, attempts, bans, blocks, locks, proposals, alarms, malformed, seconds } = summary;
  const rest = [
    ...(locks > 0 ? [`, ${counted(locks, "account")} locked`] : []),
    ...(proposals > 0 ? [`, ${counted(proposals, "network")} proposed to be shut out whole`] : []),
    ...(alarms > 0 ? [`, ${counted(alarms, "alarm")}`] : []),
  ].join("");
  return `${counted(events, "event")}, ${counted(attempts, "attempt")}: ${counted(bans, "ban")}, ${counted(blocks, "block")}${rest}; ${counted(malformed, "line")} malformed; ${seconds} s`;
}

function comparisonWords({
  onlyPolicy,
  onlyCompare,
  both,
  sooner,
  later,
  compare,
}: ReplayComparison): string {
  return `${onlyCompare} more (+), ${onlyPolicy} fewer (-), ${both} by both (${sooner} sooner, ${later} later); ${counted(compare.events, "event")} in ${compare.seconds} s`;
}
