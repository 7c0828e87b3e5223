import { writeFile } from "node:fs/promises";
import { testAccess } from "./access.js";
import { DEFAULT_LIMITS, type CallLimits } from "../../../src/domain/calling/limits.js";
import { parseLimits } from "../../../src/domain/calling/limits-explained.js";
import { sourceOf, type Target } from "../../../src/domain/address.js";
import { WHOLE_MINUTES } from "../../../src/domain/calling/cost.js";
import type { Verdict } from "../../../src/domain/calling/verdict.js";
import {
  NO_FINDINGS,
  type Ban,
  type Block,
  type Lock,
  type Proposal,
} from "../../../src/domain/intrusion/ban.js";
import {
  DEFAULT_POLICY,
  type DialPlan,
  type OpenArea,
  type Policy,
  type PrefixRule,
} from "../../../src/domain/policy.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "../../../src/domain/intrusion/settings.js";
import { withSettings } from "../../../src/domain/intrusion/settings-explained.js";
import type { Registration } from "../../../src/domain/registration/affected.js";
import type { RefusedByList } from "../../../src/guard/allow-lists-registrations.js";
import { AllowListBook } from "../../../src/guard/allow-lists.js";
import type { PolicyImport } from "../../../src/guard/policy-file.js";
import { refusalRulesOf, withRefusals } from "../../../src/guard/refusal-edits.js";
import type { RefusalRules, RuleRefused } from "../../../src/guard/rules.js";
import type { BanRefusal } from "../../../src/guard/bans.js";
import { Imports } from "../../../src/guard/imports.js";
import { Notifications } from "../../../src/guard/notifications.js";
import type { Courier, Delivery } from "../../../src/guard/notification-ports.js";
import type { Message } from "../../../src/domain/notices/notice.js";
import { faultOfUrl } from "../../../src/notify/allowed-url.js";
import { FakeNotificationStore } from "../../guard/support/notifications.js";
import { Pins } from "../../../src/guard/pins.js";
import type {
  AuditEntry,
  CallFilter,
  CallLogEntry,
  DeckInfo,
  Happening,
  PlacedCall,
  NetworkPlace,
  Pin,
} from "../../../src/guard/ports.js";
import type { ShadowState } from "../../../src/guard/shadow.js";
import { compareWithLive, type ShadowResults } from "../../../src/guard/shadow-results.js";
import type { Diagnosis } from "../../../src/guard/doctor.js";
import { callingServices } from "./calling.js";
import { callsCsvPage, type CallsCsvPage } from "../../../src/http/calls-csv.js";
import type { Overview, OverviewHours, Services, Status } from "../../../src/http/services.js";
import { FakeLog } from "../../guard/support/fakes.js";
import { target } from "../../target.js";

export { FakeLog, target };

export const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);
const MINUTE = 60_000;

export function ban(of: Partial<Ban> & { readonly target: Target }): Ban {
  return {
    id: 1,
    cause: "attack",
    trigger: "attempts",
    standing: "stranger",
    proof: "returned",
    scope: "host",
    rung: 1,
    fromMs: NOW - 3 * MINUTE,
    untilMs: NOW + 12 * MINUTE,
    liftedAtMs: null,
    liftedBy: null,
    note: null,
    by: "ringfence",
    evidence: {
      ...NO_FINDINGS,
      attempts: 41,
      accounts: ["100"],
      firstAtMs: NOW - 3 * MINUTE - 12_000,
      lastAtMs: NOW - 3 * MINUTE,
      services: ["pjsip"],
      transports: ["udp"],
      summary: "41 wrong passwords for 100 in 12 s",
    },
    ...of,
  };
}

export function block(of: Partial<Block>): Block {
  const { id, cause, trigger, standing, proof, rung, fromMs, untilMs, note, by, evidence } = ban({
    target: target("198.51.100.7"),
    standing: "known",
    cause: "outdated-credentials",
    trigger: "account-failures",
  });
  return {
    account: "104",
    source: sourceOf("198.51.100.7")!,
    ...{ id, cause, trigger, standing, proof, rung, fromMs, untilMs, note, by, evidence },
    liftedAtMs: null,
    liftedBy: null,
    ...of,
  };
}

