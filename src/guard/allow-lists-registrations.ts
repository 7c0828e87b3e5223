import { parseIp, formatIp, sourceOf, type Source } from "../domain/address.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { Policy } from "../domain/policy.js";
import { isThrownOut, type AllowLists, type Registration } from "../domain/registration/affected.js";
import { effectiveList, lets, nextEndOf } from "../domain/registration/allow-list.js";
import { USER_AGENT_LENGTH } from "../domain/intrusion/devices.js";
import { isNobodys, listsOf } from "./allow-lists-permits.js";
import { NextEnd } from "./next-end.js";
import type {
  After,
  Clock,
  Contact,
  Log,
  Registrar,
  RegistrationStore,
  SeenRegistration,
  Stop,
} from "./ports.js";
import { Turns } from "./slices.js";
import { Upkeep } from "./upkeep.js";

export interface RegistrationParts {
  readonly registrar: Registrar;
  readonly store: RegistrationStore;
  readonly policy: () => Policy;
  readonly isTrunk: (account: string) => boolean;
  /** The lists of accounts are to be put into Asterisk anew. Called once those who are off the list have gone, or after
   *  HELD_BACK_MS: while Asterisk reads its endpoints again it takes ten times as long to forget a phone. */
  readonly changed: () => void;
  /** What the mirror told of a device at `source` that names the account. */
  readonly deviceOf: (source: Source, account: string) => { readonly userAgent: string | null } | null;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

/** A request that a list refused: an address that is not on it. */
export interface RefusedByList {
  readonly account: string;
  readonly address: string;
  readonly atMs: number;
  readonly count: number;
  /** As the device there calls itself: hostile text; null where the mirror did not tell. */
  readonly userAgent: string | null;
  /** Whether it calls itself as a phone that was registered as this account. The list is asked before the password, so that
   *  nobody can say whether that would have been right. */
  readonly like: "its-phone" | "another-device" | "untold";
}

type Refusal = Pick<RefusedByList, "account" | "address" | "atMs"> & {
  /** The sender's Call-ID. */
  readonly session: string;
};
type CountedRefusal = Refusal & Pick<RefusedByList, "count">;

interface Held {
  readonly contact: Contact;
  readonly registration: Registration;
}

const AGAIN_MS = 60_000;
const SAME_TRY_MS = 2_000;
/** Successes that are remembered until the next look at what is registered. */
const HEARD_KEPT = 50_000;
const REFUSED_ACCOUNTS_KEPT = 5_000;
const REFUSED_KEPT_EACH = 20;
const PHONES_KEPT_EACH = 10;
/** The contacts that Asterisk is told to forget at a time: more gain nothing. */
const AT_ONCE = 4;
/** So many that they are not all removed within half a second. */
const CROWD = 500;
/** The longest that new lists wait for those to go who are off them. */
const HELD_BACK_MS = 2_000;

/** Knows from where each registered phone signed in, and takes those registrations away that the lists do not let in: at once
 *  after a change, and again once Asterisk has the list, since a phone may have come back in between. */
export class Registrations {
  private readonly heard = new Map<string, SeenRegistration>();
  private registered: ReadonlyMap<string, SeenRegistration> = new Map();
  private readonly refused = new Map<string, Map<string, CountedRefusal>>();
  /** How the phones that were registered as an account called themselves. */
  private readonly phones = new Map<string, Set<string>>();
  private readonly upkeep: Upkeep;
  private readonly ends: NextEnd;
  private lastError: string | null = null;
  private endCallsToo = false;
  /** Ends the wait of new lists; null while none wait. */
  private cancelWait: (() => void) | null = null;

  constructor(private readonly parts: RegistrationParts) {
    const { after, clock, log } = parts;
    this.upkeep = new Upkeep({
      work: () => this.sweep(),
      onFailure: (error, inMs) => {
        this.lastError = error instanceof Error ? error.message : String(error);
        log.warn("the registrations could not be looked through; trying again", { error, inMs });
      },
      againMs: AGAIN_MS,
      after,
    });
    this.ends = new NextEnd({ clock, after, job: () => this.listsChanged() });
  }

