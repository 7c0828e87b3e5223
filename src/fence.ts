import { buildAccountFence } from "./account-fence.js";
import type { Control } from "./asterisk/ami/control.js";
import type { Config } from "./config.js";
import { asSource } from "./domain/address.js";
import { Devices } from "./domain/intrusion/devices.js";
import { Nonces } from "./domain/intrusion/nonces.js";
import { Accounts } from "./guard/accounts.js";
import { BanBook, type BanReader } from "./guard/bans.js";
import type { Feed } from "./guard/feed.js";
import { Causes } from "./guard/causes.js";
import { FloodWatch } from "./guard/flood-watch.js";
import { Groups } from "./guard/groups.js";
import { Intrusion } from "./guard/intrusion.js";
import { Keeper } from "./guard/keeper.js";
import { KnownSources } from "./guard/known-sources.js";
import type { After, Clock, Firewall, Happening, Log, Random, Stop } from "./guard/ports.js";
import { Protection } from "./guard/protection.js";
import type { Rules } from "./guard/rules.js";
import { Shadow } from "./guard/shadow.js";
import { sparingBy, standingBy } from "./guard/standing.js";
import { TrunkWatch } from "./guard/trunk-watch.js";
import { startHep } from "./hep-thread.js";
import { watchOwnAddresses } from "./own-addresses.js";
import type { ReadThread } from "./read-thread.js";
import { afterwards, ticking } from "./stops.js";
import { accountStore } from "./sqlite/account-store.js";
import { banStore } from "./sqlite/ban-store.js";
import type { Database } from "./sqlite/database.js";
import { knownSourceStore } from "./sqlite/known-source-store.js";
import { proposalStore } from "./sqlite/proposal-store.js";
import { shadowStore } from "./sqlite/shadow-store.js";
import { trunkStore } from "./sqlite/trunk-store.js";

export interface FenceParts {
  readonly config: Config;
  readonly db: Database;
  readonly rules: Pick<Rules, "policy">;
  readonly control: Control;
  readonly firewall: Firewall;
  readonly feed: Feed;
  readonly reads: Pick<ReadThread, "ask">;
  readonly clock: Clock;
  readonly random: Random;
  readonly after: After;
  readonly log: Log;
  /** Is given each part's stop as soon as the part runs. */
  readonly started: (stop: Stop) => void;
  /** Told the endpoints of the trunks, from `start` on and after each change. */
  readonly onTrunks: (endpoints: readonly string[]) => void;
}

export type Fence = ReturnType<typeof buildFence>;

/** Challenges that nobody answered are counted when their time is over. */
const TICK_MS = 5_000;