export function verdict(of: Partial<Verdict> = {}): Verdict {
  return {
    decision: "refuse",
    reason: "rate-over-cap",
    from: "100",
    digits: "0018765550123",
    number: "+18765550123" as Verdict["number"],
    area: "JM",
    numberType: "mobile",
    rate: {
      deck: "default",
      prefix: "1876",
      destination: "Jamaica mobile",
      microsPerMinute: 210_000,
      ...WHOLE_MINUTES,
    },
    cap: { microsPerMinute: 100_000, scope: "global" },
    detail: "Jamaica mobile costs $0.2100 a minute, over the global cap of $0.1000.",
    policyVersion: 12,
    ...of,
  } as Verdict;
}

export function call(of: Partial<CallLogEntry> = {}): CallLogEntry {
  return {
    id: 7,
    atMs: NOW - MINUTE,
    channelId: "1769860740.3",
    verdict: verdict(),
    trunk: null,
    tookMs: 1.4,
    ...of,
  };
}

/** A log that keeps what it was told. */
/** The guards in memory: enough of each to tell whether the API asks the right thing and says what it was told. */
export class FakeServices implements Services {
  nowMs = NOW;
  readonly clock = { nowMs: () => this.nowMs };
  statusAsked = 0;
  readonly asked: unknown[] = [];
  banned: Ban[] = [];
  over: Ban[] = [];
  logged: CallLogEntry[] = [call()];
  decks: DeckInfo[] = [
    { name: "default", rows: 3, importedAtMs: NOW - 3_600_000, importedBy: "cli:alice", previousAtMs: null },
  ];
  importedText: string | null = null;
  prefixes: PrefixRule[] = [];
  highRisk: "refuse" | "allow" = "refuse";
  openAreas: OpenArea[] = [{ area: "US", types: null }];
  neverBanned: Target[] = [];
  neverBanNotes: Record<string, string> = {};
  settings: IntrusionSettings = DEFAULT_INTRUSION;
  capMicros: number | null = 250_000;
  trunkDecks: Readonly<Record<string, string>> = {};
  rateRules: Pick<Policy["calling"], "withoutRate" | "feeInFirstMinute"> = {
    withoutRate: "refuse",
    feeInFirstMinute: true,
  };
  plan: DialPlan = DEFAULT_POLICY.dialPlan;
  fault: Error | null = null;
  guards: Status["guards"] = [
    { name: "events", up: true, vital: true, detail: "Events: 2 s ago." },
    { name: "kernel", up: true, vital: true, detail: "nftables holds 1 ban." },
  ];
  explanation: Awaited<ReturnType<Services["why"]>> = null;
  private readonly listeners = new Set<(happening: Happening) => void>();
  readonly log = new FakeLog();
  readonly access = testAccess(this.clock, this.log);

  places = new Map<string, NetworkPlace>();

  placeOf(of: Target): NetworkPlace | null {
    return this.places.get(of) ?? null;
  }

  overview(hours: OverviewHours): Overview {
    this.asked.push({ overview: hours });
    const totals = {
      attempts: 41,
      bans: 2,
      blocks: 1,
      callsAllowed: 9,
      callsRefused: 3,
      refusedMicros: 630_000,
    };
    return {
      fromMs: NOW - hours * 60 * MINUTE,
      toMs: NOW,
      stepMs: 60 * MINUTE,
      series: [{ atMs: NOW - 60 * MINUTE, ...totals }],
      totals,
      before: null,
      causes: [{ cause: "attack", bans: 2, blocks: 0 }],
      countries: null,
      forYou: [{ slug: "deck-old", subject: "default", atMs: null, detail: "The rate deck is 40 days old." }],
    };
  }

  status(): Status {
    this.statusAsked++;
    if (this.fault !== null) throw this.fault;
    return {
      version: "0.1.0",
      startedAtMs: NOW - 3_600_000,
      asterisk: "22.10.1",
      guards: this.guards,
      bansInForce: this.banned.length,
      blocksInForce: this.blocked.length,
      locksInForce: this.locked.length,
      proposals: this.proposed.length,
      last24h: { bans: 3, callsAllowed: 40, callsRefused: 2 },
      dropped: { packets: 1234, bytes: 617_000 },
      decks: this.decks,
      policyVersion: 12,
      warnings: [],
    };
  }

