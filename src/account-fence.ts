import { endpointAcls } from "./asterisk/acl/endpoint-acls.js";
import type { Control } from "./asterisk/ami/control.js";
import { registrar } from "./asterisk/registrar.js";
import type { Config } from "./config.js";
import type { Target } from "./domain/address.js";
import type { Standing } from "./domain/intrusion/ban.js";
import type { Devices } from "./domain/intrusion/devices.js";
import { AccountAcls } from "./guard/account-acls.js";
import { Permits } from "./guard/allow-lists-permits.js";
import { Registrations } from "./guard/allow-lists-registrations.js";
import { BlockBook } from "./guard/blocks.js";
import { KnownFromContacts } from "./guard/known-from-contacts.js";
import type { KnownSources } from "./guard/known-sources.js";
import { Locks } from "./guard/locks.js";
import type { After, Clock, Log, Tell } from "./guard/ports.js";
import type { Protection } from "./guard/protection.js";
import type { Rules } from "./guard/rules.js";
import { blockStore } from "./sqlite/block-store.js";
import type { Database } from "./sqlite/database.js";
import { lockStore } from "./sqlite/lock-store.js";
import { registrationStore } from "./sqlite/registration-store.js";

export interface AccountFenceParts {
  readonly config: Pick<Config, "ari" | "asterisk">;
  readonly db: Database;
  readonly rules: Pick<Rules, "policy">;
  readonly control: Control;
  readonly protection: Protection;
  readonly known: KnownSources;
  readonly standingOf: (target: Target) => Standing;
  readonly devices: Devices;
  readonly isTrunk: (endpoint: string) => boolean;
  /** Names of the trunks as Asterisk said last. */
  readonly trunks: () => readonly string[];
  /** Null before Asterisk's first answer. */
  readonly endpoints: () => readonly string[] | null;
  readonly clock: Clock;
  readonly after: After;
  readonly tell: Tell;
  readonly log: Log;
}

/** Wires what is shut account by account, which Asterisk does by the accounts' own ACLs: blocks of one source, locks to known
 *  sources, allow-lists. Nothing runs before its parts are started. */
export function buildAccountFence(parts: AccountFenceParts) {
  const { config, db, rules, control, protection, known, standingOf, devices } = parts;
  const { isTrunk, clock, after, tell, log } = parts;
  const policy = () => rules.policy();
  const changed = (): void => accountAcls.push();

  const blocks = new BlockBook({
    ...{ protection, isTrunk, standingOf, changed, clock, after, tell, log },
    store: blockStore(db),
  });
  const locks = new Locks({ store: lockStore(db), isTrunk, changed, clock, after, tell, log });

  const { url, user: username, password } = config.ari;
  const registered = registrar(control, { url, username, password });
  const registrations = new Registrations({
    ...{ policy, isTrunk, changed, clock, after, log },
    registrar: registered,
    store: registrationStore(db),
    deviceOf: (source, account) => devices.of(source, account),
  });
  const permits = new Permits({ policy, isTrunk, forEach: config.asterisk.listForEach, clock });

  const accountAcls: AccountAcls = new AccountAcls({
    ...{ isTrunk, clock, after, log },
    acls: endpointAcls({ control, configDir: config.asterisk.configDir, trunks: parts.trunks, log }),
    blocks: () => blocks.inForce(),
    locks: () => locks.inForce(),
    permits: (endpoints) => permits.of(endpoints),
    onChange: () => registrations.listsInForce(),
    endpoints: parts.endpoints,
    knownSourcesOf: (account) => known.sourcesOf(account),
    protectedTargets: () => protection.targets(),
  });
  return {
    blocks,
    locks,
    accountAcls,
    registrations,
    registeredBefore: new KnownFromContacts({ registrar: registered, known, clock, log }),
  };
}
