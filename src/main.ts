import { join } from "node:path";
import { buildAccess } from "./access.js";
import { startControl } from "./asterisk/ami/control.js";
import { startEventConnection, type EventConnection } from "./asterisk/ami/event-connection.js";
import { asteriskInspection } from "./asterisk/dialplan.js";
import { missedCalls } from "./asterisk/missed.js";
import { startCallThread } from "./call-thread.js";
import { chosenFirewall, takeOutOthers } from "./chosen-firewall.js";
import { formatFaults } from "./config-faults.js";
import { loadConfig, type Config } from "./config.js";
import { startDeckThread } from "./deck-thread.js";
import { RingfenceError } from "./domain/error.js";
import { fallbackInThread } from "./fallback-thread.js";
import { Activity } from "./guard/activity.js";
import { CallJudge } from "./guard/calling.js";
import { callCount } from "./pace.js";
import { journalOf } from "./call-journal.js";
import { CallRecord } from "./guard/call-record.js";
import { DialplanMirror } from "./guard/dialplan-mirror.js";
import { Feed } from "./guard/feed.js";
import { MissedCallBook } from "./guard/missed-calls.js";
import { LimitBook } from "./guard/limits.js";
import type { After, Clock, Log, Stop } from "./guard/ports.js";
import { Prices } from "./guard/prices.js";
import { loadRules } from "./guard/rules.js";
import { GeoFiles } from "./geo.js";
import { startHttp } from "./http/server.js";
import { claimSocket } from "./http/socket.js";
import { buildFence } from "./fence.js";
import { createLog, logDestination } from "./log.js";
import { startNotifying } from "./notifying.js";
import { buildPortal } from "./portal.js";
import { ReadThread } from "./read-thread.js";
import { servicesOf } from "./services.js";
import { afterwards } from "./stops.js";
import { guardStates } from "./status.js";
import { activityStore } from "./sqlite/activity-store.js";
import { allowListHistory } from "./sqlite/allow-list-history.js";
import { callLogStore } from "./sqlite/call-log-store.js";
import { copyDatabase, openDatabase } from "./sqlite/database.js";
import { deckStore } from "./sqlite/deck-store.js";
import { spendStore } from "./sqlite/spend-store.js";
import { policyHistory } from "./sqlite/policy-history.js";
import { policyStore } from "./sqlite/policy-store.js";

const clock: Clock = { nowMs: () => Date.now() };
const random = () => Math.random();
const after: After = (ms, job) => {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
};

/** Starts the daemon; resolves when the API answers, whether or not Asterisk does. What it resolves to stops it in reverse
 *  order; `flushOnStop`: and takes all bans out of the kernel. Throws a RingfenceError, `config` with every fault of the file, and leaves nothing running. */
