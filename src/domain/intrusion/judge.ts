import type { Source, Target } from "../address.js";
import { isProven, type Attempt, type AttemptChange, type AttemptKind } from "./attempt.js";
import { Attempts } from "./attempts.js";
import type { Standing } from "./ban.js";
import { Besieged } from "./besieged.js";
import type { DialogLimits } from "./dialogs.js";
import { strikesHeld, type StrikesHeld } from "./evidence.js";
import type { Circumstances, Finding } from "./finding.js";
import { Neighbours, type Neighbourhood } from "./neighbours.js";
import { judgeAccount, provenRuleBroken, ruleBroken } from "./rules.js";
import type { Evidence, ForgedEvent } from "./security-event.js";
import { breach, Sentences, type Breach } from "./sentences.js";
import type { IntrusionSettings } from "./settings.js";
import { Strikes } from "./strikes.js";

export type { AccountGuilt, Circumstances, Finding, Guilt } from "./finding.js";

export interface JudgeCounts {
  /** Pieces of evidence seen. */
  events: number;
  /** Failed attempts, without those that were forgiven. */
  attempts: number;
  forgeries: number;
}

/** What was last heard of a source that is held in memory. `account` is hostile text. */
export interface SuspectView {
  readonly lastAtMs: number;
  readonly lastKind: AttemptKind | null;
  readonly lastAccount: string | null;
  /** Attempts heard since it was banned. */
  readonly afterBan: number;
  /** Attempts heard on accounts that are blocked for it. */
  readonly afterBlock: number;
}

const NOTHING: readonly Finding[] = [];

/** Weighs evidence as it comes. Strangers are banned for all that the settings name. A known source, behind which others work,
 *  is banned only for what no failing phone does, and only with proof that it was the sender; of one account that fails there,
 *  that account is blocked. Protected ones are never acted on. Strangers of one network who fail often together are banned for
 *  one try. */
export class Judge {
  readonly counts: JudgeCounts = { events: 0, attempts: 0, forgeries: 0 };
  private readonly attempts: Attempts;
  private readonly strikes: Strikes;
  private readonly besieged = new Besieged();
  private readonly neighbours = new Neighbours();
  private readonly sentences: Sentences;

  constructor(limits: { readonly dialogs?: DialogLimits; readonly sources?: number } = {}) {
    this.attempts = new Attempts(limits.dialogs);
    this.strikes = new Strikes(limits.sources);
    this.sentences = new Sentences(this.strikes);
  }

  observe(evidence: Evidence, settings: IntrusionSettings, around: Circumstances): readonly Finding[] {
    this.counts.events++;
    if (evidence.type === "forged") {
      this.counts.forgeries++;
      return this.judgeForgery(evidence, settings, around);
    }
    return this.takeAll(this.attempts.observe(evidence, around), evidence.atMs, settings, around);
  }

  /** What the passing of time brings: challenges that nobody answered. To be called every few seconds. */
  tick(nowMs: number, settings: IntrusionSettings, around: Circumstances): readonly Finding[] {
    return this.takeAll(this.attempts.tick(nowMs), nowMs, settings, around);
  }

  /** The mirror has shown that a request of `source` was a ping: it counts for nothing.
   *  @param session its Call-ID */
  observePing(
    source: Source,
    session: string,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    return this.takeAll(this.attempts.ping(source, session, atMs), atMs, settings, around);
  }

  /** `source` tried to place a call at `atMs`. */
  observeCall(
    source: Source,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    if (around.isShut(source)) return NOTHING;
    const suspect = this.strikes.addCall(source, atMs, settings);
    return this.weigh(suspect, around.standingOf(source), null, atMs, settings, around);
  }

  /** `source` sent that many packets beyond what the kernel lets one source send. */
  observeFlood(
    source: Source,
    packets: number,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
    proven = false,
  ): readonly Finding[] {
    const standing = around.standingOf(source);
    // A carrier may send as much as it likes.
    if (standing === "protected" || around.isShut(source)) return NOTHING;
    const suspect = this.strikes.obtain(source, atMs, settings);
    const broken: Breach = { trigger: "flood", proven, standing, atMs, packets };
    return this.sentences.act(suspect, broken, standing === "stranger" || proven, settings, around);
  }

  /** What is held in memory of `source`; null where nothing is. */
  suspect(source: Source): SuspectView | null {
    const { strikes } = this;
    const suspect = strikes.suspects.find(source);
    if (suspect < 0) return null;
    return {
      lastAtMs: strikes.suspects.lastAtMs(suspect),
      lastKind: strikes.traces.lastKind(suspect),
      lastAccount: strikes.lastAccount(suspect),
      afterBan: strikes.afterBan(suspect),
      afterBlock: strikes.afterBlock(suspect),
    };
  }

