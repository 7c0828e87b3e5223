import type { RestoreReport } from "./cli/context.js";
import { formatFaults } from "./config-faults.js";
import { loadConfig } from "./config.js";
import { RingfenceError } from "./domain/error.js";
import { claimSocket } from "./http/socket.js";
import { restoreDatabase } from "./sqlite/restore.js";

/** The daemon's own secrets are often in its environment alone, and a restore needs none of them. */
const NO_SECRETS = { RINGFENCE_AMI_SECRET: "-", RINGFENCE_ARI_PASSWORD: "-" };

/** Puts a backup in the place of the database that the config file names. Throws RingfenceError where the daemon runs. */
export async function restore(file: string, configFile: string): Promise<RestoreReport> {
  const read = loadConfig(configFile, { ...NO_SECRETS, ...process.env });
  if ("faults" in read) throw new RingfenceError("config", formatFaults(configFile, read.faults));
  const { database, http } = read.config;
  await claimSocket(http.socket);
  return restoreDatabase(file, database, Date.now());
}
