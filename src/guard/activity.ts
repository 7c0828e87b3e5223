import type { ActivityKind, ActivityStore, After, Clock, Happening, Log, Stop } from "./ports.js";

export interface ActivityParts {
  readonly store: ActivityStore;
  /** Failed attempts since the start; may go down when one is forgiven. */
  readonly attempts: () => number;
  readonly after: After;
  readonly clock: Clock;
  readonly log: Log;
}

export const HOUR_MS = 3_600_000;
const WRITE_EVERY_MS = 60_000;
/** A quarter of a year of hours: 13,000 rows. */
const KEPT_MS = 92 * 24 * HOUR_MS;

/** Counts what happens by the hour, for charts. In memory on the way, and in the store once a minute: a flood costs an addition an
 *  event, and a crash at most a minute of the count. */
export class Activity {
  private readonly counted = new Map<ActivityKind, number>();
  private attemptsSeen = 0;
  private cancel: () => void = () => undefined;

  constructor(private readonly parts: ActivityParts) {}

  start(): Stop {
    this.attemptsSeen = this.parts.attempts();
    this.writeLater();
    return () => {
      this.cancel();
      this.write();
      return Promise.resolve();
    };
  }

  readonly happened = (happening: Happening): void => {
    switch (happening.type) {
      case "ban":
        this.count("bans", 1);
        return;
      case "block":
        this.count("blocks", 1);
        return;
      case "verdict": {
        const { decision, rate } = happening.verdict;
        this.count(decision === "allow" ? "calls-allowed" : "calls-refused", 1);
        if (decision === "refuse" && rate !== null) {
          this.count("refused-micros", rate.microsPerMinute + rate.connectionMicros);
        }
        return;
      }
      case "lift":
      case "unblock":
      case "lock":
      case "unlock":
      case "shadow":
      case "alarm":
      case "policy":
      case "import":
        return;
    }
  };

  /** What is counted goes to the hour that runs. What the store does not take is counted on, and written with the next. */
  write(): void {
    const { store, attempts, clock, log } = this.parts;
    const seen = attempts();
    this.count("attempts", seen - this.attemptsSeen);
    this.attemptsSeen = seen;
    const nowMs = clock.nowMs();
    const amounts = [...this.counted].filter(([, amount]) => amount !== 0);
    if (amounts.length === 0) return;
    try {
      store.add(nowMs - (nowMs % HOUR_MS), new Map(amounts));
      store.forget(nowMs - KEPT_MS);
      this.counted.clear();
    } catch (error) {
      log.warn("what happened could not be counted in the store; it is tried again", { error });
    }
  }

  private count(kind: ActivityKind, amount: number): void {
    if (amount !== 0) this.counted.set(kind, (this.counted.get(kind) ?? 0) + amount);
  }

  private writeLater(): void {
    this.cancel = this.parts.after(WRITE_EVERY_MS, () => {
      this.write();
      this.writeLater();
    });
  }
}
