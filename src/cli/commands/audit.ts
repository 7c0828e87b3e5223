import type { Command } from "commander";
import type { AuditJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { clipped, relative, sinceTime } from "../words.js";

interface Options {
  readonly json?: true;
  readonly since?: string;
  readonly subject?: string;
}

export function addAudit(program: Command, context: Context): void {
  const command = answering(
    program
      .command("audit")
      .description("who changed what and when, newest first; --json has before and after"),
  )
    .option("--since <time>", "2h, 7d, or 2026-01-31T12:00:00Z")
    .option("--subject <text>", "part of what was changed: policy, 203.0.113.12, block, lock, deck");
  example(command, "audit --since 7d", "audit --subject 203.0.113.12 --json").action(
    async (options: Options) => {
      const { printer, io } = context;
      const query = new URLSearchParams();
      if (options.since !== undefined) query.set("since", sinceTime(options.since, io.nowMs()));
      if (options.subject !== undefined) query.set("subject", options.subject);
      let first = true;
      for (let next: number | null = 0; next !== null; first = false) {
        const page: AuditJson = await clientOf(context, command).get<AuditJson>(
          `${paths.audit}?${query.toString()}`,
        );
        next = page.next;
        if (next !== null) query.set("before", String(next));
        if (options.json) printer.jsonArray("entries", page.entries, { first, last: next === null });
        else if (page.entries.length > 0) printTable(page, first, context);
        else if (first) printer.line("Nothing was changed.");
        await printer.caughtUp();
      }
    },
  );
}

function printTable({ entries }: AuditJson, first: boolean, { printer, io }: Context): void {
  printer.table(
    ["WHEN", "WHO", "SUBJECT", "WHAT"].map((title) => ({ title: first ? title : "" })),
    entries.map(({ at, by, subject, change }) => [
      relative(at, io.nowMs()),
      by,
      clipped(subject, 60),
      clipped(change, 100),
    ]),
  );
}