  readonly bans: Services["bans"] = {
    list: ({ cause, text }, before, limit) => {
      const found = this.banned
        .filter((each) => (cause ?? each.cause) === each.cause && each.target.includes(text ?? ""))
        .slice(before ?? 0);
      const bans = found.slice(0, limit);
      return { bans, next: found.length > limit ? (before ?? 0) + limit : null };
    },
    listAll: (_filter, _before, limit) => ({
      bans: [...this.banned, ...this.over].slice(0, limit),
      next: null,
    }),
    setNote: (of, note, by) => {
      this.asked.push({ note, of, by });
      const found = this.banned.find((each) => each.target === of);
      if (found === undefined) return { refused: "not-found", message: `${of} was never shut out.` };
      return { ...found, note };
    },
    show: (of) => ({
      inForce: this.banned.filter((each) => each.target === of),
      history: this.over.filter((each) => each.target === of),
    }),
    banByHand: (of, how) => {
      this.asked.push({ ban: of, ...how });
      if (of === target("192.0.2.1")) {
        return { refused: "protected", message: "192.0.2.1 is the PBX itself." };
      }
      const made = ban({
        target: of,
        trigger: "by-hand",
        cause: "by-hand",
        rung: 0,
        fromMs: NOW,
        untilMs: how.durationMs === null ? null : NOW + how.durationMs,
        note: how.note,
        by: how.by,
      });
      this.banned.push(made);
      return made;
    },
    lift: (of, by) => {
      const lifted = this.banned.filter((each) => each.target === of);
      this.banned = this.banned.filter((each) => each.target !== of);
      if (lifted.length === 0) return { refused: "not-found", message: `${of} is not shut out.` };
      return lifted.map((each) => ({ ...each, liftedAtMs: NOW, liftedBy: by }));
    },
    isShutOut: (source) => this.banned.some((each) => sourceOf(each.target) === source),
  };

  blocked: Block[] = [];
  locked: Lock[] = [];
  proposed: Proposal[] = [];
  audited: AuditEntry[] = [];
  /** By account. */
  notInForce: Record<string, string> = {};

