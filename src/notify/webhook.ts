import { createHmac } from "node:crypto";
import { type Message, NOTICES_EXPLAINED, todoOf } from "../domain/notices/notice.js";
import type { LinkingCourier } from "../guard/notification-ports.js";
import { postJson } from "./post.js";
import { headline, systemName } from "./text.js";

/** Posts all messages in one document, signed: `Ringfence-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY`
 *  under the secret. Who receives it checks that, and that SECONDS is no older than some minutes. */
export const postWebhook: LinkingCourier = async (messages, { webhook }, { webhookSecret }, uiUrl = null) => {
  if (webhook === null) return { ok: false, detail: "The webhook is not set up.", again: false };
  if (webhookSecret === null)
    return { ok: false, detail: "The webhook has no secret: set it again.", again: true };
  const body = JSON.stringify({
    version: 1,
    system: systemName(),
    headline: headline(messages),
    notices: messages.map((message) => noticeJson(message, uiUrl)),
  });
  const seconds = Math.floor(Date.now() / 1_000);
  return postJson(webhook.url, body, { "ringfence-signature": signature(body, seconds, webhookSecret) });
};

export function signature(body: string, seconds: number, secret: string): string {
  const mac = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${mac}`;
}

/** `lines` are passed on as they are: JSON holds any text, and who shows it must escape it. */
function noticeJson(message: Message, uiUrl: string | null) {
  const { id, kind, title, count, firstAtMs, lastAtMs, lines } = message;
  return {
    ...{ id, kind, title, count, lines, todo: todoOf(message) },
    url: uiUrl === null ? null : `${uiUrl}${NOTICES_EXPLAINED[kind].page}`,
    firstAt: new Date(firstAtMs).toISOString(),
    lastAt: new Date(lastAtMs).toISOString(),
  };
}