/** Wires the attack flow: who is protected or known, what is shut, and who is to be shut out. */
export function buildFence(parts: FenceParts) {
  const { config, db, reads, rules, control, firewall, feed, clock, random, after, log, started } = parts;
  const settings = () => rules.policy().intrusion;
  const tell = feed.tell;

  // Who is never acted on, who is known, which accounts there are.
  const protection = new Protection({ own: [], configured: config.protect, log });
  protection.setNeverBan(rules.policy().neverBan);
  const accounts = new Accounts({ store: accountStore(db), clock, log });
  started(accounts.start());
  const knownStore = knownSourceStore(db);
  const known = new KnownSources({ store: knownStore, knownMs: () => settings().knownMs, after, clock, log });
  started(known.start());
  const standingOf = standingBy(
    (target) => protection.isProtected(target),
    (source) => known.isKnown(source),
  );

  // What is shut: sources in the kernel, and accounts in Asterisk.
  const storedBans = banStore(db);
  const keeper = new Keeper({
    firewall,
    bans: { inForce: () => bans.eachInForce() },
    protection,
    clock,
    after,
    log,
  });
  const reader: BanReader = {
    byIds: (...of) => reads.ask("bansById", ...of),
    page: (...of) => reads.ask("banPage", ...of),
    newestId: () => reads.ask("newestBan"),
  };
  const bans: BanBook = new BanBook({
    store: storedBans,
    reader,
    keeper,
    protection,
    standingOf,
    clock,
    tell,
    log,
  });
  const isTrunk = (endpoint: string): boolean => trunks.isTrunk(endpoint);
  const devices = new Devices();
  const accountFence = buildAccountFence({
    ...{ config, db, rules, control, clock, after, log, tell },
    ...{ protection, known, standingOf, devices, isTrunk },
    trunks: () => trunks.latestTrunks().map(({ endpoint }) => endpoint),
    endpoints: () => trunks.endpoints(),
  });
  const { blocks, locks, accountAcls, registrations } = accountFence;
  const groups = new Groups({
    ...{ settings, bans, protection, known, clock, after, random, tell, log },
    store: storedBans,
    proposals: proposalStore(db),
  });

  // Who is to be shut out.
  const causes = new Causes({
    accounts,
    lastSuccessAtMs: (account, source) => known.lastSuccessAtMs(account, source),
    deviceOf: (source, account) => devices.of(source, account),
  });
  const nonces = new Nonces();
  const judging = {
    ...{ standingOf, known, accounts, causes, bans, blocks, nonces, devices },
    ...{ clock, random, tell, log },
  };
  const shadow = new Shadow({
    ...judging,
    store: shadowStore(db),
    live: settings,
    protection,
    isTrunk,
    after,
  });
  const intrusion = new Intrusion({
    ...judging,
    shadow,
    settings,
    whySpared: sparingBy(protection, known),
    locks,
    ...(config.hep.listen === null ? {} : { after }),
  });

  // What Asterisk says, and what its mirror shows.
  let endpoints: ReadonlySet<string> | null = null;
  const trunks: TrunkWatch = new TrunkWatch({
    control,
    store: trunkStore(db),
    onTrunks: (found) => {
      protection.setTrunks(found);
      parts.onTrunks(found.map(({ endpoint }) => endpoint));
    },
    onFacts: (facts) => {
      accounts.use(facts);
      void accountFence.registeredBefore.learn(facts);
      endpoints = new Set(facts.endpoints);
      accountAcls.push();
    },
    after,
    log,
  });

  const hep =
    config.hep.listen === null
      ? null
      : startHep({
          listen: config.hep.listen,
          onLoss: (fromMs, toMs) => intrusion.mirrorLost(fromMs, toMs),
          // What waited for the mirror may be judged now.
          onSightings: (batch) => bans.inOneGo(() => intrusion.mirrored(batch)),
          onEvidence: (evidence) => intrusion.observe(evidence),
          isEndpoint: (account) => endpoints?.has(account) ?? true,
          clock,
          random,
          log,
        });
  if (hep !== null) started(() => hep.stop());
  started(
    watchOwnAddresses((own) => {
      protection.setOwn(own);
      hep?.useOwn(own);
    }),
  );
  started(bans.start());
  started(blocks.start());
  started(locks.start());
  started(shadow.start());
  started(afterwards(feed.subscribe(listener({ groups, intrusion, shadow }))));

  return {
    protection,
    standingOf,
    known,
    knownStore,
    accounts,
    bans,
    banStore: storedBans,
    blocks,
    locks,
    groups,
    accountAcls,
    registrations,
    keeper,
    intrusion,
    shadow,
    trunks,
    hep,
    /** Stops enforcing, and lets everybody in. The bans stay in the store, and are enforced again at the next start. */
    async flush(): Promise<void> {
      await keeper.stop();
      await firewall.remove();
      log.info("nobody is shut out any longer, as asked for", { firewall: firewall.name });
    },
    /** Begins to tell Asterisk and the kernel, which needs the control connection. */
    start(): void {
      started(trunks.start());
      started(keeper.start());
      started(accountAcls.start());
      started(registrations.start());
      started(new FloodWatch({ firewall, known, intrusion, after, log }).start());
      started(ticking(TICK_MS, () => bans.inOneGo(() => intrusion.tick()), after));
    },
  };
}

/** Who must hear of what was decided, by the guards or by hand. */
function listener({
  groups,
  intrusion,
  shadow,
}: {
  readonly groups: Groups;
  readonly intrusion: Intrusion;
  readonly shadow: Shadow;
}): (happened: Happening) => void {
  return (happened) => {
    switch (happened.type) {
      case "ban":
        groups.noticed(happened.ban);
        return;
      case "lift": {
        const source = asSource(happened.target);
        if (source !== null) intrusion.forgive(source);
        shadow.lifted(happened.target, happened.by);
        return;
      }
      case "unblock":
        intrusion.forgiveAccount(happened.source, happened.account);
        shadow.unblocked(happened.account, happened.source, happened.by);
        return;
      case "block":
      case "lock":
      case "unlock":
      case "shadow":
      case "alarm":
      case "verdict":
      case "policy":
      case "import":
        return;
    }
  };
}
