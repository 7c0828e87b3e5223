import type { Command } from "commander";
import { answering, type Context, DEFAULT_CONFIG, example } from "../context.js";
import { EXIT } from "../exit.js";

interface Options {
  readonly config?: string;
  readonly json?: true;
}

const CONFIG = ["--config <file>", `the config file (or RINGFENCE_CONFIG; ${DEFAULT_CONFIG})`] as const;

export function addOffline(program: Command, context: Context): void {
  const { printer, offline, io } = context;
  const fileOf = (options: Options): string => options.config ?? io.env.RINGFENCE_CONFIG ?? DEFAULT_CONFIG;

  const run = program
    .command("run")
    .description("the daemon, until it is stopped; bans stay in the kernel after that")
    .option(...CONFIG)
    .option("--flush", "take all bans out of the kernel when it stops, as firewall.flushOnStop does");
  example(run, "run --config /etc/ringfence/ringfence.yaml").action((options: Options & { flush?: true }) =>
    offline.run(fileOf(options), { flush: options.flush === true }),
  );

  const check = answering(
    program
      .command("check-config")
      .description("whether the config file is good")
      .option(...CONFIG),
  );
  example(check, "check-config --config ringfence.yaml").action(async (options: Options) => {
    const file = fileOf(options);
    const { faults, lines, warnings } = await offline.checkConfig(file);
    if (options.json) printer.json({ file, ok: faults.length === 0, faults, warnings });
    else {
      for (const line of lines) printer.line(line, "red");
      for (const warning of warnings) printer.line(`Warning: ${warning}`);
      if (faults.length === 0) printer.line(`${file} is good.`);
    }
    if (faults.length > 0) context.exitStatus = EXIT.refused;
  });
}
