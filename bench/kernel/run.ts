import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseTarget, type Target } from "../../src/domain/address.js";
import { Nftables } from "../../src/firewall/nftables.js";
import type { Firewall, Log } from "../../src/guard/ports.js";
import { Keeper } from "../../src/guard/keeper.js";
import { planRepair, type ShutBan } from "../../src/guard/repair.js";

/** In milliseconds each. */
export interface KernelTimes {
  readonly bySessionMs: number[];
  readonly byProcessMs: number[];
  readonly restoreMs: number[];
  readonly listMs: number[];
  readonly blockedMs: number[];
}

/** Runs within a network namespace: `run.ts HELD BANS`. */
async function main(held: number, bans: number): Promise<KernelTimes> {
  const untilMs = Date.now() + 3_600_000;
  const wanted: ShutBan[] = [];
  for (let i = 0; i < held; i++) wanted.push({ target: targetAt(10, i), untilMs, scope: "host" });

  const firewall = new Nftables();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const blockedMs: number[] = [];
  const keeper = new Keeper({
    firewall,
    bans: { inForce: () => wanted },
    protection: { targets: () => NOBODY, onChange: () => () => undefined },
    clock: { nowMs: () => Date.now() },
    after: () => () => undefined,
    log: QUIET,
  });
  delay.enable();
  const startedMs = performance.now();
  const stop = keeper.start();
  while (keeper.state().comparedAtMs === null) await new Promise((resolve) => setTimeout(resolve, 1));
  const restoreMs = [performance.now() - startedMs];
  delay.disable();
  blockedMs.push(delay.max / 1e6);
  await stop();

  const listMs: number[] = [];
  for (let i = 0; i < 3; i++) {
    delay.reset();
    delay.enable();
    listMs.push(
      await timed(async () => {
        const comparison = { inForce: wanted, held: await firewall.held(), nowMs: Date.now() };
        await planRepair({ ...comparison, suspects: new Set(), unsettled: new Set() });
      }),
    );
    delay.disable();
    blockedMs.push(delay.max / 1e6);
  }
  const bySessionMs = await shutOneByOne(firewall, 172, bans);
  await firewall.close();
  const byProcess = new Nftables();
  await byProcess.prepare();
  // Closes the session, so that each change gets a process of its own.
  await byProcess.close();
  const byProcessMs = await shutOneByOne(byProcess, 173, Math.ceil(bans / 4));
  await byProcess.remove();
  return { bySessionMs, byProcessMs, restoreMs, listMs, blockedMs };
}

async function shutOneByOne(firewall: Firewall, first: number, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const change = {
      shut: [{ target: targetAt(first, i), timeoutMs: 3_600_000, scope: "host" as const }],
      open: [],
    };
    times.push(await timed(() => firewall.apply(change)));
    // As decisions come: not one right after the other.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return times;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function targetAt(first: number, i: number): Target {
  const parsed = parseTarget(`${first}.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  if ("error" in parsed) throw new Error(parsed.error);
  return parsed.target;
}

const NOBODY: readonly Target[] = [];
const quiet = (): void => undefined;
const QUIET: Log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

void main(Number(process.argv[2]), Number(process.argv[3])).then((times) => {
  process.stdout.write(JSON.stringify(times));
});
