import { NO_CIRCUMSTANCES, type Circumstances } from "../../../src/domain/intrusion/finding.js";
import { Judge, type AccountGuilt, type Finding, type Guilt } from "../../../src/domain/intrusion/judge.js";
import type { Evidence } from "../../../src/domain/intrusion/security-event.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "../../../src/domain/intrusion/settings.js";

/** A judge, and all that he found. Bans and blocks that he brings are in force at once and for good. */
export class World {
  readonly judge = new Judge();
  readonly found: Finding[] = [];
  readonly around: Circumstances;
  readonly shut = new Set<string>();
  readonly blocked = new Set<string>();

  constructor(
    around: Partial<Circumstances> = {},
    readonly settings: IntrusionSettings = DEFAULT_INTRUSION,
  ) {
    this.around = {
      ...NO_CIRCUMSTANCES,
      isShut: (source) => this.shut.has(source),
      isBlocked: (account, source) => this.blocked.has(`${account} ${source}`),
      ...around,
    };
  }

  see(events: readonly Evidence[]): this {
    for (const each of events) this.keep(this.judge.observe(each, this.settings, this.around));
    return this;
  }

  tick(nowMs: number): this {
    this.keep(this.judge.tick(nowMs, this.settings, this.around));
    return this;
  }

  keep(findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.found.push(finding);
      if (finding.type === "guilty") this.shut.add(finding.guilt.source);
      if (finding.type === "block") this.blocked.add(`${finding.guilt.account} ${finding.guilt.source}`);
    }
  }

  get bans(): Guilt[] {
    return this.found.flatMap((finding) => (finding.type === "guilty" ? [finding.guilt] : []));
  }

  get blocks(): AccountGuilt[] {
    return this.found.flatMap((finding) => (finding.type === "block" ? [finding.guilt] : []));
  }

  get alarms(): string[] {
    return this.found.flatMap((finding) => (finding.type === "alarm" ? [finding.slug] : []));
  }
}
