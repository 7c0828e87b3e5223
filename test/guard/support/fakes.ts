import { asSource, sourceOf, type Source, type Target } from "../../../src/domain/address.js";
import {
  NO_FINDINGS,
  SUPERSEDED,
  type Ban,
  type BanScope,
  type BannedNeighbour,
  type Block,
  type Lock,
  type NewBan,
  type NewBlock,
  type NewLock,
  type NewProposal,
  type Proposal,
} from "../../../src/domain/intrusion/ban.js";
import { networkAround } from "../../../src/domain/intrusion/network-around.js";
import type {
  After,
  BanBatch,
  BanFilter,
  BanStore,
  BlockStore,
  Clock,
  Firewall,
  FirewallChange,
  FirewallCounters,
  Flood,
  HeldShut,
  LockStore,
  Log,
  ProposalStore,
} from "../../../src/guard/ports.js";
import { target } from "../../target.js";

export { target };

export const START_MS = Date.parse("2030-01-01T00:00:00Z");

/** A clock, and jobs that run when it is set forward. */
export class FakeTime implements Clock {
  private now = START_MS;
  private jobs: { atMs: number; job: () => void }[] = [];

  nowMs = (): number => this.now;

  after: After = (ms, job) => {
    const entry = { atMs: this.now + ms, job };
    this.jobs.push(entry);
    return () => void (this.jobs = this.jobs.filter((each) => each !== entry));
  };

  /** Runs what is due meanwhile, each job at its time, and lets all promises settle. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (;;) {
      const next = this.jobs.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.jobs = this.jobs.filter((each) => each !== next);
      this.now = Math.max(this.now, next.atMs);
      next.job();
      await settle();
    }
    this.now = Math.max(this.now, end);
  }

  /** Time that goes by within a job. */
  slip(ms: number): void {
    this.now += ms;
  }

  get waiting(): number {
    return this.jobs.length;
  }
}

/** Lets every promise that can settle without the outside settle. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeLog implements Log {
  readonly lines: { level: string; message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  error = this.keep("error");
  warn = this.keep("warn");
  info = this.keep("info");
  debug = this.keep("debug");

  messages(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  private keep(level: string) {
    return (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void this.lines.push({ level, message, fields });
  }
}

/** Bans in memory, by the rules of the port. */
export class FakeBanStore implements BanStore {
  readonly bans: Ban[] = [];
  private readonly latest = new Map<Target, Ban>();

  add(ban: NewBan): Ban {
    this.lift(ban.target, ban.fromMs, "superseded");
    const added: Ban = { ...ban, id: this.bans.length + 1, liftedAtMs: null, liftedBy: null };
    this.put(added);
    return added;
  }

  /** What the next commit throws, after it has forgotten what it was to store. */
  commitFails: Error | null = null;
  inBatch = false;

  begin(): BanBatch {
    this.inBatch = true;
    const [bans, latest] = [[...this.bans], new Map(this.latest)];
    return {
      commit: () => {
        this.inBatch = false;
        const error = this.commitFails;
        this.commitFails = null;
        if (error === null) return;
        this.bans.splice(0, Infinity, ...bans);
        this.latest.clear();
        for (const [target, ban] of latest) this.latest.set(target, ban);
        throw error;
      },
    };
  }

  lift(of: Target, atMs: number, by: string): Ban[] {
    const ban = this.latest.get(of);
    if (ban === undefined || ban.liftedAtMs !== null || (ban.untilMs !== null && ban.untilMs <= atMs))
      return [];
    const lifted = { ...ban, liftedAtMs: atMs, liftedBy: by };
    this.put(lifted);
    return [lifted];
  }

  private put(ban: Ban): void {
    this.bans[ban.id - 1] = ban;
    this.latest.set(ban.target, ban);
  }

  inForce(nowMs: number): Ban[] {
    return this.bans.filter(
      (ban) => ban.liftedAtMs === null && (ban.untilMs === null || ban.untilMs > nowMs),
    );
  }

  byIds(ids: readonly number[], filter: BanFilter, limit = Infinity): Ban[] {
    const asked = new Set(ids);
    return this.page(filter, null, Infinity)
      .filter(({ id }) => asked.has(id))
      .slice(0, limit);
  }

  page({ cause, sinceMs, text }: BanFilter, beforeId: number | null, limit: number, lowestId = 0): Ban[] {
    return [...this.bans]
      .reverse()
      .filter((ban) => (beforeId === null || ban.id < beforeId) && ban.id >= lowestId)
      .filter((ban) => ban.target.includes(text ?? ""))
      .filter((ban) => (cause ?? ban.cause) === ban.cause && ban.fromMs >= (sinceMs ?? 0))
      .slice(0, limit);
  }

  newestId(): number {
    return this.bans.length;
  }

