import { type Ledger, UNTOLD } from "../domain/calling/ledger.js";
import { limitsFor } from "../domain/calling/limits.js";
import { formatUsd } from "../domain/calling/money.js";
import type { Policy } from "../domain/policy.js";
import type { Clock, Log, SpendStore, Tell } from "./ports.js";

/** Per cent of a limit, dearest first. */
const LEVELS = [100, 95, 80] as const;

/** Tells once when 80, 95 and 100 % of what may be spent in 24 hours are reached; again only after the spend has been below 80 %.
 *  Running calls count with what they have cost so far. */
export class SpendWarnings {
  /** The system's under null. */
  private readonly told = new Map<string | null, number>();

  constructor(
    private readonly parts: {
      readonly store: Pick<SpendStore, "warned" | "warn">;
      readonly clock: Clock;
      readonly tell: Tell;
      readonly log: Log;
    },
  ) {
    for (const { extension, percent } of parts.store.warned()) this.told.set(extension, percent);
  }

  look(ledger: Ledger, policy: Policy): void {
    const nowMs = this.parts.clock.nowMs();
    const extensions = new Set(ledger.spenders(nowMs));
    for (const extension of this.told.keys()) if (extension !== null) extensions.add(extension);
    for (const extension of [null, ...extensions]) {
      const limit = limitOf(extension, policy);
      const spent = ledger.spent(extension, nowMs);
      const percent = percentOf(spent, limit);
      if (percent > 0 && limit !== null) this.reach(extension, percent, spent, limit);
      // What is reserved keeps calls out as well as what is spent.
      else if (percentOf(ledger.committed(extension, nowMs), limit) === 0) this.remember(extension, 0);
    }
  }

  /** A call was refused since what is left does not pay for it: to people the limit is reached. */
  refused(extension: string, ledger: Ledger, policy: Policy): void {
    const nowMs = this.parts.clock.nowMs();
    const left = (whose: string | null): number =>
      (limitOf(whose, policy) ?? Infinity) - ledger.committed(whose, nowMs);
    const whose = left(null) < left(extension) ? null : extension;
    const limit = limitOf(whose, policy);
    if (limit !== null) this.reach(whose, 100, ledger.committed(whose, nowMs), limit);
  }

  private reach(extension: string | null, percent: number, spent: number, limit: number): void {
    if (percent <= (this.told.get(extension) ?? 0)) return;
    this.remember(extension, percent);
    const whose = nameOf(extension);
    const detail =
      `${percent} % of what ${whose} may spend in 24 hours is reached: $${formatUsd(spent)} of $${formatUsd(limit)}.` +
      (percent === 100 ? " Calls that cost money are refused; emergency calls pass." : "");
    this.parts.log.warn("spend alarm", { extension, percent, spent, limit });
    this.parts.tell({ type: "alarm", slug: `spend-${percent}`, detail });
  }

  private remember(extension: string | null, percent: number): void {
    if ((this.told.get(extension) ?? 0) === percent) return;
    this.told.set(extension, percent);
    try {
      this.parts.store.warn({ extension, percent });
    } catch (error) {
      // At worst it is told once more after a restart.
      this.parts.log.error("a spend warning could not be stored", { error, extension, percent });
    }
  }
}

/** The highest level that is reached; 0: none. */
function percentOf(micros: number, limit: number | null): number {
  if (limit === null || micros === 0) return 0;
  return LEVELS.find((level) => micros * 100 >= limit * level) ?? 0;
}

function limitOf(extension: string | null, policy: Policy): number | null {
  if (extension === null) return policy.calling.limits.systemSpendMicros;
  return limitsFor(policy, extension === UNTOLD ? null : extension).spendMicros;
}

function nameOf(extension: string | null): string {
  if (extension === null) return "the whole system";
  if (extension === UNTOLD) return "callers that can't be told";
  return /^[\w.@+-]{1,80}$/.test(extension) ? `extension ${extension}` : "an extension";
}
