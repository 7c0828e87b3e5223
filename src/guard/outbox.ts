import type { ChannelName, Message } from "../domain/notices/notice.js";
import type { Delivery, DeliveryResult, NotificationStore } from "./notification-ports.js";
import type { After, Clock, Log } from "./ports.js";

export interface OutboxParts {
  readonly channel: ChannelName;
  readonly send: (messages: readonly Message[]) => Promise<Delivery>;
  readonly store: Pick<
    NotificationStore,
    "waiting" | "addWaiting" | "removeWaiting" | "result" | "saveResult"
  >;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

/** Of a channel that has been away for long, the oldest messages go. */
const MOST = 100;
/** What waits goes in one: a channel that is back is not flooded with what it missed. */
const AT_ONCE = 25;
const RETRY_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000];
const LAST_RETRY_MS = 3_600_000;
/** A message from yesterday warns nobody. */
const TOO_OLD_MS = 24 * 3_600_000;
const STOP_MS = 2_000;

/** The messages of one channel until they are delivered, over restarts too. What the store does not take is delivered from memory. */
export class Outbox {
  private waiting: { readonly message: Message; readonly atMs: number }[] = [];
  private result: DeliveryResult | null = null;
  private failures = 0;
  private dueMs = 0;
  private sending: Promise<void> | null = null;
  private cancel: () => void = () => undefined;
  private stopped = false;

  constructor(private readonly parts: OutboxParts) {}

  start(): void {
    const { store, channel } = this.parts;
    this.waiting = store.waiting(channel);
    this.result = store.result(channel);
    this.pump();
  }

  /** What is under way may end; what waits is kept for the next start. */
  async stop(): Promise<void> {
    this.cancel();
    const tooLong = new Promise<void>((resolve) => {
      this.cancel = this.parts.after(STOP_MS, resolve);
    });
    await Promise.race([this.sending ?? Promise.resolve(), tooLong]);
    this.cancel();
    this.stopped = true;
  }

  add(message: Message): void {
    const { store, channel, clock, log } = this.parts;
    const atMs = clock.nowMs();
    this.waiting.push({ message, atMs });
    this.inStore(() => store.addWaiting(channel, message, atMs));
    if (this.waiting.length > MOST) {
      const dropped = this.waiting.slice(0, -MOST).map((each) => each.message.id);
      log.warn("notifications were dropped, since too many wait", { channel, dropped: dropped.length });
      this.drop(dropped);
    }
    this.pump();
  }

  /** The settings have changed: what failed may go now. */
  tryNow(): void {
    this.failures = 0;
    this.dueMs = 0;
    this.pump();
  }

  /** Nobody is to be told through this channel any more. */
  clear(): void {
    this.drop(this.waiting.map(({ message }) => message.id));
  }

  state(): {
    readonly result: DeliveryResult | null;
    readonly waiting: number;
    readonly nextTryMs: number | null;
  } {
    const nextTryMs = this.waiting.length === 0 || this.failures === 0 ? null : this.dueMs;
    return { result: this.result, waiting: this.waiting.length, nextTryMs };
  }

  /** What was tried outside of the queue, for the test button. */
  note(delivery: Delivery): void {
    const { store, channel, clock } = this.parts;
    const atMs = clock.nowMs();
    const lastOkAtMs = delivery.ok ? atMs : (this.result?.lastOkAtMs ?? null);
    this.result = { atMs, ok: delivery.ok, detail: delivery.detail, lastOkAtMs };
    const { result } = this;
    this.inStore(() => store.saveResult(channel, result));
  }

  private pump(): void {
    if (this.stopped || this.sending !== null || this.waiting.length === 0) return;
    this.cancel();
    const waitMs = this.dueMs - this.parts.clock.nowMs();
    if (waitMs > 0) {
      this.cancel = this.parts.after(waitMs, () => this.pump());
      return;
    }
    this.sending = this.sendSome().finally(() => {
      this.sending = null;
      this.pump();
    });
  }

  private async sendSome(): Promise<void> {
    const { send, channel, clock, log } = this.parts;
    const batch = this.waiting.slice(0, AT_ONCE).map(({ message }) => message);
    const delivery = await send(batch);
    if (this.stopped) return;
    this.note(delivery);
    if (delivery.ok) {
      this.failures = 0;
      this.dueMs = 0;
      this.drop(batch.map(({ id }) => id));
      log.info("people were notified", { channel, messages: batch.length });
      return;
    }
    const retryMs = RETRY_MS[this.failures] ?? LAST_RETRY_MS;
    log.warn("people could not be notified", {
      ...{ channel, detail: delivery.detail, messages: batch.length },
      againInMs: delivery.again ? retryMs : null,
    });
    if (!delivery.again) {
      this.drop(batch.map(({ id }) => id));
      return;
    }
    this.failures += 1;
    const nowMs = clock.nowMs();
    this.dueMs = nowMs + retryMs;
    const old = this.waiting.filter(({ atMs }) => nowMs - atMs >= TOO_OLD_MS);
    this.drop(old.map(({ message }) => message.id));
  }

  private drop(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const { store, channel } = this.parts;
    this.waiting = this.waiting.filter(({ message }) => !ids.includes(message.id));
    this.inStore(() => store.removeWaiting(channel, ids));
  }

  /** People must hear of a full disk too: what can't be stored is sent all the same. */
  private inStore(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.parts.log.error("a notification could not be stored", { channel: this.parts.channel, error });
    }
  }
}
