import type { Source } from "../domain/address.js";
import type { AttemptKind } from "../domain/intrusion/attempt.js";
import { NO_CIRCUMSTANCES, type Circumstances } from "../domain/intrusion/finding.js";
import type { Ban, BanInForce, Standing } from "../domain/intrusion/ban.js";
import { Judge, type Finding, type Guilt, type JudgeCounts } from "../domain/intrusion/judge.js";
import { planBan } from "../domain/intrusion/ladder.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import type { StrikesHeld } from "../domain/intrusion/evidence.js";
import type { BanBook } from "./bans.js";
import type { KnownSources } from "./known-sources.js";
import type { Clock, KnownSource, Log, Random, Tell } from "./ports.js";

export interface IntrusionParts {
  readonly settings: () => IntrusionSettings;
  readonly standingOf: (source: Source) => Standing;
  readonly known: Pick<KnownSources, "saw" | "of">;
  readonly bans: Pick<BanBook, "ban" | "banOf" | "historyOf">;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: Tell;
  readonly log: Log;
}

/** What is known of a source now. Account names in it are hostile text. */
export interface SourceReport {
  readonly source: Source;
  readonly standing: Standing;
  readonly ban: BanInForce | null;
  readonly history: readonly Ban[];
  readonly strikes: StrikesHeld;
  /** How many more failed attempts bring a ban; null where they bring none. */
  readonly attemptsLeft: number | null;
  readonly last: {
    readonly atMs: number;
    readonly kind: AttemptKind;
    readonly account: string | null;
  } | null;
  /** Attempts heard since it was banned. */
  readonly afterBan: number;
  /** Challenges to real accounts that it has left without an answer in the last half minute. */
  readonly unansweredChallenges: number;
  readonly known: readonly KnownSource[];
}

/** The attack flow's use-case: evidence in, bans and alarms out, at once and without waiting for anything. */
export class Intrusion {
  private readonly judge = new Judge();
  private readonly circumstances: Circumstances;

  constructor(private readonly parts: IntrusionParts) {
    this.circumstances = {
      ...NO_CIRCUMSTANCES,
      standingOf: parts.standingOf,
      isShut: (source: Source) => parts.bans.banOf(source) !== null,
    };
  }

  observe(evidence: Evidence): void {
    if (evidence.type === "security" && evidence.kind === "success" && evidence.account !== null) {
      this.parts.known.saw(evidence.source, evidence.account, evidence.atMs);
    }
    for (const finding of this.judge.observe(evidence, this.parts.settings(), this.circumstances)) {
      this.act(finding);
    }
  }

  counts(): Readonly<JudgeCounts> {
    return this.judge.counts;
  }

  /** A source whose ban is lifted starts without strikes. */
  forgive(source: Source): void {
    this.judge.forgive(source);
  }

  describe(source: Source): SourceReport {
    const { settings, standingOf, known, bans, clock } = this.parts;
    const standing = standingOf(source);
    const ban = bans.banOf(source);
    const suspect = this.judge.suspect(source);
    const strikes = this.judge.strikesOf(source, clock.nowMs(), settings());
    return {
      source,
      standing,
      ban,
      history: bans.historyOf(source),
      strikes,
      attemptsLeft: standing === "stranger" && ban === null ? settings().attempts - strikes.attempts : null,
      last:
        suspect === null || suspect.lastKind === null
          ? null
          : { atMs: suspect.lastAtMs, kind: suspect.lastKind, account: suspect.lastAccount },
      afterBan: suspect?.afterBan ?? 0,
      unansweredChallenges: this.judge.unansweredOf(source),
      known: known.of(source),
    };
  }

  private act(finding: Finding): void {
    switch (finding.type) {
      case "guilty":
        this.ban(finding.guilt);
        return;
      case "alarm":
        this.alarm(finding.slug, finding.detail, finding.source);
        return;
      // Nobody keeps blocks and locks yet: a person has to act.
      case "block": {
        const { source, evidence } = finding.guilt;
        this.alarm("account-fails", `An account fails at ${source}. ${evidence.summary}.`, source);
        return;
      }
      case "account-attacked":
        this.alarm("account-attacked", `${finding.sources} sources try one account.`, null);
        return;
    }
  }

  private ban(guilt: Guilt): void {
    const { bans, settings, clock, random, log } = this.parts;
    const { source } = guilt;
    try {
      const plan = planBan(guilt, bans.historyOf(source), settings(), clock.nowMs(), random());
      const outcome = bans.ban(plan);
      if (!("refused" in outcome)) return;
      this.alarm("ban-refused", outcome.message, source);
    } catch (error) {
      // The stream of events must be read on. The source is judged anew from here, so a lasting fault is not told for every
      // packet of a flood.
      log.error("a source could not be banned", { error, source, trigger: guilt.trigger });
      this.parts.tell({ type: "alarm", slug: "ban-failed", detail: `${source} could not be banned.` });
    }
  }

  private alarm(slug: string, detail: string, source: Source | null): void {
    this.parts.log.warn("intrusion alarm", { slug, source, detail });
    this.parts.tell({ type: "alarm", slug, detail });
  }
}
