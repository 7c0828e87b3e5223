import { asSource, type Source, type Target } from "../domain/address.js";
import type {
  Ban,
  BannedNeighbour,
  Block,
  Lock,
  NewBan,
  NewBlock,
  NewProposal,
  Proposal,
} from "../domain/intrusion/ban.js";
import { networkAround } from "../domain/intrusion/network-around.js";
import { TargetIndex } from "../domain/target-index.js";
import type { BanRefusal } from "./bans.js";
import type { GroupsParts } from "./groups.js";
import type { IntrusionParts } from "./intrusion.js";
import type { LockWish } from "./locks.js";
import type { ProposalStore } from "./ports.js";

/** So many of one target are kept: what the ladder goes by. */
const HISTORY = 50;
const NEIGHBOURS = 200;

/** Bans that nobody enforces. They end by the clock they are given.
 *  @param most so many targets are remembered, those that were banned longest ago forgotten first */
export class ReplayBans
  implements
    Pick<IntrusionParts["bans"], "ban" | "banOf" | "historyOf">,
    Pick<GroupsParts["store"], "ofNetwork">
{
  made = 0;
  private readonly byTarget = new Map<Target, readonly Ban[]>();
  private readonly networks = new TargetIndex<Target>();
  private readonly neighbours = new Map<Target, readonly BannedNeighbour[]>();

  constructor(
    private readonly nowMs: () => number,
    private readonly onBan: (ban: Ban) => void,
    private readonly most = Infinity,
  ) {}

  banOf(target: Target): Ban | null {
    const own = this.inForce(target);
    if (own !== null || this.networks.size === 0) return own;
    for (const network of this.networks.covering(target)) {
      const around = this.inForce(network);
      if (around !== null) return around;
    }
    return null;
  }

  historyOf(target: Target): Ban[] {
    return [...(this.byTarget.get(target) ?? [])];
  }

  ofNetwork(network: Target, sinceMs: number): BannedNeighbour[] {
    return (this.neighbours.get(network) ?? []).filter(({ fromMs }) => fromMs >= sinceMs);
  }

  ban(plan: NewBan): Ban {
    const ban: Ban = { ...plan, id: ++this.made, liftedAtMs: null, liftedBy: null };
    this.keep(ban);
    this.onBan(ban);
    return ban;
  }

  /** Takes in one that was made before. */
  keep(ban: Ban): void {
    const { target } = ban;
    const before = this.byTarget.get(target) ?? [];
    this.byTarget.delete(target);
    this.byTarget.set(target, [ban, ...before.slice(0, HISTORY - 1)]);
    const source = asSource(target);
    if (source === null) this.networks.set(target, target);
    else this.keepNeighbour(networkAround(source), { ...ban, attempts: ban.evidence.attempts });
    const [oldest] = this.byTarget.keys();
    if (this.byTarget.size <= this.most || oldest === undefined) return;
    this.byTarget.delete(oldest);
    this.networks.delete(oldest);
  }

  /** Ends those of `target`: somebody said that they were wrong. */
  lift(target: Target, by: string): void {
    const [latest, ...older] = this.byTarget.get(target) ?? [];
    if (latest === undefined) return;
    this.byTarget.set(target, [{ ...latest, liftedAtMs: this.nowMs(), liftedBy: by }, ...older]);
  }

  private inForce(target: Target): Ban | null {
    const latest = this.byTarget.get(target)?.[0];
    if (latest === undefined || latest.liftedAtMs !== null) return null;
    return latest.untilMs === null || latest.untilMs > this.nowMs() ? latest : null;
  }

  private keepNeighbour(
    network: Target,
    { target, trigger, proof, fromMs, liftedBy, attempts }: BannedNeighbour,
  ) {
    const before = this.neighbours.get(network) ?? [];
    const banned = { target, trigger, proof, fromMs, liftedBy, attempts };
    this.neighbours.delete(network);
    this.neighbours.set(network, [banned, ...before.slice(0, NEIGHBOURS - 1)]);
    dropOldest(this.neighbours, this.most);
  }
}

