import type { AccountState } from "../domain/intrusion/cause-facts.js";
import { NearNames } from "../domain/intrusion/near-name.js";
import type { AccountStore, AsteriskFacts, Clock, Log, Stop } from "./ports.js";

/** What did not change is written again this often, so that "last seen" survives a crash well enough. */
const WRITE_EVERY_MS = 3_600_000;
/** What AMI lists of these is all that can sign in there; of IAX2 it leaves out `type=user`, and of its own users and the web
 *  server's it lists none. */
const LISTED_WHOLE: ReadonlySet<string> = new Set(["pjsip", "sip"]);

export interface AccountsParts {
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AccountStanding {
  readonly state: AccountState;
  /** When Asterisk last listed it, or a password for it last succeeded; null: never. */
  readonly lastSeenMs: number | null;
}

/** The accounts of this PBX, and those that it once had. Names asked about are hostile text. */
export class Accounts {
  private readonly lastListedMs = new Map<string, number>();
  /** Successes since the start, of accounts that AMI does not list. */
  private readonly lastWorkedMs = new Map<string, number>();
  private listed: ReadonlySet<string> = new Set();
  private listedAtMs: number | null = null;
  /** Whether the store lacks the time of the last list. */
  private unwritten = false;
  private writtenAtMs = -Infinity;
  private near = new NearNames([]);
  private ownerOf: ReadonlyMap<string, string> = new Map();
  private authNames: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(private readonly parts: AccountsParts) {}

  /** Loads what earlier runs saw. Stopping writes when the accounts were last seen. */
  start(): Stop {
    const history = this.parts.store.load();
    for (const { name, lastAtMs } of history) this.lastListedMs.set(name, lastAtMs);
    const newestMs = history.reduce((most, { lastAtMs }) => Math.max(most, lastAtMs), 0);
    const names = history.filter(({ lastAtMs }) => lastAtMs === newestMs).map(({ name }) => name);
    this.near = new NearNames(names);
    return () => {
      this.write();
      return Promise.resolve();
    };
  }

  /** Takes over what Asterisk has now. A list without a single account is what a PBX says that is still loading: it changes
   *  nothing. */
  use({ accounts }: Pick<AsteriskFacts, "accounts">): void {
    if (accounts.length === 0) return;
    const nowMs = this.parts.clock.nowMs();
    const names = new Set(accounts.map(({ name }) => name));
    const isChanged =
      this.listedAtMs === null ||
      names.size !== this.listed.size ||
      [...names].some((name) => !this.listed.has(name));
    if (isChanged) {
      // Those that are gone now keep the time at which they were last listed.
      this.write();
      this.near = new NearNames([...names, ...this.lastWorkedMs.keys()]);
    }
    this.ownerOf = new Map(
      accounts.flatMap(({ name, authNames }) => authNames.map((authName) => [authName, name] as const)),
    );
    this.authNames = new Map(accounts.map(({ name, authNames }) => [name, authNames]));
    this.listed = names;
    this.listedAtMs = nowMs;
    for (const name of names) this.lastListedMs.set(name, nowMs);
    this.unwritten = true;
    if (isChanged || nowMs - this.writtenAtMs >= WRITE_EVERY_MS) this.write();
  }

  /** A password for `name` succeeded at a SIP or IAX service. */
  saw(name: string, atMs: number): void {
    if (this.listed.has(name)) return;
    if (!this.lastWorkedMs.has(name)) this.near.add(name);
    this.lastWorkedMs.set(name, Math.max(atMs, this.lastWorkedMs.get(name) ?? 0));
  }

  /** Null where Asterisk has not said. */
  exists(name: string): boolean | null {
    const { state } = this.standingOf(name);
    return state === "unknown" ? null : state === "exists";
  }

  /** `services` are those it was tried at, as in `BanEvidence`; a name of the manager's or the web server's is unknown. */
  standingOf(name: string, services: readonly string[] = ["pjsip"]): AccountStanding {
    const listedMs = this.lastListedMs.get(name) ?? null;
    const workedMs = this.lastWorkedMs.get(name) ?? null;
    const lastSeenMs = listedMs === null && workedMs === null ? null : Math.max(listedMs ?? 0, workedMs ?? 0);
    return { state: this.stateOf(name, services, listedMs, workedMs), lastSeenMs };
  }

  /** The account that was meant by `name`: the owner of a password whose user name it is, or one slip of the finger away; null
   *  where there is none, and for a real account. */
  nearest(name: string): string | null {
    if (this.listed.has(name)) return null;
    return this.ownerOf.get(name) ?? this.near.nearest(name);
  }

  /** The user names of the account's passwords that differ from its own. */
  authNamesOf(name: string): readonly string[] {
    return this.authNames.get(name) ?? [];
  }

  private stateOf(
    name: string,
    services: readonly string[],
    listedMs: number | null,
    workedMs: number | null,
  ): AccountState {
    // Without any list, as when a log is replayed, a success is all there is to go by.
    if (this.listedAtMs === null) return workedMs === null ? "unknown" : "exists";
    if (this.listed.has(name)) return "exists";
    // A password that works though no list has the name: the list is not all there is.
    if (workedMs !== null && workedMs >= this.listedAtMs) return "exists";
    if (listedMs !== null) return "existed";
    if (workedMs !== null) return "unknown";
    return services.every((service) => LISTED_WHOLE.has(service)) ? "never" : "unknown";
  }

  /** What the store does not take is kept for the next time. */
  private write(): void {
    if (!this.unwritten || this.listedAtMs === null) return;
    try {
      this.parts.store.saw([...this.listed], this.listedAtMs);
      this.unwritten = false;
      this.writtenAtMs = this.listedAtMs;
    } catch (error) {
      this.parts.log.error("accounts could not be stored; trying again", { error });
    }
  }
}
