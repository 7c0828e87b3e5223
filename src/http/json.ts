import { formatUsd } from "../domain/calling/money.js";
import type { Rate, Scope } from "../domain/calling/verdict.js";
import type { Ban } from "../domain/intrusion/ban.js";
import { verdictJson } from "../guard/calling-json.js";
import { oldDecks } from "../guard/deck-age.js";
import type { DeckRise } from "../guard/deck-changes.js";
import type { Explanation } from "../guard/explain.js";
import type { CallLogEntry, DeckInfo, Happening, KnownSource } from "../guard/ports.js";
import type { DeckImport } from "../guard/rates.js";
import type {
  AreasJson,
  BanJson,
  CallJson,
  CapJson,
  DeckImportJson,
  DeckJson,
  DeckRiseJson,
  HappeningJson,
  KnownSourceJson,
  RateJson,
  WhyJson,
} from "./contract.js";
import type { AreasInForce, CapInForce } from "./services.js";

/** RFC 3339, UTC. */
export function timeJson(ms: number): string {
  return new Date(ms).toISOString();
}

export function banJson(ban: Ban): BanJson {
  const { attempts, accounts, firstAtMs, lastAtMs, services, transports, summary } = ban.evidence;
  return {
    id: ban.id,
    target: ban.target,
    at: timeJson(ban.fromMs),
    until: timeOrNull(ban.untilMs),
    cause: ban.cause,
    trigger: ban.trigger,
    standing: ban.standing,
    proof: ban.proof,
    scope: ban.scope,
    rung: ban.rung,
    attempts,
    accounts,
    firstAt: timeOrNull(firstAtMs),
    lastAt: timeOrNull(lastAtMs),
    services,
    transports,
    summary,
    note: ban.note,
    by: ban.by,
    liftedAt: timeOrNull(ban.liftedAtMs),
    liftedBy: ban.liftedBy,
  };
}

export function callJson(call: CallLogEntry): CallJson {
  return {
    id: call.id,
    at: timeJson(call.atMs),
    ...verdictJson(call.verdict),
    dialled: call.verdict.digits,
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

export function areasJson({ scope, areas, policyVersion }: AreasInForce): AreasJson {
  return { scope: scopeJson(scope), areas, policyVersion };
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
  const { target, standing, protectedBecause, inForce, history, known, recent } = explanation.facts;
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
    case "lock":
      return { type: "lock", account: happening.lock.account, until: timeJson(happening.lock.untilMs) };
    case "lift":
    case "unblock":
    case "unlock":
    case "alarm":
    case "policy":
      return happening;
  }
}

function knownJson(pair: KnownSource): KnownSourceJson {
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

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeJson(ms);
}