  readonly blocks: Services["blocks"] = {
    list: (search, before, limit) => {
      const left = this.blocked.filter(
        ({ id, account, source }) =>
          (before === null || id < before) &&
          (account.includes(search ?? "") || source.includes(search ?? "")),
      );
      const page = left.slice(0, limit);
      return { blocks: page, next: left.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    blockByHand: (account, source, how) => {
      if (account === "carrier") return { refused: "protected", message: "carrier is a trunk." };
      const { durationMs, note, by } = how;
      const untilMs = durationMs === null ? null : NOW + durationMs;
      const made = block({ account, source, trigger: "by-hand", cause: "by-hand", untilMs, note, by });
      this.blocked.push(made);
      return made;
    },
    lift: (account, source, by) => {
      const lifted = this.blocked.filter((each) => each.account === account && each.source === source);
      this.blocked = this.blocked.filter((each) => !lifted.includes(each));
      if (lifted.length === 0) return { refused: "not-found", message: "It is not blocked there." };
      return lifted.map((each) => ({ ...each, liftedAtMs: NOW, liftedBy: by }));
    },
    setNote: (account, source, note) => {
      const at = this.blocked.findIndex((each) => each.account === account && each.source === source);
      const found = this.blocked[at];
      if (found === undefined) return { refused: "not-found", message: "It was never blocked there." };
      return (this.blocked[at] = { ...found, note });
    },
    faultOf: (account) => this.notInForce[account] ?? null,
  };

  shadowed: ShadowState = {
    ...{ running: false, changes: {}, settings: DEFAULT_INTRUSION, fromMs: null, toMs: null, fault: null },
  };
  found: ShadowResults = compareWithLive([], [], { fromMs: NOW - MINUTE, toMs: NOW });

  readonly shadow: Services["shadow"] = {
    state: () => this.shadowed,
    set: (changes) => {
      const read = withSettings(this.shadowed.settings, changes);
      if ("faults" in read) return refusal([...read.faults].map((fault) => fault.join(": ")).join("; "));
      const written = Object.entries(changes).map(([name, value]) => [name, String(value)]);
      const next = { ...this.shadowed.changes, ...Object.fromEntries(written) };
      this.shadowed = { ...this.shadowed, changes: next, settings: read.settings };
      return null;
    },
    reset: (names) => {
      this.asked.push({ resetShadow: names });
      this.shadowed = { ...this.shadowed, changes: {}, settings: DEFAULT_INTRUSION };
      return null;
    },
    runBy: (by) => {
      this.asked.push({ runBy: by });
      if (this.shadowed.running) return refusal("The shadow policy runs already.");
      this.shadowed = { ...this.shadowed, running: true, fromMs: NOW - MINUTE, toMs: null };
      return null;
    },
    haltBy: () => {
      this.shadowed = { ...this.shadowed, running: false, toMs: NOW };
      return null;
    },
    results: (sinceMs) => {
      this.asked.push({ sinceMs });
      return this.found;
    },
  };

  readonly locks: Services["locks"] = {
    inForce: () => this.locked,
    lock: ({ account, sources, lockMs, by }) => {
      if (account === "carrier") return { refused: "protected", message: "carrier is a trunk." };
      const times = { fromMs: NOW, untilMs: NOW + lockMs, liftedAtMs: null, liftedBy: null };
      const made = { id: this.locked.length + 1, account, sources, by, ...times };
      this.locked.push(made);
      return made;
    },
    lift: (account, by) => {
      const lifted = this.locked.filter((each) => each.account === account);
      if (lifted.length === 0) return { refused: "not-found", message: "It is not locked." };
      this.locked = [];
      return lifted.map((each) => ({ ...each, liftedAtMs: NOW, liftedBy: by }));
    },
  };

  readonly proposals: Services["proposals"] = {
    open: () => this.proposed,
    accept: (network, how) => {
      this.asked.push({ accept: network, ...how });
      if (this.proposed.length === 0) return { refused: "not-found", message: "It is not proposed." };
      this.proposed = [];
      return ban({ target: network, trigger: "by-hand" });
    },
    dismiss: (network) => {
      const found = this.proposed.find((each) => each.network === network);
      return found ?? { refused: "not-found", message: "It is not proposed." };
    },
  };

  readonly imports: Services["imports"] = new Imports({
    bans: {
      banOf: (of) => this.banned.find((each) => each.target === of) ?? null,
      banByHand: (of, how) => this.bans.banByHand(of, how) as Ban | BanRefusal,
    },
    rules: {
      neverBan: () => this.rules.neverBan(),
      addNeverBans: (targets) => {
        this.neverBanned.push(...targets);
        return null;
      },
    },
    protectedBecause: (of) => (of === target("192.0.2.1") ? "192.0.2.1 is the PBX's own" : null),
  });

  readonly audit: Services["audit"] = {
    list: ({ beforeId, limit, ...filter }) => {
      this.asked.push(filter);
      return this.audited.filter(({ id }) => beforeId === null || id < beforeId).slice(0, limit);
    },
  };

  why(): Awaited<ReturnType<Services["why"]>> {
    return this.explanation;
  }

  callsCsv(filter: CallFilter): CallsCsvPage {
    return callsCsvPage(this.calls(filter));
  }
  calls(filter: CallFilter): CallLogEntry[] {
    this.asked.push(filter);
    return this.logged;
  }

  readonly judge: Services["judge"] = (request) =>
    verdict({
      from: request.from,
      digits: request.digits,
      number: null,
      detail: request.trunk ?? "no trunk",
    });

  readonly rates: Services["rates"] = {
    decks: () => this.decks,
    importFile: async (file, how) => {
      const { readFile } = await import("node:fs/promises");
      this.importedText = await readFile(file, "utf8");
      this.asked.push({ file, ...how });
      if (!this.importedText.startsWith("prefix,")) {
        return { refused: "refused", message: "The first line must name the columns." };
      }
      const rise = { prefix: "1876", destination: "Jamaica", beforeMicros: 90_000, afterMicros: 210_000 };
      return {
        rows: 2,
        read: 3,
        refusedRows: 1,
        faults: [{ line: 3, message: "no price" }],
        duplicates: 1,
        firstDuplicates: [{ prefix: "1876", line: 4, keptMicros: 210_000, droppedMicros: 90_000 }],
        passedOver: { remarks: 1, deleted: 0, ended: 0 },
        scheduled: { count: 1, nextMs: NOW + 86_400_000 },
        withoutIncrements: 2,
        unknownStatus: [],
        format: {
          columns: { prefix: ["Code"], rate: ["Rate"] },
          unused: ["Note"],
          decimalMark: ".",
          dates: null,
          currency: "USD",
          inCents: false,
          before: "",
        },
        encoding: "utf-8",
        delimiter: ";",
        added: 1,
        changed: 1,
        removed: 0,
        dearerThanCap: 1,
        blocked: 1,
        newlyBlocked: { count: 1, first: [rise] },
        rises: { count: 1, biggest: [rise] },
        presentFault: null,
      };
    },
    lookup: (digits) =>
      digits === "0018765550123"
        ? { number: "+18765550123", rates: [verdict().rate!] }
        : { number: "+15550100", rates: [] },
    undo: (name, by) => {
      this.asked.push({ undo: name, by });
      const deck = this.decks.find((each) => each.name === name);
      if (deck === undefined) return Promise.resolve(refusal(`There is no deck ${name}.`));
      return Promise.resolve({ deck: { ...deck, rows: 2 } });
    },
    remove: (name, by) => {
      this.asked.push({ remove: name, by });
      this.decks = this.decks.filter((each) => each.name !== name);
      return Promise.resolve({ deck: null });
    },
    trunkDecks: () => this.trunkDecks,
    bind: (deck, trunks, by) => {
      this.asked.push({ bind: deck, trunks, by });
      const others = Object.entries(this.trunkDecks).filter(([trunk]) => !trunks.includes(trunk));
      const bound = deck === null ? [] : trunks.map((trunk): [string, string] => [trunk, deck]);
      this.trunkDecks = Object.fromEntries([...others, ...bound]);
      return { trunkDecks: this.trunkDecks };
    },
  };

  readonly rules: Services["rules"] = {
    areas: (extension) => this.areasOf(extension),
    openAreas: (areas, extension, by) => {
      this.asked.push({ open: areas, extension, by });
      const unknown = areas.find((area) => area === "XX");
      if (unknown !== undefined) return refusal(`${unknown} is no area.`);
      this.openAreas.push(...areas.map((area) => ({ area, types: null })));
      return this.areasOf(extension);
    },
    forgetPrefixes: (prefixes, extension) => {
      this.prefixes = this.prefixes.filter(({ prefix }) => !prefixes.includes(`+${prefix}`));
      return this.areasOf(extension);
    },
    inheritAreas: (extension, by) => {
      this.asked.push({ inherit: extension, by });
      return extension === "999" ? refusal("999 has no list of its own") : this.areasOf(null);
    },
    changeAreas: (changes, extension, by) => {
      this.asked.push({ changeAreas: changes, extension, by });
      return this.calling.changeAreas(changes, extension, by);
    },
    setHighRisk: (highRisk) => {
      this.highRisk = highRisk;
      return this.areasOf(null);
    },
    closeAreas: (areas, extension) => {
      this.openAreas = this.openAreas.filter(({ area }) => !areas.includes(area));
      return this.areasOf(extension);
    },
    policyVersion: () => this.version,
    detection: () => this.settings,
    setDetection: (changes, by) => {
      this.asked.push({ detection: changes, by });
      const read = withSettings(this.settings, changes);
      if ("faults" in read) return refusal([...read.faults].map((fault) => fault.join(": ")).join("; "));
      this.settings = read.settings;
      return null;
    },
    resetDetection: (names) => {
      if (names.length === 0) this.settings = DEFAULT_INTRUSION;
      return null;
    },
    neverBan: () => ({ targets: this.neverBanned, notes: this.neverBanNotes, policyVersion: this.version }),
    addNeverBan: (of, _by, note = null) => {
      if (note !== null) this.neverBanNotes[of] = note;
      this.neverBanned.push(of);
      return null;
    },
    removeNeverBan: (of) => {
      if (!this.neverBanned.includes(of))
        return { refused: "not-found", message: `${of} is not on the list.` };
      this.neverBanned = this.neverBanned.filter((each) => each !== of);
      return null;
    },
    cap: (extension) => ({
      microsPerMinute: this.capMicros,
      scope: extension === null ? "global" : { extension },
    }),
    setCap: (micros, extension) => {
      this.capMicros = micros;
      return { microsPerMinute: micros, scope: extension === null ? "global" : { extension } };
    },
    inheritCap: (extension) =>
      extension === "100"
        ? { refused: "not-found", message: "It has no cap of its own." }
        : { microsPerMinute: this.capMicros, scope: "global" },
    limits: (extension) => ({
      limits: { ...this.limits, ...(extension === null ? {} : this.ownLimits) },
      own: extension === null ? [] : (Object.keys(this.ownLimits) as (keyof CallLimits)[]),
    }),
    setLimits: (changes, extension, by) => {
      this.asked.push({ limits: changes, extension, by });
      const set = Object.entries(changes).filter((each): each is [string, string] => each[1] !== null);
      const parsed = parseLimits(Object.fromEntries(set), extension !== null);
      if ("faults" in parsed) return refusal(parsed.faults.join("; "));
      if (extension === null) this.limits = { ...this.limits, ...parsed.limits };
      else this.ownLimits = { ...this.ownLimits, ...parsed.limits };
      return this.rules.limits(extension);
    },
    inheritLimits: (extension) => {
      if (Object.keys(this.ownLimits).length === 0) {
        return { refused: "not-found", message: "It has no limits of its own." };
      }
      this.ownLimits = {};
      return this.rules.limits(extension);
    },
    dialPlan: () => this.plan,
    setDialPlan: (plan) => {
      this.plan = plan;
      return null;
    },
    refusals: () => this.refusalRules,
    setRefusals: (changes, by) => {
      this.asked.push({ refusals: changes, by });
      const edited = withRefusals(DEFAULT_POLICY, changes);
      if ("error" in edited) return refusal(edited.error);
      this.refusalRules = refusalRulesOf(edited.policy);
      return null;
    },
    rateRules: () => ({ ...this.rateRules, trunkDecks: this.trunkDecks }),
    setRateRules: (rules) => {
      this.rateRules = { ...this.rateRules, ...rules };
      return { ...this.rateRules, trunkDecks: this.trunkDecks };
    },
  };

  refusalRules: RefusalRules = { refusals: {}, tellCaller: "no" };
  readonly fileRefusals: Services["fileRefusals"] = { "area-closed": { cause: 34, announcement: null } };
  version = 12;
  limits: CallLimits = DEFAULT_LIMITS;
  ownLimits: Partial<CallLimits> = {};

  doctor = () => this.diagnosis;
  diagnosis: Diagnosis = { checks: [], routes: [] };

  readonly spend: Services["spend"] = {
    spend: (extension) => ({
      extension,
      spentMicros: 1_250_000,
      committedMicros: 1_500_000,
      limitMicros: extension === null ? 50_000_000 : null,
      running: 1,
    }),
    spends: () => [this.spend.spend("100")],
  };
  policy: Policy = { ...DEFAULT_POLICY, version: 12 };
  registered: Registration[] = [];
  refusedByLists: RefusedByList[] = [];
  policyFileText = "calling:\n  cap: 0.2500\n";
  async backup(file: string): Promise<void> {
    await writeFile(file, "SQLite format 3");
  }

  readonly policyFile: Services["policyFile"] = {
    undoChange: (auditId, wish) => {
      this.asked.push({ undoChange: auditId, ...wish });
      if (auditId !== 7)
        return Promise.resolve({ refused: "not-found", message: "There is no such change." });
      return this.policyFile.undo(wish);
    },
    tree: () => new Map([["calling", new Map([["cap", "0.2500"]])]]),
    export: () => this.policyFileText,
    import: (text, wish) => {
      this.asked.push({ import: text, ...wish });
      if (text.includes("fault")) {
        const faults = [{ line: 2, setting: "calling.cap", message: "write an amount" }];
        return Promise.resolve({ faults });
      }
      return Promise.resolve({ ...this.policyImport, policyVersion: wish.dryRun ? 12 : 13 });
    },
    undo: (wish) => {
      this.asked.push({ undo: true, ...wish });
      return Promise.resolve({ ...this.policyImport, policyVersion: 13, undid: "opened JM" });
    },
  };
  policyImport: Omit<PolicyImport, "policyVersion"> = {
    changes: [{ setting: "calling.cap", before: "0.2500", after: "0.1000" }],
    throwsOut: [],
    warnings: [],
  };

  readonly allowLists: Services["allowLists"] = new AllowListBook({
    rules: {
      policy: () => this.policy,
      edit: (next, by, what) => {
        this.asked.push({ edit: what, by });
        this.policy = { ...next, version: this.policy.version + 1 };
      },
    },
    history: { before: () => null },
    registered: () => Promise.resolve(this.registered),
    endpoints: () => ["100", "104"],
    isTrunk: (account) => account === "carrier",
    faultOf: (account) => this.notInForce[account ?? ""] ?? null,
    refused: ({ account }) =>
      this.refusedByLists.filter((each) => account === undefined || each.account === account),
    clock: this.clock,
  });

  readonly guardLog = new FakeLog();
  /** Calls that a change of areas is tried on, newest first; `id` is the place. */
  placed: PlacedCall[] = [];
  private readonly calling = callingServices(this, this.policy, this.placed);
  readonly extensions: Services["extensions"] = this.calling.extensions;
  readonly prices: Services["prices"] = this.calling.prices;
  readonly tryNumber: Services["tryNumber"] = this.calling.tryNumber;
  readonly areaEffect: Services["areaEffect"] = this.calling.areaEffect;
  pinned: Pin[] = [];

  readonly pins: Services["pins"] = new Pins({
    store: {
      list: () => this.pinned,
      set: (pin) => {
        const stored = { ...pin, usedAtMs: null };
        this.pinned = [...this.pinned.filter(({ extension }) => extension !== pin.extension), stored];
        return stored;
      },
      remove: (extension) => {
        const before = this.pinned.length;
        this.pinned = this.pinned.filter((each) => each.extension !== extension);
        return this.pinned.length < before;
      },
    },
    hash: { hash: (pin) => Promise.resolve(`hash of ${pin.length} digits`) },
    randomBelow: (limit) => [4, 8, 2, 9, 1, 3, 7, 0][this.drawn++ % 8]! % limit,
    endpoints: () => ["100", "104"],
    clock: this.clock,
    log: new FakeLog(),
  });
  private drawn = 0;

  readonly portal: Services["portal"] = {
    look: (source) => ({ source, shut: [], mayAsk: true, callsPausedUntilMs: null }),
    letIn: () => ({ result: "wrong" }),
    tell: () => ({ result: "wrong" }),
  };

  readonly sent: Message[] = [];
  delivery: Delivery = { ok: true, detail: "It was taken." };
  private readonly courier: Courier = (messages) => {
    this.sent.push(...messages);
    return Promise.resolve(this.delivery);
  };

  readonly notifications: Services["notifications"] = new Notifications({
    store: new FakeNotificationStore(),
    couriers: { email: this.courier, webhook: this.courier, slack: this.courier },
    environment: {},
    faultOfUrl,
    isLoopback: (host) => host === "127.0.0.1",
    newId: () => `m${this.drawn++}`,
    newSecret: () => "a secret that was made",
    clock: this.clock,
    after: () => () => undefined,
    log: new FakeLog(),
  });

  readonly happenings: Services["happenings"] = {
    subscribe: (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  tell(happening: Happening): void {
    for (const listener of this.listeners) listener(happening);
  }

  listenerCount(): number {
    return this.listeners.size;
  }

  private areasOf(extension: string | null) {
    return {
      scope: extension === null ? ("global" as const) : { extension },
      areas: this.openAreas,
      prefixScope: "global" as const,
      prefixes: this.prefixes,
      highRisk: this.highRisk,
      policyVersion: 13,
    };
  }
}

function refusal(message: string): RuleRefused {
  return { refused: "refused", message };
}
