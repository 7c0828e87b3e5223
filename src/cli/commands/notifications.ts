import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type {
  ChannelJson,
  NoticeKindJson,
  NotificationsJson,
  NotificationTestedJson,
  SetNotificationsJson,
  TestNotificationJson,
} from "../../http/contract.js";
import { paths } from "../../http/contract/paths.js";
import { answering, clientOf, type Context, example } from "../context.js";
import { EXIT, WrongUsage } from "../exit.js";
import { relative } from "../words.js";

interface Json {
  readonly json?: true;
}

/** Whom people are told what through. */
export function addNotifications(program: Command, context: Context): void {
  const notifications = program
    .command("notifications")
    .description("mail, webhook and Slack: what is told where, and how that went: show, set, test");
  const { printer } = context;

  const show = answering(notifications.command("show").description("the settings and the last results"));
  example(show, "notifications show").action(async (options: Json) => {
    const answer = await clientOf(context, show).get<NotificationsJson>(paths.notifications);
    if (options.json) printer.json(answer);
    else print(answer, context);
  });

  const set = answering(
    notifications
      .command("set")
      .description("change what a file of JSON holds; what it leaves out stays as it is"),
  ).argument("<file>", "or - for stdin");
  set.addHelpText("after", FORM);
  example(set, "notifications set mail.json").action(async (file: string, options: Json) => {
    const wish = wishIn(await textOf(file, context));
    const answer = await clientOf(context, set).send<NotificationsJson>("PUT", paths.notifications, wish);
    if (options.json) printer.json(answer);
    else print(answer, context);
  });

  const kind = answering(
    notifications.command("kind").description("where one kind of notice goes; without a channel: nowhere"),
  )
    .argument("<kind>", "such as spend; `notifications show` lists them")
    .argument("[channel...]", "email, webhook, slack");
  example(kind, "notifications kind emergency-call email", "notifications kind call-script").action(
    async (name: string, channels: readonly string[], options: Json) => {
      // The daemon says which there are.
      const wish = { kinds: { [name as NoticeKindJson]: channels as ChannelJson[] } } as SetNotificationsJson;
      const answer = await clientOf(context, kind).send<NotificationsJson>("PUT", paths.notifications, wish);
      if (options.json) printer.json(answer);
      else print(answer, context);
    },
  );

  const test = answering(
    notifications.command("test").description("send a message that says that it is a test"),
  ).argument("<channel>", "email, webhook or slack");
  example(test, "notifications test email").action(async (channel: string, options: Json) => {
    const wish: TestNotificationJson = { channel: channel as ChannelJson };
    const client = clientOf(context, test);
    const answer = await client.send<NotificationTestedJson>("POST", paths.testNotification, wish);
    if (!answer.ok) context.exitStatus = EXIT.refused;
    if (options.json) printer.json(answer);
    else
      printer.line(
        answer.ok ? `Sent. ${answer.detail}` : `Not sent. ${answer.detail}`,
        answer.ok ? "green" : "red",
      );
  });
}

const FORM = `
The file holds any of these; null takes a channel away, and secrets that are left out stay as they are:
  {"email":{"host":"mail.example.org","port":587,"security":"starttls","user":"ringfence","password":"…",
            "from":"ringfence@example.org","to":["admin@example.org"]},
   "webhook":{"url":"https://hooks.example.org/ringfence"},
   "slack":{"url":"https://hooks.slack.com/services/…"},
   "collectMinutes":10,"kinds":{"emergency-call":["email"]}}`;

function print(answer: NotificationsJson, { printer, io }: Context): void {
  const { email, webhook, slack } = answer;
  if (email !== null) {
    printer.line(
      `email: ${email.to.join(", ")} through ${email.host}:${email.port} (${email.security})`,
      "bold",
    );
  }
  if (webhook !== null) printer.line(`webhook: ${webhook.url}`, "bold");
  if (slack !== null) printer.line(`slack: ${slack.host}`, "bold");
  if (answer.channels.length === 0)
    printer.line("Nobody is told anything: ringfence notifications set --help");
  for (const { channel, last, waiting, nextTryAt } of answer.channels) {
    if (last !== null) {
      const when = relative(last.at, io.nowMs());
      printer.line(`  ${channel}, ${when}: ${last.detail}`, last.ok ? "green" : "red");
    }
    if (waiting > 0) {
      const next = nextTryAt === null ? "" : `, tried again ${relative(nextTryAt, io.nowMs())}`;
      printer.line(`  ${channel}: ${waiting} waiting${next}`);
    }
  }
  printer.line(`The first of a kind is told at once, others are collected for ${answer.collectMinutes} min.`);
  printer.table(
    [{ title: "KIND" }, { title: "GOES TO" }, { title: "WHAT" }],
    answer.kinds.map(({ kind, channels, title }) => [
      kind,
      channels.length === 0 ? "nowhere" : channels.join(", "),
      title,
    ]),
  );
  if (answer.newWebhookSecret !== undefined) {
    printer.line(`The webhook's secret is ${answer.newWebhookSecret}. It is not shown again.`);
  }
}

async function textOf(file: string, { io }: Context): Promise<string> {
  if (file !== "-") {
    try {
      return readFileSync(file, "utf8");
    } catch (cause) {
      throw new WrongUsage(
        `${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    }
  }
  let text = "";
  for await (const piece of io.input) text += String(piece);
  return text;
}

function wishIn(text: string): SetNotificationsJson {
  try {
    return JSON.parse(text) as SetNotificationsJson;
  } catch {
    throw new WrongUsage("That is no JSON: see ringfence notifications set --help");
  }
}