  start(): Stop {
    this.registered = new Map(this.parts.store.load().map((seen) => [keyOf(seen), seen]));
    this.setEnds();
    this.upkeep.ask();
    return async () => {
      this.ends.stop();
      this.release();
      await this.upkeep.stop();
    };
  }

  /** Each security event, as it comes. */
  observe(evidence: Evidence): void {
    if (evidence.type !== "security" || evidence.account === null || evidence.service !== "pjsip") return;
    const { account, session, address, atMs } = evidence;
    if (evidence.kind === "success") {
      const key = keyOf({ account, session });
      const before = this.heard.get(key) ?? this.registered.get(key);
      this.heard.delete(key);
      this.heard.set(key, {
        account,
        session,
        address,
        firstAtMs: before?.firstAtMs ?? atMs,
        lastAtMs: atMs,
      });
      if (this.heard.size > HEARD_KEPT) dropOldest(this.heard);
    } else if (evidence.kind === "acl-refused") this.noteRefused({ account, session, address, atMs });
  }

  /** The lists are not what they were: another policy, or an entry has ended. */
  listsChanged(): void {
    this.setEnds();
    this.endCallsToo = true;
    this.cancelWait ??= this.parts.after(HELD_BACK_MS, () => this.release());
    this.upkeep.ask();
  }

  /** New lists go to Asterisk. */
  private release(): void {
    if (this.cancelWait === null) return;
    this.cancelWait();
    this.cancelWait = null;
    this.parts.changed();
  }

  /** Asterisk enforces the lists now: whoever came back in between goes. */
  listsInForce(): void {
    this.upkeep.ask();
  }

  /** All phones that are registered now, trunks apart. Rejects with a RingfenceError where Asterisk can't be asked. */
  async list(): Promise<Registration[]> {
    return (await this.look()).map(({ registration }) => registration);
  }

  /** Whom a list refused lately, newest first. @param of an account, an address, or all */
  refusedLately(of: { readonly account?: string; readonly address?: string }): RefusedByList[] {
    const { policy, clock } = this.parts;
    const lists = listsOf(policy());
    const accounts = of.account === undefined ? [...this.refused.values()] : [this.refused.get(of.account)];
    return accounts
      .flatMap((addresses) => [...(addresses?.values() ?? [])])
      .filter(({ account, address }) => {
        if (of.address !== undefined && address !== of.address) return false;
        const { list } = effectiveList(lists.global, lists.own.get(account));
        return !lets(list, address, clock.nowMs());
      })
      .sort((a, b) => b.atMs - a.atMs)
      .map((refusal) => this.described(refusal));
  }

  private described({ account, address, atMs, count }: CountedRefusal): RefusedByList {
    const source = sourceOf(address);
    const userAgent = (source === null ? null : this.parts.deviceOf(source, account)?.userAgent) ?? null;
    const phones = this.phones.get(account);
    const like =
      userAgent === null || phones === undefined
        ? ("untold" as const)
        : phones.has(userAgent)
          ? ("its-phone" as const)
          : ("another-device" as const);
    return { account, address, atMs, count, userAgent, like };
  }

  /** Why the registrations could not be looked through; null where they could. */
  fault(): string | null {
    return this.lastError;
  }

