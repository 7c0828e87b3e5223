import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { confFolder } from "./asterisk/setup/conf-folder.js";
import { planSetup, type SetupStep } from "./asterisk/setup/plan.js";
import { readIfThere, replaceWhole } from "./asterisk/whole-file.js";
import type { SetupReport, UnitReport } from "./cli/context.js";
import { formatFaults } from "./config-faults.js";
import { loadConfig } from "./config.js";
import { RingfenceError } from "./domain/error.js";
import { planUnit } from "./systemd-unit.js";

const SUBROUTINE = join(__dirname, "../asterisk-conf/extensions-ringfence.conf");
const UNIT = join(__dirname, "../scripts/ringfence.service");

/** What this machine's Asterisk needs, and, if `write`, does what can be done without a person. A config file that is not there is
 *  made first, with secrets of its own. Throws RingfenceError where a file can't be read or written. */
export async function setup(
  configFile: string,
  {
    write,
    systemd = false,
    env,
    configDir = "/etc/asterisk",
    unitDir = "/etc/systemd/system",
  }: {
    readonly write: boolean;
    /** The unit that starts the daemon, too. */
    readonly systemd?: boolean;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** What a config file that is made says. */
    readonly configDir?: string;
    readonly unitDir?: string;
  },
): Promise<SetupReport> {
  const makesConfig = !existsSync(configFile);
  if (makesConfig && !write) {
    const unit = systemd ? await setupUnit(configFile, unitDir, false) : null;
    return { configFile, makesConfig, folder: null, steps: [], wrote: [], unit };
  }
  if (makesConfig) await makeConfig(configFile, configDir);
  const loaded = loadConfig(configFile, env);
  if ("faults" in loaded) throw new RingfenceError("config", formatFaults(configFile, loaded.faults));
  const { ami, ari, asterisk, hep } = loaded.config;
  if (!existsSync(asterisk.configDir)) {
    throw new RingfenceError(
      "config",
      `asterisk.configDir: there is no folder ${asterisk.configDir}; name the one that holds Asterisk's pjsip.conf`,
    );
  }
  const folder = confFolder(asterisk.configDir);
  const dialplan = await readFile(SUBROUTINE, "utf8");
  const look = async (): Promise<SetupStep[]> => {
    const texts = new Map<string, string | null>();
    for (const file of FILES) texts.set(file, await folder.read(file));
    return planSetup((file) => texts.get(file) ?? null, dialplan, { ami, ari, hep: hep.listen });
  };
  const wrote: string[] = [];
  for (const step of write ? await look() : []) {
    if (step.state !== "missing") continue;
    await folder.write(step);
    wrote.push(step.file);
  }
  const unit = systemd ? await setupUnit(configFile, unitDir, write) : null;
  return { configFile, makesConfig, folder: asterisk.configDir, steps: await look(), wrote, unit };
}

/** The unit as it is below `folder`, after what was written. */
async function setupUnit(configFile: string, folder: string, write: boolean): Promise<UnitReport> {
  if (!existsSync(folder)) {
    throw new RingfenceError(
      "config",
      `there is no folder ${folder}: this machine has no systemd to start Ringfence`,
    );
  }
  const file = join(folder, "ringfence.service");
  try {
    const [before, template] = [await readIfThere(file), await readFile(UNIT, "utf8")];
    const program = {
      node: process.execPath,
      script: join(__dirname, "ringfence.js"),
      configFile: resolve(configFile),
    };
    const plan = planUnit(before, template, program);
    if (plan.state === "right") return { file, state: "done", text: null, wrote: false };
    if (plan.state === "by-hand") return { file, state: "by-hand", text: plan.line, wrote: false };
    if (!write) return { file, state: "missing", text: plan.text, wrote: false };
    if (before !== null) await replaceWhole(`${file}.before-ringfence`, before, { mode: 0o644 });
    await replaceWhole(file, plan.text, { mode: 0o644 });
    return { file, state: "done", text: null, wrote: true };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RingfenceError("store", `${file} can't be set up: ${why}`, { cause: error });
  }
}

/** Those that a plan looks at. */
const FILES = [
  "manager.conf",
  "ari.conf",
  "http.conf",
  "hep.conf",
  "extensions.conf",
  "ringfence/extensions-ringfence.conf",
  "acl.conf",
  "pjsip.conf",
  "pjsip_wizard.conf",
] as const;

async function makeConfig(file: string, configDir: string): Promise<void> {
  const secret = (): string => randomBytes(18).toString("hex");
  const text = [
    "# Ringfence's connections; see docs/configuration.md. Rules are not here: ringfence --help.",
    `ami: { host: 127.0.0.1, port: 5038, user: ringfence, secret: ${secret()} }`,
    `ari: { url: "http://127.0.0.1:8088", user: ringfence, password: ${secret()} }`,
    `asterisk: { configDir: ${configDir} }`,
    "",
  ].join("\n");
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RingfenceError("store", `${file} can't be made: ${why}`, { cause: error });
  }
}
