import { startControl } from "./asterisk/ami/control.js";
import { startEventConnection, type EventConnection } from "./asterisk/ami/event-connection.js";
import { startCallThread } from "./call-thread.js";
import { formatFaults } from "./config-faults.js";
import { loadConfig, type Config } from "./config.js";
import { startDeckThread } from "./deck-thread.js";
import { asSource } from "./domain/address.js";
import { RingfenceError } from "./domain/error.js";
import { fallbackInThread } from "./fallback-thread.js";
import { DryRun } from "./firewall/dry-run.js";
import { NFT_DEFAULTS, Nftables } from "./firewall/nftables.js";
import { BanBook } from "./guard/bans.js";
import { BlockBook } from "./guard/blocks.js";
import { CallJudge } from "./guard/calling.js";
import { CallRecord } from "./guard/call-record.js";
import { DialplanMirror } from "./guard/dialplan-mirror.js";
import { Feed } from "./guard/feed.js";
import { Groups } from "./guard/groups.js";
import { Intrusion } from "./guard/intrusion.js";
import { Keeper } from "./guard/keeper.js";
import { Locks } from "./guard/locks.js";
import { KnownSources } from "./guard/known-sources.js";
import type { After, Clock, Firewall, Log, Stop } from "./guard/ports.js";
import { Protection } from "./guard/protection.js";
import { loadRules } from "./guard/rules.js";
import { standingBy } from "./guard/standing.js";
import { TrunkWatch } from "./guard/trunk-watch.js";
import { startHttp } from "./http/server.js";
import { claimSocket } from "./http/socket.js";
import { createLog, logDestination } from "./log.js";
import { watchOwnAddresses } from "./own-addresses.js";
import { servicesOf } from "./services.js";
import { auditStore } from "./sqlite/audit.js";
import { banStore } from "./sqlite/ban-store.js";
import { blockStore } from "./sqlite/block-store.js";
import { lockStore } from "./sqlite/lock-store.js";
import { proposalStore } from "./sqlite/proposal-store.js";
import { callLogStore } from "./sqlite/call-log-store.js";
import { openDatabase } from "./sqlite/database.js";
import { deckStore } from "./sqlite/deck-store.js";
import { knownSourceStore } from "./sqlite/known-source-store.js";
import { policyStore } from "./sqlite/policy-store.js";
import { trunkStore } from "./sqlite/trunk-store.js";

const clock: Clock = { nowMs: () => Date.now() };
const random = () => Math.random();
const after: After = (ms, job) => {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
};

/** Starts the daemon; resolves when the API answers, whether or not Asterisk does. What it resolves to stops it in reverse
 *  order. Throws a RingfenceError, `config` with every fault of the file, and leaves nothing running. */
