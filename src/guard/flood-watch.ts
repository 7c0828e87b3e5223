import type { Intrusion } from "./intrusion.js";
import type { KnownSources } from "./known-sources.js";
import type { After, Firewall, Log, Stop } from "./ports.js";

/** Counters of the kernel tell of a flood after it began; the limit itself acts at once. */
const ASK_EVERY_MS = 2_000;
const KNOW_EVERY_MS = 30_000;
const CROWD_EVERY_MS = 30_000;

export interface FloodWatchParts {
  readonly firewall: Pick<Firewall, "floods" | "know" | "counters">;
  readonly known: Pick<KnownSources, "all" | "revision">;
  readonly intrusion: Pick<Intrusion, "flood">;
  readonly after: After;
  readonly log: Log;
}

/** Asks the kernel who sent more than it lets one source send, and tells it whose limit is the higher one of known sources. */
export class FloodWatch {
  private cancel: () => void = () => undefined;
  private stopped = false;
  private knownRevision = -1;
  private untilKnownMs = 0;
  private untilCrowdMs = 0;
  /** As counted so far; null: not read yet. */
  private crowded: number | null = null;
  private failing = false;
  private asking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FloodWatchParts) {}

  start(): Stop {
    this.ask();
    return async () => {
      this.stopped = true;
      this.cancel();
      await this.asking;
    };
  }

  private ask(): void {
    this.asking = this.look()
      .then(() => {
        this.failing = false;
      })
      .catch((error: unknown) => {
        // The keeper says loudly that the firewall fails; this is told once.
        if (!this.failing)
          this.parts.log.warn("the firewall's flood counters can't be read; trying again", { error });
        this.failing = true;
        this.knownRevision = -1;
      })
      .finally(() => {
        if (!this.stopped) this.cancel = this.parts.after(ASK_EVERY_MS, () => this.ask());
      });
  }

  private async look(): Promise<void> {
    const { firewall, known, intrusion } = this.parts;
    this.untilKnownMs -= ASK_EVERY_MS;
    // Told soon after a first success: during a flood that is what lets a phone through.
    if (this.untilKnownMs <= 0 && known.revision() !== this.knownRevision) {
      const revision = known.revision();
      await firewall.know(known.all());
      this.knownRevision = revision;
      this.untilKnownMs = KNOW_EVERY_MS;
    }
    this.untilCrowdMs -= ASK_EVERY_MS;
    if (this.untilCrowdMs <= 0) {
      await this.lookForCrowd();
      this.untilCrowdMs = CROWD_EVERY_MS;
    }
    for (const { target, packets } of await firewall.floods()) intrusion.flood(target, packets);
  }

  /** Who is turned away is nobody's fault here, so the admin is told. The table made anew counts from none. */
  private async lookForCrowd(): Promise<void> {
    const { crowded = 0 } = await this.parts.firewall.counters();
    const before = this.crowded ?? crowded;
    const packets = crowded < before ? crowded : crowded - before;
    this.crowded = crowded;
    if (packets === 0) return;
    this.parts.log.warn(
      "a flood from many sources: more SIP came from strangers than is let through together; known sources are not held back",
      { packets, seconds: CROWD_EVERY_MS / 1_000 },
    );
  }
}
