// Reads a security log as the daemon reads its evidence, and prints how long it took until the kernel held every ban. Runs in a
// network namespace of its own.
import { createReadStream } from "node:fs";
import { SecurityLogParser } from "../../src/asterisk/security-log.js";
import { openFence } from "../fence.js";

export interface IntoKernel {
  readonly seconds: number;
  /** Of this process, without those of nft: what a busy machine does not change. */
  readonly cpuSeconds: number;
  readonly bans: number;
  /** What a listing of the kernel showed afterwards. */
  readonly held: number;
}

async function main(file: string): Promise<void> {
  const fence = await openFence("kernel");
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const parser = new SecurityLogParser((evidence) => fence.observe(evidence));
  const chunks = createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  // Together, as the daemon takes what it reads at a time.
  for await (const chunk of chunks) fence.bans.inOneGo(() => parser.push(chunk));
  fence.bans.inOneGo(() => parser.end());
  await fence.enforced();
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const held = (await fence.firewall.held()).length;
  const bans = fence.bans.inForce().length;
  const told: IntoKernel = { seconds, cpuSeconds: (user + system) / 1e6, bans, held };
  await fence.firewall.remove();
  await fence.close();
  process.stdout.write(JSON.stringify(told));
}

void main(process.argv[2] ?? "");