  /** What is held against `source` within the window that ends at `nowMs`. */
  strikesOf(source: Source, nowMs: number, settings: IntrusionSettings): StrikesHeld {
    return strikesHeld(this.strikes, this.strikes.of(source, nowMs, settings), nowMs, settings);
  }

  /** Challenges that `source` was sent and has not answered so far; those given up are among the strikes. */
  unansweredOf(source: Source): number {
    return this.attempts.unansweredOf(source);
  }

  /** How many sources failed on an account that exists, within `accountWindowMs`: at most `accountSources`. */
  sourcesOn(account: string, nowMs: number, settings: IntrusionSettings): number {
    return this.besieged.sourcesOf(account, nowMs, settings);
  }

  /** The windows of `source` start anew. */
  forgive(source: Source): void {
    this.strikes.clear(source);
  }

  /** The window of one account at `source` starts anew. */
  forgiveAccount(source: Source, account: string): void {
    this.strikes.clearAccount(source, account);
  }

  private takeAll(
    changes: readonly AttemptChange[],
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    if (changes.length === 0) return NOTHING;
    let found = NOTHING;
    for (const change of changes) {
      const findings = this.take(change, atMs, settings, around);
      if (findings.length > 0) found = found.length === 0 ? findings : [...found, ...findings];
    }
    return found;
  }

  private take(
    change: AttemptChange,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    switch (change.type) {
      case "forgiven":
        this.counts.attempts--;
        this.strikes.takeBack(change.source, change.atMs, change.account);
        this.neighbours.takeBack(change.source, change.atMs);
        return NOTHING;
      case "proven": {
        const suspect = this.strikes.prove(change.source, change.atMs, change.account);
        if (suspect < 0 || around.isShut(change.source)) return NOTHING;
        const standing = around.standingOf(change.source);
        const findings = this.weigh(suspect, standing, change.account, atMs, settings, around);
        if (findings.length > 0 || standing !== "stranger") return findings;
        return this.weighTogether(suspect, change.source, change.atMs, atMs, settings, around);
      }
      case "unanswered": {
        const { source } = change;
        if (change.account !== null && around.lacks(change.account)) {
          this.counts.attempts++;
          return this.takeAttempt(askedForNobody(change, change.account, atMs), true, settings, around);
        }
        if (around.isShut(source)) return NOTHING;
        const suspect = this.strikes.addUnanswered(source, change, settings);
        return this.weigh(suspect, around.standingOf(source), null, atMs, settings, around);
      }
      case "failed":
        this.counts.attempts++;
        return this.takeAttempt(change.attempt, true, settings, around);
      case "named":
        return this.takeAttempt(change.attempt, false, settings, around);
    }
  }

  /** @param isNew false where the attempt was counted before, without its account */
  private takeAttempt(
    attempt: Attempt,
    isNew: boolean,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { source, account, atMs } = attempt;
    const { strikes } = this;
    if (around.isShut(source)) {
      if (isNew) strikes.countAfterBan(source, atMs, settings);
      return NOTHING;
    }
    if (account !== null && around.isBlocked(account, source)) {
      if (!isNew) strikes.takeBack(source, atMs, null);
      strikes.countAfterBlock(source, atMs, settings);
      return NOTHING;
    }
    const standing = around.standingOf(source);
    const exists = account !== null && around.exists(account);
    const unknown = attempt.kind === "unknown-account" && !exists;
    const suspect = isNew
      ? strikes.add(attempt, standing, unknown, settings)
      : strikes.name(attempt, standing, unknown, settings);
    const own = this.weigh(suspect, standing, account, atMs, settings, around, isUnderWay(attempt));
    const findings =
      own.length > 0 || standing !== "stranger" || !countsTogether(attempt)
        ? own
        : this.weighTogether(suspect, source, atMs, atMs, settings, around);
    if (!exists || standing === "protected") return findings;
    const sources = this.besieged.note(account, source, atMs, settings);
    return sources === 0 ? findings : [...findings, { type: "account-attacked", account, sources, atMs }];
  }

  /** @param account the one that has just failed */
  private weigh(
    suspect: number,
    standing: Standing,
    account: string | null,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
    underWay: 0 | 1 = 0,
  ): readonly Finding[] {
    if (standing === "known") return this.weighKnown(suspect, account, atMs, settings, around);
    const broken = ruleBroken(this.strikes, suspect, atMs, settings, underWay);
    if (broken === null) return NOTHING;
    return this.sentences.act(
      suspect,
      breach(broken, standing, atMs),
      standing === "stranger",
      settings,
      around,
    );
  }

