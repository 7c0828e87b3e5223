import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { replayFile } from "../src/replay.js";
import type { Benchmark, BenchOptions, Figure } from "./benchmark.js";
import { inChild } from "./child.js";
import type { IntoKernel } from "./log/into-kernel.js";
import { fail2banFigures } from "./log/fail2ban.js";
import { repeat, spreadOf } from "./measure.js";
import { securityLog } from "./traffic/security-log.js";

export const log: Benchmark = {
  name: "log",
  summary: "a security log of a flood: `ringfence replay` of it, and all who are guilty in the kernel",
  async run(options) {
    const isTiny = options.size === "tiny";
    const events = isTiny ? 2_000 : 500_000;
    const guilty = isTiny ? 20 : 5_000;
    const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
    const file = join(folder, "security.log");
    // Recent, so that the bans are in force when they are decided.
    const bytes = securityLog({ events, guilty, sources: guilty * 10 }, Date.now() - 120_000);
    writeFileSync(file, bytes);
    try {
      const own = join(folder, "policy.yaml");
      // Five tries are still more than any innocent source makes.
      writeFileSync(own, "intrusion: { attempts: 5, window: 5m }\n");
      const figures = [
        await replayed(file, events, guilty, options, null),
        await replayed(file, events, guilty, options, own),
      ];
      if (process.getuid?.() === 0) figures.push(await intoKernel(file, guilty, options));
      else options.say("log: not root, so nothing is put into a kernel");
      if (options.withFail2ban) figures.push(...(await fail2banFigures(folder, options)));
      return figures;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function replayed(
  file: string,
  events: number,
  guilty: number,
  { size }: BenchOptions,
  policy: string | null,
): Promise<Figure> {
  const speeds = await repeat({ warmUps: 1, runs: size === "tiny" ? 1 : 5 }, async () => {
    const before = process.cpuUsage();
    let bans = 0;
    for await (const line of replayFile({ format: "security-log", file, policy }, new PassThrough())) {
      if ("action" in line) bans++;
    }
    if (bans !== guilty) throw new Error(`${bans} bans for ${guilty} guilty sources`);
    const { user, system } = process.cpuUsage(before);
    return events / ((user + system) / 1e6);
  });
  return {
    what: `replay of ${events.toLocaleString("en-US")} lines${policy === null ? "" : " by a policy of one's own"}, one core`,
    unit: "lines/s",
    spread: spreadOf(speeds),
    goal: { of: "median", at: "least", value: 200_000 },
  };
}

async function intoKernel(file: string, guilty: number, { size }: BenchOptions): Promise<Figure> {
  const runs = await repeat({ warmUps: 0, runs: size === "tiny" ? 1 : 3 }, async () => {
    const told = await inChild<IntoKernel>("bench/log/into-kernel.ts", [file], { isolated: true });
    if (told.held !== guilty) throw new Error(`the kernel holds ${told.held} of ${guilty} guilty sources`);
    return told;
  });
  return {
    what: `all ${guilty.toLocaleString("en-US")} guilty sources in the kernel`,
    unit: "s",
    spread: spreadOf(runs.map(({ seconds }) => seconds)),
    goal: { of: "median", at: "most", value: 3 },
    note: `${spreadOf(runs.map(({ cpuSeconds }) => cpuSeconds)).median.toFixed(1)} s of processor time`,
  };
}
