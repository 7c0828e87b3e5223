import type { Cidr, Source, Target } from "../domain/address.js";
import type { BlockInForce, Lock } from "../domain/intrusion/ban.js";
import { intersection } from "../domain/registration/compile.js";
import type { After, Clock, EndpointAcl, EndpointAcls, Log, Stop } from "./ports.js";
import { EVERYBODY } from "./allow-lists-permits.js";
import { Upkeep } from "./upkeep.js";

export interface AccountAclsParts {
  readonly acls: EndpointAcls;
  readonly blocks: () => readonly BlockInForce[];
  readonly locks: () => readonly Lock[];
  /** Whom each account's allow-list lets in; accounts that are open to everybody are not named. */
  readonly permits: (endpoints: readonly string[]) => Promise<ReadonlyMap<string, readonly Cidr[]>>;
  /** Called each time that Asterisk was made to hold something new. */
  readonly onChange?: () => void;
  /** Asterisk's endpoints; null while it has not said. */
  readonly endpoints: () => readonly string[] | null;
  readonly isTrunk: (account: string) => boolean;
  /** From where a password of this account succeeded lately. */
  readonly knownSourcesOf: (account: string) => readonly Source[];
  /** Those who are never acted on. */
  readonly protectedTargets: () => readonly Target[];
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

export interface AccountAclsState {
  /** When Asterisk was last made to hold what it should; null before the first time. */
  readonly appliedAtMs: number | null;
  /** How many endpoints are restricted. */
  readonly endpoints: number;
  /** How many more have a list that lets everybody in. */
  readonly open: number;
  /** Something is not in force yet. */
  readonly pending: boolean;
  /** Blocked or locked, and not shut in Asterisk: by account (hostile text), why. */
  readonly notShut: ReadonlyMap<string, string>;
  /** In a row; 0: all is well. */
  readonly failures: number;
  readonly lastError: string | null;
}

/** Asterisk goes through all endpoints after each change, so changes that come close together are one. The first of them
 *  goes out at once. */
const PAUSE_MS = 1_000;
const AGAIN_MS = 60_000;
const LAST_PUSH_MS = 5_000;
/** Why something is not in force yet that was asked for just now. */
export const BEING_TOLD = "Asterisk is being told";

/** Keeps what each account's ACL in Asterisk should say: its allow-list, the blocks of the account, and its lock. Everything that shuts
 *  an account to a source goes through here, so that an account has one list. */
export class AccountAcls {
  private readonly upkeep: Upkeep;
  private startedAtMs = -Infinity;
  private cancelPush: (() => void) | null = null;
  private pending = false;
  private appliedAtMs: number | null = null;
  /** A change did not reach Asterisk, which goes on with what was before. */
  private behind = false;
  private inForce: ReadonlySet<string> = new Set();
  private open = 0;
  private notShut: ReadonlyMap<string, string> = new Map();
  private failures = 0;
  private lastError: string | null = null;

  constructor(private readonly parts: AccountAclsParts) {
    this.upkeep = new Upkeep({
      work: () => this.apply(),
      onFailure: (error, inMs) => this.failed(error, inMs),
      againMs: AGAIN_MS,
      after: parts.after,
    });
  }

  start(): Stop {
    this.push();
    return async () => {
      this.cancelPush?.();
      await this.upkeep.stop();
      if (this.pending && this.failures === 0) await this.pushLast();
    };
  }

  /** Something changed: a block, a lock, Asterisk's endpoints. */
  push(): void {
    this.pending = true;
    if (this.cancelPush !== null) return;
    const waitMs = this.startedAtMs + PAUSE_MS - this.parts.clock.nowMs();
    if (waitMs <= 0) {
      this.upkeep.ask();
      return;
    }
    this.cancelPush = this.parts.after(waitMs, () => {
      this.cancelPush = null;
      this.upkeep.ask();
    });
  }

  state(): AccountAclsState {
    const { appliedAtMs, inForce, open, pending, notShut, failures, lastError } = this;
    return { appliedAtMs, endpoints: inForce.size - open, open, pending, notShut, failures, lastError };
  }

  /** Why the list of `account`, or what is meant for all of them, is not in force in Asterisk, as a sentence without its full stop;
   *  null where it is. */
  faultOf(account: string | null): string | null {
    if (account === null) return this.behind ? this.lastError : null;
    const reason = this.notShut.get(account);
    if (reason !== undefined) return reason;
    if (this.inForce.has(account) && !this.behind) return null;
    return this.lastError ?? BEING_TOLD;
  }

