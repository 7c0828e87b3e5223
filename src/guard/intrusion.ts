import type { Source, Target } from "../domain/address.js";
import type { AttemptKind } from "../domain/intrusion/attempt.js";
import type { Ban, BanEvidence, BanInForce, Cause, Standing } from "../domain/intrusion/ban.js";
import type { Devices } from "../domain/intrusion/devices.js";
import type { StrikesHeld } from "../domain/intrusion/evidence.js";
import type { AccountGuilt, Circumstances, Finding, Guilt } from "../domain/intrusion/finding.js";
import { Judge, type JudgeCounts } from "../domain/intrusion/judge.js";
import { planBan, planBlock } from "../domain/intrusion/ladder.js";
import type { Nonces } from "../domain/intrusion/nonces.js";
import { Pings, type Pinging } from "../domain/intrusion/pings.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import type { Sighting } from "../domain/intrusion/sighting.js";
import type { Accounts } from "./accounts.js";
import { AwaitedProof } from "./awaited-proof.js";
import type { BanBook } from "./bans.js";
import type { BlockBook } from "./blocks.js";
import type { Causes } from "./causes.js";
import type { KnownSources } from "./known-sources.js";
import type { Locks } from "./locks.js";
import type { After, Clock, KnownSource, Log, Random, Tell } from "./ports.js";

export interface IntrusionParts {
  readonly settings: () => IntrusionSettings;
  readonly standingOf: (source: Source) => Standing;
  /** Why nothing is done to a network as a whole, as the end of a sentence; null where nothing speaks for it. */
  readonly whySpared: (network: Target) => string | null;
  readonly known: Pick<KnownSources, "saw" | "of" | "lastSuccessAtMs">;
  readonly accounts: Pick<Accounts, "saw" | "exists">;
  readonly causes: Pick<Causes, "explain">;
  /** `settle` where bans are stored together: what is stored apart from them comes after. */
  readonly bans: Pick<BanBook, "ban" | "banOf" | "historyOf"> & Partial<Pick<BanBook, "settle">>;
  readonly blocks: Pick<BlockBook, "block" | "blockOf" | "historyOf">;
  readonly locks: Pick<Locks, "lock" | "lockOf">;
  /** What the mirror (HEP) has told. */
  readonly nonces: Nonces;
  readonly devices: Devices;
  readonly clock: Clock;
  /** Left out: nothing waits for what the mirror may show. */
  readonly after?: After;
  readonly random: Random;
  readonly tell: Tell;
  readonly log: Log;
  /** Left out: one that starts with nothing. */
  readonly judge?: Judge;
  readonly shadow?: Onlooker;
}

export interface FailingOn {
  /** At most as many as make an alarm. */
  readonly sources: number;
  readonly windowMs: number;
  /** So many that somebody goes for its password from many places. */
  readonly isMany: boolean;
}

/** Hears all that is judged, right after, and acts on nobody. */
export interface Onlooker {
  observe(evidence: Evidence): void;
  /** The mirror has shown that the request of `session` was a ping. */
  ping(source: Source, session: string, atMs: number): void;
  flood(source: Source, packets: number): void;
  call(source: Source, atMs: number): void;
  tick(): void;
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
  /** Challenges that it has left without an answer in the last half minute. */
  readonly unansweredChallenges: number;
  readonly known: readonly KnownSource[];
}

/** The attack flow's use-case: evidence in, bans, blocks and alarms out, at once and without waiting for anything. */
export class Intrusion {
  private readonly judge: Judge;
  private readonly circumstances: Circumstances;
  private readonly awaited: AwaitedProof | null;
  private readonly pings = new Pings();

  constructor(private readonly parts: IntrusionParts) {
    const { bans, blocks, accounts, known, nonces, clock, after } = parts;
    const handOn = (evidence: Evidence): void => this.judgeNow(evidence);
    this.awaited = after === undefined ? null : new AwaitedProof({ nonces, handOn, clock, after });
    this.judge = parts.judge ?? new Judge();
    this.circumstances = {
      standingOf: parts.standingOf,
      whySpared: rarely(parts.whySpared, clock),
      isShut: (source) => bans.banOf(source) !== null,
      isBlocked: (account, source) => blocks.blockOf(account, source) !== null,
      exists: (account) => accounts.exists(account) === true,
      lacks: (account) => accounts.exists(account) === false,
      lastSuccessAtMs: (account, source) => known.lastSuccessAtMs(account, source),
      proofOf: (challenge, source, atMs) => nonces.proofOf(challenge, source, atMs),
    };
  }

