import { createHash } from "node:crypto";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Source } from "../../domain/address.js";
import { TooMany } from "../errors.js";

/** As for logins to AMI and ARI: 5 in 10 minutes from one address. */
const OF_SOURCE = { points: 5, duration: 600 };
/** Of one name from addresses that it was never used at: guesses that come from many addresses. */
const OF_NAME = { points: 20, duration: 900 };
/** Hashing takes memory and a core for a while. */
const AT_ONCE = 4;
const WAITING = 32;

/** Holds guesses at passwords up: what is begun counts until it has succeeded. */
export class SignInLimits {
  private readonly bySource = new RateLimiterMemory(OF_SOURCE);
  private readonly byName = new RateLimiterMemory(OF_NAME);
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** Runs `attempt`, which says whether it was a failure. Throws TooMany without running it where there were too many.
   *  @param known whether the name has been used from there before: then others' guesses don't hold it up */
  async attempt<T extends object>(
    source: Source,
    name: string,
    known: boolean,
    attempt: () => Promise<T>,
  ): Promise<T> {
    await taken(this.bySource, source);
    const key = createHash("sha256").update(name).digest("base64");
    if (!known) await taken(this.byName, key);
    const result = await this.inTurn(attempt);
    if (!("failed" in result) || result.failed === "second") {
      await this.bySource.reward(source);
      if (!known) await this.byName.reward(key);
    }
    return result;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= WAITING)
        throw new TooMany("Too many people sign in at once: try again in a moment.", 5);
      await new Promise<void>((go) => this.waiting.push(go));
    }
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }
}

async function taken(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (fault) {
    if (!(fault instanceof RateLimiterRes)) throw fault;
    const seconds = Math.max(1, Math.ceil(fault.msBeforeNext / 1000));
    const wait = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
    throw new TooMany(`Too many failed sign-ins: wait ${wait}.`, seconds);
  }
}