  ofNetwork(network: Target, sinceMs: number): BannedNeighbour[] {
    const found = [...this.bans].reverse().filter((ban) => {
      const source = asSource(ban.target);
      return source !== null && networkAround(source) === network && ban.fromMs >= sinceMs;
    });
    return found.map((ban) => ({ ...ban, attempts: ban.evidence.attempts }));
  }

  setNote(of: Target, note: string | null): Ban | null {
    const ban = this.latest.get(of);
    if (ban === undefined) return null;
    this.put({ ...ban, note });
    return { ...ban, note };
  }

  historyOf(of: Target, limit: number): Ban[] {
    return this.bans
      .filter((ban) => ban.target === of)
      .reverse()
      .slice(0, limit);
  }

  recent(limit: number): Ban[] {
    return [...this.bans].reverse().slice(0, limit);
  }

  countSince(atMs: number): number {
    return this.bans.filter((ban) => ban.fromMs >= atMs).length;
  }
}

/** Blocks in memory, by the rules of the port. */
export class FakeBlockStore implements BlockStore {
  readonly blocks: Block[] = [];

  add(block: NewBlock): Block {
    this.lift(block.account, block.source, block.fromMs, SUPERSEDED);
    const added: Block = { ...block, id: this.blocks.length + 1, liftedAtMs: null, liftedBy: null };
    this.blocks.push(added);
    return added;
  }

  lift(account: string, source: Source, atMs: number, by: string): Block[] {
    const ended = this.inForce(atMs).filter((each) => each.account === account && each.source === source);
    return ended.map((each) => (this.blocks[each.id - 1] = { ...each, liftedAtMs: atMs, liftedBy: by }));
  }

  setNote(account: string, source: Source, note: string | null): Block | null {
    const [block] = this.historyOf(account, source, 1);
    return block === undefined ? null : (this.blocks[block.id - 1] = { ...block, note });
  }

  inForce(nowMs: number): Block[] {
    return this.blocks.filter(
      ({ liftedAtMs, untilMs }) => liftedAtMs === null && (untilMs === null || untilMs > nowMs),
    );
  }

  byIds(ids: readonly number[]): Block[] {
    return this.recent(Infinity).filter(({ id }) => ids.includes(id));
  }

  historyOf(account: string, source: Source, limit: number): Block[] {
    return this.of({ account }, limit).filter((each) => each.source === source);
  }

  of(whose: { account: string } | { source: Source }, limit: number): Block[] {
    const isOf = (block: Block) =>
      "account" in whose ? block.account === whose.account : block.source === whose.source;
    return this.recent(Infinity).filter(isOf).slice(0, limit);
  }

  recent(limit: number): Block[] {
    return [...this.blocks].reverse().slice(0, limit);
  }

  countSince(atMs: number): number {
    return this.blocks.filter(({ fromMs }) => fromMs >= atMs).length;
  }
}

/** Locks in memory, by the rules of the port. */
export class FakeLockStore implements LockStore {
  readonly locks: Lock[] = [];

  add(lock: NewLock): Lock {
    this.lift(lock.account, lock.fromMs, SUPERSEDED);
    const added: Lock = { ...lock, id: this.locks.length + 1, liftedAtMs: null, liftedBy: null };
    this.locks.push(added);
    return added;
  }

  lift(account: string, atMs: number, by: string): Lock[] {
    const ended = this.inForce(atMs).filter((each) => each.account === account);
    return ended.map((each) => (this.locks[each.id - 1] = { ...each, liftedAtMs: atMs, liftedBy: by }));
  }

  inForce(nowMs: number): Lock[] {
    return this.locks.filter(({ liftedAtMs, untilMs }) => liftedAtMs === null && untilMs > nowMs);
  }

  recent(limit: number): Lock[] {
    return [...this.locks].reverse().slice(0, limit);
  }
}

/** Proposals in memory, by the rules of the port. */
export class FakeProposalStore implements ProposalStore {
  readonly proposals: Proposal[] = [];

  propose(proposal: NewProposal): Proposal {
    const undecided = { decision: null, decidedAtMs: null, decidedBy: null };
    const open = this.open().find(({ network }) => network === proposal.network);
    const added: Proposal = { ...proposal, ...undecided, id: open?.id ?? this.proposals.length + 1 };
    this.proposals[added.id - 1] = added;
    return added;
  }

  decide(network: Target, decision: "accepted" | "dismissed", atMs: number, by: string): Proposal | null {
    const open = this.open().find((each) => each.network === network);
    if (open === undefined) return null;
    return (this.proposals[open.id - 1] = { ...open, decision, decidedAtMs: atMs, decidedBy: by });
  }

  open(): Proposal[] {
    return this.proposals.filter(({ decision }) => decision === null).reverse();
  }

  latestOf(network: Target): Proposal | null {
    return this.proposals.findLast((each) => each.network === network) ?? null;
  }
}