  observe(evidence: Evidence): void {
    if (this.awaited === null) this.judgeNow(evidence);
    else this.awaited.take(evidence);
  }

  private judgeNow(evidence: Evidence): void {
    if (evidence.type === "security" && evidence.kind === "success" && evidence.account !== null) {
      const { source, account, atMs, service } = evidence;
      this.parts.known.saw(source, account, atMs);
      if (service !== "ami" && service !== "http" && service !== "web")
        this.parts.accounts.saw(account, atMs);
    }
    this.actOn(this.judge.observe(evidence, this.parts.settings(), this.circumstances));
    this.parts.shadow?.observe(evidence);
  }

  /** What the mirror showed, in its order. */
  mirrored(sightings: readonly Sighting[]): void {
    const { nonces, devices } = this.parts;
    for (const seen of sightings) {
      nonces.heard(seen.atMs);
      if (seen.type === "challenge") {
        nonces.sent(seen.nonce, seen.source, seen.atMs);
        this.pings.answered(seen.source, CHALLENGED);
      } else if (seen.type === "answer") this.pings.answered(seen.source, seen.status);
      if (seen.type !== "request") continue;
      devices.heard(seen);
      if (this.pings.heard(seen, (source) => devices.at(source)))
        this.ping(seen.source, seen.session, seen.atMs);
      if (seen.nonce !== null) nonces.answered([seen.nonce, ...seen.otherNonces], seen.source, seen.atMs);
    }
    this.awaited?.mirrored(sightings);
  }

  /** The mirror has shown that the request of `session` was a ping: it counts for nothing. */
  ping(source: Source, session: string, atMs: number): void {
    this.actOn(this.judge.observePing(source, session, atMs, this.parts.settings(), this.circumstances));
    this.parts.shadow?.ping(source, session, atMs);
  }

  /** From `fromMs` to `toMs` the mirror may not have shown everything. */
  mirrorLost(fromMs: number, toMs: number): void {
    this.parts.nonces.lost(fromMs, toMs);
  }

  /** `source` sent that many packets beyond what the kernel lets one source send. */
  flood(source: Source, packets: number): void {
    const { clock, settings } = this.parts;
    this.actOn(this.judge.observeFlood(source, packets, clock.nowMs(), settings(), this.circumstances));
    this.parts.shadow?.flood(source, packets);
  }

  /** `source` tried to place a call. */
  call(source: Source, atMs: number): void {
    this.actOn(this.judge.observeCall(source, atMs, this.parts.settings(), this.circumstances));
    this.parts.shadow?.call(source, atMs);
  }

  /** To be called every few seconds: challenges that nobody answered count when their time is over. */
  tick(): void {
    const { clock, settings } = this.parts;
    this.actOn(this.judge.tick(clock.nowMs(), settings(), this.circumstances));
    this.parts.shadow?.tick();
  }

  counts(): Readonly<JudgeCounts> {
    return this.judge.counts;
  }

  /** A source whose ban is lifted starts without strikes. */
  forgive(source: Source): void {
    this.judge.forgive(source);
  }

