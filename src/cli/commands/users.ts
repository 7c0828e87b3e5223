import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import type { AddUserJson, ChangeUserJson, UserAfterJson, UsersJson } from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { WrongUsage } from "../exit.js";
import { relative } from "../words.js";

interface Json {
  readonly json?: true;
}
interface WithPassword extends Json {
  readonly passwordFile?: string;
}

const ROLES = ["viewer", "operator", "admin"] as const;
type Role = (typeof ROLES)[number];

/** Who may sign in to the web UI. */
export function addUsers(program: Command, context: Context): void {
  const users = program
    .command("users")
    .description("who may sign in to the web UI: list, add, passwd, role, remove, reset-totp");
  const { printer, io } = context;

  const list = answering(users.command("list").description("everybody, with role and second factor"));
  example(list, "users list").action(async (options: Json) => {
    const answer = await clientOf(context, list).get<UsersJson>(paths.users);
    if (options.json) printer.json(answer);
    else if (answer.users.length === 0)
      printer.line("Nobody may sign in: ringfence users add NAME --role admin");
    else {
      printer.table(
        ["NAME", "ROLE", "SECOND FACTOR", "SIGNED IN"].map((title) => ({ title })),
        answer.users.map(({ name, role, totp, signedInAt }) => [
          name,
          role,
          totp ? "yes" : "no",
          signedInAt === null ? "never" : relative(signedInAt, io.nowMs()),
        ]),
      );
    }
  });

  const passwordOption =
    "read the password from the first line of a file, - for standard input; otherwise one is made";
  const add = answering(users.command("add <name>").description("let somebody sign in"))
    .requiredOption(
      "--role <role>",
      "viewer (looks), operator (also shuts out and lets in), admin (everything)",
    )
    .option("--password-file <file>", passwordOption);
  example(add, "users add alice --role operator").action(
    async (name: string, options: WithPassword & { readonly role: string }) => {
      const password = await passwordOf(options, context);
      const wish: AddUserJson = { name, role: roleOf(options.role), ...(password !== null && { password }) };
      tell(
        await clientOf(context, add).send<UserAfterJson>("POST", paths.users, wish),
        options,
        "may sign in",
      );
    },
  );

  const passwd = answering(
    users
      .command("passwd <name>")
      .description("give another password; whoever is signed in by that name is signed out"),
  ).option("--password-file <file>", passwordOption);
  example(passwd, "users passwd alice").action(async (name: string, options: WithPassword) => {
    const password = await passwordOf(options, context);
    tell(await change(passwd, name, { password }), options, "has another password");
  });

  const role = answering(
    users.command("role <name> <role>").description("make somebody viewer, operator or admin"),
  );
  example(role, "users role alice admin").action(async (name: string, to: string, options: Json) => {
    tell(await change(role, name, { role: roleOf(to) }), options, `is ${to} from now on`);
  });

  const reset = answering(
    users
      .command("reset-totp <name>")
      .description("ask for no second factor, for whoever has lost the phone"),
  );
  example(reset, "users reset-totp alice").action(async (name: string, options: Json) => {
    tell(await change(reset, name, { totp: false }), options, "needs no second factor");
  });

  const remove = users.command("remove <name>").description("nobody signs in by that name any more");
  example(remove, "users remove alice").action(async (name: string) => {
    await clientOf(context, remove).send("DELETE", paths.user(name));
    printer.line(`${name} may not sign in any more.`);
  });

  const change = (command: Command, name: string, wish: ChangeUserJson) =>
    clientOf(context, command).send<UserAfterJson>("PATCH", paths.user(name), wish);
  const tell = (user: UserAfterJson, { json }: Json, what: string): void => {
    if (json) printer.json(user);
    else {
      printer.line(`${user.name} (${user.role}) ${what}.`);
      if (user.password !== null) printer.line(`Password, shown this once: ${user.password}`);
    }
  };
}

function roleOf(text: string): Role {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw new WrongUsage(`a role is one of ${ROLES.join(", ")}`);
  return role;
}

/** Never an argument: those can be read by everybody on the machine. */
async function passwordOf({ passwordFile }: WithPassword, { io }: Context): Promise<string | null> {
  if (passwordFile === undefined) return null;
  const read = text(passwordFile === "-" ? io.input : createReadStream(passwordFile)).catch(
    (cause: unknown) => {
      throw new WrongUsage(
        `the password can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    },
  );
  return (await read).split(/\r?\n/, 1)[0] ?? "";
}
