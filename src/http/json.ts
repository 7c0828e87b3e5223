import { formatUsd } from "../domain/calling/money.js";
import type { Rate, Scope } from "../domain/calling/verdict.js";
import type { AccountTries, Ban, Block, Lock, Proposal } from "../domain/intrusion/ban.js";
import type { Decision } from "../domain/intrusion/decision.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import { formatSetting, INTRUSION_SETTINGS, settingNamed } from "../domain/intrusion/settings-explained.js";
import { formatPrefix } from "../domain/calling/prefix-rule.js";
import { risksOfArea } from "../domain/calling/high-risk.js";
import type { Registration } from "../domain/registration/affected.js";
import type { DialPlan } from "../domain/policy.js";
import type { AreasInForce } from "../guard/area-edits.js";
import { verdictJson } from "../guard/calling-json.js";
import { oldDecks } from "../guard/deck-age.js";
import type { DeckRise } from "../guard/deck-changes.js";
import type { Explanation } from "../guard/explain.js";
import type { AuditEntry, CallLogEntry, DeckInfo, Happening, KnownSource } from "../guard/ports.js";
import type { DeckImport } from "../guard/rates.js";
import type { ShadowState } from "../guard/shadow.js";
import type { ShadowResults } from "../guard/shadow-results.js";
import type {
  AccountTriesJson,
  AreasJson,
  AuditEntryJson,
  BanJson,
  BlockJson,
  CallJson,
  CapJson,
  DeckImportJson,
  DeckJson,
  DeckRiseJson,
  DecisionJson,
  DialPlanJson,
  HappeningJson,
  KnownSourceJson,
  LockJson,
  ProposalJson,
  RateJson,
  RegistrationJson,
  ShadowJson,
  ShadowResultsJson,
  WhyJson,
} from "./contract.js";
import type { CapInForce } from "./services.js";

/** RFC 3339, UTC. */
export function timeJson(ms: number): string {
  return new Date(ms).toISOString();
}

export function banJson(ban: Ban): BanJson {
  const { id, ...rest } = shutJson(ban);
  return { id, target: ban.target, scope: ban.scope, ...rest };
}

/** @param notInForce why Asterisk does not enforce it */
export function blockJson(block: Block, notInForce: string | null): BlockJson {
  const { id, ...rest } = shutJson(block);
  return { id, account: block.account, source: block.source, ...rest, notInForce };
}

export function lockJson(lock: Lock, notInForce: string | null): LockJson {
  const { id, account, fromMs, untilMs, sources, by, liftedAtMs, liftedBy } = lock;
  const [at, until, liftedAt] = [timeJson(fromMs), timeJson(untilMs), timeOrNull(liftedAtMs)];
  return { id, account, at, until, sources, by, liftedAt, liftedBy, notInForce };
}

export function proposalJson({ network, atMs, sources, attempts }: Proposal): ProposalJson {
  return { network, at: timeJson(atMs), sources, attempts };
}

export function auditJson({ atMs, ...entry }: AuditEntry): AuditEntryJson {
  return { ...entry, at: timeJson(atMs) };
}

/** What a ban and a block have in common. */
function shutJson(shut: Ban | Block) {
  const { firstAtMs, lastAtMs, lastSuccessAtMs, tried, ...seen } = shut.evidence;
  return {
    id: shut.id,
    at: timeJson(shut.fromMs),
    until: timeOrNull(shut.untilMs),
    cause: shut.cause,
    trigger: shut.trigger,
    standing: shut.standing,
    proof: shut.proof,
    rung: shut.rung,
    ...seen,
    firstAt: timeOrNull(firstAtMs),
    lastAt: timeOrNull(lastAtMs),
    lastSuccessAt: timeOrNull(lastSuccessAtMs),
    tried: tried.map(triesJson),
    note: shut.note,
    by: shut.by,
    liftedAt: timeOrNull(shut.liftedAtMs),
    liftedBy: shut.liftedBy,
  };
}