export async function startDaemon({
  configFile,
  flushOnStop = false,
}: {
  readonly configFile: string;
  readonly flushOnStop?: boolean;
}): Promise<Stop> {
  const read = loadConfig(configFile, process.env);
  if ("faults" in read) throw new RingfenceError("config", formatFaults(configFile, read.faults));
  const { warnings } = read;
  const { firewall } = read.config;
  const flush = flushOnStop || firewall.flushOnStop;
  const config: Config = { ...read.config, firewall: { ...firewall, flushOnStop: flush } };
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
  const reads = new ReadThread({ database: config.database, log });
  started(() => reads.stop());

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
      () => fence.registrations.listsChanged(),
    ],
  });

  // Attacks, behind the connection that they are told through.
  const control = startControl(config.ami, { log, random });
  const firewall = chosenFirewall(config, { control, clock, after, log });
  started(() => firewall.close());
  await takeOutOthers(config, { clock, log });
  const fence = buildFence({
    config,
    db,
    rules,
    control,
    firewall,
    feed,
    reads,
    clock,
    random,
    after,
    log,
    started,
    onTrunks: (endpoints) => callThread.useTrunks(endpoints),
  });
  const { intrusion, trunks, protection } = fence;
  const networks = new GeoFiles(config.geo, log);
  started(await networks.start());

  // What happens, counted for the charts.
  const counts = activityStore(db);
  const activity = new Activity({
    store: counts,
    attempts: () => intrusion.counts().attempts,
    after,
    clock,
    log,
  });
  started(activity.start());
  started(afterwards(feed.subscribe(activity.happened)));

  // What calls cost, and what they may.
  const limitBook = new LimitBook({
    store: spendStore(db),
    policy: () => rules.policy(),
    forward: (change) => callThread.change(change),
    standingOf: fence.standingOf,
    onAttempt: (source, atMs) => intrusion.call(source, atMs),
    after,
    clock,
    tell: feed.tell,
    log,
  });
  started(limitBook.start());
  // Answers what is merely asked, by the same code and the same money as the thread that judges calls.
  const judge = new CallJudge(rules.policy(), {
    ledger: limitBook.ledger,
    nowMs: () => clock.nowMs(),
    onChange: () => undefined,
  });

  // Calls, in a thread of their own; decks are read and imported in another.
  const calls = callLogStore(db);
  const callRecord = new CallRecord({ store: calls, tell: feed.tell, log });
  const callsThatCame = callCount();
  const callThread = startCallThread({
    calls: callsThatCame,
    ari: { url: config.ari.url, username: config.ari.user, password: config.ari.password },
    journal: journalOf(config.database),
    onVerdicts: (entries) => {
      const stored = callRecord.addAll(entries);
      for (const entry of entries) limitBook.logged(entry);
      return stored;
    },
    onRecovered: ({ entry, changes }) => {
      if (callRecord.has(entry)) return true;
      for (const change of changes) limitBook.recovered(change);
      limitBook.logged(entry);
      return callRecord.add(entry);
    },
    limits: {
      state: () => limitBook.state(),
      onChange: (change) => limitBook.judged(change),
      onEnded: (end) => limitBook.ended(end),
      inOneGo: (read) => limitBook.inOneGo(read),
    },
    clock,
    random,
    log,
  });
  started(() => callThread.stop());
  callThread.usePolicy(rules.policy());
  const prices = new Prices(judge, () => rules.policy());
  const deckThread = startDeckThread({
    database: config.database,
    calls: callsThatCame,
    onDecks: (decks) => {
      judge.useDecks(decks);
      callThread.useDecks(decks);
    },
    onPrices: (deck, found) => prices.use(deck, found),
    onRead: (read) => feed.tell({ type: "import", ...read }),
    rules: () => rules.policy().calling,
    clock,
    random,
    log,
  });
  started(() => deckThread.stop());

  // Asterisk: what it must know, whom it trusts, what it sees. Nobody is judged before its trunks are known.
  const mirror = new DialplanMirror({
    control,
    policy: () => rules.policy(),
    refusals: config.refusals,
    fallbackOf: (policy) => fallbackInThread(policy),
    after,
    log,
  });
  const missedBook = new MissedCallBook({
    missed: missedCalls(control, (endpoint) => trunks.isTrunk(endpoint)),
    record: (entry) => callRecord.add(entry),
    policy: () => rules.policy(),
    tell: feed.tell,
    after,
    log,
  });
  fence.start();
  started(missedBook.start());
  started(mirror.start());
  // Stopped ahead of those who ask it: what they still wait for is given up at once.
  started(() => control.stop());
  // While Asterisk can still be told, for the firewall may be an ACL of its.
  if (config.firewall.flushOnStop) started(() => fence.flush());
  let events: EventConnection | null = null;
  let stopping = false;
  void trunks.known().then(() => {
    if (stopping) return;
    events = startEventConnection(
      { ...config.ami, clock, random, log },
      {
        inOneGo: (read) => fence.bans.inOneGo(read),
        onEvidence: (evidence) => {
          intrusion.observe(evidence);
          fence.registrations.observe(evidence);
        },
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

  const access = await buildAccess({
    config: config.http,
    db,
    protection,
    intrusion,
    clock,
    after,
    log,
    started,
  });
  const settings = () => rules.policy().intrusion;
  const { portal, pins } = buildPortal({
    ...{ db, fence, firewall, access, settings, clock, log },
    callsPausedUntilMs: (source) => limitBook.pausedUntilMs(source),
  });
  const decks = deckStore(db);
  const posts = {
    ...fence,
    ...{ clock, startedAtMs, rules, firewall, calls, callThread, decks, control, mirror },
    events: () => events,
  };
  const notifications = startNotifying({
    ...{ db, feed, clock, after, log, started, env: process.env, uiUrl: config.http.url },
    posts: () => guardStates(posts),
    decks: () => decks.list(),
  });
  const services = servicesOf({
    fileRefusals: config.refusals,
    ...posts,
    ...{ access, feed, networks, judge, limitBook, deckThread, notifications, pins, portal },
    backup: (file) => copyDatabase(db, file),
    inspection: asteriskInspection(control),
    allowListHistory: allowListHistory(db),
    reads,
    writeActivity: () => activity.write(),
    policyHistory: policyHistory(db),
    prices,
    log,
  });
  const { socket, listen, tls, trustedProxies, names } = config.http;
  const options = { socket, tcp: listen, tls, trustedProxies, names, ui: join(__dirname, "ui") };
  const http = await startHttp(options, services, log);
  started(http.stop);
  started(onHangUp(() => http.reload()));
  log.info("Ringfence is up", { firewall: firewall.name, policyVersion: rules.policy().version });
}

/** The signal by which programs are told to read their certificate anew. */
function onHangUp(reload: () => void): Stop {
  process.on("SIGHUP", reload);
  return afterwards(() => void process.off("SIGHUP", reload));
}
