import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { link, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, DEFAULT_CONFIG, example } from "../context.js";
import { Refused } from "../exit.js";

interface Options {
  readonly json?: true;
  readonly force?: true;
  readonly config?: string;
}

/** Copies of everything that the daemon keeps: rules, bans, calls, decks, users. */
export function addBackup(program: Command, context: Context): void {
  const { printer, offline, io } = context;

  const backup = answering(
    program
      .command("backup <file>")
      .description("a consistent copy of the database while the daemon runs, readable by you alone"),
  ).option("--force", "overwrite the file");
  example(backup, "backup /root/ringfence-monday.db").action(async (name: string, options: Options) => {
    const file = resolve(name);
    if (options.force !== true && existsSync(file)) throw taken(name);
    const part = `${file}.part-${randomBytes(6).toString("hex")}`;
    try {
      const to = createWriteStream(part, { flags: "wx", mode: 0o600, flush: true });
      await clientOf(context, backup).download(paths.backup, to);
      await offline.checkBackup(part);
      if (options.force === true) await rename(part, file);
      // Unlike a rename it overwrites nothing that came meanwhile.
      else await linkNew(part, file, name);
    } finally {
      await rm(part, { force: true });
    }
    const { size: bytes } = await stat(file);
    if (options.json) printer.json({ file, bytes });
    else printer.line(`${file}: ${bytes} bytes, a whole database. It holds password hashes: keep it safe.`);
  });

  const restore = answering(
    program
      .command("restore <file>")
      .description("put a backup in the place of the database; the daemon must not run")
      .option("--config <file>", `the config file (or RINGFENCE_CONFIG; ${DEFAULT_CONFIG})`),
  );
  example(restore, "restore /root/ringfence-monday.db").action(async (name: string, options: Options) => {
    const config = options.config ?? io.env.RINGFENCE_CONFIG ?? DEFAULT_CONFIG;
    const file = resolve(name);
    const { database, kept, schema, newest } = await offline.restore(file, config);
    if (options.json) {
      printer.json({ file, database, kept, schema, newest });
      return;
    }
    printer.line(`${database} is what ${file} holds.`);
    if (kept !== null) printer.line(`What it was before is in ${kept}.`);
    if (schema < newest) printer.line(`The next start brings it from schema ${schema} to ${newest}.`);
    printer.line("Start the daemon again.");
  });
}

function taken(name: string): Refused {
  return new Refused(409, `${name} exists: name another file, or add --force to overwrite it`);
}

async function linkNew(part: string, file: string, name: string): Promise<void> {
  try {
    await link(part, file);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "EEXIST") {
      throw taken(name);
    }
    throw error;
  }
}