function triesJson({ name, tries, firstAtMs, lastAtMs, gapMs, kinds }: AccountTries): AccountTriesJson {
  const everySeconds = gapMs === null ? null : Math.round(gapMs / 100) / 10;
  return { name, tries, firstAt: timeJson(firstAtMs), lastAt: timeJson(lastAtMs), everySeconds, kinds };
}

export function decisionJson({ atMs, untilMs, ...rest }: Decision): DecisionJson {
  const action = rest.account === null ? "ban" : "block";
  return { action, ...rest, at: timeJson(atMs), until: timeOrNull(untilMs) };
}

export function shadowResultsJson(found: ShadowResults, running: boolean, most: number): ShadowResultsJson {
  const { fromMs, toMs, summary, bans, blocks, results } = found;
  return {
    ...{ from: timeJson(fromMs), to: timeJson(toMs), running, summary, bans, blocks },
    results: results.slice(0, most).map(({ target, account, live, shadow }) => ({
      target,
      account,
      live: live === null ? null : decisionJson(live),
      shadow: shadow === null ? null : decisionJson(shadow),
    })),
    left: Math.max(0, results.length - most),
  };
}

export function shadowJson(state: ShadowState, live: IntrusionSettings): ShadowJson {
  const { running, changes, settings, fromMs, toMs, fault } = state;
  return {
    running,
    from: timeOrNull(fromMs),
    to: timeOrNull(toMs),
    fault,
    changes: Object.keys(changes).flatMap((name) => {
      const field = settingNamed(name);
      if (field === null) return [];
      const { title } = INTRUSION_SETTINGS[field];
      return [{ name, title, live: formatSetting(field, live), shadow: formatSetting(field, settings) }];
    }),
  };
}

export function callJson(call: CallLogEntry): CallJson {
  return {
    id: call.id,
    at: timeJson(call.atMs),
    ...verdictJson(call.verdict),
    dialled: call.verdict.digits,
    payer: call.payer ?? null,
    trunk: call.trunk,
    channel: call.channelId,
    tookMs: call.tookMs,
  };
}

export function deckJson(deck: DeckInfo, nowMs: number): DeckJson {
  return {
    name: deck.name,
    rows: deck.rows,
    importedAt: timeJson(deck.importedAtMs),
    importedBy: deck.importedBy,
    old: oldDecks([deck], nowMs).length > 0,
    previousAt: timeOrNull(deck.previousAtMs),
  };
}

export function deckImportJson(deck: string, dryRun: boolean, done: DeckImport): DeckImportJson {
  const { newlyBlocked, rises, scheduled, firstDuplicates, format, encoding, delimiter, ...counts } = done;
  return {
    deck,
    dryRun,
    ...counts,
    firstDuplicates: firstDuplicates.map(({ prefix, line, keptMicros, droppedMicros }) => ({
      prefix,
      line,
      usdPerMinute: usdOrNull(keptMicros),
      usdPerMinuteDropped: usdOrNull(droppedMicros),
    })),
    scheduled: { count: scheduled.count, nextAt: timeOrNull(scheduled.nextMs) },
    format: { ...format, delimiter, encoding },
    newlyBlocked: { count: newlyBlocked.count, first: newlyBlocked.first.map(riseJson) },
    rises: { count: rises.count, biggest: rises.biggest.map(riseJson) },
  };
}

function riseJson({ prefix, destination, beforeMicros, afterMicros }: DeckRise): DeckRiseJson {
  return {
    prefix,
    destination,
    usdPerMinuteBefore: usdOrNull(beforeMicros),
    usdPerMinute: usdOrNull(afterMicros),
  };
}

function usdOrNull(micros: number | null): string | null {
  return micros === null ? null : formatUsd(micros);
}

export function rateJson(rate: Rate): RateJson {
  return {
    deck: rate.deck,
    prefix: rate.prefix,
    destination: rate.destination,
    usdPerMinute: formatUsd(rate.microsPerMinute),
    usdToConnect: formatUsd(rate.connectionMicros),
    minimumSeconds: rate.minimumSeconds,
    incrementSeconds: rate.incrementSeconds,
  };
}

