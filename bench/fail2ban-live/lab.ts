import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BansJson } from "../../src/http/contract.js";
import { ringfence } from "../time-to-ban/lab.js";

const NAME = process.env["RINGFENCE_LAB_NAME"] ?? "bench";
const RUN = `/run/ringfence-lab/22${NAME}`;
const ROOT = join(__dirname, "../..");

async function lab(...argv: readonly string[]): Promise<void> {
  const env = { ...process.env, RINGFENCE_LAB_NAME: NAME };
  await promisify(execFile)(join(ROOT, "scripts/lab"), [...argv, "--asterisk", "22"], { env });
}

export function securityLogOf(): string {
  return join(RUN, "log/security");
}

/** Extensions beside the lab's own, each with the password secret-<extension>. */
export async function addPhones(extensions: readonly number[]): Promise<void> {
  const text = extensions.map(
    (extension) =>
      `[${extension}](phone)\nauth=${extension}\naors=${extension}\n[${extension}](password)\n` +
      `username=${extension}\npassword=secret-${extension}\n[${extension}](contacts)\n\n`,
  );
  appendFileSync(join(RUN, "etc/pjsip-endpoints.conf"), text.join(""));
  await lab("restart");
}

/** Has the daemon beside Asterisk only say whom it would shut out. */
export async function dryRun(): Promise<void> {
  const file = join(RUN, "ringfence.yaml");
  await lab("daemon", "stop");
  writeFileSync(file, readFileSync(file, "utf8").replace("backend: nftables", "backend: dry-run"));
  await lab("daemon", "start");
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { stdout } = await status();
    if (stdout.includes('"events"') && /"name":"events"[^}]*"up":true/.test(stdout)) return;
    if (Date.now() > deadline) throw new Error("Ringfence reads no events of the lab's Asterisk");
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Status 1 says that something still misses. */
async function status(): Promise<{ stdout: string }> {
  try {
    return { stdout: await ringfence("status", "--json") };
  } catch (error) {
    if (error instanceof Error && "stdout" in error) return { stdout: String(error.stdout) };
    throw error;
  }
}

/** When each target was shut out first, Unix milliseconds. */
export async function bansOfRingfence(): Promise<ReadonlyMap<string, number>> {
  const { bans } = JSON.parse(await ringfence("bans", "list", "--json")) as BansJson;
  return new Map(bans.map(({ target, at }) => [target, Date.parse(at)]));
}
