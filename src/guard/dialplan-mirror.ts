import { emergencyNumbers } from "../domain/calling/emergency.js";
import type { FallbackPatterns } from "../domain/calling/fallback.js";
import { refusalEntries, type Refusals } from "../domain/calling/refusals.js";
import type { Policy } from "../domain/policy.js";
import type { After, AsteriskControl, Log, Stop } from "./ports.js";
import { Upkeep } from "./upkeep.js";

export interface DialplanMirrorParts {
  readonly control: Pick<AsteriskControl, "replaceDb">;
  readonly policy: () => Policy;
  /** What whoever is refused gets to hear where no rule says otherwise; left out: cause 21 and no word. */
  readonly refusals?: Refusals;
  /** Slow, and done elsewhere. */
  readonly fallbackOf: (policy: Policy) => Promise<FallbackPatterns>;
  readonly after: After;
  readonly log: Log;
}

/** Keeps a copy of what the dialplan must know without the daemon (emergency numbers, what passes while it is away) in
 *  Asterisk's own database, which outlives both. The dialplan holds the universal emergency numbers besides. */
export class DialplanMirror {
  private writtenVersion: number | null = null;
  private readonly upkeep: Upkeep;

  constructor(private readonly parts: DialplanMirrorParts) {
    this.upkeep = new Upkeep({
      work: () => this.write(),
      onFailure: (error, inMs) =>
        parts.log.warn("the dialplan's copy of the rules could not be written; trying again", {
          error,
          inMs,
        }),
      againMs: null,
      after: parts.after,
    });
  }

  start(): Stop {
    this.push();
    return this.upkeep.stop;
  }

  /** After each change of the policy and each start of Asterisk, whose database may have been emptied. */
  push(): void {
    this.upkeep.ask();
  }

  /** The policy version that Asterisk has; null while it has none of this run. */
  written(): number | null {
    return this.writtenVersion;
  }

  private async write(): Promise<void> {
    const policy = this.parts.policy();
    const families = dialplanEntries(policy, await this.parts.fallbackOf(policy));
    families.set("ringfence_refusal", refusalEntries({ ...this.parts.refusals, ...policy.calling.refusals }));
    for (const [family, entries] of families) await this.parts.control.replaceDb(family, entries);
    this.writtenVersion = policy.version;
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
