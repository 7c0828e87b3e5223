import type { Message } from "../../src/domain/notices/notice.js";
import type { Delivery } from "../../src/guard/notification-ports.js";
import { FenceWatch } from "../../src/guard/fence-watch.js";
import { noticeOf } from "../../src/guard/notices-of.js";
import { Notifications, type NotificationsParts } from "../../src/guard/notifications.js";
import type { Happening } from "../../src/guard/ports.js";
import { faultOfUrl } from "../../src/notify/allowed-url.js";
import { ban, block, FakeLog, target, verdict } from "../http/support/services.js";
import { FakeTime, START_MS } from "./support/fakes.js";
import { FakeNotificationStore } from "./support/notifications.js";

const MINUTE = 60_000;
const EMAIL = { host: "mail.example.org", from: "ringfence@example.org", to: ["admin@example.org"] };

function world(of: Partial<NotificationsParts> = {}) {
  const time = new FakeTime();
  const store = new FakeNotificationStore();
  const sent: { channel: string; messages: readonly Message[] }[] = [];
  const answers: Delivery[] = [];
  let ids = 0;
  const courier = (channel: string) => (messages: readonly Message[]) => {
    sent.push({ channel, messages });
    return Promise.resolve(answers.shift() ?? ({ ok: true, detail: "taken" } as const));
  };
  const parts: NotificationsParts = {
    store,
    couriers: { email: courier("email"), webhook: courier("webhook"), slack: courier("slack") },
    environment: {},
    faultOfUrl,
    isLoopback: (host) => host === "127.0.0.1",
    newId: () => `m${++ids}`,
    newSecret: () => "a-secret-that-was-made",
    clock: time,
    after: time.after,
    log: new FakeLog(),
    ...of,
  };
  const start = () => {
    const made = new Notifications(parts);
    return { made, stop: made.start() };
  };
  return { time, store, sent, answers, start };
}

const known = ban({ target: target("198.51.100.7"), standing: "known" });
const told = (happening: Happening) => noticeOf(happening, START_MS)!;

test.each<[Happening, string | null, string]>([
  [{ type: "ban", ban: known }, "known-source", "198.51.100.7 guessed passwords"],
  [{ type: "ban", ban: ban({ target: target("203.0.113.12") }) }, null, ""],
  [{ type: "ban", ban: { ...known, trigger: "by-hand" } }, null, ""],
  [
    { type: "ban", ban: { ...known, standing: "stranger", trigger: "call-attempts" } },
    "call-script",
    "placed too many calls",
  ],
  [{ type: "block", block: block({}) }, "known-source", "104 is shut to 198.51.100.7"],
  [{ type: "alarm", slug: "account-attacked", detail: "20 sources." }, "account-attacked", "20 sources."],
  [{ type: "alarm", slug: "spend-95", detail: "95 %." }, "spend", "95 %."],
  [{ type: "alarm", slug: "new-country", detail: "Jamaica." }, "first-country", "Jamaica."],
  [{ type: "alarm", slug: "call-script", detail: "Calls." }, "call-script", "Calls."],
  [{ type: "alarm", slug: "ban-failed", detail: "No." }, "failure", "No."],
  [{ type: "alarm", slug: "known-source-flood", detail: "Much." }, "alarm", "Much."],
  [{ type: "verdict", verdict: verdict() }, null, ""],
  [
    { type: "verdict", verdict: verdict({ decision: "allow", reason: "emergency", digits: "112" }) },
    "emergency-call",
    "Extension 100 dialled 112.",
  ],
  // Beside the verdict on the same call.
  [{ type: "alarm", slug: "emergency-call", detail: "100 called 112." }, null, ""],
  [{ type: "policy", version: 2 }, null, ""],
])("%j is told as %s", (happening, kind, words) => {
  const notice = noticeOf(happening, START_MS);
  expect(notice?.kind ?? null).toBe(kind);
  if (notice !== null) expect(notice.line).toContain(words);
});

test("without a channel nothing is collected or kept", async () => {
  const { start, store, sent, time } = world();
  const { made } = start();
  made.notice(told({ type: "ban", ban: known }));
  await time.pass(60 * MINUTE);
  expect(sent).toEqual([]);
  expect(store.writes).toBe(0);
});

