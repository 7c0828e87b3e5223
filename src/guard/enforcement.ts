import type { Target } from "../domain/address.js";
import type { Clock, Firewall, FirewallChange, Shut } from "./ports.js";
import type { ShutBan } from "./repair.js";

export interface EnforcementParts {
  readonly firewall: Pick<Firewall, "apply">;
  readonly clock: Clock;
  /** The firewall did not take all of a batch. What it did not take waits for `retryRefused`. */
  readonly onFailure: (error: unknown) => void;
}

/** What is to become of a target: this ban, or no longer any. */
export type Wish = ShutBan | "open";
type Entry = readonly [Target, Wish];

/** A batch refused this often in a row is tried in parts, so that one entry can't hold up the others. */
const SPLIT_AFTER_FAILURES = 2;
/** A larger batch goes out in several changes: making the text of one keeps the main loop a millisecond or two for each thousand. */
const MOST_AT_ONCE = 5_000;
/** When so many parts in a row are refused, the fault is not in an entry. */
const MOST_IN_VAIN = 7;

/** The one lane to the firewall. Wishes that come while a batch is under way form the next one; the last wish for a
 *  target counts; none is forgotten until the firewall took it. */
export class Enforcement {
  /** To go out with the next batch. */
  private readonly pending = new Map<Target, Wish>();
  private readonly refused = new Map<Target, Wish>();
  private retried: ReadonlySet<Target> = new Set();
  private inFlight: readonly Entry[] = [];
  private sending: Promise<boolean> | null = null;
  private failures = 0;
  /** Whether the firewall is in place; nothing is sent before it is. */
  private open = false;

  constructor(private readonly parts: EnforcementParts) {}

  wish(target: Target, wish: Wish): void {
    this.pending.set(target, wish);
    this.refused.delete(target);
  }

  /** Sends what waits, at once. Resolves to whether nothing waits any more. */
  send(): Promise<boolean> {
    if (this.sending !== null) return this.sending;
    if (!this.open || this.pending.size === 0) return Promise.resolve(this.waiting() === 0);
    this.sending = this.sendPending();
    return this.sending;
  }

  /** Lets `send` work, or makes it hold everything back. */
  setOpen(open: boolean): void {
    this.open = open;
  }

  retryRefused(): void {
    this.retried = new Set(this.refused.keys());
    for (const [target, wish] of this.refused) this.pending.set(target, wish);
    this.refused.clear();
  }

  /** The targets of all wishes that the firewall has not yet taken. */
  targets(): Set<Target> {
    return new Set([
      ...this.pending.keys(),
      ...this.refused.keys(),
      ...this.inFlight.map(([target]) => target),
    ]);
  }

  waiting(): number {
    return this.pending.size + this.refused.size + this.inFlight.length;
  }

  private async sendPending(): Promise<boolean> {
    try {
      while (this.pending.size > 0) {
        this.inFlight = [...this.pending];
        this.pending.clear();
        const { refused, error } = await this.sendInParts(this.inFlight);
        const batch = this.inFlight;
        this.inFlight = [];
        if (refused.length === 0) {
          this.failures = 0;
          continue;
        }
        this.failures += 1;
        // What was wished in the meantime is newer.
        for (const [target, wish] of refused) if (!this.pending.has(target)) this.refused.set(target, wish);
        // While some go in, or only what was refused before did not, others will.
        if (refused.length === batch.length && refused.some(([target]) => !this.retried.has(target))) {
          this.open = false;
        }
        this.parts.onFailure(error);
        return false;
      }
      return this.refused.size === 0;
    } finally {
      this.sending = null;
    }
  }

  private async sendInParts(batch: readonly Entry[]): Promise<{ refused: Entry[]; error: unknown }> {
    const refused: Entry[] = [];
    let error: unknown = null;
    let inVain = 0;
    const parts = inParts(batch);
    for (const part of parts) {
      try {
        await this.parts.firewall.apply(changeOf(part, this.parts.clock.nowMs()));
        inVain = 0;
      } catch (thrown) {
        error = thrown;
        inVain += 1;
        const split = part.length > 1 && this.failures >= SPLIT_AFTER_FAILURES && inVain < MOST_IN_VAIN;
        const half = Math.ceil(part.length / 2);
        if (split) parts.push(part.slice(0, half), part.slice(half));
        else refused.push(...part);
      }
    }
    return { refused, error };
  }
}

function inParts(batch: readonly Entry[]): (readonly Entry[])[] {
  const parts: (readonly Entry[])[] = [];
  for (let from = 0; from < batch.length; from += MOST_AT_ONCE) {
    parts.push(batch.slice(from, from + MOST_AT_ONCE));
  }
  return parts;
}

function changeOf(entries: readonly Entry[], nowMs: number): FirewallChange {
  const shut: Shut[] = [];
  const open: Target[] = [];
  for (const [target, wish] of entries) {
    if (wish === "open") open.push(target);
    else if (wish.untilMs === null) shut.push({ target, timeoutMs: null, scope: wish.scope });
    else if (wish.untilMs > nowMs) {
      shut.push({ target, timeoutMs: wish.untilMs - nowMs, scope: wish.scope });
    }
  }
  return { shut, open };
}
