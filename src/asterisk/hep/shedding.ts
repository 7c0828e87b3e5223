import type { Source } from "../../domain/address.js";
import type { Sighting } from "../../domain/intrusion/sighting.js";

/** How many are let through in a second. What answers a challenge is worth more than what does not. */
export interface SheddingLimits {
  readonly challenges: number;
  readonly answering: number;
  readonly answeringOfSource: number;
  readonly others: number;
  readonly othersOfSource: number;
}

export const SHEDDING_LIMITS: SheddingLimits = {
  challenges: 20_000,
  answering: 10_000,
  answeringOfSource: 100,
  others: 2_000,
  othersOfSource: 20,
};

/** Thins out a flood, so that reading it costs the daemon little: first the requests of whoever floods, that answer nothing
 *  and prove nothing. A nonce that is the same as the last one told of is no news: Asterisk makes one a second for an address. */
export class Shedding {
  /** Sightings let go of. */
  shed = 0;
  private second = 0;
  private challenges = 0;
  private answering = 0;
  private others = 0;
  private readonly lastNonce = new Map<Source, string>();
  private readonly answeringOf = new Map<Source, number>();
  private readonly othersOf = new Map<Source, number>();

  constructor(private readonly limits: SheddingLimits = SHEDDING_LIMITS) {}

  /** `lost`: a challenge had to be let go of, so the ledger of nonces has a hole at this time. */
  judge(sighting: Sighting): "tell" | "shed" | "lost" {
    this.turn(sighting.atMs);
    const { limits } = this;
    if (sighting.type === "challenge") {
      if (this.lastNonce.get(sighting.source) === sighting.nonce) return "shed";
      this.lastNonce.set(sighting.source, sighting.nonce);
      return ++this.challenges <= limits.challenges ? "tell" : this.drop("lost");
    }
    const answers = sighting.type === "request" && sighting.nonce !== null;
    const mine = countOf(answers ? this.answeringOf : this.othersOf, sighting.source);
    if (mine > (answers ? limits.answeringOfSource : limits.othersOfSource)) return this.drop("shed");
    const all = answers ? ++this.answering : ++this.others;
    return all <= (answers ? limits.answering : limits.others) ? "tell" : this.drop("shed");
  }

  private drop<T>(how: T): T {
    this.shed++;
    return how;
  }

  private turn(atMs: number): void {
    const second = Math.floor(atMs / 1_000);
    // Times go back and forth by a few milliseconds, and for good when the clock is set back.
    if (second === this.second || second === this.second - 1) return;
    this.second = second;
    this.challenges = this.answering = this.others = 0;
    for (const map of [this.lastNonce, this.answeringOf, this.othersOf]) map.clear();
  }
}

function countOf(counts: Map<Source, number>, source: Source): number {
  const count = (counts.get(source) ?? 0) + 1;
  counts.set(source, count);
  return count;
}