test("ten thousand happenings in ten minutes are two mails, and few writes", async () => {
  const { start, store, sent, time } = world();
  const { made } = start();
  made.set({ email: EMAIL }, "cli");
  for (let n = 0; n < 10_000; n++) {
    made.notice(told({ type: "ban", ban: { ...known, target: target(`10.0.${n >> 8}.${n & 255}`) } }));
    if (n % 1_000 === 999) await time.pass(50_000);
  }
  await time.pass(10 * MINUTE);
  expect(sent.map(({ messages }) => messages.map(({ count }) => count))).toEqual([[1], [9_999]]);
  expect(store.writes).toBeLessThan(60);
});

test("each kind goes where it was set to go", async () => {
  const { start, sent, time } = world();
  const { made } = start();
  made.set(
    {
      email: EMAIL,
      webhook: { url: "https://hooks.example.org/x" },
      kinds: { spend: ["webhook"], failure: [] },
    },
    "cli",
  );
  made.notice(told({ type: "alarm", slug: "spend-80", detail: "80 %." }));
  made.notice(told({ type: "alarm", slug: "ban-failed", detail: "No." }));
  // Opt-in.
  made.notice(told({ type: "verdict", verdict: verdict({ decision: "allow", reason: "emergency" }) }));
  made.notice(told({ type: "ban", ban: known }));
  await time.pass(1_000);
  expect(sent.map(({ channel, messages }) => [channel, messages[0]?.kind])).toEqual([
    ["webhook", "spend"],
    ["email", "known-source"],
    ["webhook", "known-source"],
  ]);
});

test("what fails is tried again, later and later, in one, and survives a restart", async () => {
  const { start, store, sent, answers, time } = world();
  const first = start();
  first.made.set({ email: EMAIL }, "cli");
  answers.push({ ok: false, detail: "away", again: true }, { ok: false, detail: "away", again: true });
  first.made.notice(told({ type: "ban", ban: known }));
  await time.pass(5_000);
  first.made.notice(told({ type: "alarm", slug: "spend-80", detail: "80 %." }));
  await time.pass(1_000);
  expect(sent).toHaveLength(1);
  expect(first.made.state().channels).toMatchObject([
    { channel: "email", waiting: 2, result: { ok: false, detail: "away", lastOkAtMs: null } },
  ]);
  await time.pass(5_000);
  expect(sent).toHaveLength(2);
  await first.stop();

  const second = start();
  await time.pass(1_000);
  expect(sent.at(-1)?.messages.map(({ id }) => id)).toEqual(sent[1]?.messages.map(({ id }) => id));
  expect(sent.at(-1)?.messages).toHaveLength(2);
  expect(store.queue).toEqual([]);
  expect(second.made.state().channels).toMatchObject([{ waiting: 0, nextTryMs: null, result: { ok: true } }]);
});

test("what will never go is given up, and a full queue drops the oldest", async () => {
  const { start, store, answers, time } = world();
  const { made } = start();
  made.set({ email: EMAIL, collectMinutes: 1 }, "cli");
  answers.push({ ok: false, detail: "no such user", again: false });
  made.notice(told({ type: "ban", ban: known }));
  await time.pass(1_000);
  expect(store.queue).toEqual([]);
  answers.push(...Array.from({ length: 100 }, () => ({ ok: false, detail: "away", again: true }) as const));
  for (let n = 0; n < 120; n++) {
    made.notice(told({ type: "ban", ban: known }));
    await time.pass(2 * MINUTE);
  }
  expect(store.queue.length).toBeLessThanOrEqual(100);
});

test("a day old is too old", async () => {
  const { start, store, answers, time } = world();
  const { made } = start();
  made.set({ email: EMAIL }, "cli");
  answers.push(...Array.from({ length: 100 }, () => ({ ok: false, detail: "away", again: true }) as const));
  made.notice(told({ type: "ban", ban: known }));
  await time.pass(26 * 60 * MINUTE);
  expect(store.queue).toEqual([]);
});

test("a store that takes nothing costs nobody the message", async () => {
  const { start, store, sent, time } = world();
  const { made } = start();
  made.set({ email: EMAIL }, "cli");
  store.full = true;
  made.notice(told({ type: "alarm", slug: "ban-failed", detail: "The disk is full." }));
  await time.pass(1_000);
  expect(sent).toHaveLength(1);
});