  /** For a stranger whose failure, at `failedAtMs`, is proven: whether his network has done too much. */
  private weighTogether(
    suspect: number,
    source: Source,
    failedAtMs: number,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const together = this.neighbours.note(source, failedAtMs, settings);
    if (together === null) return NOTHING;
    const spared = around.whySpared(together.network);
    if (spared !== null) return this.tellSpared(together, spared, atMs, settings);
    const shared = whyShared(together.network, settings);
    if (shared !== null) {
      // Where they were banned one by one the network is proposed.
      const shut = this.neighbours.sourcesOf(together.network).filter((each) => around.isShut(each));
      return shut.length >= settings.groupSources
        ? NOTHING
        : this.tellSpared(together, shared, atMs, settings);
    }
    const broken = { trigger: "neighbours", proven: true } as const;
    const breached: Breach = { ...breach(broken, "stranger", atMs), neighbours: together };
    return this.sentences.act(suspect, breached, true, settings, around);
  }

  private tellSpared(
    together: Neighbourhood,
    why: string,
    atMs: number,
    settings: IntrusionSettings,
  ): readonly Finding[] {
    const isDue = this.neighbours.isAlarmDue(together, atMs, settings);
    return isDue ? this.sentences.spared(together, why) : NOTHING;
  }

  private weighKnown(
    suspect: number,
    account: string | null,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { strikes } = this;
    const lastSuccessOf = (name: string, source: Source) => around.lastSuccessAtMs(name, source);
    const proven = provenRuleBroken(strikes, suspect, atMs, lastSuccessOf, settings);
    if (proven !== null)
      return this.sentences.act(suspect, breach(proven, "known", atMs), true, settings, around);
    const blocked = account === null ? NOTHING : this.weighAccount(suspect, account, atMs, settings, around);
    if (blocked.length > 0) return blocked;
    const broken = ruleBroken(strikes, suspect, atMs, settings);
    // Phones that ask with OPTIONS whether their registrar lives leave every challenge without an answer.
    if (broken === null || broken.trigger === "unanswered-challenges") return NOTHING;
    return this.sentences.act(suspect, breach(broken, "known", atMs), false, settings, around);
  }

  private weighAccount(
    suspect: number,
    account: string,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { strikes } = this;
    const verdict = judgeAccount(
      strikes,
      suspect,
      account,
      atMs,
      (name, at) => around.lastSuccessAtMs(name, at),
      settings,
    );
    if (verdict === null) return NOTHING;
    return verdict.decision === "odd"
      ? this.sentences.odd(suspect, account, verdict.proven, atMs, settings, around)
      : this.sentences.block(suspect, account, verdict.proven, atMs, settings, around);
  }

  private judgeForgery(
    forged: ForgedEvent,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { source, atMs } = forged;
    if (source === null) return this.sentences.nobody(atMs, settings);
    if (around.isShut(source)) {
      this.strikes.countAfterBan(source, atMs, settings);
      return NOTHING;
    }
    const suspect = this.strikes.obtain(source, atMs, settings);
    const standing = around.standingOf(source);
    const proven = isProven(forged.transport);
    const broken: Breach = { trigger: "forged-headers", proven, standing, atMs, packets: 0, forged };
    const banned = standing === "stranger" || (standing === "known" && proven);
    return this.sentences.act(suspect, broken, banned, settings, around);
  }
}

/** A challenge that nobody answered, for a name that Asterisk does not have: what a scan of names leaves at chan_sip, and so a
 *  try like those that PJSIP reports of unknown accounts. It counts from when that is clear. */
function askedForNobody(
  { source, service, transport }: AttemptChange & { readonly type: "unanswered" },
  account: string,
  atMs: number,
): Attempt {
  const proof = isProven(transport) ? "returned" : "unproven";
  const nothing = { port: null, aclName: null } as const;
  return { source, kind: "unknown-account", account, atMs, service, transport, proof, ...nothing };
}

/** Whether the answer, which may bear the proof, is still to come. */
function isUnderWay({ kind, proof }: Attempt): 0 | 1 {
  return proof === "unproven" && kind !== "wrong-password" && kind !== "login" ? 1 : 0;
}

/** A /48 is one customer's, and its addresses cost nothing; the people of a /24 need have nothing to do with one another. */
function whyShared(network: Target, { groupAction }: IntrusionSettings): string | null {
  if (groupAction === "ban" || network.includes(":")) return null;
  return `an IPv4 /24 is often many people's. Where it is one attacker's, ringfence bans add ${network} shuts it out`;
}

/** Nobody has seen guess whom a list refuses; and what is forged in the names of a network must harm nobody there. */
function countsTogether({ kind, proof }: Attempt): boolean {
  return kind !== "acl-refused" && proof === "returned";
}
