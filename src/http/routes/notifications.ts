import { Router } from "express";
import { NOTICES_EXPLAINED } from "../../domain/notices/notice.js";
import {
  type NotificationsJson,
  type NotificationTestedJson,
  paths,
  SetNotificationsSchema,
  TestNotificationSchema,
} from "../contract.js";
import { callerOf, done, parsed } from "../parse.js";
import type { NotificationService, Services } from "../services.js";

/** Whom people are told what through. */
export function notificationRoutes({ notifications }: Pick<Services, "notifications">): Router {
  const router = Router();
  router.get(paths.notifications, (_request, response) => {
    response.json(notificationsJson(notifications) satisfies NotificationsJson);
  });
  router.put(paths.notifications, (request, response) => {
    const change = parsed(SetNotificationsSchema, request.body);
    const { newWebhookSecret } = done(notifications.set(change, callerOf(request)));
    const state = notificationsJson(notifications);
    const answer = newWebhookSecret === null ? state : { ...state, newWebhookSecret };
    response.json(answer satisfies NotificationsJson);
  });
  router.post(paths.testNotification, async (request, response) => {
    const { channel } = parsed(TestNotificationSchema, request.body);
    const { ok, detail } = done(await notifications.test(channel, callerOf(request)));
    response.json({ ok, detail } satisfies NotificationTestedJson);
  });
  return router;
}

function notificationsJson(notifications: NotificationService): NotificationsJson {
  const { settings, secretsFrom, slackHost, kinds, channels } = notifications.state();
  const { email, webhook, slack, collectMs } = settings;
  return {
    email: email === null ? null : { ...email, to: [...email.to], password: secretsFrom.smtpPassword },
    webhook: webhook === null ? null : { url: webhook.url, secret: secretsFrom.webhookSecret },
    slack: slack === null ? null : { host: slackHost ?? "", url: secretsFrom.slackUrl },
    collectMinutes: Math.round(collectMs / 60_000),
    kinds: kinds.map(({ kind, channels: chosen }) => {
      const { title, why } = NOTICES_EXPLAINED[kind];
      return { kind, title, why, channels: [...chosen] };
    }),
    channels: channels.map(({ channel, result, waiting, nextTryMs }) => ({
      channel,
      last: result === null ? null : { at: timeOf(result.atMs), ok: result.ok, detail: result.detail },
      lastOkAt: result?.lastOkAtMs == null ? null : timeOf(result.lastOkAtMs),
      waiting,
      nextTryAt: nextTryMs === null ? null : timeOf(nextTryMs),
    })),
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
