import { overviewOf, type OverviewParts } from "./overview.js";
import { statusOf, type StatusParts } from "./status.js";
import type { CallJudge } from "./guard/calling.js";
import type { LimitBook } from "./guard/limits.js";
import type { BanBook } from "./guard/bans.js";
import type { DeckThread } from "./deck-thread.js";
import { DeckBindings } from "./guard/deck-bindings.js";
import { diagnose } from "./guard/doctor.js";
import type { Feed } from "./guard/feed.js";
import type { Intrusion } from "./guard/intrusion.js";
import type { AccountAcls } from "./guard/account-acls.js";
import { effectOfChanges } from "./guard/area-effect.js";
import { Extensions } from "./guard/extensions.js";
import type { Prices } from "./guard/prices.js";
import { tryNumber } from "./guard/try-number.js";
import { AllowListBook } from "./guard/allow-lists.js";
import type { Registrations } from "./guard/allow-lists-registrations.js";
import { PolicyFile } from "./guard/policy-file.js";
import { Imports } from "./guard/imports.js";
import type {
  AllowListHistory,
  AsteriskInspection,
  KnownSourceStore,
  Log,
  PolicyHistory,
} from "./guard/ports.js";
import type { Notifications } from "./guard/notifications.js";
import type { Accounts } from "./guard/accounts.js";
import type { Portal } from "./guard/portal.js";
import type { Pins } from "./guard/pins.js";
import type { Protection } from "./guard/protection.js";
import type { Shadow } from "./guard/shadow.js";
import { policyYaml } from "./policy-yaml.js";
import { why } from "./guard/why.js";
import type { Services } from "./http/services.js";
import type { ReadThread } from "./read-thread.js";

/** The running parts that the API speaks for. */
export interface Parts extends StatusParts, Pick<OverviewParts, "writeActivity"> {
  readonly access: Services["access"];
  readonly backup: Services["backup"];
  readonly reads: Pick<ReadThread, "ask">;
  readonly inspection: AsteriskInspection;
  readonly accounts: Pick<Accounts, "exists">;
  readonly accountAcls: Pick<AccountAcls, "faultOf" | "state">;
  readonly allowListHistory: AllowListHistory;
  readonly policyHistory: PolicyHistory;
  readonly registrations: Pick<Registrations, "list" | "refusedLately" | "fault">;
  readonly bans: BanBook;
  readonly deckThread: DeckThread;
  readonly feed: Feed;
  readonly fileRefusals: Services["fileRefusals"];
  readonly intrusion: Intrusion;
  readonly judge: CallJudge;
  readonly prices: Prices;
  readonly log: Log;
  readonly limitBook: Pick<LimitBook, "spend" | "spends" | "pausedUntilMs">;
  readonly knownStore: KnownSourceStore;
  readonly networks: OverviewParts["networks"];
  readonly notifications: Notifications;
  readonly pins: Pins;
  readonly portal: Portal;
  readonly protection: Protection;
  readonly shadow: Shadow;
}