export function areasJson(inForce: AreasInForce): AreasJson {
  const { scope, areas, prefixScope, prefixes, highRisk, policyVersion } = inForce;
  const open = [...new Set(areas.map(({ area }) => area))];
  return {
    scope: scopeJson(scope),
    areas,
    prefixScope: scopeJson(prefixScope),
    prefixes: prefixes.map(({ prefix, action }) => ({ prefix: formatPrefix(prefix), action })),
    highRisk,
    risks: open.flatMap((area) =>
      risksOfArea(area)
        .slice(0, 1)
        .map(({ why }) => ({ area, why })),
    ),
    policyVersion,
  };
}

/** Settings that were left out are null. */
export function dialPlanJson(plan: DialPlan): Required<DialPlanJson> {
  const { country, outsidePrefix, internationalPrefixes } = plan;
  return {
    country,
    areaCode: plan.areaCode ?? null,
    outsidePrefix,
    internationalPrefixes,
    trunkPrefix: plan.trunkPrefix ?? null,
    shortestOutside: plan.shortestOutside ?? null,
  };
}

export function capJson({ microsPerMinute, scope }: CapInForce): CapJson {
  return {
    usdPerMinute: microsPerMinute === null ? null : formatUsd(microsPerMinute),
    scope: scopeJson(scope),
  };
}

export function explanationJson(explanation: Explanation): WhyJson {
  const { headline, story, advice } = explanation;
  if (explanation.kind === "extension") {
    const { extension, known, areas, areasScope, cap, refused } = explanation.facts;
    return {
      kind: "extension",
      target: extension,
      headline,
      story,
      advice,
      known: known.map(knownJson),
      areas,
      areasScope: scopeJson(areasScope),
      cap: capJson(cap),
      refusedCalls: refused.map(callJson),
    };
  }
  const { target, standing, protectedBecause, inForce, history, known, callsPaused, recent } =
    explanation.facts;
  return {
    kind: "address",
    target,
    headline,
    story,
    advice,
    standing,
    protectedBecause,
    inForce: inForce.map(banJson),
    history: history.map(banJson),
    known: known.map(knownJson),
    callsRefusedUntil: timeOrNull(callsPaused?.untilMs ?? null),
    recentAttempts: {
      count: recent.count,
      accounts: recent.accounts,
      firstAt: timeOrNull(recent.firstAtMs),
      lastAt: timeOrNull(recent.lastAtMs),
    },
  };
}

export function happeningJson(happening: Happening): HappeningJson {
  switch (happening.type) {
    case "ban":
      return { type: "ban", ban: banJson(happening.ban) };
    case "verdict":
      return { type: "verdict", verdict: verdictJson(happening.verdict) };
    case "block":
      return {
        type: "block",
        account: happening.block.account,
        source: happening.block.source,
        until: timeOrNull(happening.block.untilMs),
      };
    case "shadow": {
      const { decision, shutLive } = happening;
      const verb = decision.account === null ? "banned" : "blocked";
      const detail = `would have ${verb}: ${decision.target}: ${decision.summary}`;
      return { type: "shadow", decision: decisionJson(decision), shutLive, detail };
    }
    case "lock":
      return { type: "lock", account: happening.lock.account, until: timeJson(happening.lock.untilMs) };
    case "lift":
    case "unblock":
    case "unlock":
    case "alarm":
    case "policy":
    case "import":
      return happening;
  }
}

export function knownJson(pair: KnownSource): KnownSourceJson {
  return {
    source: pair.source,
    account: pair.account,
    firstAt: timeJson(pair.firstAtMs),
    lastAt: timeJson(pair.lastAtMs),
    successes: pair.successes,
  };
}

function scopeJson(scope: Scope): string {
  return scope === "global" ? "global" : scope.extension;
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeJson(ms);
}

export function registrationJson({
  extension,
  address,
  addressIs,
  userAgent,
  sinceMs,
}: Registration): RegistrationJson {
  const since = sinceMs === null ? null : timeJson(sinceMs);
  return { extension, address, addressIs, userAgent, since };
}
