import type { Message } from "../../src/domain/notices/notice.js";
import { NO_NOTIFICATIONS } from "../../src/guard/notifications.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { notificationStore } from "../../src/sqlite/notification-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

const message: Message = {
  ...{ id: "m1", kind: "spend", key: "spend-80", title: "Spend", count: 2, firstAtMs: 1, lastAtMs: 2 },
  lines: ['x"\n<script>\u0000'],
};

test("settings and secrets are kept, and the audit holds no secret", () => {
  const db = tempDatabase();
  const store = notificationStore(db);
  expect(store.load()).toBeNull();
  const secrets = {
    smtpPassword: "hunter2",
    webhookSecret: "topsecret",
    slackUrl: "https://hooks.slack.com/T/B/x",
  };
  const settings = {
    ...NO_NOTIFICATIONS,
    ...{ webhook: { url: "https://hooks.example.org" }, slack: {}, kinds: { spend: ["slack"] } as const },
    email: {
      ...({ host: "mail.example.org", port: 587, security: "starttls", user: "u", ca: null } as const),
      ...{ from: "a@example.org", to: ["b@example.org"] },
    },
  };
  store.save(settings, secrets, { atMs: 1_000, by: "cli:root", change: "changed email" });
  expect(store.load()).toEqual({ settings, secrets });
  const audit = auditStore(db).recent(10);
  expect(audit).toMatchObject([
    { subject: "notifications", change: "changed email", by: "cli:root", after: settings },
  ]);
  expect(JSON.stringify(audit)).not.toMatch(/hunter2|topsecret|T\/B\/x/);
});

test("what waits is kept in order, once each", () => {
  const store = notificationStore(tempDatabase());
  store.addWaiting("email", message, 1_000);
  store.addWaiting("email", message, 1_500);
  store.addWaiting("email", { ...message, id: "m2" }, 2_000);
  store.addWaiting("slack", message, 3_000);
  expect(store.waiting("email")).toEqual([
    { message, atMs: 1_000 },
    { message: { ...message, id: "m2" }, atMs: 2_000 },
  ]);
  store.removeWaiting("email", ["m1", "never"]);
  expect(store.waiting("email").map((each) => each.message.id)).toEqual(["m2"]);
  expect(store.waiting("slack")).toHaveLength(1);
});

test("windows, results and what was told are kept", () => {
  const store = notificationStore(tempDatabase());
  const { kind, key, title, count, firstAtMs, lastAtMs, lines } = message;
  const window = { kind, key, title, count, firstAtMs, lastAtMs, lines, openedAtMs: 5 };
  store.saveWindows([
    { key: "spend-80", window },
    { key: "gone", window: null },
  ]);
  expect(store.windows()).toEqual([window]);
  store.saveWindows([{ key: "spend-80", window: null }]);
  expect(store.windows()).toEqual([]);
  expect(store.result("email")).toBeNull();
  const result = { atMs: 1, ok: false, detail: "535 no", lastOkAtMs: null };
  store.saveResult("email", result);
  store.saveResult("email", { ...result, ok: true, lastOkAtMs: 2 });
  expect(store.result("email")).toEqual({ ...result, ok: true, lastOkAtMs: 2 });
  expect(store.toldAtMs("deck default")).toBeNull();
  store.told("deck default", 7);
  expect(store.toldAtMs("deck default")).toBe(7);
});
