import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.js";
import { machine } from "./machine.js";
import { BENCHMARKS } from "./registry.js";
import { headingOf, jsonOf, textOf, type Result } from "./report.js";

const USAGE = `usage: npm run bench [-- NAME…] [-- --json] [--tiny] [--with-fail2ban]

${BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join("\n")}

  --json            one JSON document for programs
  --tiny            everything once on very little: shows that it works, the figures mean nothing
  --with-fail2ban   also measures fail2ban on the same input (Debian's package, if it is installed)
`;

/** Status 0: measured, whether or not the goals were met; 1: one asked for by name can't be measured here; 2: wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const wish = wishOf(argv);
  if (typeof wish === "string") {
    process.stderr.write(`${wish}\n\n${USAGE}`);
    return 2;
  }
  const host = machine();
  const results: Result[] = [];
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  if (!wish.json) process.stdout.write(headingOf(host));
  for (const benchmark of wish.chosen) {
    const lack = benchmark.lacks?.() ?? null;
    if (lack !== null) {
      say(`${benchmark.name}: ${lack}`);
      // Whoever asked for it by name gets what he asked for, or a failure.
      if (wish.named) return 1;
      continue;
    }
    const { size, withFail2ban } = wish;
    const figures = await benchmark.run({ size, withFail2ban, say });
    results.push({ name: benchmark.name, figures });
    if (!wish.json) process.stdout.write(`\n${textOf(benchmark, figures)}`);
  }
  if (wish.json) process.stdout.write(`${jsonOf(host, results)}\n`);
  return 0;
}

interface Wish {
  readonly chosen: readonly Benchmark[];
  /** Whether they were asked for by name. */
  readonly named: boolean;
  readonly json: boolean;
  readonly size: "full" | "tiny";
  readonly withFail2ban: boolean;
}

/** What is wrong with the arguments, or what they ask for. Without names: all that can run as this user. */
function wishOf(argv: readonly string[]): Wish | string {
  const options = {
    json: { type: "boolean", default: false },
    tiny: { type: "boolean", default: false },
    "with-fail2ban": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    if (values.help) return "";
    const unknown = positionals.find((name) => BENCHMARKS.every((benchmark) => benchmark.name !== name));
    if (unknown !== undefined) return `There is no benchmark "${unknown}".`;
    const isRoot = process.getuid?.() === 0;
    const chosen = BENCHMARKS.filter(({ name, needsRoot }) =>
      positionals.length > 0 ? positionals.includes(name) : isRoot || needsRoot !== true,
    );
    return {
      chosen,
      named: positionals.length > 0,
      json: values.json,
      size: values.tiny ? "tiny" : "full",
      withFail2ban: values["with-fail2ban"],
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
