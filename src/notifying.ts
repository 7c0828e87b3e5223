import { randomBytes, randomUUID } from "node:crypto";
import { isLoopback } from "./asterisk/hep/loopback.js";
import type { Feed } from "./guard/feed.js";
import { FenceWatch, type FenceWatchParts } from "./guard/fence-watch.js";
import { noticeOf } from "./guard/notices-of.js";
import { Notifications } from "./guard/notifications.js";
import type { After, Clock, Log, Stop } from "./guard/ports.js";
import { faultOfUrl } from "./notify/allowed-url.js";
import { sendMail } from "./notify/email.js";
import { postSlack } from "./notify/slack.js";
import { postWebhook } from "./notify/webhook.js";
import type { Database } from "./sqlite/database.js";
import { notificationStore } from "./sqlite/notification-store.js";

export interface NotifyingParts extends Pick<FenceWatchParts, "posts" | "decks"> {
  readonly db: Database;
  readonly feed: Pick<Feed, "subscribe">;
  /** Where people open the web UI. */
  readonly uiUrl: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
  readonly started: (stop: Stop) => void;
}

/** Tells people by mail and the like what happens, and when the fence does not stand. */
export function startNotifying({
  db,
  feed,
  env,
  uiUrl,
  posts,
  decks,
  started,
  ...parts
}: NotifyingParts): Notifications {
  const store = notificationStore(db);
  const notifications = new Notifications({
    ...parts,
    store,
    couriers: {
      email: (...of) => sendMail(...of, uiUrl),
      webhook: (...of) => postWebhook(...of, uiUrl),
      slack: (...of) => postSlack(...of, uiUrl),
    },
    environment: {
      smtpPassword: given(env["RINGFENCE_SMTP_PASSWORD"]),
      webhookSecret: given(env["RINGFENCE_WEBHOOK_SECRET"]),
      slackUrl: given(env["RINGFENCE_SLACK_URL"]),
    },
    faultOfUrl,
    isLoopback: (host) => host === "localhost" || isLoopback(host),
    newId: randomUUID,
    newSecret: () => randomBytes(32).toString("hex"),
  });
  started(notifications.start());
  const notice = notifications.notice.bind(notifications);
  const unsubscribe = feed.subscribe((happening) => {
    const found = noticeOf(happening, parts.clock.nowMs());
    if (found !== null) notice(found);
  });
  started(() => {
    unsubscribe();
    return Promise.resolve();
  });
  started(new FenceWatch({ ...parts, posts, decks, store, notice }).start());
  return notifications;
}

function given(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}
