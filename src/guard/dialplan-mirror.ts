import { emergencyNumbers } from "../domain/calling/emergency.js";
import type { FallbackPatterns } from "../domain/calling/fallback.js";
import type { Policy } from "../domain/policy.js";
import type { After, AsteriskControl, Log, Stop } from "./ports.js";

const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

export interface DialplanMirrorParts {
  readonly control: Pick<AsteriskControl, "replaceDb">;
  readonly policy: () => Policy;
  /** Slow, and done elsewhere. */
  readonly fallbackOf: (policy: Policy) => Promise<FallbackPatterns>;
  readonly after: After;
  readonly log: Log;
}

/** Keeps a copy of what the dialplan must know without the daemon (emergency numbers, what passes while it is away) in
 *  Asterisk's own database, which outlives both. The dialplan holds the universal emergency numbers besides. */
export class DialplanMirror {
  private failures = 0;
  private cancel: () => void = () => undefined;
  private writing: Promise<void> | null = null;
  private writeAgain = false;
  private writtenVersion: number | null = null;
  private stopped = false;

  constructor(private readonly parts: DialplanMirrorParts) {}

  start(): Stop {
    this.push();
    return async () => {
      this.stopped = true;
      this.cancel();
      await this.writing;
    };
  }

  /** After each change of the policy and each start of Asterisk, whose database may have been emptied. */
  push(): void {
    if (this.stopped) return;
    if (this.writing !== null) {
      this.writeAgain = true;
      return;
    }
    this.cancel();
    this.writing = this.write().finally(() => {
      this.writing = null;
      if (!this.writeAgain) return;
      this.writeAgain = false;
      this.push();
    });
  }

  /** The policy version that Asterisk has; null while it has none of this run. */
  written(): number | null {
    return this.writtenVersion;
  }

  private async write(): Promise<void> {
    const policy = this.parts.policy();
    try {
      const families = dialplanEntries(policy, await this.parts.fallbackOf(policy));
      for (const [family, entries] of families) await this.parts.control.replaceDb(family, entries);
      this.failures = 0;
      this.writtenVersion = policy.version;
    } catch (error) {
      const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 30_000;
      this.failures += 1;
      this.parts.log.warn("the dialplan's copy of the rules could not be written; trying again", {
        error,
        inMs: wait,
      });
      if (!this.stopped) this.cancel = this.parts.after(wait, () => this.push());
    }
  }
}

/** Families and keys as asterisk-conf/extensions-ringfence.conf reads them. */
export function dialplanEntries(
  policy: Policy,
  { allow, deny }: FallbackPatterns,
): Map<string, ReadonlyMap<string, string>> {
  const outside = policy.dialPlan.outsidePrefix ?? "";
  const emergency = emergencyNumbers(policy.dialPlan).map((dialled): [string, string] => [dialled, dialled]);
  for (const entry of emergency) {
    const [dialled] = entry;
    const bare = dialled.slice(outside.length);
    if (outside !== "" && dialled.startsWith(outside) && emergency.some(([other]) => other === bare))
      entry[1] = bare;
  }
  return new Map([
    ["ringfence_emergency", new Map(emergency)],
    [
      "ringfence",
      new Map([
        ["fallback_allow", allow],
        ["fallback_deny", deny],
        ["watchdog", "2"],
      ]),
    ],
  ]);
}
