import type { Source } from "../address.js";
import type { Proof } from "./ban.js";
import { NonceRing, SHARES, shareOf } from "./nonce-ring.js";

/** Entries of the rings; about 7 MB in all. */
export interface NonceLimits {
  /** Sent, and not answered yet. */
  readonly sent: number;
  /** Answered by who got them: nobody who only forges sources gets in here. */
  readonly answered: number;
  /** Sent to sources that have more than `perSource` in the first ring: they push out each other's alone. */
  readonly crowd: number;
  /** Found forged. */
  readonly forged: number;
  readonly perSource: number;
}

export const NONCE_LIMITS: NonceLimits = {
  sent: 131_072,
  answered: 32_768,
  crowd: 8_192,
  forged: 4_096,
  perSource: 512,
};

/** PJSIP's own form, alike on Asterisk 16 and 22: seconds, and an MD5 over them, the address, a secret and the realm. */
const FORM = /^([0-9]{1,10})\/[0-9a-f]{32}$/;
/** Between Asterisk's taking the time and its sending, and between two of its threads. */
const SLACK_MS = 1_000;
/** No phone keeps a nonce for longer: registrations are renewed within the day, and Asterisk's default is 32 s. */
const LONGEST_LIFE_MS = 24 * 3_600_000;
const STRETCHES_KEPT = 64;
/** A clock set back further than this, and not two threads at once. */
const SET_BACK_MS = 2_000;

interface Stretch {
  fromMs: number;
  toMs: number;
}

/** The ledger of the nonces that Asterisk sent, for PJSIP. Fed with what the mirror shows, in its order; all times are those of
 *  Asterisk's clock. What was forgotten or lost makes an answer unproven, never forged.
 *  `forged` says that no device at the address can have been given the nonce, and nothing of the password: Asterisk reveals by
 *  `stale=true` that a password is right even where the nonce is made up. Whoever really is at the address can guess like that. */
export class Nonces {
  private readonly sentRing: NonceRing;
  private readonly answeredRing: NonceRing;
  private readonly crowdRing: NonceRing;
  private readonly forgedRing: NonceRing;
  /** Everything since then was seen, but for `losses`. */
  private completeFromMs = Infinity;
  private heardMs = -Infinity;
  private losses: Stretch[] = [];
  /** Until when the crowd has pushed out its own, by a hash of the source. */
  private readonly crowdedOutMs = new Float64Array(SHARES);

  constructor(private readonly limits: NonceLimits = NONCE_LIMITS) {
    this.sentRing = new NonceRing(limits.sent);
    this.answeredRing = new NonceRing(limits.answered);
    this.crowdRing = new NonceRing(limits.crowd);
    this.forgedRing = new NonceRing(limits.forged);
  }

  /** Time of the latest that the mirror has shown. */
  get heardUntilMs(): number {
    return this.heardMs;
  }

  /** The mirror showed something of this time. */
  heard(atMs: number): void {
    if (this.completeFromMs === Infinity) this.completeFromMs = atMs;
    if (atMs < this.heardMs - SET_BACK_MS) {
      // The same seconds come a second time: what they brought the first time is not all that has their number.
      this.lost(atMs, this.heardMs);
      this.heardMs = atMs;
    }
    this.heardMs = Math.max(this.heardMs, atMs);
  }

  /** Asterisk challenged `source` with `nonce`. */
  sent(nonce: string, source: Source, atMs: number): void {
    this.heard(atMs);
    if (this.isHere(nonce, source)) return;
    if (this.sentRing.isCrowdedBy(source, this.limits.perSource)) {
      const gone = this.crowdRing.add(nonce, source, atMs);
      if (gone !== null) this.crowdedOutMs[gone.share] = gone.atMs + SLACK_MS;
      return;
    }
    const gone = this.sentRing.add(nonce, source, atMs);
    if (gone !== null) this.completeFromMs = Math.max(this.completeFromMs, gone.atMs + 1);
  }

