import type { MirrorLoss } from "./messages.js";

/** A challenge may have waited in Asterisk for as long before it was mirrored. */
const BACKLOG_MS = 1_000;
const SENDERS_KEPT = 8;

/** Finds out when the mirror may not have shown everything: packets that the kernel dropped, and a sender that is new, since
 *  Asterisk takes another port after a restart or a reload of res_hep. */
export class LossWatch {
  /** Packets dropped since the start. */
  lost = 0;
  private dropped = 0;
  private checkedFromMs = -Infinity;
  private lastAtMs: number | null = null;
  private readonly senders: number[] = [];

  /** @param drops of the socket since it was opened; null: can't be told */
  constructor(private readonly drops: () => number | null) {}

  /** A new socket counts from nothing. */
  opened(): void {
    this.dropped = 0;
  }

  /** A packet of `atMs` (Asterisk's time) came; returns what may have been missed before it. */
  heard(senderPort: number, atMs: number): MirrorLoss | null {
    const before = this.lastAtMs;
    this.lastAtMs = Math.max(before ?? atMs, atMs);
    if (this.senders.includes(senderPort)) return null;
    this.senders.push(senderPort);
    if (this.senders.length > SENDERS_KEPT) this.senders.shift();
    return before === null ? null : { fromMs: before, toMs: Math.max(before, atMs) };
  }

  /** Looks for drops since the last look; returns when they were. Where that can't be told, there may have been some. */
  check(nowMs: number): MirrorLoss | null {
    const fromMs = this.checkedFromMs;
    this.checkedFromMs = Math.min(nowMs, this.lastAtMs ?? nowMs) - BACKLOG_MS;
    const drops = this.drops();
    const since = drops === null ? null : drops - this.dropped;
    this.dropped = drops ?? this.dropped;
    if (since === 0) return null;
    this.lost += since ?? 0;
    return { fromMs: Math.max(fromMs, 0), toMs: nowMs };
  }

  /** Notes in `losses` that something of this time was let go of; those of one second become one. */
  missed(losses: MirrorLoss[], atMs: number): void {
    const last = losses.at(-1);
    if (last !== undefined && atMs >= last.fromMs && atMs - last.toMs < 1_000) {
      losses[losses.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, atMs) };
    } else losses.push({ fromMs: atMs, toMs: atMs });
  }
}
