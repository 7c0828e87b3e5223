import type { Source, Target } from "../domain/address.js";
import type { Ban, BanInForce, Block, Lock, Proposal } from "../domain/intrusion/ban.js";
import type { JudgeCounts } from "../domain/intrusion/judge.js";
import { Judge } from "../domain/intrusion/judge.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { Sighting } from "../domain/intrusion/sighting.js";
import { Groups } from "./groups.js";
import { Intrusion, type IntrusionParts } from "./intrusion.js";
import type { KnownSources } from "./known-sources.js";
import type { Happening, Log } from "./ports.js";
import type { Protection } from "./protection.js";
import { sparingBy } from "./standing.js";
import { ReplayBans, ReplayBlocks, ReplayLocks, ReplayProposals } from "./replay-books.js";

/** What would have been done, or told. */
export type Rehearsed =
  | { readonly action: "ban"; readonly ban: Ban }
  | { readonly action: "block"; readonly block: Block }
  | { readonly action: "lock"; readonly lock: Lock }
  | { readonly action: "proposal"; readonly proposal: Proposal }
  | { readonly action: "alarm"; readonly slug: string; readonly detail: string };

export interface RehearsalParts extends Pick<
  IntrusionParts,
  "settings" | "standingOf" | "accounts" | "causes" | "nonces" | "devices" | "clock" | "random"
> {
  readonly known: IntrusionParts["known"] & Pick<KnownSources, "knownWithin">;
  readonly protection: Pick<Protection, "reasonFor">;
  readonly isTrunk?: (account: string) => boolean;
  /** Whether a source or network is shut out by something else than the rehearsed policy. */
  readonly isShutAnyway?: (target: Target) => BanInForce | null;
  readonly onRehearsed: (what: Rehearsed) => void;
  /** So many sources are tracked, and targets remembered as banned; left out: as many as live, and without limit. */
  readonly most?: { readonly sources: number; readonly targets: number };
  readonly log: Log;
}

/** The attack flow as it is live, the same code throughout, with books that nobody enforces. */
export class Rehearsal {
  private readonly bans: ReplayBans;
  private readonly blocks: ReplayBlocks;
  private readonly locks: ReplayLocks;
  private readonly proposals: ReplayProposals;
  private readonly groups: Groups;
  private readonly intrusion: Intrusion;
  private readonly next: (() => void)[] = [];
  private alarms = 0;

  constructor(parts: RehearsalParts) {
    const { settings, known, protection, clock, random, most, onRehearsed, log } = parts;
    const nowMs = () => clock.nowMs();
    const targets = most?.targets;
    this.bans = new ReplayBans(
      nowMs,
      (ban) => {
        onRehearsed({ action: "ban", ban });
        this.groups.noticed(ban);
      },
      targets,
    );
    this.blocks = new ReplayBlocks(nowMs, (block) => onRehearsed({ action: "block", block }), targets);
    this.locks = new ReplayLocks(nowMs, (lock) => onRehearsed({ action: "lock", lock }), parts.isTrunk);
    this.proposals = new ReplayProposals(targets);
    const tell = (happening: Happening): void => {
      if (happening.type !== "alarm") return;
      const { slug, detail } = happening;
      if (slug === NETWORK_PROPOSED) return;
      this.alarms++;
      onRehearsed({ action: "alarm", slug, detail });
    };
    this.groups = new Groups({
      settings,
      bans: {
        ban: (plan) => this.bans.ban(plan),
        banOf: (target) => this.bans.banOf(target),
        historyOf: (target) => this.bans.historyOf(target),
        banByHand: () => ({ refused: "refused", message: "Nobody decides here." }),
      },
      store: this.bans,
      proposals: {
        propose: (proposal) => {
          const isNew = this.proposals.latestOf(proposal.network) === null;
          const kept = this.proposals.propose(proposal);
          if (isNew) onRehearsed({ action: "proposal", proposal: kept });
          return kept;
        },
        decide: () => this.proposals.decide(),
        open: () => this.proposals.open(),
        latestOf: (network) => this.proposals.latestOf(network),
      },
      protection,
      known,
      clock,
      after: (_ms, job) => {
        this.next.push(job);
        return () => undefined;
      },
      random,
      tell,
      log,
    });
    const { isShutAnyway = () => null } = parts;
    this.intrusion = new Intrusion({
      ...parts,
      whySpared: sparingBy(protection, known),
      judge: new Judge(most === undefined ? {} : { sources: most.sources }),
      bans: {
        ban: (plan) => this.bans.ban(plan),
        banOf: (target) => this.bans.banOf(target) ?? isShutAnyway(target),
        historyOf: (target) => this.bans.historyOf(target),
      },
      blocks: this.blocks,
      locks: this.locks,
      tell,
    });
  }

  observe(evidence: Evidence): void {
    this.intrusion.observe(evidence);
    this.goOn();
  }

  mirrored(sightings: readonly Sighting[]): void {
    this.intrusion.mirrored(sightings);
  }

  ping(source: Source, session: string, atMs: number): void {
    this.intrusion.ping(source, session, atMs);
    this.goOn();
  }

  flood(source: Source, packets: number): void {
    this.intrusion.flood(source, packets);
    this.goOn();
  }

  call(source: Source, atMs: number): void {
    this.intrusion.call(source, atMs);
    this.goOn();
  }

  tick(): void {
    this.intrusion.tick();
    this.goOn();
  }

  /** Takes in what was decided before. */
  keep(shut: { readonly ban: Ban } | { readonly block: Block }): void {
    if ("ban" in shut) this.bans.keep(shut.ban);
    else this.blocks.keep(shut.block);
  }

  /** Somebody let the source or network in: it starts without strikes. */
  lifted(target: Target, source: Source | null, by: string): void {
    this.bans.lift(target, by);
    if (source !== null) this.intrusion.forgive(source);
  }

  unblocked(account: string, source: Source, by: string): void {
    this.blocks.lift(account, source, by);
    this.intrusion.forgiveAccount(source, account);
  }

  counts(): RehearsalCounts {
    const { bans, blocks, locks, proposals, alarms } = this;
    const made = { bans: bans.made, blocks: blocks.made, locks: locks.made, proposals: proposals.made };
    return { ...this.intrusion.counts(), ...made, alarms };
  }

  /** Neighbours are looked at right after, as live. */
  private goOn(): void {
    if (this.next.length > 0) for (const job of this.next.splice(0)) job();
  }
}

export interface RehearsalCounts extends Readonly<JudgeCounts> {
  readonly bans: number;
  readonly blocks: number;
  readonly locks: number;
  readonly proposals: number;
  readonly alarms: number;
}

/** Told as a proposal, and not twice. */
const NETWORK_PROPOSED = "network-proposed";