/** The blocks, likewise. */
export class ReplayBlocks implements Pick<IntrusionParts["blocks"], "block" | "blockOf" | "historyOf"> {
  made = 0;
  private readonly byPair = new Map<string, readonly Block[]>();

  constructor(
    private readonly nowMs: () => number,
    private readonly onBlock: (block: Block) => void,
    private readonly most = Infinity,
  ) {}

  blockOf(account: string, source: Source): Block | null {
    const latest = this.byPair.get(pairOf(account, source))?.[0];
    if (latest === undefined || latest.liftedAtMs !== null) return null;
    return latest.untilMs === null || latest.untilMs > this.nowMs() ? latest : null;
  }

  historyOf(account: string, source: Source): Block[] {
    return [...(this.byPair.get(pairOf(account, source)) ?? [])];
  }

  block(plan: NewBlock): Block {
    const block: Block = { ...plan, id: ++this.made, liftedAtMs: null, liftedBy: null };
    this.keep(block);
    this.onBlock(block);
    return block;
  }

  /** Takes in one that was made before. */
  keep(block: Block): void {
    const pair = pairOf(block.account, block.source);
    const before = this.byPair.get(pair) ?? [];
    this.byPair.delete(pair);
    this.byPair.set(pair, [block, ...before.slice(0, HISTORY - 1)]);
    dropOldest(this.byPair, this.most);
  }

  lift(account: string, source: Source, by: string): void {
    const pair = pairOf(account, source);
    const [latest, ...older] = this.byPair.get(pair) ?? [];
    if (latest === undefined) return;
    this.byPair.set(pair, [{ ...latest, liftedAtMs: this.nowMs(), liftedBy: by }, ...older]);
  }
}

/** The locks, of which one an account is enough. */
export class ReplayLocks implements Pick<IntrusionParts["locks"], "lock" | "lockOf"> {
  made = 0;
  private readonly locks = new Map<string, Lock>();

  constructor(
    private readonly nowMs: () => number,
    private readonly onLock: (lock: Lock) => void,
    private readonly isTrunk: (account: string) => boolean = () => false,
  ) {}

  lockOf(account: string): Lock | null {
    const lock = this.locks.get(account);
    return lock !== undefined && lock.untilMs > this.nowMs() ? lock : null;
  }

  lock({ account, sources, lockMs, by }: LockWish): Lock | BanRefusal {
    if (this.isTrunk(account)) return { refused: "protected", message: "Trunks are never shut." };
    const fromMs = this.nowMs();
    const untilMs = fromMs + lockMs;
    const lock = { id: ++this.made, account, fromMs, untilMs, liftedAtMs: null, liftedBy: null, by, sources };
    this.locks.set(account, lock);
    this.onLock(lock);
    return lock;
  }
}

/** The networks that would be proposed; nobody decides on them. */
export class ReplayProposals implements ProposalStore {
  made = 0;
  private readonly proposals = new Map<Target, Proposal>();

  constructor(private readonly most = Infinity) {}

  propose(proposal: NewProposal): Proposal {
    const id = this.proposals.get(proposal.network)?.id ?? ++this.made;
    const kept: Proposal = { ...proposal, id, decision: null, decidedAtMs: null, decidedBy: null };
    this.proposals.set(proposal.network, kept);
    dropOldest(this.proposals, this.most);
    return kept;
  }

  decide(): null {
    return null;
  }

  open(): Proposal[] {
    return [...this.proposals.values()].reverse();
  }

  latestOf(network: Target): Proposal | null {
    return this.proposals.get(network) ?? null;
  }
}

function pairOf(account: string, source: Source): string {
  return `${source}\n${account}`;
}

function dropOldest<K, V>(map: Map<K, V>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
