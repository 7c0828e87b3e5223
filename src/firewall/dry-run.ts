import type { Target } from "../domain/address.js";
import type { Clock, Firewall, FirewallChange, FirewallCounters, HeldShut, Log } from "../guard/ports.js";

/** Shuts nobody out: says in the log what it would do, and remembers it, so that everything around it works as usual. */
export class DryRun implements Firewall {
  readonly name = "dry-run";
  /** When each ends, in Unix milliseconds; null: until taken out. */
  private readonly ends = new Map<Target, number | null>();
  private prepared = false;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  prepare(): Promise<boolean> {
    const missing = !this.prepared;
    this.prepared = true;
    if (missing) this.log.warn("dry run: nobody is shut out; what would be is only logged");
    return Promise.resolve(missing);
  }

  apply({ shut, open }: FirewallChange): Promise<void> {
    const now = this.clock.nowMs();
    for (const target of open) {
      if (this.ends.delete(target)) this.log.info("dry run: would open", { target });
    }
    for (const { target, timeoutMs } of shut) {
      this.ends.set(target, timeoutMs === null ? null : now + timeoutMs);
      this.log.info("dry run: would shut out", { target, timeoutMs });
    }
    return Promise.resolve();
  }

  protect(targets: readonly Target[]): Promise<void> {
    this.log.info("dry run: would let pass whatever is banned", { targets });
    return Promise.resolve();
  }

  held(): Promise<HeldShut[]> {
    const now = this.clock.nowMs();
    for (const [target, end] of this.ends) if (end !== null && end <= now) this.ends.delete(target);
    return Promise.resolve(
      [...this.ends].map(([target, end]) => ({ target, expiresInMs: end === null ? null : end - now })),
    );
  }

  /** It drops nothing, ever. */
  counters(): Promise<FirewallCounters> {
    return Promise.resolve({ packets: 0, bytes: 0 });
  }

  remove(): Promise<void> {
    this.ends.clear();
    this.prepared = false;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
