import type { Window } from "../../../src/domain/notices/collect.js";
import type { ChannelName, Message } from "../../../src/domain/notices/notice.js";
import type {
  DeliveryResult,
  NotificationSecrets,
  NotificationSettings,
  NotificationStore,
} from "../../../src/guard/notification-ports.js";

/** Keeps everything in memory, over restarts of what uses it; with `full` it takes nothing. */
export class FakeNotificationStore implements NotificationStore {
  full = false;
  writes = 0;
  saved: { settings: NotificationSettings; secrets: NotificationSecrets } | null = null;
  readonly kept = new Map<string, Window>();
  readonly queue: { channel: ChannelName; message: Message; atMs: number }[] = [];
  readonly results = new Map<ChannelName, DeliveryResult>();
  readonly tellings = new Map<string, number>();

  load() {
    return this.saved;
  }

  save(settings: NotificationSettings, secrets: NotificationSecrets): void {
    this.write();
    this.saved = { settings, secrets };
  }

  windows(): Window[] {
    return [...this.kept.values()];
  }

  saveWindows(changes: readonly { readonly key: string; readonly window: Window | null }[]): void {
    this.write();
    for (const { key, window } of changes) {
      if (window === null) this.kept.delete(key);
      else this.kept.set(key, window);
    }
  }

  waiting(channel: ChannelName) {
    return this.queue.filter((each) => each.channel === channel);
  }

  addWaiting(channel: ChannelName, message: Message, atMs: number): void {
    this.write();
    this.queue.push({ channel, message, atMs });
  }

  removeWaiting(channel: ChannelName, ids: readonly string[]): void {
    this.write();
    for (const id of ids) {
      const at = this.queue.findIndex((each) => each.channel === channel && each.message.id === id);
      if (at >= 0) this.queue.splice(at, 1);
    }
  }

  result(channel: ChannelName): DeliveryResult | null {
    return this.results.get(channel) ?? null;
  }

  saveResult(channel: ChannelName, result: DeliveryResult): void {
    this.write();
    this.results.set(channel, result);
  }

  toldAtMs(key: string): number | null {
    return this.tellings.get(key) ?? null;
  }

  told(key: string, atMs: number): void {
    this.write();
    this.tellings.set(key, atMs);
  }

  private write(): void {
    this.writes++;
    if (this.full) throw new Error("the disk is full");
  }
}
