import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { confFolder } from "./asterisk/setup/conf-folder.js";
import { planSetup, type SetupStep } from "./asterisk/setup/plan.js";
import type { SetupReport } from "./cli/context.js";
import { formatFaults } from "./config-faults.js";
import { loadConfig } from "./config.js";
import { RingfenceError } from "./domain/error.js";

const SUBROUTINE = join(__dirname, "../asterisk-conf/extensions-ringfence.conf");

/** What this machine's Asterisk needs, and, if `write`, does what can be done without a person. A config file that is not there is
 *  made first, with secrets of its own. Throws RingfenceError where a file can't be read or written. */
export async function setup(
  configFile: string,
  {
    write,
    env,
    configDir = "/etc/asterisk",
  }: {
    readonly write: boolean;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** What a config file that is made says. */
    readonly configDir?: string;
  },
): Promise<SetupReport> {
  const makesConfig = !existsSync(configFile);
  if (makesConfig && !write) {
    return { configFile, makesConfig, folder: null, steps: [], wrote: [] };
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
  return { configFile, makesConfig, folder: asterisk.configDir, steps: await look(), wrote };
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
