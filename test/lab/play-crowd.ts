import { join } from "node:path";
import { addresses, execIn, type AsteriskVersion, type Host } from "./lab.js";

/** One of many devices that sip-crowd.mjs plays. */
export interface CrowdDevice {
  readonly name: string;
  readonly from: string;
  /** In the texts {n} is the number of the try. */
  readonly user: string;
  /** Left out: challenges stay without an answer. A list: one for each try, the last of them for all the others. */
  readonly password?: string | readonly string[];
  readonly method?: "REGISTER" | "OPTIONS" | "MESSAGE";
  readonly transport?: "udp" | "tcp" | "tls";
  readonly userAgent?: string;
  readonly count?: number;
  readonly everyMs?: number;
  readonly startMs?: number;
  readonly newPort?: boolean;
  readonly oneCallId?: boolean;
  /** Answers with the nonce of before, as phones do until it is refused. */
  readonly keepsNonce?: boolean;
  /** How long it waits for an answer: who is shut out hears none. Ten seconds unless given. */
  readonly patienceMs?: number;
  /** So many copies of each request go after it, byte for byte. */
  readonly sentAgain?: number;
}

/** What each device heard, by its name: a status for each try, `-` for none. */
export async function playCrowd(
  version: AsteriskVersion,
  host: Host,
  devices: readonly CrowdDevice[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const input = JSON.stringify(
    devices.map((device) => ({ ...device, to: device.from.includes(":") ? addresses.pbx6 : addresses.pbx })),
  );
  const argv = [process.execPath, join(__dirname, "sip-crowd.mjs")];
  const { stdout } = await execIn(version, host, argv, { input, timeoutMs: 240_000 });
  return JSON.parse(stdout) as Record<string, readonly string[]>;
}