  /** What was changed in the second before the daemon stops is in force while it is away. */
  private async pushLast(): Promise<void> {
    let cancel: () => void = () => undefined;
    const late = new Promise<string>((resolve) => {
      cancel = this.parts.after(LAST_PUSH_MS, () => resolve(`not done after ${LAST_PUSH_MS} ms`));
    });
    const reason = await Promise.race([this.apply().then(() => null, String), late]);
    cancel();
    if (reason === null) return;
    this.parts.log.warn("the last changes of the accounts' ACLs go to Asterisk at the next start", {
      reason,
    });
  }

  private async apply(): Promise<void> {
    const { acls, blocks, locks, endpoints, clock } = this.parts;
    const names = endpoints();
    // It is told of them by `push` as soon as they are known.
    if (names === null) return;
    const changed = this.pending;
    this.startedAtMs = clock.nowMs();
    this.pending = false;
    try {
      const permits = await this.parts.permits(names);
      const wanted = planAcls(blocks(), locks(), permits, (account) => this.permitOf(account));
      const nothingToShut = this.takeOut(wanted, new Set(names), permits);
      const report = await (changed ? acls.apply(wanted) : acls.verify());
      this.inForce = new Set(report.inForce);
      this.open = report.inForce.filter((name) => isOpen(wanted.get(name))).length;
      this.notShut = new Map([
        ...nothingToShut,
        ...[...report.impossible].filter(([name]) => wanted.has(name)),
      ]);
    } catch (error) {
      this.pending = true;
      this.behind ||= changed;
      throw error;
    }
    this.appliedAtMs = clock.nowMs();
    this.failures = 0;
    this.lastError = null;
    this.behind = false;
    if (changed) this.parts.onChange?.();
  }

  /** Takes out of `wanted` what Asterisk has no endpoint for, and trunks. Returns why, by account. An allow-list waits for an
   *  endpoint that is not there yet, or is there no more. */
  private takeOut(
    wanted: Map<string, EndpointAcl>,
    endpoints: ReadonlySet<string>,
    permits: ReadonlyMap<string, unknown>,
  ): Map<string, string> {
    const reasons = new Map<string, string>();
    for (const account of wanted.keys()) {
      if (!endpoints.has(account) && !permits.has(account))
        reasons.set(account, "Asterisk has no such endpoint: there is nothing to shut");
      else if (this.parts.isTrunk(account))
        reasons.set(account, "it is a trunk now, and trunks are never shut");
    }
    for (const account of reasons.keys()) wanted.delete(account);
    return reasons;
  }

  /** Nothing is ever done against who is protected: an administrator's address, the PBX's own. */
  private permitOf(account: string): readonly Target[] {
    return [...new Set<Target>([...this.parts.knownSourcesOf(account), ...this.parts.protectedTargets()])];
  }

  private failed(error: unknown, inMs: number): void {
    this.failures += 1;
    this.lastError = error instanceof Error ? error.message : String(error);
    const { log } = this.parts;
    log.warn("the accounts' ACLs are not in force; trying again", { error, failures: this.failures, inMs });
  }
}

/** Whether it shuts nobody out: where each account is to have a list, most say so. */
function isOpen(acl: EndpointAcl | undefined): boolean {
  if (acl === undefined || acl.deny.length > 0) return false;
  return acl.permit?.length === 2 && EVERYBODY.every((all) => acl.permit?.includes(all));
}

/** What each account's ACL should say. Where there is an allow-list and a lock, only what both permit. */
function planAcls(
  blocks: readonly BlockInForce[],
  locks: readonly Lock[],
  permits: ReadonlyMap<string, readonly Cidr[]>,
  permitOf: (account: string) => readonly Target[],
): Map<string, EndpointAcl> {
  const wanted = new Map<string, { permit: readonly Cidr[] | null; deny: Target[] }>();
  for (const [account, permit] of permits) wanted.set(account, { permit, deny: [] });
  for (const { account } of locks) {
    const [listed, unlocked] = [permits.get(account), permitOf(account)];
    const permit = listed === undefined ? unlocked : intersection(listed, unlocked);
    wanted.set(account, { permit, deny: [] });
  }
  for (const { account, source } of blocks) {
    const acl = wanted.get(account) ?? { permit: null, deny: [] };
    acl.deny.push(source);
    wanted.set(account, acl);
  }
  return wanted;
}