/** A firewall in memory, with faults at will. */
export class FakeFirewall implements Firewall {
  readonly name = "fake";
  readonly changes: FirewallChange[] = [];
  known: readonly Source[] = [];
  flooding: Flood[] = [];
  counted: FirewallCounters = { packets: 0, bytes: 0 };
  /** Whether the table is there. */
  table = false;
  shielded: readonly Target[] = [];
  prepared = 0;
  /** While it is set, `apply` waits for it. */
  gate: Promise<void> | null = null;
  /** While it is set, `held` waits for it, after it has looked. */
  heldGate: Promise<void> | null = null;
  /** Called ahead of each operation; throws to make it fail. */
  fault: (operation: "prepare" | "apply" | "protect" | "held" | "floods", change?: FirewallChange) => void =
    () => undefined;
  /** Edits the next listings. */
  listing: (held: HeldShut[]) => HeldShut[] = (held) => held;
  private readonly elements = new Map<Target, { end: number | null; scope: BanScope }>();

  constructor(private readonly clock: Clock) {}

  async prepare(): Promise<boolean> {
    this.prepared += 1;
    await Promise.resolve();
    this.fault("prepare");
    const missing = !this.table;
    this.table = true;
    return missing;
  }

  async apply(change: FirewallChange): Promise<void> {
    this.changes.push(change);
    await this.gate;
    this.fault("apply", change);
    if (!this.table) throw new Error("no such table");
    for (const each of change.open) this.elements.delete(each);
    for (const { target: each, timeoutMs, scope } of change.shut) {
      this.elements.set(each, { end: timeoutMs === null ? null : this.clock.nowMs() + timeoutMs, scope });
    }
  }

  async protect(targets: readonly Target[]): Promise<void> {
    await Promise.resolve();
    this.fault("protect");
    this.shielded = targets;
  }

  know(sources: readonly Source[]): Promise<void> {
    this.known = sources;
    return Promise.resolve();
  }

  async floods(): Promise<readonly Flood[]> {
    await Promise.resolve();
    this.fault("floods");
    return this.flooding.splice(0);
  }

  lastTried(): Promise<number | null> {
    return Promise.resolve(null);
  }

  notes(): readonly string[] {
    return [];
  }

  async held(): Promise<HeldShut[]> {
    this.fault("held");
    const now = this.clock.nowMs();
    const held = [...this.elements].flatMap(([each, { end, scope }]) =>
      end !== null && end <= now
        ? []
        : [{ target: each, expiresInMs: end === null ? null : end - now, scope }],
    );
    await this.heldGate;
    return this.listing(held);
  }

  counters(): Promise<FirewallCounters> {
    return Promise.resolve(this.counted);
  }

  remove(): Promise<void> {
    this.flush();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** As `nft flush ruleset` does. */
  flush(): void {
    this.table = false;
    this.elements.clear();
    this.shielded = [];
  }

  /** Behind the keeper's back. */
  tamper(of: Target, end: number | null | "gone", scope: BanScope = "host"): void {
    if (end === "gone") this.elements.delete(of);
    else this.elements.set(of, { end, scope });
  }

  get shut(): string[] {
    const now = this.clock.nowMs();
    return [...this.elements]
      .filter(([, { end }]) => end === null || end > now)
      .map(([each]) => String(each))
      .sort();
  }

  scopeOf(of: Target): BanScope | undefined {
    return this.elements.get(of)?.scope;
  }

  endOf(of: Target): number | null | undefined {
    return this.elements.get(of)?.end;
  }
}

export function newBan(of: string, change: Partial<NewBan> = {}): NewBan {
  return {
    target: target(of),
    cause: "attack",
    trigger: "attempts",
    standing: "stranger",
    proof: "returned",
    scope: "host",
    rung: 1,
    fromMs: START_MS,
    untilMs: START_MS + 900_000,
    note: null,
    by: "ringfence",
    evidence: {
      ...NO_FINDINGS,
      attempts: 10,
      accounts: ["100"],
      firstAtMs: START_MS - 60_000,
      lastAtMs: START_MS,
      services: ["pjsip"],
      transports: ["udp"],
      summary: "10 failed attempts.",
    },
    ...change,
  };
}

export function source(text: string): Source {
  const found = sourceOf(text.replace(/\/64$/, ""));
  if (found === null) throw new Error(`${text} is no address`);
  return found;
}

export function newBlock(account: string, at: string, change: Partial<NewBlock> = {}): NewBlock {
  const { standing, proof, rung, fromMs, untilMs, note, by, evidence } = newBan(at);
  return {
    account,
    source: source(at),
    cause: "outdated-credentials",
    trigger: "account-failures",
    ...{ standing, proof, rung, fromMs, untilMs, note, by, evidence },
    ...change,
  };
}

/** A promise to be settled by hand. */
export function gate(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}
