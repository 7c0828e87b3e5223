import { Collector } from "../domain/notices/collect.js";
import {
  CHANNELS,
  NOTICE_KINDS,
  NOTICES_EXPLAINED,
  type ChannelName,
  type Message,
  type Notice,
  type NoticeKind,
} from "../domain/notices/notice.js";
import type { BanRefusal } from "./bans.js";
import type {
  Courier,
  Delivery,
  EmailSettings,
  NotificationSecrets,
  NotificationSettings,
  NotificationStore,
} from "./notification-ports.js";
import { Outbox } from "./outbox.js";
import type { After, Clock, Log, Stop } from "./ports.js";

export interface NotificationsParts {
  readonly store: NotificationStore;
  readonly couriers: Readonly<Record<ChannelName, Courier>>;
  /** Secrets of the environment, which go before stored ones. */
  readonly environment: Partial<NotificationSecrets>;
  /** Why the address is none that may be asked, as a sentence; null where it is one. */
  readonly faultOfUrl: (url: string) => string | null;
  readonly isLoopback: (host: string) => boolean;
  readonly newId: () => string;
  readonly newSecret: () => string;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

/** What is left out stays as it is; null takes it away. */
export interface NotificationChange {
  readonly email?:
    | (Pick<EmailSettings, "host" | "from" | "to"> & {
        readonly port?: number | undefined;
        readonly security?: EmailSettings["security"] | undefined;
        readonly user?: string | null | undefined;
        readonly password?: string | null | undefined;
        readonly ca?: string | null | undefined;
      })
    | null
    | undefined;
  readonly webhook?: { readonly url: string; readonly secret?: string | undefined } | null | undefined;
  readonly slack?: { readonly url?: string | undefined } | null | undefined;
  readonly collectMinutes?: number | undefined;
  readonly kinds?: Readonly<Partial<Record<NoticeKind, readonly ChannelName[]>>> | undefined;
}

type SecretFrom = "environment" | "stored" | null;

export interface NotificationsState {
  readonly settings: NotificationSettings;
  readonly secretsFrom: Readonly<Record<keyof NotificationSecrets, SecretFrom>>;
  /** Null: no address is set. */
  readonly slackHost: string | null;
  readonly kinds: readonly { readonly kind: NoticeKind; readonly channels: readonly ChannelName[] }[];
  readonly channels: readonly ({ readonly channel: ChannelName } & ReturnType<Outbox["state"]>)[];
}

export const NO_NOTIFICATIONS: NotificationSettings = {
  email: null,
  webhook: null,
  slack: null,
  collectMs: 10 * 60_000,
  kinds: {},
};
const NO_SECRETS: NotificationSecrets = { smtpPassword: null, webhookSecret: null, slackUrl: null };
/** A flood of happenings costs one write in so long. */
const WRITE_AFTER_MS = 1_000;
const PORTS = { starttls: 587, tls: 465, none: 25 } as const;

/** Tells people what they must know: the first of a kind at once, others collected, through the channels that are set up. */
export class Notifications {
  private settings = NO_NOTIFICATIONS;
  private stored = NO_SECRETS;
  private collector: Collector;
  private readonly outboxes: Readonly<Record<ChannelName, Outbox>>;
  private cancelDue: () => void = () => undefined;
  private cancelWrite: (() => void) | null = null;

  constructor(private readonly parts: NotificationsParts) {
    this.collector = new Collector(parts.newId);
    const outboxOf = (channel: ChannelName): Outbox =>
      new Outbox({ ...parts, channel, send: (messages) => this.send(channel, messages) });
    this.outboxes = { email: outboxOf("email"), webhook: outboxOf("webhook"), slack: outboxOf("slack") };
  }

