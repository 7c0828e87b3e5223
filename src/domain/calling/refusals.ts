import type { RefuseReason } from "./verdict.js";

/** What whoever is refused gets to hear. */
export interface Refusal {
  /** The ISDN cause with which the call ends; Asterisk makes a SIP answer of it: 21 is 403, 1 is 404, 34 is 503. */
  readonly cause: number;
  /** Sounds of Asterisk, joined by `&`, that are played before that as early media: the call is not answered, and not billed. `standard`: the
   *  one of STANDARD_SOUNDS. Null: none. */
  readonly announcement: string | null;
}

export type RefusalReason = RefuseReason | "default";
export type Refusals = Readonly<Partial<Record<RefusalReason, Refusal>>>;

export const DEFAULT_REFUSAL: Refusal = { cause: 21, announcement: null };

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
export const REFUSAL_REASON_NAMES = Object.keys(REFUSAL_REASONS) as readonly RefusalReason[];

export const STANDARD = "standard";

const NOT_ON_THIS_LINE = "feature-not-avail-line";
const BUSY = "all-circuits-busy-now";
const NOT_AS_DIALLED = "cannot-complete-as-dialed";

/** Of Asterisk's core sounds, which every installation has. */
export const STANDARD_SOUNDS: Readonly<Record<RefusalReason, string>> = {
  default: NOT_ON_THIS_LINE,
  fallback: BUSY,
  "number-not-understood": NOT_AS_DIALLED,
  "area-closed": NOT_ON_THIS_LINE,
  "high-risk-range": NOT_ON_THIS_LINE,
  "rate-over-cap": NOT_ON_THIS_LINE,
  "no-rate": NOT_ON_THIS_LINE,
  "too-many-attempts": BUSY,
  "too-many-calls": BUSY,
  "spend-limit": NOT_ON_THIS_LINE,
  "call-script": NOT_ON_THIS_LINE,
  "new-source": NOT_ON_THIS_LINE,
};

/** What holds for a reason: its own, else what is set for `default`, else cause 21 and no word. */
export function refusalFor(refusals: Refusals, reason: RefusalReason): Refusal {
  return refusals[reason] ?? refusals.default ?? DEFAULT_REFUSAL;
}

/** Of each reason what the dialplan reads: `CAUSE:ANNOUNCEMENT`. */
export function refusalEntries(refusals: Refusals): Map<string, string> {
  return new Map(
    REFUSAL_REASON_NAMES.map((reason) => {
      const { cause, announcement } = refusalFor(refusals, reason);
      const sound = announcement === STANDARD ? STANDARD_SOUNDS[reason] : (announcement ?? "");
      return [reason, `${cause}:${sound}`];
    }),
  );
}

export const ANNOUNCEMENT_SAYS =
  "an announcement is the names of Asterisk's sounds joined by &, such as ss-noservice, or standard, or none";

/** ISDN causes are numbers from 1 to 127. */
export function isCause(cause: number): boolean {
  return Number.isInteger(cause) && cause >= 1 && cause <= 127;
}

/** Names of sound files below Asterisk's folder of sounds, without their endings; nothing that leads out of it. */
export function isAnnouncement(text: string): boolean {
  return (
    text.length <= 120 && text.split("&").every((name) => /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(name))
  );
}
