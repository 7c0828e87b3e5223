import type { Target } from "../domain/address.js";
import type { BanScope } from "../domain/intrusion/ban.js";
import type {
  Clock,
  Firewall,
  FirewallChange,
  FirewallCounters,
  Flood,
  HeldShut,
  Log,
} from "../guard/ports.js";

/** Shuts nobody out: says in the log what it would do, and remembers it, so that everything around it works as usual. */
export class DryRun implements Firewall {
  readonly name = "dry-run";
  /** `untilMs` in Unix milliseconds; null: until taken out. */
  private readonly shut = new Map<Target, { untilMs: number | null; scope: BanScope }>();
  private prepared = false;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  notes(): readonly string[] {
    return ["Nobody is shut out, and nobody's packets are counted: this is a dry run."];
  }

  prepare(): Promise<boolean> {
    const missing = !this.prepared;
    this.prepared = true;
    if (missing) this.log.warn("dry run: nobody is shut out; what would be is only logged");
    return Promise.resolve(missing);
  }

  apply({ shut, open }: FirewallChange): Promise<void> {
    const now = this.clock.nowMs();
    for (const target of open) {
      if (this.shut.delete(target)) this.log.info("dry run: would open", { target });
    }
    for (const { target, timeoutMs, scope } of shut) {
      this.shut.set(target, { untilMs: timeoutMs === null ? null : now + timeoutMs, scope });
      this.log.info("dry run: would shut out", { target, timeoutMs, scope });
    }
    return Promise.resolve();
  }

  protect(targets: readonly Target[]): Promise<void> {
    this.log.info("dry run: would let pass whatever is banned", { targets });
    return Promise.resolve();
  }

  know(): Promise<void> {
    return Promise.resolve();
  }

  /** It sees no packets. */
  floods(): Promise<readonly Flood[]> {
    return Promise.resolve([]);
  }

  lastTried(): Promise<number | null> {
    return Promise.resolve(null);
  }

  held(): Promise<HeldShut[]> {
    const now = this.clock.nowMs();
    for (const [target, { untilMs }] of this.shut) {
      if (untilMs !== null && untilMs <= now) this.shut.delete(target);
    }
    return Promise.resolve(
      [...this.shut].map(([target, { untilMs, scope }]) => ({
        target,
        expiresInMs: untilMs === null ? null : untilMs - now,
        scope,
      })),
    );
  }

  /** It drops nothing, ever. */
  counters(): Promise<FirewallCounters> {
    return Promise.resolve({ packets: 0, bytes: 0 });
  }

  remove(): Promise<void> {
    this.shut.clear();
    this.prepared = false;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
