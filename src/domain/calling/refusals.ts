import type { RefuseReason } from "./verdict.js";

/** What whoever is refused gets to hear. */
export interface Refusal {
  /** The ISDN cause with which the call ends; Asterisk makes a SIP answer of it: 21 is 403, 1 is 404, 34 is 503. */
  readonly cause: number;
  /** Sounds of Asterisk, joined by `&`, that are played before that as early media: the call is not answered, and not billed. Null: none. */
  readonly announcement: string | null;
}

export type Refusals = Readonly<Partial<Record<RefuseReason | "default", Refusal>>>;

/** Every reason there is: a new one fails the build here. */
export const REFUSE_REASONS = {
  fallback: true,
  "number-not-understood": true,
  "area-closed": true,
  "high-risk-range": true,
  "rate-over-cap": true,
  "no-rate": true,
  "too-many-attempts": true,
  "too-many-calls": true,
  "spend-limit": true,
  "call-script": true,
  "new-source": true,
} as const satisfies Record<RefuseReason, true>;

export const REFUSAL_REASONS = { default: true, ...REFUSE_REASONS } as const;

/** Of each reason what the dialplan reads: `CAUSE:ANNOUNCEMENT`. */
export function refusalEntries(refusals: Refusals): Map<string, string> {
  const entries = Object.entries(refusals).map(([reason, { cause, announcement }]): [string, string] => [
    reason,
    `${cause}:${announcement ?? ""}`,
  ]);
  return new Map(entries);
}

/** Names of sound files below Asterisk's folder of sounds, without their endings; nothing that leads out of it. */
export function isAnnouncement(text: string): boolean {
  return (
    text.length <= 120 && text.split("&").every((name) => /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(name))
  );
}
