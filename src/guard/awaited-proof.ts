import type { Source } from "../domain/address.js";
import type { Nonces } from "../domain/intrusion/nonces.js";
import type { Evidence, SecurityEvent } from "../domain/intrusion/security-event.js";
import type { Sighting } from "../domain/intrusion/sighting.js";
import type { After, Clock } from "./ports.js";

export interface AwaitedProofParts {
  readonly nonces: Pick<Nonces, "awaits" | "heardUntilMs">;
  /** Judges what is handed on, in the order of its source. */
  readonly handOn: (evidence: Evidence) => void;
  readonly clock: Clock;
  readonly after: After;
}

/** The mirror is heard a few milliseconds before or after AMI (docs/decisions/0011); this is ten times the longest seen. */
const PATIENCE_MS = 100;
/** Evidence held back at most. What is beyond it is judged as it is, unproven. */
const HELD = 2_000;

interface Queue {
  /** The first is the answer whose proof is awaited; the others came behind it. */
  readonly evidence: SecurityEvent[];
  readonly untilMs: number;
  /** Up to when the mirror had been heard when the wait began. */
  readonly heardUntilMs: number;
}

/** Holds back a failed answer over UDP, and what its source does right after, for the moment that the mirror needs to show whether
 *  the answer is its sender's own. Judged at once it would be unproven for good: a guesser would be let off lightly, and packets in
 *  somebody's name would count against them. Where the mirror shows nothing at all, only the first waits. */
export class AwaitedProof {
  private readonly queues = new Map<Source, Queue>();
  private held = 0;
  private isDeaf = false;
  private isTimed = false;

  constructor(
    private readonly parts: AwaitedProofParts,
    private readonly most = HELD,
  ) {}

  take(evidence: Evidence): void {
    // Who forges lines is caught in the act: what came before changes nothing.
    if (evidence.type !== "security") {
      this.parts.handOn(evidence);
      return;
    }
    const queue = this.queues.get(evidence.source);
    if (queue !== undefined && this.held < this.most) {
      queue.evidence.push(evidence);
      this.held++;
      return;
    }
    if (queue !== undefined) this.release(evidence.source, queue, true);
    if (this.isAwaited(evidence)) this.hold(evidence.source, [evidence]);
    else this.parts.handOn(evidence);
  }

  /** What the mirror showed, after the ledger of nonces has taken it in. */
  mirrored(sightings: readonly Sighting[]): void {
    this.isDeaf = false;
    if (this.queues.size === 0) return;
    for (const sighting of sightings) {
      const queue = this.queues.get(sighting.source);
      const first = queue?.evidence[0];
      if (queue === undefined || first === undefined) continue;
      if (isSettledBy(sighting, first) || !this.awaits(first)) this.release(sighting.source, queue, false);
    }
  }

  private isAwaited(event: SecurityEvent): boolean {
    return !this.isDeaf && this.held < this.most && isAnswer(event) && this.awaits(event);
  }

  private awaits({ challenge, source }: SecurityEvent): boolean {
    return this.parts.nonces.awaits(challenge ?? "", source);
  }

  private hold(source: Source, evidence: SecurityEvent[]): void {
    const { clock, nonces } = this.parts;
    this.held += evidence.length;
    const untilMs = clock.nowMs() + PATIENCE_MS;
    this.queues.set(source, { evidence, untilMs, heardUntilMs: nonces.heardUntilMs });
    this.time();
  }

  /** @param all whether nothing of it waits any longer; else the next answer among it may wait in its turn */
  private release(source: Source, queue: Queue, all: boolean): void {
    this.queues.delete(source);
    this.held -= queue.evidence.length;
    const { evidence } = queue;
    for (const [index, piece] of evidence.entries()) {
      if (!all && index > 0 && this.isAwaited(piece)) {
        this.hold(source, evidence.slice(index));
        return;
      }
      this.parts.handOn(piece);
    }
  }

  private time(): void {
    if (this.isTimed) return;
    this.isTimed = true;
    this.parts.after(PATIENCE_MS, () => {
      this.isTimed = false;
      this.giveUp();
      if (this.queues.size > 0) this.time();
    });
  }

  private giveUp(): void {
    const { clock, nonces } = this.parts;
    const nowMs = clock.nowMs();
    for (const [source, queue] of [...this.queues]) {
      // A clock set back must not hold anything for hours.
      if (queue.untilMs > nowMs && queue.untilMs <= nowMs + PATIENCE_MS) continue;
      // Not one packet in all that time: nobody mirrors, and the next must not wait for it.
      if (nonces.heardUntilMs === queue.heardUntilMs) this.isDeaf = true;
      this.release(source, queue, false);
    }
  }
}

/** Only PJSIP is mirrored, and who uses another transport has shown that it hears us. */
function isAnswer({ kind, service, transport }: SecurityEvent): boolean {
  return kind === "challenge-failed" && service === "pjsip" && transport === "udp";
}

/** Whether the answer itself was shown: then all is known that ever will be. */
function isSettledBy(sighting: Sighting, { challenge }: SecurityEvent): boolean {
  if (sighting.type !== "request" || sighting.nonce === null || challenge === null) return false;
  return sighting.nonce === challenge || sighting.otherNonces.includes(challenge);
}