/** What the API needs, answered by the guards. */
export function servicesOf(parts: Parts): Services {
  const {
    access,
    clock,
    rules,
    bans,
    calls,
    judge,
    decks,
    deckThread,
    feed,
    intrusion,
    protection,
    knownStore,
    trunks,
  } = parts;
  const isTrunk = (endpoint: string) => trunks.isTrunk(endpoint);
  const endpoints = () => trunks.endpoints();
  const bindings = new DeckBindings(rules, decks);
  const allowLists = new AllowListBook({
    rules,
    history: parts.allowListHistory,
    registered: () => parts.registrations.list(),
    endpoints,
    isTrunk,
    faultOf: (account) => parts.accountAcls.faultOf(account),
    refused: (of) => parts.registrations.refusedLately(of),
    clock,
  });
  return {
    clock,
    status: () => statusOf(parts),
    overview: (hours) => overviewOf(parts, hours),
    placeOf: (target) => parts.networks.of(target),
    doctor: () =>
      diagnose({
        status: () => statusOf(parts),
        inspection: parts.inspection,
        isTrunk,
        notEnforced: () => parts.accountAcls.state().notShut,
      }),
    bans,
    blocks: {
      list: async (search, beforeId, limit) => {
        const ids = parts.blocks
          .inForce()
          .filter(
            ({ account, source }) => search === null || account.includes(search) || source.includes(search),
          )
          .map(({ id }) => id)
          .filter((id) => beforeId === null || id < beforeId)
          .sort((a, b) => b - a);
        const page = ids.slice(0, limit);
        const next = ids.length > limit ? (page.at(-1) ?? null) : null;
        return { blocks: await parts.reads.ask("blocksById", page), next };
      },
      blockByHand: (account, source, how) => parts.blocks.blockByHand(account, source, how),
      lift: (account, source, by) => parts.blocks.lift(account, source, by),
      setNote: (account, source, note, by) => parts.blocks.setNote(account, source, note, by),
      faultOf: (account) => parts.accountAcls.faultOf(account),
    },
    locks: parts.locks,
    proposals: {
      open: () => parts.groups.proposals(),
      accept: (network, how) => parts.groups.accept(network, how),
      dismiss: (network, by) => parts.groups.dismiss(network, by),
    },
    imports: new Imports({ bans, rules, protectedBecause: (target) => protection.reasonFor(target) }),
    audit: { list: (filter) => parts.reads.ask("audit", filter) },
    why: (text) =>
      why(text, {
        clock,
        blocks: parts.blocks,
        locks: parts.locks,
        placeOf: (target) => parts.networks.of(target),
        bans,
        protectedBecause: (target) => protection.reasonFor(target),
        describe: (source) => intrusion.describe(source),
        known: knownStore,
        devicesAt: (source) => intrusion.devicesAt(source),
        pingingAt: (source) => intrusion.pingingAt(source),
        failingOn: (account) => intrusion.failingOn(account),
        callsPausedUntilMs: (source) => parts.limitBook.pausedUntilMs(source),
        policy: () => rules.policy(),
        calls,
        refusedByList: (of) => parts.registrations.refusedLately(of),
        endpoints,
        lacks: (account) => parts.accounts.exists(account) === false,
      }),
    calls: (filter) => parts.reads.ask("calls", filter),
    callsCsv: (filter) => parts.reads.ask("callsCsv", filter),
    judge: (request) => judge.judge(request),
    rates: {
      decks: () => decks.list(),
      importFile: (file, how) => deckThread.importFile(file, how),
      undo: (name, by) => deckThread.undo(name, by),
      remove: async (name, by) => bindings.whyKept(name) ?? (await deckThread.remove(name, by)),
      lookup: (digits, trunk) => judge.ratesOf(digits, trunk),
      trunkDecks: () => bindings.all(),
      bind: (deck, names, by) => bindings.bind(deck, names, by),
    },
    rules,
    fileRefusals: parts.fileRefusals,
    spend: parts.limitBook,
    allowLists,
    extensions: new Extensions({
      facts: () => trunks.latest(),
      trunks: () => trunks.latestTrunks(),
      registered: () => parts.control.jobNow(() => parts.registrations.list()),
      refusedLately: (account) => parts.registrations.refusedLately({ account }),
      rules,
      allowLists,
      known: knownStore,
      blocksOf: (account) => parts.blocks.inForceOf({ account }),
      lockOf: (account) => parts.locks.lockOf(account),
      faultOf: (account) => parts.accountAcls.faultOf(account),
      spend: (extension) => parts.limitBook.spend(extension),
      clock,
      log: parts.log,
    }),
    prices: parts.prices,
    tryNumber: (request) =>
      tryNumber(request, { rules, judge, spend: (extension) => parts.limitBook.spend(extension) }),
    areaEffect: (changes, extension) =>
      effectOfChanges(changes, extension, {
        ...{ rules, clock },
        calls: { placed: (of) => parts.reads.ask("placedCalls", of) },
        judgeBy: (policy, request) => judge.judgeBy(policy, request),
        breathe: () => new Promise((resolve) => setImmediate(resolve)),
      }),
    policyFile: new PolicyFile({
      rules,
      text: policyYaml,
      history: parts.policyHistory,
      registered: () => parts.registrations.list(),
      isTrunk,
      decks: () => decks.list().map(({ name }) => name),
      clock,
    }),
    shadow: parts.shadow,
    happenings: feed,
    access,
    backup: parts.backup,
    pins: parts.pins,
    portal: parts.portal,
    notifications: parts.notifications,
  };
}
