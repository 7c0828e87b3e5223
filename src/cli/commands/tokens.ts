import type { Command } from "commander";
import type { AddTokenJson, NewTokenJson, TokensJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { Refused, WrongUsage } from "../exit.js";
import { relative } from "../words.js";

interface Json {
  readonly json?: true;
}

const SCOPES = ["read", "operate", "admin"] as const;

/** What programs open the API with over TCP. */
export function addTokens(program: Command, context: Context): void {
  const tokens = program.command("tokens").description("what programs open the API with: list, add, revoke");
  const { printer, io } = context;

  const list = answering(tokens.command("list").description("every token, without the secret"));
  example(list, "tokens list").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<TokensJson>(paths.tokens);
    if (options.json) printer.json(answer);
    else if (answer.tokens.length === 0) printer.line("There are no tokens.");
    else {
      const when = (time: string | null, never: string) =>
        time === null ? never : relative(time, io.nowMs());
      printer.table(
        ["NAME", "SCOPE", "BY", "ENDS", "USED"].map((title) => ({ title })),
        answer.tokens.map(({ name, scope, createdBy, expires, usedAt }) => [
          name,
          scope,
          createdBy,
          when(expires, "when revoked"),
          when(usedAt, "never"),
        ]),
      );
    }
  });

  const add = answering(tokens.command("add <name>").description("make a token; it is shown once"))
    .requiredOption(
      "--scope <scope>",
      "read (looks), operate (also shuts out and lets in), admin (everything)",
    )
    .option("--expires <time>", "such as 2026-12-31T00:00:00Z; otherwise when it is revoked");
  example(add, "tokens add ci --scope read").action(
    async (name: string, options: Json & { readonly scope: string; readonly expires?: string }) => {
      const scope = SCOPES.find((each) => each === options.scope);
      if (scope === undefined) throw new WrongUsage(`a scope is one of ${SCOPES.join(", ")}`);
      const wish: AddTokenJson = { name, scope, expires: options.expires };
      const made = await clientOf(context, add).send<NewTokenJson>("POST", paths.tokens, wish);
      if (options.json) printer.json(made);
      else printer.line(`${made.name} (${made.scope}), shown this once: ${made.token}`);
    },
  );

  const revoke = tokens.command("revoke <name>").description("the token opens nothing any more");
  example(revoke, "tokens revoke ci").action(async (name: string) => {
    const client = clientOf(context, revoke);
    const found = (await client.get<TokensJson>(paths.tokens)).tokens.find((each) => each.name === name);
    if (found === undefined) throw new Refused(404, `There is no token ${name}: ringfence tokens list`);
    await client.send("DELETE", paths.token(found.id));
    printer.line(`${name} opens nothing any more.`);
  });
}
