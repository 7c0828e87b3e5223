import type { Command } from "commander";
import type { AcceptProposalJson, BanJson, ProposalJson, ProposalsJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { relative, untilWords } from "../words.js";

interface Json {
  readonly json?: true;
}

/** Below `bans`: networks that hold several banned sources, and what a person says to that. */
export function addProposals(bans: Command, context: Context): void {
  const { printer, io } = context;

  const list = answering(
    bans.command("proposals").description("networks with several banned sources, to be decided on"),
  );
  example(list, "bans proposals").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<ProposalsJson>(paths.proposals);
    if (options.json) printer.json(answer);
    else if (answer.proposals.length === 0) printer.line("No network is proposed.");
    else
      printer.table(
        [
          { title: "NETWORK" },
          { title: "SOURCES", right: true },
          { title: "TRIES", right: true },
          { title: "WHEN" },
        ],
        answer.proposals.map(({ network, sources, attempts, at }) => [
          network,
          String(sources.length),
          String(attempts),
          relative(at, io.nowMs()),
        ]),
      );
  });

  const accept = answering(bans.command("accept").description("shut a proposed network out"))
    .argument("<network>")
    .option("--for <duration>", "2h, 7d; without it: a week");
  example(accept, "bans accept 203.0.113.0/24").action(
    async (network: string, options: Json & { for?: string }) => {
      const wish: AcceptProposalJson = { duration: options.for };
      const ban = await clientOf(context, accept).send<BanJson>("POST", paths.acceptProposal(network), wish);
      if (options.json) printer.json(ban);
      else printer.line(`${ban.target} is shut out, ${untilWords(ban.until, io.nowMs())}.`);
    },
  );

  const dismiss = answering(
    bans
      .command("dismiss")
      .description("leave a proposed network open; it is not proposed again for a month"),
  ).argument("<network>");
  example(dismiss, "bans dismiss 203.0.113.0/24").action(async (network: string, options: Json) => {
    const path = paths.dismissProposal(network);
    const dismissed = await clientOf(context, dismiss).send<ProposalJson>("POST", path, {});
    if (options.json) printer.json(dismissed);
    else printer.line(`${dismissed.network} stays open.`);
  });
}
