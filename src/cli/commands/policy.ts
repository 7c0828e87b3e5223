import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { FileFaultJson, PolicyImportJson, UndoPolicyJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { EXIT, Refused, WrongUsage } from "../exit.js";
import { visible } from "../visible.js";
import { clipped, counted } from "../words.js";
import { phoneText } from "./allow-list.js";

interface Options {
  readonly json?: true;
  readonly dryRun?: true;
  readonly yesNobody?: true;
  readonly force?: true;
}

const DRY_RUN = "say what would change, and change nothing";
const NOBODY = "it may leave nobody who can register: that is meant";

/** The whole policy as a YAML file. */
export function addPolicy(program: Command, context: Context): void {
  const policy = program
    .command("policy")
    .description("the whole policy as one file, and its last change taken back");

  const write = answering(
    policy.command("export").description("print the whole policy as YAML, or write it into a file"),
  )
    .argument("[file]")
    .option("--force", "write over a file that is there");
  example(write, "policy export policy.yaml").action(async (file: string | undefined, options: Options) => {
    const lines = clientOf(context, write).lines(`${paths.policy}${options.json ? "?format=json" : ""}`);
    if (file === undefined || file === "-") {
      for await (const line of lines) context.printer.line(line);
      return;
    }
    let text = "";
    for await (const line of lines) text += `${line}\n`;
    await save(file, text, options.force === true);
  });

  const read = answering(
    policy
      .command("import")
      .description("put the policy of a file in force: all of it or, where anything is wrong, nothing"),
  )
    .argument("<file>", "YAML as `policy export` writes it; - reads what is piped in")
    .option("--dry-run", DRY_RUN)
    .option("--yes-nobody", NOBODY);
  example(read, "policy import policy.yaml --dry-run", "policy import policy.yaml").action(
    async (file: string, options: Options) => {
      const query = new URLSearchParams();
      if (options.dryRun) query.set("dryRun", "1");
      if (options.yesNobody) query.set("nobody", "1");
      const text = file === "-" ? context.io.input : createReadStream(file);
      const path = `${paths.policy}?${query.toString()}`;
      try {
        const client = clientOf(context, read);
        print(await client.upload<PolicyImportJson>(path, text, "application/yaml", "PUT"), options, context);
      } catch (refusal) {
        if (!(refusal instanceof Refused) || refusal.faults.length === 0) throw refusal;
        printFaults(file, refusal, options, context);
      }
    },
  );

  const undo = answering(
    policy
      .command("undo")
      .description("take the last change of any rule back; a second undo takes that back"),
  )
    .option("--dry-run", DRY_RUN)
    .option("--yes-nobody", NOBODY);
  example(undo, "policy undo --dry-run", "policy undo").action(async (options: Options) => {
    const wish: UndoPolicyJson = { dryRun: options.dryRun, nobody: options.yesNobody };
    const client = clientOf(context, undo);
    print(await client.send<PolicyImportJson>("POST", paths.undoPolicy, wish), options, context);
  });
}

async function save(file: string, text: string, force: boolean): Promise<void> {
  try {
    // Who may call whom, and from where, is nobody else's business.
    await writeFile(file, text, { flag: force ? "w" : "wx", mode: 0o600 });
  } catch (fault) {
    if ((fault as { code?: unknown }).code === "EEXIST") {
      throw new WrongUsage(`${file} is there already: name another file, or add --force`);
    }
    throw fault;
  }
}

function print(answer: PolicyImportJson, options: Options, { printer, io }: Context): void {
  if (options.json) {
    printer.json(answer);
    return;
  }
  const { dryRun, changed, changes, throwsOut, warnings, undid, policyVersion } = answer;
  if (undid !== undefined) printer.line(`The last change: ${undid}`);
  if (changed === 0) printer.line("Nothing differs from the policy in force.");
  else if (dryRun) printer.line(`Would be changed: ${counted(changed, "thing")}`, "bold");
  else
    printer.line(`Changed: ${counted(changed, "thing")}; the policy is at version ${policyVersion}`, "bold");
  for (const change of changes) printer.line(`  ${changeText(change)}`);
  if (changes.length < changed) printer.line(`  and ${counted(changed - changes.length, "more thing")}`);
  if (throwsOut.length > 0) {
    const loses = dryRun ? "Would lose the registration" : "Loses the registration";
    printer.line(`${loses}: ${counted(throwsOut.length, "phone")}`, "bold");
    for (const phone of throwsOut) printer.line(`  ${phoneText(phone, io.nowMs())}`);
  }
  for (const warning of warnings) printer.line(`Warning: ${warning}`);
}

function changeText({ setting, before, after }: PolicyImportJson["changes"][number]): string {
  const short = (text: string | null): string => clipped(text ?? "", 100);
  if (before === null) return `+ ${setting}: ${short(after)}`;
  if (after === null) return `- ${setting}: ${short(before)}`;
  return `~ ${setting}: ${short(before)} -> ${short(after)}`;
}

function printFaults(file: string, { message, faults }: Refused, options: Options, context: Context): void {
  context.exitStatus = EXIT.refused;
  if (options.json) {
    context.printer.json({ faults });
    return;
  }
  for (const fault of faults) context.io.err.write(`${visible(faultText(file, fault))}\n`);
  context.io.err.write(`ringfence: ${visible(message)}\n`);
}

function faultText(file: string, { line, setting, message }: FileFaultJson): string {
  const where = line === null ? file : `${file}:${line}`;
  return `${where}: ${setting === "" ? "" : `${setting}: `}${message}`;
}