export async function startDaemon({ configFile }: { readonly configFile: string }): Promise<Stop> {
  const read = loadConfig(configFile, process.env);
  if ("faults" in read) throw new RingfenceError("config", formatFaults(configFile, read.faults));
  const { config, warnings } = read;
  const log = createLog(config.log.level, logDestination(config.log.file));
  const stops: Stop[] = [() => log.close()];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) {
      await each().catch((error: unknown) =>
        log.error("a part of the daemon did not stop cleanly", { error }),
      );
    }
  };
  for (const warning of warnings) log.warn("config", { warning });
  try {
    await build(config, log, (part) => stops.push(part));
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Wires config → adapters → guards → http. `started` is given each part's stop as soon as the part runs. */
async function build(config: Config, log: Log, started: (stop: Stop) => void): Promise<void> {
  const startedAtMs = clock.nowMs();
  // Two daemons would fight over one kernel: the second must notice before it touches anything.
  await claimSocket(config.http.socket);
  const db = openDatabase(config.database);
  started(afterwards(() => void db.close()));
  const feed = new Feed(log);

  // Rules. Whoever works by them is given each new policy.
  const rules = loadRules({
    store: policyStore(db),
    clock,
    log,
    tell: feed.tell,
    onPolicy: [
      (policy) => judge.usePolicy(policy),
      (policy) => callThread.usePolicy(policy),
      (policy) => protection.setNeverBan(policy.neverBan),
      () => mirror.push(),
    ],
  });
  const judge = new CallJudge(rules.policy());

  // Attacks: who is protected, what is shut, who is to be shut out.
  const protection = new Protection({ own: [], configured: config.protect, log });
  protection.setNeverBan(rules.policy().neverBan);
  started(watchOwnAddresses((own) => protection.setOwn(own)));
  const knownStore = knownSourceStore(db);
  const known = new KnownSources({
    store: knownStore,
    knownMs: () => rules.policy().intrusion.knownMs,
    after,
    clock,
    log,
  });
  started(known.start());
  const standingOf = standingBy(
    (target) => protection.isProtected(target),
    (target) => known.isKnown(target),
  );
  const firewall = firewallOf(config, log);
  started(() => firewall.close());
  const stored = banStore(db);
  const keeper = new Keeper({
    firewall,
    bans: { inForce: () => bans.inForce() },
    protection,
    clock,
    after,
    log,
  });
  const bans: BanBook = new BanBook({
    store: stored,
    keeper,
    protection,
    standingOf,
    clock,
    tell: feed.tell,
    log,
  });
  started(bans.start());
  const shutAccounts = {
    isTrunk: (account: string) =>
      trunks.latest()?.trunks.some(({ endpoint }) => endpoint === account) ?? false,
    changed: () => undefined,
    ...{ clock, after, tell: feed.tell, log },
  };
  const blocks = new BlockBook({ store: blockStore(db), protection, standingOf, ...shutAccounts });
  const locks = new Locks({ store: lockStore(db), ...shutAccounts });
  const groups = new Groups({
    settings: () => rules.policy().intrusion,
    store: stored,
    proposals: proposalStore(db),
    ...{ bans, protection, known, clock, after, random, tell: feed.tell, log },
  });
  started(
    afterwards(
      feed.subscribe((happened) => {
        if (happened.type === "ban") groups.noticed(happened.ban);
      }),
    ),
  );
  const intrusion = new Intrusion({
    settings: () => rules.policy().intrusion,
    standingOf,
    known,
    bans,
    clock,
    random,
    tell: feed.tell,
    log,
  });

  started(
    afterwards(
      feed.subscribe((happened) => {
        const source = happened.type === "lift" ? asSource(happened.target) : null;
        if (source !== null) intrusion.forgive(source);
      }),
    ),
  );

  // Calls, in a thread of their own; decks are read and imported in another.
  const calls = callLogStore(db);
  const callRecord = new CallRecord({ store: calls, tell: feed.tell, log });
  const callThread = startCallThread({
    ari: { url: config.ari.url, username: config.ari.user, password: config.ari.password },
    onVerdict: (entry) => callRecord.add(entry),
    clock,
    random,
    log,
  });
  started(() => callThread.stop());
  callThread.usePolicy(rules.policy());
  const deckThread = startDeckThread({
    database: config.database,
    onDecks: (decks) => {
      judge.useDecks(decks);
      callThread.useDecks(decks);
    },
    rules: () => rules.policy().calling,
    clock,
    random,
    log,
  });
  started(() => deckThread.stop());

  // Asterisk: what it must know, whom it trusts, what it sees. Nobody is judged before its trunks are known.
  const control = startControl(config.ami, { log, random });
  const mirror = new DialplanMirror({
    control,
    policy: () => rules.policy(),
    fallbackOf: (policy) => fallbackInThread(policy),
    after,
    log,
  });
  const trunks = new TrunkWatch({
    control,
    store: trunkStore(db),
    onTrunks: (found) => protection.setTrunks(found),
    after,
    log,
  });
  started(trunks.start());
  started(blocks.start());
  started(locks.start());
  started(keeper.start());
  started(mirror.start());
  // Stopped ahead of those who ask it: what they still wait for is given up at once.
  started(() => control.stop());
  let events: EventConnection | null = null;
  let stopping = false;
  void trunks.known().then(() => {
    if (stopping) return;
    events = startEventConnection(
      { ...config.ami, clock, random, log },
      {
        onEvidence: (evidence) => intrusion.observe(evidence),
        onReload: () => {
          trunks.refresh();
          mirror.push();
        },
      },
    );
  });
  started(async () => {
    stopping = true;
    await events?.stop();
  });

  const services = servicesOf({
    clock,
    startedAtMs,
    feed,
    rules,
    bans,
    blocks,
    locks,
    groups,
    accountAcls: { faultOf: () => "Asterisk's ACLs are not written yet" },
    audit: auditStore(db),
    banStore: stored,
    keeper,
    firewall,
    protection,
    intrusion,
    known: knownStore,
    calls,
    judge,
    callThread,
    decks: deckStore(db),
    deckThread,
    control,
    trunks,
    mirror,
    events: () => events,
  });
  const http = await startHttp({ socket: config.http.socket, tcp: config.http.listen }, services, log);
  started(http.stop);
  log.info("Ringfence is up", { firewall: firewall.name, policyVersion: rules.policy().version });
}

function afterwards(end: () => void): Stop {
  return () => {
    end();
    return Promise.resolve();
  };
}

function firewallOf({ firewall }: Config, log: Log): Firewall {
  switch (firewall.backend) {
    case "nftables":
      return new Nftables({ ...NFT_DEFAULTS, binary: firewall.nft });
    case "dry-run":
      return new DryRun(clock, log);
  }
}
