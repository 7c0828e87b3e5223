import type { Source } from "../address.js";
import type { AttemptChange } from "./attempt.js";
import { Attempts } from "./attempts.js";
import type { BanEvidence, Proof, Standing, Trigger } from "./ban.js";
import type { DialogLimits } from "./dialogs.js";
import {
  evidenceOf,
  forgeryEvidence,
  strikesHeld,
  type StrikesHeld,
  type WindowTrigger,
} from "./evidence.js";
import type { Evidence, ForgedEvent } from "./security-event.js";
import type { IntrusionSettings } from "./settings.js";
import { isProven, Strikes, tallyOf, type Tally } from "./strikes.js";
import type { Suspect } from "./suspects.js";

/** What a source is found guilty of; the ladder makes a ban of it. */
export interface Guilt {
  readonly source: Source;
  readonly trigger: Exclude<Trigger, "by-hand">;
  readonly standing: Standing;
  readonly proof: Exclude<Proof, "forged">;
  /** Time of the deciding event. */
  readonly atMs: number;
  readonly evidence: BanEvidence;
}

export type Finding =
  | { readonly type: "guilty"; readonly guilt: Guilt }
  /** What would have banned a stranger; `detail` holds no text of the sender's. */
  | {
      readonly type: "alarm";
      readonly slug: string;
      readonly source: Source | null;
      readonly detail: string;
    };

/** What the judge asks about a source, and only when it matters. */
export interface Circumstances {
  standingOf(source: Source): Standing;
  /** Whether a ban of it, or of a network around it, is in force. */
  isShut(source: Source): boolean;
}

export interface JudgeCounts {
  /** Pieces of evidence seen. */
  events: number;
  /** Failed attempts, without those that were forgiven. */
  attempts: number;
  forgeries: number;
}

const NOTHING: readonly Finding[] = [];

/** Weighs evidence as it comes. Strangers are banned for all that the settings name. A known source, behind which others work,
 *  is banned only for what no failing phone does, and only with proof that it was the sender. Protected ones never are. */
export class Judge {
  readonly counts: JudgeCounts = { events: 0, attempts: 0, forgeries: 0 };
  private readonly attempts: Attempts;
  private readonly strikes: Strikes;
  private nobodyAlarmAtMs = -Infinity;

  constructor(limits: { readonly dialogs?: DialogLimits; readonly sources?: number } = {}) {
    this.attempts = new Attempts(limits.dialogs);
    this.strikes = new Strikes(limits.sources);
  }

  observe(evidence: Evidence, settings: IntrusionSettings, around: Circumstances): readonly Finding[] {
    this.counts.events++;
    if (evidence.type === "forged") {
      this.counts.forgeries++;
      return this.judgeForgery(evidence, settings, around);
    }
    const changes = this.attempts.observe(evidence);
    if (changes.length === 0) return NOTHING;
    return changes.flatMap((change) => this.take(change, settings, around));
  }

  /** What is held against `source`; null where nothing is. */
  suspect(source: Source): Readonly<Suspect> | null {
    return this.strikes.of(source);
  }

  /** What of it lies within the window that ends at `nowMs`. */
  strikesOf(source: Source, nowMs: number, settings: IntrusionSettings): StrikesHeld {
    return strikesHeld(this.strikes.of(source), nowMs, settings);
  }

  /** Challenges to real accounts that `source` was sent and has not answered. */
  unansweredOf(source: Source): number {
    return this.attempts.unansweredOf(source);
  }

  /** The windows of `source` start anew. */
  forgive(source: Source): void {
    this.strikes.clear(source);
  }

