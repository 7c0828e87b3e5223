export const DAY_MS = 86_400_000;

/** The share of one call in a window. */
export interface Spending {
  readonly startedAtMs: number;
  /** Reserved while the call runs, then what it cost. Micro-dollars. */
  micros: number;
  running: boolean;
  /** More than a day ago: counted only as long as the call runs. */
  past: boolean;
}

/** What was spent within any 24 hours, exact to the call: a call counts from its start until a day later, and longer while it
 *  runs. Every operation takes the same short time however many calls there were. */
export class SpendWindow {
  /** By time of start. */
  private spendings: Spending[] = [];
  private first = 0;
  private micros = 0;

  add(startedAtMs: number, micros: number, running: boolean): Spending {
    const spending: Spending = { startedAtMs, micros, running, past: false };
    // A clock that was set back puts a call among earlier ones; all others come last.
    let at = this.spendings.length;
    while (at > this.first && (this.spendings[at - 1]?.startedAtMs ?? 0) > startedAtMs) at--;
    if (at === this.spendings.length) this.spendings.push(spending);
    else this.spendings.splice(at, 0, spending);
    this.micros += micros;
    return spending;
  }

  /** The call runs, and `micros` in all are set aside for it from now on. */
  reserve(spending: Spending, micros: number): void {
    this.micros += micros - spending.micros;
    spending.micros = micros;
  }

  /** The call is over and cost `micros`. */
  settle(spending: Spending, micros: number): void {
    const counted = spending.past ? 0 : micros;
    this.micros += counted - spending.micros;
    spending.micros = counted;
    spending.running = false;
  }

  /** Micro-dollars of the 24 hours before `nowMs`, with all that is reserved. */
  spent(nowMs: number): number {
    this.forget(nowMs - DAY_MS);
    return this.micros;
  }

  private forget(untilMs: number): void {
    for (;;) {
      const spending = this.spendings[this.first];
      if (spending === undefined || spending.startedAtMs > untilMs) break;
      spending.past = true;
      if (!spending.running) this.micros -= spending.micros;
      this.first++;
    }
    if (this.first < 1_024 || this.first * 2 < this.spendings.length) return;
    this.spendings = this.spendings.slice(this.first);
    this.first = 0;
  }
}