  /** The same for an account at a source. */
  forgiveAccount(source: Source, account: string): void {
    this.judge.forgiveAccount(source, account);
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

  /** What the mirror showed of the devices at a source. */
  devicesAt(source: Source): ReturnType<Devices["at"]> {
    return this.parts.devices.at(source);
  }

  /** How many sources failed on an account that exists lately. */
  failingOn(account: string): FailingOn {
    const settings = this.parts.settings();
    const sources = this.judge.sourcesOn(account, this.parts.clock.nowMs(), settings);
    return { sources, windowMs: settings.accountWindowMs, isMany: sources >= settings.accountSources };
  }

  /** What is known of a source that does nothing but ping; null for all others. */
  pingingAt(source: Source): Pinging | null {
    return this.pings.of(source, this.parts.clock.nowMs());
  }

  private actOn(findings: readonly Finding[]): void {
    for (const finding of findings) this.act(finding);
  }

  private act(finding: Finding): void {
    switch (finding.type) {
      case "guilty":
        this.surely("source", finding.guilt, () => this.ban(finding.guilt));
        return;
      case "block":
        this.surely("account", finding.guilt, () => this.block(finding.guilt));
        return;
      case "alarm":
        this.alarm(finding.slug, finding.detail, finding.source);
        return;
      case "account-attacked":
        this.accountAttacked(finding.account, finding.sources);
        return;
    }
  }

  /** The stream of events must be read on, whatever the store says. The windows start anew from here, so a lasting fault is not
   *  told for every packet of a flood. */
  private surely(what: "source" | "account", { source, trigger }: Guilt, act: () => void): void {
    try {
      act();
    } catch (error) {
      const verb = what === "source" ? "banned" : "blocked";
      this.parts.log.error(`${what === "source" ? "a source" : "an account"} could not be ${verb}`, {
        error,
        source,
        trigger,
      });
      const detail =
        what === "source"
          ? `${source} could not be banned.`
          : `An account could not be blocked at ${source}.`;
      this.parts.tell({ type: "alarm", slug: what === "source" ? "ban-failed" : "block-failed", detail });
    }
  }

  private ban(guilt: Guilt): void {
    const { bans, settings, clock, random } = this.parts;
    const { cause, evidence } = this.explained(guilt);
    const history = bans.historyOf(guilt.source);
    const plan = planBan({ ...guilt, evidence }, history, settings(), clock.nowMs(), random(), cause);
    const outcome = bans.ban(plan);
    if ("refused" in outcome) this.alarm("ban-refused", outcome.message, guilt.source);
  }

  private block(guilt: AccountGuilt): void {
    const { bans, blocks, settings, clock, random } = this.parts;
    bans.settle?.();
    const { cause, evidence } = this.explained(guilt);
    const history = blocks.historyOf(guilt.account, guilt.source);
    const plan = planBlock({ ...guilt, evidence }, history, settings(), clock.nowMs(), random(), cause);
    const outcome = blocks.block(plan);
    if ("refused" in outcome) this.alarm("block-refused", outcome.message, guilt.source);
  }

  private explained(guilt: Guilt): { cause: Cause; evidence: BanEvidence } {
    const { cause, evidence, hint, summary } = this.parts.causes.explain(guilt);
    return { cause, evidence: { ...evidence, hint, story: summary } };
  }

  private accountAttacked(account: string, sources: number): void {
    const { locks, settings } = this.parts;
    // An account that exists, so the name is an administrator's and not the attackers'.
    this.alarm("account-attacked", `${sources} sources tried extension ${account} and failed.`, null);
    if (settings().accountAction !== "lock" || locks.lockOf(account) !== null) return;
    const lockMs = settings().accountLockMs;
    this.parts.bans.settle?.();
    try {
      const outcome = locks.lock({ account, sources, lockMs, by: "ringfence" });
      if ("refused" in outcome) this.alarm("lock-refused", outcome.message, null);
    } catch (error) {
      this.parts.log.error("an account could not be locked", { error, account });
      this.parts.tell({
        type: "alarm",
        slug: "lock-failed",
        detail: "An account under attack could not be locked.",
      });
    }
  }

  private alarm(slug: string, detail: string, source: Source | null): void {
    this.parts.log.warn("intrusion alarm", { slug, source, detail });
    this.parts.tell({ type: "alarm", slug, detail });
  }
}

/** As which Asterisk asks for a password. */
const CHALLENGED = 401;
const ASKED_AGAIN_MS = 60_000;
const NETWORKS_ASKED = 1_000;

/** The answers are kept for a minute: an attacker with a network of his own asks for each of his tries. */
function rarely(
  whySpared: (network: Target) => string | null,
  clock: Clock,
): (network: Target) => string | null {
  const answers = new Map<Target, { readonly why: string | null; readonly atMs: number }>();
  return (network) => {
    const nowMs = clock.nowMs();
    const kept = answers.get(network);
    if (kept !== undefined && Math.abs(nowMs - kept.atMs) < ASKED_AGAIN_MS) return kept.why;
    if (answers.size >= NETWORKS_ASKED) answers.clear();
    const why = whySpared(network);
    answers.set(network, { why, atMs: nowMs });
    return why;
  };
}
