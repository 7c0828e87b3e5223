import type { Evidence } from "../../domain/intrusion/security-event.js";

/** What comes out of the AMI event stream. */
export type AmiItem = Evidence | AmiAnswer | AmiSystemEvent;

/** The answer to an action of ours. */
export interface AmiAnswer {
  readonly type: "answer";
  readonly actionId: string;
  readonly ok: boolean;
  /** Asterisk's words. */
  readonly message: string;
}

export interface AmiSystemEvent {
  readonly type: "system";
  readonly name: "FullyBooted" | "Reload" | "Shutdown";
  /** What was reloaded, where Asterisk says it. */
  readonly module: string | null;
}

export function isEvidence(item: AmiItem): item is Evidence {
  return item.type === "security" || item.type === "forged";
}