  /** Throws a RingfenceError where the store fails. */
  start(): Stop {
    const { store, newId } = this.parts;
    const kept = store.load();
    this.settings = kept?.settings ?? NO_NOTIFICATIONS;
    this.stored = kept?.secrets ?? NO_SECRETS;
    this.collector = new Collector(newId, store.windows());
    for (const outbox of Object.values(this.outboxes)) outbox.start();
    this.waitForDue();
    return async () => {
      this.cancelDue();
      this.cancelWrite?.();
      this.write();
      await Promise.all(Object.values(this.outboxes).map((outbox) => outbox.stop()));
    };
  }

  notice(notice: Notice): void {
    if (this.channelsOf(notice.kind).length === 0) return;
    const message = this.collector.take(notice, this.parts.clock.nowMs(), this.settings.collectMs);
    if (message === null) {
      this.writeLater();
      return;
    }
    this.deliver(message);
    this.write();
    this.waitForDue();
  }

  state(): NotificationsState {
    const { settings } = this;
    const url = this.secrets().slackUrl;
    return {
      settings,
      secretsFrom: {
        smtpPassword: this.fromWhere("smtpPassword"),
        webhookSecret: this.fromWhere("webhookSecret"),
        slackUrl: this.fromWhere("slackUrl"),
      },
      slackHost: url === null || !URL.canParse(url) ? null : new URL(url).host,
      kinds: NOTICE_KINDS.map((kind) => ({ kind, channels: this.chosenFor(kind) })),
      channels: CHANNELS.filter((channel) => settings[channel] !== null).map((channel) => {
        return { channel, ...this.outboxes[channel].state() };
      }),
    };
  }

  /** All of it or nothing. `newWebhookSecret`: one that was made, which nobody can ask for later. */
  set(change: NotificationChange, by: string): { readonly newWebhookSecret: string | null } | BanRefusal {
    const { store, clock, newSecret, environment } = this.parts;
    const fault = this.faultOf(change);
    if (fault !== null) return { refused: "refused", message: fault };
    let secrets = this.stored;
    let newWebhookSecret: string | null = null;
    const { email, webhook, slack } = change;
    if (email !== undefined) {
      const password = email === null ? null : email.password;
      if (password !== undefined) secrets = { ...secrets, smtpPassword: password };
    }
    if (webhook === null) secrets = { ...secrets, webhookSecret: null };
    else if (webhook !== undefined) {
      const isNew = secrets.webhookSecret === null && (environment.webhookSecret ?? null) === null;
      if (webhook.secret === undefined && isNew) newWebhookSecret = newSecret();
      const secret = webhook.secret ?? newWebhookSecret;
      if (secret !== null) secrets = { ...secrets, webhookSecret: secret };
    }
    if (slack === null) secrets = { ...secrets, slackUrl: null };
    else if (slack?.url !== undefined) secrets = { ...secrets, slackUrl: slack.url };
    const settings = changed(this.settings, change);
    const words = `changed ${Object.keys(change).join(", ")}`;
    store.save(settings, secrets, { atMs: clock.nowMs(), by, change: words });
    this.settings = settings;
    this.stored = secrets;
    for (const channel of CHANNELS) {
      if (settings[channel] === null) this.outboxes[channel].clear();
      else if (change[channel] !== undefined) this.outboxes[channel].tryNow();
    }
    this.waitForDue();
    return { newWebhookSecret };
  }

  /** Sends a message that says that it is a test, at once. */
  async test(channel: ChannelName, by: string): Promise<Delivery | BanRefusal> {
    if (this.settings[channel] === null) {
      return { refused: "refused", message: `${channel} is not set up yet: nothing can be sent.` };
    }
    const { clock, newId, log } = this.parts;
    const atMs = clock.nowMs();
    const delivery = await this.send(channel, [
      {
        ...{ id: newId(), kind: "alarm", key: "test", title: "A test", count: 1 },
        ...{ firstAtMs: atMs, lastAtMs: atMs },
        lines: ["Somebody has pressed the test button. Nothing has happened."],
      },
    ]);
    log.info("a notification was tried out", { channel, by, ok: delivery.ok, detail: delivery.detail });
    this.outboxes[channel].note(delivery);
    if (delivery.ok) this.outboxes[channel].tryNow();
    return delivery;
  }