  /** A request of `source` that carries `nonces` was seen. What is found here holds for `proofOf`, which may be asked when
   *  more has been lost. More than one nonce (a request can have several answers, and Asterisk's event names the first, read
   *  or not): one that went there proves them all. */
  answered(nonces: readonly string[], source: Source, atMs: number): Proof {
    this.heard(atMs);
    if (nonces.some((nonce) => this.isHere(nonce, source))) {
      for (const nonce of nonces) this.keep(nonce, source, atMs);
      return "returned";
    }
    // The mirror keeps the order: a challenge that this request answers would have been seen before it.
    const forged = nonces.filter((nonce) => this.cantBe(nonce, source, atMs));
    for (const nonce of forged) {
      if (this.forgedRing.find(nonce, source) !== "here") this.forgedRing.add(nonce, source, atMs);
    }
    return forged.length > 0 && forged.length === nonces.length ? "forged" : "unproven";
  }

  /** What is known of an answer with `nonce` that came from `source` at `atMs`. */
  proofOf(nonce: string, source: Source, atMs: number): Proof {
    if (this.isHere(nonce, source)) {
      this.keep(nonce, source, atMs);
      return "returned";
    }
    if (this.forgedRing.find(nonce, source) === "here") return "forged";
    if (this.mayStillCome(nonce, source)) return "unproven";
    return this.cantBe(nonce, source, atMs) ? "forged" : "unproven";
  }

  /** Whether `proofOf` knows nothing of this answer because the mirror may be a moment behind. */
  awaits(nonce: string, source: Source): boolean {
    if (!this.mayStillCome(nonce, source)) return false;
    return !this.isHere(nonce, source) && this.forgedRing.find(nonce, source) !== "here";
  }

  /** From `fromMs` to `toMs` the mirror may not have shown everything. */
  lost(fromMs: number, toMs = fromMs): void {
    this.losses.push({ fromMs, toMs });
    this.losses.sort((a, b) => a.fromMs - b.fromMs);
    this.losses = this.losses.reduce<Stretch[]>((merged, stretch) => {
      const last = merged.at(-1);
      if (last === undefined || stretch.fromMs > last.toMs + SLACK_MS) return [...merged, { ...stretch }];
      last.toMs = Math.max(last.toMs, stretch.toMs);
      return merged;
    }, []);
    while (this.losses.length > STRETCHES_KEPT) {
      const gone = this.losses.shift();
      if (gone !== undefined && this.completeFromMs !== Infinity) {
        this.completeFromMs = Math.max(this.completeFromMs, gone.toMs + 1);
      }
    }
  }

  /** Neither the request may have been seen yet, nor the challenge before it. */
  private mayStillCome(nonce: string, source: Source): boolean {
    const issuedMs = issuedAtMs(nonce);
    const isBehind = issuedMs !== null && issuedMs + 1_000 + SLACK_MS > this.heardMs;
    return isBehind && !this.isElsewhere(nonce, source);
  }

  private isHere(nonce: string, source: Source): boolean {
    return this.rings.some((ring) => ring.find(nonce, source) === "here");
  }

  private isElsewhere(nonce: string, source: Source): boolean {
    return this.rings.some((ring) => ring.find(nonce, source) === "elsewhere");
  }

  private get rings(): readonly NonceRing[] {
    return [this.sentRing, this.answeredRing, this.crowdRing];
  }

  private keep(nonce: string, source: Source, atMs: number): void {
    if (this.answeredRing.find(nonce, source) === "here") return;
    if (this.answeredRing.isCrowdedBy(source, this.limits.perSource)) return;
    this.answeredRing.add(nonce, source, atMs);
  }

  /** Whether it is certain that no device at `source` was given this nonce. */
  private cantBe(nonce: string, source: Source, atMs: number): boolean {
    // The address is part of what the nonce is made of: one that went elsewhere never went here.
    if (this.isElsewhere(nonce, source)) return true;
    const issuedMs = issuedAtMs(nonce);
    if (issuedMs === null || issuedMs < atMs - LONGEST_LIFE_MS) return true;
    const fromMs = issuedMs - SLACK_MS;
    const toMs = issuedMs + 1_000 + SLACK_MS;
    if (fromMs < this.completeFromMs || fromMs <= (this.crowdedOutMs[shareOf(source)] ?? 0)) return false;
    return !this.losses.some((loss) => loss.fromMs <= toMs && loss.toMs >= fromMs);
  }
}

function issuedAtMs(nonce: string): number | null {
  const seconds = FORM.exec(nonce)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}
