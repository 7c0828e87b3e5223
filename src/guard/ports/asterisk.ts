import type { Cidr, Target } from "../../domain/address.js";
import type { DialplanStep } from "../../domain/calling/routes.js";

export interface Trunk {
  readonly endpoint: string;
  /** Addresses and networks it sends from: identify matches, contacts, outbound registrations, as Asterisk resolved them. */
  readonly targets: readonly Target[];
}

/** A name that a device can sign in with. */
export interface AsteriskAccount {
  readonly name: string;
  /** User names of its passwords that are not `name`: what people put in the wrong field. */
  readonly authNames: readonly string[];
}

export interface AsteriskFacts {
  /** Such as `22.10.1`. */
  readonly version: string;
  readonly endpoints: readonly string[];
  /** Endpoints of PJSIP, peers of chan_sip and IAX2: all that AMI lists. */
  readonly accounts: readonly AsteriskAccount[];
  readonly trunks: readonly Trunk[];
  /** Endpoints that ask for a password and whose contacts hold the address that Asterisk saw (`rewrite_contact`), not the one
   *  that the phone claims. */
  readonly rewriting: readonly string[];
  /** What is dangerous about how Asterisk is set up, each a sentence for an administrator. */
  readonly dangers: readonly string[];
}

/** The trunks that were last seen, so that they are protected before Asterisk has answered. */
export interface TrunkStore {
  load(): Trunk[];
  save(trunks: readonly Trunk[]): void;
}

/** An account that Asterisk has or had. */
export interface KnownAccount {
  readonly name: string;
  readonly firstAtMs: number;
  /** When Asterisk last listed it. */
  readonly lastAtMs: number;
}

/** Which accounts there were, those that are gone among them. */
export interface AccountStore {
  load(): KnownAccount[];
  /** Asterisk listed `names` at `atMs`; what is known of others stays. */
  saw(names: readonly string[], atMs: number): void;
}

/** The AMI control connection. */
export interface AsteriskControl {
  facts(): Promise<AsteriskFacts>;
  /** Sets keys of one AstDB family and deletes the family's other keys. */
  replaceDb(family: string, entries: ReadonlyMap<string, string>): Promise<void>;
}

/** What `doctor` looks at in Asterisk. Each rejects with a RingfenceError where it can't be looked at. */
export interface AsteriskInspection {
  /** The AMI actions that Asterisk has and this user may use, in lower case. */
  actions(): Promise<ReadonlySet<string>>;
  /** The dialplan in force. */
  dialplan(): Promise<readonly DialplanStep[]>;
  /** Whether the manager is served over HTTP. */
  webManager(): Promise<boolean>;
}

/** What one endpoint's ACL is to say. IPv4 and IPv6 alike: who is neither permitted nor denied by name is shut out where there
 *  is a `permit`, and let in where there is none. */
export interface EndpointAcl {
  /** Who alone may talk to it; null: everyone. Empty: nobody. */
  readonly permit: readonly Cidr[] | null;
  /** Shut out all the same; goes before `permit`. */
  readonly deny: readonly Cidr[];
}

/** Puts ACLs into Asterisk, which enforces them by itself, and makes sure that they are in force. */
export interface EndpointAcls {
  /** The whole wish: endpoints that are not named have no ACL of ours. While one change is under way the newest wish waits, and
   *  older ones are dropped. Resolves when this or a newer wish is in force; rejects where what is in force is not what was
   *  meant: then what was in force before is back, and the wish is remembered for `verify`. */
  apply(wanted: ReadonlyMap<string, EndpointAcl>): Promise<AclReport>;
  /** Whether Asterisk enforces what was last meant; mends it if not. To be called after each reload and restart of Asterisk,
   *  and on a timer. */
  verify(): Promise<AclReport>;
}

export interface AclReport {
  /** Endpoints whose ACL Asterisk enforces. */
  readonly inForce: readonly string[];
  /** Endpoints whose ACL Asterisk does not enforce, with the reason and what to do, for people. */
  readonly impossible: ReadonlyMap<string, string>;
  /** What had to be reloaded for it. */
  readonly reloaded: "nothing" | "acl";
  readonly tookMs: number;
}

/** One contact that Asterisk holds of an endpoint; all but the endpoint is the phone's own text. */
export interface Contact {
  /** Asterisk's id of it. */
  readonly id: string;
  readonly endpoint: string;
  /** The Call-ID of its registration: the SessionID of the security event that saw the password. */
  readonly session: string;
  /** What it says its address is; null where that is none. */
  readonly claims: string | null;
  /** It registered through a proxy, whose address is the one that Asterisk saw. */
  readonly isBehindProxy: boolean;
  readonly userAgent: string | null;
}

/** The registrations that Asterisk holds, and how they are taken away. */
export interface Registrar {
  contacts(): Promise<readonly Contact[]>;
  /** Calls to these phones do not ring from now on, as far as Asterisk lets that be done in a hurry; they are still to be removed. */
  expire(contacts: readonly Contact[]): Promise<void>;
  /** The phone is not registered any more, and calls to it do not ring. One that is gone already is no error. */
  remove(contact: Contact): Promise<void>;
  /** Ends the running calls of PJSIP endpoints that `isOut` says of. Resolves to how many.
   *  @param isOut of an endpoint, and the address where its packets come from */
  endCalls(isOut: (endpoint: string, address: string) => boolean): Promise<number>;
}

/** Where a phone that is registered was seen to sign in from. */
export interface SeenRegistration {
  readonly account: string;
  readonly session: string;
  /** Canonical text without port. */
  readonly address: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

export interface RegistrationStore {
  load(): SeenRegistration[];
  /** Puts these in the place of all before. */
  replace(seen: readonly SeenRegistration[]): void;
}