  private take(
    change: AttemptChange,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    if (change.type === "forgiven") {
      this.counts.attempts--;
      this.strikes.takeBack(change.source, change.atMs, change.account);
      return NOTHING;
    }
    const { attempt } = change;
    if (change.type === "failed") this.counts.attempts++;
    if (around.isShut(attempt.source)) {
      if (change.type === "failed") this.strikes.countAfterBan(attempt, settings);
      return NOTHING;
    }
    const suspect =
      change.type === "failed" ? this.strikes.add(attempt, settings) : this.strikes.name(attempt, settings);
    const trigger = triggerOf(tallyOf(suspect, attempt.atMs, settings), settings);
    if (trigger === null) return NOTHING;
    const evidence = () => evidenceOf(suspect, trigger.name, attempt.atMs, settings);
    return this.decide(suspect, { ...trigger, atMs: attempt.atMs, evidence }, settings, around);
  }

  private judgeForgery(
    forged: ForgedEvent,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { source, atMs } = forged;
    if (source === null) return this.alarmAboutNobody(atMs, settings);
    if (around.isShut(source)) {
      this.strikes.countAfterBan({ source, atMs }, settings);
      return NOTHING;
    }
    const suspect = this.strikes.obtain(source, atMs, settings);
    const evidence = () => forgeryEvidence(suspect, forged, settings);
    const broken = { name: "forged-headers", proven: isProven(forged.transport), atMs, evidence } as const;
    return this.decide(suspect, broken, settings, around);
  }

  private decide(
    suspect: Suspect,
    broken: Broken,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { source } = suspect;
    const standing = around.standingOf(source);
    if (!isBanned(standing, broken)) return this.alarm(suspect, standing, broken, settings);
    const guilt: Guilt = {
      source,
      trigger: broken.name,
      standing,
      proof: broken.proven ? "returned" : "unproven",
      atMs: broken.atMs,
      evidence: broken.evidence(),
    };
    this.strikes.clear(source);
    return [{ type: "guilty", guilt }];
  }

  /** At most one a window for each source and trigger: a flood in a trunk's name must not flood people. */
  private alarm(
    suspect: Suspect,
    standing: Standing,
    broken: Broken,
    { windowMs }: IntrusionSettings,
  ): readonly Finding[] {
    const { source } = suspect;
    const lastAtMs = suspect.alarms?.[broken.name] ?? -Infinity;
    if (Math.abs(broken.atMs - lastAtMs) < windowMs) return NOTHING;
    suspect.alarms = { ...suspect.alarms, [broken.name]: broken.atMs };
    const detail = `${source} is ${standing} and was not banned. ${broken.evidence().summary}.`;
    return [{ type: "alarm", slug: `${standing}-source-${broken.name}`, source, detail }];
  }

  private alarmAboutNobody(atMs: number, { windowMs }: IntrusionSettings): readonly Finding[] {
    if (Math.abs(atMs - this.nobodyAlarmAtMs) < windowMs) return NOTHING;
    this.nobodyAlarmAtMs = atMs;
    const detail = "A message with forged headers came, and its true sender can't be told.";
    return [{ type: "alarm", slug: "forged-headers-by-nobody", source: null, detail }];
  }
}

/** A rule broken: by which name it goes, and whether proven strikes alone break it. */
interface Broken {
  readonly name: Guilt["trigger"];
  readonly proven: boolean;
  readonly atMs: number;
  readonly evidence: () => BanEvidence;
}

function triggerOf(
  { names, attempts, logins }: Tally,
  settings: IntrusionSettings,
): { readonly name: WindowTrigger; readonly proven: boolean } | null {
  if (names.all > settings.accountNames) {
    return { name: "account-names", proven: names.proven > settings.accountNames };
  }
  if (attempts.all >= settings.attempts) {
    return { name: "attempts", proven: attempts.proven >= settings.attempts };
  }
  if (logins.all >= settings.loginAttempts) {
    return { name: "logins", proven: logins.proven >= settings.loginAttempts };
  }
  return null;
}

function isBanned(standing: Standing, broken: Broken): boolean {
  switch (standing) {
    case "protected":
      return false;
    case "stranger":
      return true;
    case "known":
      // Thirty people may sit behind it, of whom one has a phone with an old password.
      return broken.proven && (broken.name === "account-names" || broken.name === "forged-headers");
  }
}
