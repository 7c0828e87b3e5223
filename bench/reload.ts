import { execFile } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Benchmark, BenchOptions, Figure } from "./benchmark.js";
import { spreadOf } from "./measure.js";

const ROOT = join(__dirname, "..");
const NAME = process.env["RINGFENCE_LAB_NAME"] ?? "bench";
const ENV = { ...process.env, RINGFENCE_LAB_NAME: NAME };
const VERSIONS = ["22", "16"] as const;

/** What bench/reload/run.ts prints; of each reload the milliseconds to its answer, and until it is in force. */
interface Found {
  readonly acl: readonly [number, number][];
  readonly pjsip: readonly [number, number][];
  readonly ways: Readonly<Record<string, number>>;
}

/** Asterisk's own share of a change of lists: nothing of it is ours to make quicker. */
export const reload: Benchmark = {
  name: "reload",
  summary: "real Asterisk reads 5,000 lists of 50 entries again; what it takes to forget 1,000 phones",
  needsRoot: true,
  async run(options) {
    const figures: Figure[] = [];
    for (const version of VERSIONS) figures.push(...(await figuresOf(version, options)));
    return figures;
  },
};

async function figuresOf(version: string, { size, say }: BenchOptions): Promise<Figure[]> {
  const [extensions, rounds, phones] = size === "tiny" ? [20, 1, 5] : [5_000, 3, 1_000];
  const folder = `/run/ringfence-lab/${version}${NAME}/etc`;
  try {
    say(`reload: Asterisk ${version} with ${extensions} extensions`);
    await lab("down", version);
    await lab("up", version, "--no-verbose");
    appendFileSync(`${folder}/pjsip-endpoints.conf`, endpointsText(extensions));
    await lab("restart", version);
    const argv = ["bench/run.js", "bench/reload/run.ts", folder, extensions, rounds, phones].map(String);
    const inPbx = ["netns", "exec", `rf${version}${NAME}-pbx`, process.execPath, ...argv];
    const { stdout } = await promisify(execFile)("ip", inPbx, { cwd: ROOT, maxBuffer: 1 << 24 });
    const { acl, pjsip, ways } = JSON.parse(stdout) as Found;
    const figure = (what: string, values: readonly number[]): Figure => {
      return { what: `${version}: ${what}`, unit: "ms", spread: spreadOf(values), goal: null };
    };
    const both = (what: string, times: readonly [number, number][]): Figure[] => [
      figure(
        `${what}: answered`,
        times.map(([answered]) => answered),
      ),
      figure(
        `${what}: in force`,
        times.map(([, inForce]) => inForce),
      ),
    ];
    return [
      ...both("module reload acl that gives all their lists", acl.slice(0, 1)),
      ...both("module reload acl", acl.slice(1)),
      ...both("module reload res_pjsip.so", pjsip),
      ...Object.entries(ways).map(([way, ms]) => figure(`${phones} phones, ${way}`, [ms])),
    ];
  } finally {
    await lab("down", version);
  }
}

function endpointsText(extensions: number): string {
  const text = (name: number): string =>
    `[${name}](phone)\nauth=${name}\naors=${name}\n[${name}](password)\nusername=${name}\npassword=secret\n[${name}](contacts)\n\n`;
  return Array.from({ length: extensions }, (_, n) => text(1_000 + n)).join("");
}

async function lab(command: string, version: string, ...more: string[]): Promise<void> {
  const argv = [command, "--asterisk", version, ...more];
  await promisify(execFile)(join(ROOT, "scripts/lab"), argv, { env: ENV, cwd: ROOT });
}