test("secrets come from the environment first, and are never shown", () => {
  const { start, store } = world({ environment: { smtpPassword: "from outside" } });
  const { made } = start();
  made.set(
    {
      email: { ...EMAIL, user: "u", password: "stored" },
      slack: { url: "https://hooks.slack.com/services/T/B/x" },
    },
    "cli",
  );
  const { secretsFrom, slackHost } = made.state();
  expect(secretsFrom).toEqual({ smtpPassword: "environment", webhookSecret: null, slackUrl: "stored" });
  expect(slackHost).toBe("hooks.slack.com");
  expect(JSON.stringify(made.state())).not.toMatch(/from outside|stored"[^,}]*x|services/);
  made.set({ email: EMAIL }, "cli");
  expect(store.saved?.secrets.smtpPassword).toBe("stored");
  made.set({ email: null, slack: null }, "cli");
  expect(store.saved?.secrets).toEqual({ smtpPassword: null, webhookSecret: null, slackUrl: null });
});

test("a webhook's secret is made and told once", () => {
  const { start } = world();
  const { made } = start();
  const url = "https://hooks.example.org/x";
  expect(made.set({ webhook: { url } }, "cli")).toEqual({ newWebhookSecret: "a-secret-that-was-made" });
  expect(made.set({ webhook: { url } }, "cli")).toEqual({ newWebhookSecret: null });
});

test.each([
  [{ email: { ...EMAIL, security: "none" as const, user: "u", password: "p" } }, "without TLS"],
  [{ webhook: { url: "http://169.254.169.254/latest" } }, "link-local"],
  [{ webhook: { url: "https://u:p@hooks.example.org" } }, "user or password"],
  [{ webhook: { url: "ftp://hooks.example.org" } }, "https://"],
  [{ slack: {} }, "incoming webhook"],
])("%j is refused", (change, words) => {
  const { made } = world().start();
  expect(made.set(change, "cli")).toMatchObject({
    refused: "refused",
    message: expect.stringContaining(words),
  });
  expect(made.state().channels).toEqual([]);
});

test("the test button says what the other side answered", async () => {
  const { start, answers, sent } = world();
  const { made } = start();
  expect(await made.test("email", "cli")).toMatchObject({ refused: "refused" });
  made.set({ email: EMAIL }, "cli");
  answers.push({ ok: false, detail: "535 no", again: true });
  expect(await made.test("email", "cli")).toEqual({ ok: false, detail: "535 no", again: true });
  expect(made.state().channels).toMatchObject([{ result: { ok: false, detail: "535 no" }, waiting: 0 }]);
  expect(sent[0]?.messages[0]?.title).toBe("A test");
});

test("the fence is told as down after a minute, and as up again", async () => {
  const time = new FakeTime();
  const store = new FakeNotificationStore();
  const notices: string[] = [];
  let up = false;
  const decks = [{ name: "default", importedAtMs: START_MS - 40 * 86_400_000 }];
  const watch = new FenceWatch({
    posts: () => [
      { name: "kernel", up, vital: true, detail: "nft failed" },
      { name: "prices", up: false, vital: false, detail: "no deck" },
    ],
    decks: () => decks,
    store,
    notice: ({ key, line }) => void notices.push(`${key} ${line}`),
    clock: time,
    after: time.after,
    log: new FakeLog(),
  });
  const stop = watch.start();
  await time.pass(MINUTE);
  expect(notices).toEqual(["old-deck The rate deck default is 40 days old: import the newest prices."]);
  await time.pass(10 * MINUTE);
  expect(notices.slice(1)).toEqual(["fence-down kernel: nft failed."]);
  up = true;
  await time.pass(MINUTE);
  expect(notices.slice(2)).toEqual(["fence-up kernel: nft failed."]);
  // Asterisk restarts within a minute, and nobody need know.
  up = false;
  await time.pass(45_000);
  up = true;
  await time.pass(8 * 24 * 60 * MINUTE);
  expect(notices.slice(3)).toEqual([
    "old-deck The rate deck default is 47 days old: import the newest prices.",
  ]);
  await stop();
  expect(time.waiting).toBe(0);
});