  private async sweep(): Promise<void> {
    const { policy, log, registrar } = this.parts;
    const endCalls = this.endCallsToo;
    this.endCallsToo = false;
    // Lists that changed while this run looks wait for the next.
    const awaited = this.cancelWait;
    try {
      const held = await this.look();
      const lists = listsOf(policy());
      const off = await this.off(held, lists);
      if (off.length > CROWD) {
        await registrar.expire(off.map(({ contact }) => contact));
        log.info("a crowd is off the lists: calls to them do not ring any longer", { phones: off.length });
      }
      const leaving = off.values();
      const work = async (): Promise<void> => {
        for (const { contact, registration } of leaving) {
          await registrar.remove(contact);
          const { extension, address, addressIs } = registration;
          log.info("a registration was taken away: its address is not on the list", {
            extension,
            address,
            addressIs,
          });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (endCalls && policy().registration.runningCalls === "end") await this.endCalls();
      this.lastError = null;
    } catch (error) {
      this.endCallsToo ||= endCalls;
      throw error;
    } finally {
      if (awaited === this.cancelWait) this.release();
    }
  }

  /** Those that the lists do not let in. Thousands of lists that nobody has looked at before take a while. */
  private async off(held: readonly Held[], lists: AllowLists): Promise<Held[]> {
    const nowMs = this.parts.clock.nowMs();
    const off: Held[] = [];
    const turns = new Turns();
    for (const each of held) {
      if (turns.isDue()) await turns.next();
      if (isThrownOut(each.registration, lists, nowMs)) off.push(each);
    }
    return off;
  }

  private async endCalls(): Promise<void> {
    const { policy, isTrunk, clock, registrar, log } = this.parts;
    const lists = listsOf(policy());
    const ended = await registrar.endCalls((endpoint, address) => {
      if (isTrunk(endpoint) || isNobodys(endpoint)) return false;
      const { list } = effectiveList(lists.global, lists.own.get(endpoint));
      return !lets(list, address, clock.nowMs());
    });
    if (ended > 0) log.info("running calls were ended: their phones are not on the list", { calls: ended });
  }

  private async look(): Promise<Held[]> {
    const { registrar, isTrunk, store } = this.parts;
    const contacts = (await registrar.contacts()).filter(
      ({ endpoint }) => !isTrunk(endpoint) && !isNobodys(endpoint),
    );
    const registered = new Map<string, SeenRegistration>();
    const found = contacts.map((contact) => {
      const key = keyOf({ account: contact.endpoint, session: contact.session });
      const seen = this.heard.get(key) ?? this.registered.get(key);
      if (seen !== undefined) registered.set(key, seen);
      this.notePhone(contact);
      return { contact, registration: registrationOf(contact, seen) };
    });
    if (!isSame(this.registered, registered)) store.replace([...registered.values()]);
    this.registered = registered;
    return found;
  }

  private notePhone({ endpoint, userAgent }: Contact): void {
    if (userAgent === null) return;
    const phones = this.phones.get(endpoint) ?? new Set();
    // The mirror cuts what it keeps.
    phones.add(userAgent.slice(0, USER_AGENT_LENGTH));
    if (phones.size > PHONES_KEPT_EACH) for (const oldest of phones) if (phones.delete(oldest)) break;
    this.phones.delete(endpoint);
    this.phones.set(endpoint, phones);
    if (this.phones.size > HEARD_KEPT) dropOldest(this.phones);
  }

  private noteRefused({ account, session, address, atMs }: Refusal): void {
    const addresses = this.refused.get(account) ?? new Map<string, CountedRefusal>();
    const before = addresses.get(address);
    // Asterisk refuses a try twice: without a password, and with one.
    const isSameTry = before?.session === session && atMs - before.atMs < SAME_TRY_MS;
    const count = (before?.count ?? 0) + (isSameTry ? 0 : 1);
    addresses.delete(address);
    addresses.set(address, { account, address, atMs, count, session });
    if (addresses.size > REFUSED_KEPT_EACH) dropOldest(addresses);
    this.refused.delete(account);
    this.refused.set(account, addresses);
    if (this.refused.size > REFUSED_ACCOUNTS_KEPT) dropOldest(this.refused);
  }

  private setEnds(): void {
    const { global, own } = listsOf(this.parts.policy());
    const nowMs = this.parts.clock.nowMs();
    this.ends.set([global, ...own.values()].map((list) => nextEndOf(list, nowMs)));
  }
}

function registrationOf(contact: Contact, seen: SeenRegistration | undefined): Registration {
  const claimed = contact.claims === null ? null : parseIp(contact.claims);
  return {
    extension: contact.endpoint,
    contact: contact.id,
    address: seen?.address ?? (claimed === null ? null : formatIp(claimed)),
    addressIs: seen === undefined ? "claimed" : "seen",
    userAgent: contact.userAgent,
    sinceMs: seen?.firstAtMs ?? null,
  };
}

function isSame(a: ReadonlyMap<string, SeenRegistration>, b: ReadonlyMap<string, SeenRegistration>): boolean {
  return a.size === b.size && [...b].every(([key, seen]) => a.get(key) === seen);
}

/** An account's name as Asterisk tells it holds no line break. */
function keyOf({ account, session }: Pick<SeenRegistration, "account" | "session">): string {
  return `${account}\n${session}`;
}

function dropOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
