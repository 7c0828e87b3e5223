import { z } from "zod";
import { CHANNELS, NOTICE_KINDS } from "../../domain/notices/notice.js";

export const NoticeKindSchema = z.enum(NOTICE_KINDS);
export const ChannelSchema = z.enum(CHANNELS);

/** Where a secret comes from; null: there is none. The environment's goes before a stored one. Secrets are never given back. */
const SecretFromSchema = z.enum(["environment", "stored"]).nullable();

/** `security`: `starttls` demands it, `tls` is from the first byte (port 465), `none` is for a relay on this machine or network.
 *  `ca`: PEM of the authority that signed the server's certificate, where no public one did. */
export const EmailSettingsSchema = z.object({
  host: z.string(),
  port: z.int(),
  security: z.enum(["starttls", "tls", "none"]),
  user: z.string().nullable(),
  password: SecretFromSchema,
  from: z.string(),
  to: z.array(z.string()),
  ca: z.string().nullable(),
});

export const WebhookSettingsSchema = z.object({ url: z.string(), secret: SecretFromSchema });
/** The address itself is the secret: only its host is given back. */
export const SlackSettingsSchema = z.object({ host: z.string(), url: SecretFromSchema });

export const ChannelStateSchema = z.object({
  channel: ChannelSchema,
  /** What was last tried; null: nothing yet. */
  last: z.object({ at: z.string(), ok: z.boolean(), detail: z.string() }).nullable(),
  lastOkAt: z.string().nullable(),
  /** Messages not delivered yet, and when they are tried next. */
  waiting: z.int(),
  nextTryAt: z.string().nullable(),
});

export const NotificationsSchema = z.object({
  /** Null: not set up. */
  email: EmailSettingsSchema.nullable(),
  webhook: WebhookSettingsSchema.nullable(),
  slack: SlackSettingsSchema.nullable(),
  /** After the first of a kind, which is told at once, others are collected for so long. */
  collectMinutes: z.int(),
  kinds: z.array(
    z.object({
      kind: NoticeKindSchema,
      title: z.string(),
      why: z.string(),
      channels: z.array(ChannelSchema),
    }),
  ),
  /** One for each channel that is set up. */
  channels: z.array(ChannelStateSchema),
  /** Only in the answer to the change that made it: the webhook's secret, which is never shown again. */
  newWebhookSecret: z.string().optional(),
});

const host = z.string().regex(/^[a-z0-9._:-]{1,253}$/i, "a host name or address, such as mail.example.org");
const address = z
  .string()
  .max(254)
  .regex(
    /^[^\s<>"'(),:;@\\[\]\p{Cc}]{1,64}@[a-z0-9.-]{1,190}$/iu,
    "a mail address, such as admin@example.org",
  );
const secretText = z.string().regex(/^[\x20-\x7e]{1,500}$/, "printable characters, at most 500");
const url = z
  .string()
  .max(2000)
  .regex(/^https?:\/\/[^\s\p{Cc}]+$/iu, "an address such as https://hooks.example.org/ringfence");

/** A secret that is left out stays as it is; null takes it away. */
export const SetEmailSchema = z.strictObject({
  host,
  port: z.int().min(1).max(65_535).optional(),
  security: z.enum(["starttls", "tls", "none"]).optional(),
  user: secretText.nullable().optional(),
  password: secretText.nullable().optional(),
  from: address,
  to: z.array(address).min(1, "at least one address").max(20, "at most 20 addresses"),
  ca: z.string().max(20_000).nullable().optional(),
});
export const SetWebhookSchema = z.strictObject({
  url,
  /** Left out: as it was; where there was none, one is made and told once. */
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, "16 to 200 printable characters without blanks")
    .optional(),
});
export const SetSlackSchema = z.strictObject({
  /** Left out: as it was. */
  url: url.optional(),
});

/** Only what is given changes; null takes a channel away. */
export const SetNotificationsSchema = z.strictObject({
  email: SetEmailSchema.nullable().optional(),
  webhook: SetWebhookSchema.nullable().optional(),
  slack: SetSlackSchema.nullable().optional(),
  collectMinutes: z.int().min(1).max(1440).optional(),
  kinds: z.partialRecord(NoticeKindSchema, z.array(ChannelSchema)).optional(),
});

export const TestNotificationSchema = z.strictObject({ channel: ChannelSchema });
/** `detail` says what the other side answered, for people. */
export const NotificationTestedSchema = z.object({ ok: z.boolean(), detail: z.string() });

export type NoticeKindJson = z.infer<typeof NoticeKindSchema>;
export type ChannelJson = z.infer<typeof ChannelSchema>;
export type NotificationsJson = z.infer<typeof NotificationsSchema>;
export type SetNotificationsJson = z.infer<typeof SetNotificationsSchema>;
export type TestNotificationJson = z.infer<typeof TestNotificationSchema>;
export type NotificationTestedJson = z.infer<typeof NotificationTestedSchema>;
