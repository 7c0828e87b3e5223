import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Evidence } from "../src/domain/intrusion/security-event.js";
import { DEFAULT_POLICY } from "../src/domain/policy.js";
import { DryRun } from "../src/firewall/dry-run.js";
import { NFT_DEFAULTS, Nftables } from "../src/firewall/nftables.js";
import { Devices } from "../src/domain/intrusion/devices.js";
import { Nonces } from "../src/domain/intrusion/nonces.js";
import { Accounts } from "../src/guard/accounts.js";
import { BlockBook } from "../src/guard/blocks.js";
import { Causes } from "../src/guard/causes.js";
import { Locks } from "../src/guard/locks.js";
import { accountStore } from "../src/sqlite/account-store.js";
import { blockStore } from "../src/sqlite/block-store.js";
import { lockStore } from "../src/sqlite/lock-store.js";
import { BanBook } from "../src/guard/bans.js";
import { Intrusion } from "../src/guard/intrusion.js";
import { Keeper } from "../src/guard/keeper.js";
import { KnownSources } from "../src/guard/known-sources.js";
import type { After, Clock, Firewall, Log } from "../src/guard/ports.js";
import { Protection } from "../src/guard/protection.js";
import { sparingBy, standingBy } from "../src/guard/standing.js";
import { banStore } from "../src/sqlite/ban-store.js";
import { openDatabase } from "../src/sqlite/database.js";
import { knownSourceStore } from "../src/sqlite/known-source-store.js";

/** The daemon's attack flow from evidence to firewall, wired as in src/main.ts, with a database of its own. */
export interface Fence {
  observe(evidence: Evidence): void;
  readonly bans: BanBook;
  readonly intrusion: Intrusion;
  readonly firewall: Firewall;
  /** Resolves when the firewall has taken the next change. */
  applied(): Promise<void>;
  /** Resolves once the firewall has taken every ban that was decided. */
  enforced(): Promise<void>;
  close(): Promise<void>;
}

const clock: Clock = { nowMs: () => Date.now() };
const after: After = (ms, job) => {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
};
const quiet = (): void => undefined;
const tellError: Log["error"] = (message, fields) => {
  const { error, ...facts } = fields ?? {};
  process.stderr.write(`${message}: ${String(error)} ${JSON.stringify(facts)}\n`);
};
const LOG: Log = {
  error: tellError,
  warn: (message, fields) => {
    if (fields?.["error"] !== undefined) tellError(message, fields);
  },
  info: quiet,
  debug: quiet,
};

/** `kernel`: nftables, in the network namespace that this process is in. */
export async function openFence(backend: "kernel" | "dry-run"): Promise<Fence> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const db = openDatabase(join(folder, "ringfence.db"));
  const protection = new Protection({ own: [], configured: [], log: LOG });
  const known = new KnownSources({
    store: knownSourceStore(db),
    knownMs: () => DEFAULT_POLICY.intrusion.knownMs,
    after,
    clock,
    log: LOG,
  });
  const stopKnown = known.start();
  const standingOf = standingBy(
    (target) => protection.isProtected(target),
    (target) => known.isKnown(target),
  );
  const firewall = backend === "kernel" ? new Nftables(NFT_DEFAULTS) : new DryRun(clock, LOG);
  const waiting: (() => void)[] = [];
  const apply = firewall.apply.bind(firewall);
  firewall.apply = async (change) => {
    await apply(change);
    for (const done of waiting.splice(0)) done();
  };
  const store = banStore(db);
  const keeper = new Keeper({
    firewall,
    bans: { inForce: () => bans.eachInForce() },
    protection,
    clock,
    after,
    log: LOG,
  });
  const bans: BanBook = new BanBook({ store, keeper, protection, standingOf, clock, tell: quiet, log: LOG });
  const stopBans = bans.start();
  const stopKeeper = keeper.start();
  const accounts = new Accounts({ store: accountStore(db), clock, log: LOG });
  const devices = new Devices();
  const shutting = { isTrunk: () => false, changed: quiet, protection, clock, after, tell: quiet, log: LOG };
  const intrusion = new Intrusion({
    settings: () => DEFAULT_POLICY.intrusion,
    standingOf,
    whySpared: sparingBy(protection, known),
    known,
    accounts,
    causes: new Causes({
      accounts,
      lastSuccessAtMs: (account, source) => known.lastSuccessAtMs(account, source),
      deviceOf: (source, account) => devices.of(source, account),
    }),
    bans,
    blocks: new BlockBook({ store: blockStore(db), standingOf, ...shutting }),
    locks: new Locks({ store: lockStore(db), ...shutting }),
    nonces: new Nonces(),
    devices,
    clock,
    random: () => 0.5,
    tell: quiet,
    log: LOG,
  });
  const enforced = async (): Promise<void> => {
    while (keeper.state().comparedAtMs === null || keeper.state().pending > 0) {
      await new Promise((done) => setTimeout(done, 1));
    }
  };
  await enforced();
  return {
    observe: (evidence) => intrusion.observe(evidence),
    bans,
    intrusion,
    firewall,
    applied: () => new Promise((done) => waiting.push(done)),
    enforced,
    close: async () => {
      await stopBans();
      await stopKeeper();
      await stopKnown();
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}
