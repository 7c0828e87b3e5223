import { z } from "zod";
import type { Window } from "../domain/notices/collect.js";
import { CHANNELS, NOTICE_KINDS, type Message } from "../domain/notices/notice.js";
import type {
  DeliveryResult,
  NotificationSecrets,
  NotificationSettings,
  NotificationStore,
} from "../guard/notification-ports.js";
import { auditWriter } from "./audit.js";
import { durably, type Database } from "./database.js";
import { idOf, jsonText, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

/** Whom to tell what, what is collected and what waits. Secrets are in no audit row. */
export function notificationStore(db: Database): NotificationStore {
  const load = db.prepare("SELECT settings, secrets FROM notification_settings");
  const save = db.prepare(
    `INSERT INTO notification_settings (id, settings, secrets) VALUES (1, @settings, @secrets)
     ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, secrets = excluded.secrets`,
  );
  const windows = db.prepare("SELECT key, window FROM notification_windows ORDER BY key");
  const putWindow = db.prepare(
    `INSERT INTO notification_windows (key, window) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET window = excluded.window`,
  );
  const dropWindow = db.prepare("DELETE FROM notification_windows WHERE key = ?");
  const waiting = db.prepare("SELECT * FROM notification_outbox WHERE channel = ? ORDER BY id");
  const add = db.prepare(
    `INSERT INTO notification_outbox (channel, message_id, message, at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (channel, message_id) DO NOTHING`,
  );
  const drop = db.prepare("DELETE FROM notification_outbox WHERE channel = ? AND message_id = ?");
  const result = db.prepare("SELECT * FROM notification_results WHERE channel = ?");
  const putResult = db.prepare(
    `INSERT INTO notification_results (channel, at_ms, ok, detail, last_ok_at_ms)
     VALUES (@channel, @atMs, @ok, @detail, @lastOkAtMs)
     ON CONFLICT (channel) DO UPDATE SET at_ms = excluded.at_ms, ok = excluded.ok, detail = excluded.detail,
       last_ok_at_ms = excluded.last_ok_at_ms`,
  );
  const told = db.prepare("SELECT at_ms FROM notification_told WHERE key = ?").pluck();
  const tell = db.prepare(
    "INSERT INTO notification_told (key, at_ms) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET at_ms = excluded.at_ms",
  );
  const audit = auditWriter(db);
  const loaded = (): z.infer<typeof settingsRow> | null => {
    const row = load.get();
    return row === undefined ? null : parseRow("notification_settings", 1, settingsRow, row);
  };
  const saveWindows = db.transaction((changes: Parameters<NotificationStore["saveWindows"]>[0]) => {
    for (const { key, window } of changes) {
      if (window === null) dropWindow.run(key);
      else putWindow.run(key, JSON.stringify(window));
    }
  });
  const dropAll = db.transaction((channel: string, ids: readonly string[]) => {
    for (const id of ids) drop.run(channel, id);
  });

  return {
    load: () => inStore("read the notification settings", loaded),
    save: (settings, secrets, { atMs, by, change }) =>
      inStore("store the notification settings", () =>
        durably(db, () => {
          const before = loaded()?.settings ?? null;
          save.run({ settings: JSON.stringify(settings), secrets: JSON.stringify(secrets) });
          audit({ subject: "notifications", atMs, by, change, before, after: settings });
        }),
      ),
    windows: () =>
      inStore("read what is collected", () =>
        windows.all().map((row) => parseRow("notification_windows", idOf(row, "key"), windowRow, row)),
      ),
    saveWindows: (changes) => inStore("store what is collected", () => saveWindows.immediate(changes)),
    waiting: (channel) =>
      inStore("read the notifications that wait", () =>
        waiting.all(channel).map((row) => parseRow("notification_outbox", idOf(row), waitingRow, row)),
      ),
    addWaiting: (channel, message, atMs) =>
      inStore("store a notification", () => void add.run(channel, message.id, JSON.stringify(message), atMs)),
    removeWaiting: (channel, ids) =>
      inStore("remove notifications", () => {
        dropAll.immediate(channel, ids);
      }),
    result: (channel) =>
      inStore("read how a notification went", () => {
        const row = result.get(channel);
        return row === undefined ? null : parseRow("notification_results", channel, resultRow, row);
      }),
    saveResult: (channel, how) =>
      inStore("store how a notification went", () => {
        putResult.run({ ...how, channel, ok: how.ok ? 1 : 0 });
      }),
    toldAtMs: (key) =>
      inStore("read what was told", () => {
        const atMs = told.get(key);
        return typeof atMs === "number" ? atMs : null;
      }),
    told: (key, atMs) => inStore("store what was told", () => void tell.run(key, atMs)),
  };
}

const kind = z.enum(NOTICE_KINDS);
const counted = {
  key: z.string(),
  kind,
  title: z.string(),
  count: z.int(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  lines: z.array(z.string()),
};
const message: z.ZodType<Message> = z.object({ id: z.string(), ...counted });
const window: z.ZodType<Window> = z.object({ openedAtMs: z.number(), ...counted });
const settings: z.ZodType<NotificationSettings> = z.object({
  email: z.nullable(
    z.object({
      host: z.string(),
      port: z.int(),
      security: z.enum(["starttls", "tls", "none"]),
      user: z.nullable(z.string()),
      from: z.string(),
      to: z.array(z.string()),
      ca: z.nullable(z.string()),
    }),
  ),
  webhook: z.nullable(z.object({ url: z.string() })),
  slack: z.nullable(z.record(z.string(), z.never())),
  collectMs: z.int(),
  kinds: z.partialRecord(kind, z.array(z.enum(CHANNELS))),
});
const secrets: z.ZodType<NotificationSecrets> = z.object({
  smtpPassword: z.nullable(z.string()),
  webhookSecret: z.nullable(z.string()),
  slackUrl: z.nullable(z.string()),
});

const settingsRow = z.object({ settings: jsonText(settings), secrets: jsonText(secrets) });
const windowRow = z.object({ window: jsonText(window) }).transform((row) => row.window);
const waitingRow = z
  .object({ message: jsonText(message), at_ms: z.int() })
  .transform((row) => ({ message: row.message, atMs: row.at_ms }));
const resultRow = z
  .object({ at_ms: z.int(), ok: z.int(), detail: z.string(), last_ok_at_ms: z.nullable(z.int()) })
  .transform((row): DeliveryResult => {
    return { atMs: row.at_ms, ok: row.ok === 1, detail: row.detail, lastOkAtMs: row.last_ok_at_ms };
  });