  private faultOf({ email, slack, webhook }: NotificationChange): string | null {
    const { faultOfUrl, isLoopback } = this.parts;
    if (email !== undefined && email !== null) {
      const next = emailOf(email);
      const hasPassword = next.user !== null || typeof email.password === "string";
      if (next.security === "none" && hasPassword && !isLoopback(next.host)) {
        return "A password is not sent without TLS: write security starttls or tls, or take user and password out.";
      }
    }
    if (webhook !== undefined && webhook !== null) {
      const fault = faultOfUrl(webhook.url);
      if (fault !== null) return fault;
    }
    if (slack !== undefined && slack !== null) {
      const url = slack.url ?? this.secrets().slackUrl;
      if (url === null) return "Slack needs the address of an incoming webhook: write it as url.";
      return faultOfUrl(url);
    }
    return null;
  }

  private deliver(message: Message): void {
    for (const channel of this.channelsOf(message.kind)) this.outboxes[channel].add(message);
  }

  private send(channel: ChannelName, messages: readonly Message[]): Promise<Delivery> {
    return this.parts.couriers[channel](messages, this.settings, this.secrets());
  }

  private chosenFor(kind: NoticeKind): readonly ChannelName[] {
    return this.settings.kinds[kind] ?? (NOTICES_EXPLAINED[kind].byDefault ? CHANNELS : []);
  }

  private channelsOf(kind: NoticeKind): ChannelName[] {
    return this.chosenFor(kind).filter((channel) => this.settings[channel] !== null);
  }

  private secrets(): NotificationSecrets {
    const { environment } = this.parts;
    return {
      smtpPassword: environment.smtpPassword ?? this.stored.smtpPassword,
      webhookSecret: environment.webhookSecret ?? this.stored.webhookSecret,
      slackUrl: environment.slackUrl ?? this.stored.slackUrl,
    };
  }

  private fromWhere(name: keyof NotificationSecrets): SecretFrom {
    if ((this.parts.environment[name] ?? null) !== null) return "environment";
    return this.stored[name] === null ? null : "stored";
  }

  private waitForDue(): void {
    this.cancelDue();
    const { clock, after } = this.parts;
    const nextMs = this.collector.nextMs(this.settings.collectMs);
    if (nextMs === null) return;
    this.cancelDue = after(Math.max(0, nextMs - clock.nowMs()), () => {
      for (const message of this.collector.due(clock.nowMs(), this.settings.collectMs)) this.deliver(message);
      this.write();
      this.waitForDue();
    });
  }

  private writeLater(): void {
    this.cancelWrite ??= this.parts.after(WRITE_AFTER_MS, () => {
      this.cancelWrite = null;
      this.write();
    });
  }

  /** What is not stored is told all the same, unless the daemon stops before. */
  private write(): void {
    const changes = this.collector.takeChanges();
    if (changes.length === 0) return;
    try {
      this.parts.store.saveWindows(changes);
    } catch (error) {
      this.parts.log.error("what was collected for notifications could not be stored", { error });
    }
  }
}

function changed(before: NotificationSettings, change: NotificationChange): NotificationSettings {
  const { email, webhook, slack, collectMinutes, kinds } = change;
  return {
    email: email === undefined ? before.email : email === null ? null : emailOf(email),
    webhook: webhook === undefined ? before.webhook : webhook === null ? null : { url: webhook.url },
    slack: slack === undefined ? before.slack : slack === null ? null : {},
    collectMs: collectMinutes === undefined ? before.collectMs : collectMinutes * 60_000,
    kinds: { ...before.kinds, ...kinds },
  };
}

function emailOf(email: NonNullable<NotificationChange["email"]>): EmailSettings {
  const { host, port, security = "starttls", user = null, from, to, ca = null } = email;
  return { host, port: port ?? PORTS[security], security, user, from, to, ca };
}
