import type { Window } from "../domain/notices/collect.js";
import type { ChannelName, Message, NoticeKind } from "../domain/notices/notice.js";

/** What telling people needs from the world. */

export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  readonly security: "starttls" | "tls" | "none";
  readonly user: string | null;
  readonly from: string;
  readonly to: readonly string[];
  /** PEM of the authority behind the server's certificate; null: the public ones. */
  readonly ca: string | null;
}

export interface NotificationSettings {
  readonly email: EmailSettings | null;
  readonly webhook: { readonly url: string } | null;
  readonly slack: Readonly<Record<string, never>> | null;
  readonly collectMs: number;
  /** Kinds that are left out go by default. */
  readonly kinds: Readonly<Partial<Record<NoticeKind, readonly ChannelName[]>>>;
}

export interface NotificationSecrets {
  readonly smtpPassword: string | null;
  readonly webhookSecret: string | null;
  /** Who knows it may write to the channel: the whole of it is secret. */
  readonly slackUrl: string | null;
}

/** `again`: it may go well later. `detail` is for people, and may hold words of the other side. */
export type Delivery =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly detail: string; readonly again: boolean };

/** Sends messages, all in one; settles within a minute or two, and rejects never. */
export type Courier = (
  messages: readonly Message[],
  settings: NotificationSettings,
  secrets: NotificationSecrets,
) => Promise<Delivery>;

/** One that links to the web UI. @param uiUrl where people open it; null, or left out: no link can be made */
export type LinkingCourier = (...of: [...Parameters<Courier>, uiUrl?: string | null]) => Promise<Delivery>;

export interface DeliveryResult {
  readonly atMs: number;
  readonly ok: boolean;
  readonly detail: string;
  readonly lastOkAtMs: number | null;
}

export interface NotificationStore {
  load(): { readonly settings: NotificationSettings; readonly secrets: NotificationSecrets } | null;
  /** With an audit row that holds no secret. */
  save(
    settings: NotificationSettings,
    secrets: NotificationSecrets,
    how: { readonly atMs: number; readonly by: string; readonly change: string },
  ): void;
  windows(): Window[];
  saveWindows(changes: readonly { readonly key: string; readonly window: Window | null }[]): void;
  /** Messages not delivered yet, oldest first. */
  waiting(channel: ChannelName): { readonly message: Message; readonly atMs: number }[];
  addWaiting(channel: ChannelName, message: Message, atMs: number): void;
  removeWaiting(channel: ChannelName, ids: readonly string[]): void;
  result(channel: ChannelName): DeliveryResult | null;
  saveResult(channel: ChannelName, result: DeliveryResult): void;
  /** When something that is told once in a while was told last. */
  toldAtMs(key: string): number | null;
  told(key: string, atMs: number): void;
}
