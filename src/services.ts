import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EventConnection } from "./asterisk/ami/event-connection.js";
import type { Control } from "./asterisk/ami/control.js";
import type { CallThread } from "./call-thread.js";
import type { DeckThread } from "./deck-thread.js";
import { ago } from "./guard/explain-words.js";
import type { BanBook } from "./guard/bans.js";
import type { CallJudge } from "./guard/calling.js";
import type { DialplanMirror } from "./guard/dialplan-mirror.js";
import type { Feed } from "./guard/feed.js";
import type { Intrusion } from "./guard/intrusion.js";
import type { Keeper } from "./guard/keeper.js";
import type { BanStore, CallLogStore, Clock, DeckStore, Firewall, KnownSourceStore } from "./guard/ports.js";
import type { Protection } from "./guard/protection.js";
import type { Rules } from "./guard/rules.js";
import type { TrunkWatch } from "./guard/trunk-watch.js";
import { why } from "./guard/why.js";
import type { GuardState, Services, Status } from "./http/services.js";

/** The running parts that the API speaks for. */
export interface Parts {
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly feed: Feed;
  readonly rules: Rules;
  readonly bans: BanBook;
  readonly banStore: BanStore;
  readonly keeper: Keeper;
  readonly firewall: Firewall;
  readonly protection: Protection;
  readonly intrusion: Intrusion;
  readonly known: KnownSourceStore;
  readonly calls: CallLogStore;
  readonly judge: CallJudge;
  readonly callThread: CallThread;
  readonly decks: DeckStore;
  readonly deckThread: DeckThread;
  readonly control: Control;
  readonly trunks: TrunkWatch;
  readonly mirror: DialplanMirror;
  /** Null until the trunks are known. */
  readonly events: () => EventConnection | null;
}

const DAY_MS = 86_400_000;
const DECK_OLD_MS = 30 * DAY_MS;
const COMPARED_LATELY_MS = 60_000;

/** What the API needs, answered by the guards. */
export function servicesOf(parts: Parts): Services {
  const { clock, rules, bans, calls, judge, decks, deckThread, feed, intrusion, protection, known, trunks } =
    parts;
  return {
    clock,
    status: () => statusOf(parts),
    bans,
    why: (text) =>
      why(text, {
        clock,
        bans,
        protectedBecause: (target) => protection.reasonFor(target),
        describe: (source) => intrusion.describe(source),
        known,
        policy: () => rules.policy(),
        calls,
        endpoints: () => trunks.latest()?.endpoints ?? null,
      }),
    calls: (filter) => calls.list(filter),
    judge: (request) => judge.judge(request),
    rates: {
      decks: () => decks.list(),
      importFile: (file, how) => deckThread.importFile(file, how),
      lookup: (digits) => judge.ratesOf(digits),
    },
    rules,
    happenings: feed,
  };
}

async function statusOf(parts: Parts): Promise<Status> {
  const { clock, startedAtMs, rules, bans, banStore, firewall, calls, trunks } = parts;
  const nowMs = clock.nowMs();
  const decks = parts.decks.list();
  const called = calls.count(nowMs - DAY_MS);
  return {
    version: VERSION,
    startedAtMs,
    asterisk: trunks.latest()?.version ?? null,
    guards: [
      eventsState(parts),
      asteriskState(parts),
      kernelState(parts),
      callsState(parts),
      pricesState(decks.length),
    ],
    bansInForce: bans.inForce().length,
    last24h: {
      bans: banStore.countSince(nowMs - DAY_MS),
      callsAllowed: called.allowed,
      callsRefused: called.refused,
    },
    dropped: await firewall.counters().catch(() => null),
    decks,
    policyVersion: rules.policy().version,
    warnings: warningsOf(parts, decks, nowMs),
  };
}

/** The name of the version in package.json, which lies beside dist and src alike. */
const VERSION = (JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8")) as { version: string })
  .version;

function eventsState({ events, clock }: Parts): GuardState {
  const state = events()?.state() ?? null;
  if (state === null) {
    return {
      name: "events",
      up: false,
      detail: "waiting for Asterisk to say which trunks are to be protected",
    };
  }
  if (state.upSinceMs === null) {
    return {
      name: "events",
      up: false,
      detail: `not connected to Asterisk's manager: ${state.lastError ?? "connecting"}`,
    };
  }
  const last = state.lastEventAtMs;
  return {
    name: "events",
    up: true,
    detail:
      last === null ? "connected, no security event yet" : `last security event ${ago(last, clock.nowMs())}`,
  };
}

function asteriskState({ control, mirror, trunks, rules }: Parts): GuardState {
  const state = control.state();
  const name = "asterisk";
  if (state.connectedSinceMs === null) {
    return {
      name,
      up: false,
      detail: `no control connection to Asterisk: ${state.lastError ?? "connecting"}`,
    };
  }
  if (mirror.written() !== rules.policy().version) {
    return { name, up: false, detail: "the dialplan's copy of the rules is not written yet" };
  }
  const count = trunks.latest()?.trunks.length ?? 0;
  return { name, up: true, detail: `${count} ${count === 1 ? "trunk is" : "trunks are"} protected` };
}

function kernelState({ keeper, clock }: Parts): GuardState {
  const { firewall, comparedAtMs, held, pending, failures, lastError } = keeper.state();
  const name = "kernel";
  if (failures > 0)
    return {
      name,
      up: false,
      detail: `${firewall} failed ${failures} times in a row: ${lastError ?? "unknown"}`,
    };
  if (comparedAtMs === null) return { name, up: false, detail: `${firewall}: not compared yet` };
  const up = clock.nowMs() - comparedAtMs < COMPARED_LATELY_MS;
  const waiting = pending === 0 ? "" : `, ${pending} on the way`;
  return {
    name,
    up,
    detail: `${firewall} holds ${held}${waiting}, compared ${ago(comparedAtMs, clock.nowMs())}`,
  };
}

function callsState({ callThread }: Parts): GuardState {
  const { connectedSinceMs, judged, unanswered, lastError } = callThread.state();
  if (connectedSinceMs === null) {
    return { name: "calls", up: false, detail: `not connected to ARI: ${lastError ?? "connecting"}` };
  }
  const missed = unanswered === 0 ? "" : `, ${unanswered} left to the dialplan's fallback`;
  return { name: "calls", up: true, detail: `${judged} judged since the start${missed}` };
}

function pricesState(decks: number): GuardState {
  if (decks > 0)
    return { name: "prices", up: true, detail: `${decks} ${decks === 1 ? "deck" : "decks"} loaded` };
  return {
    name: "prices",
    up: false,
    detail: "no rate deck: the cap can't judge. Import one with ringfence rates import FILE",
  };
}

function warningsOf({ rules, firewall }: Parts, decks: Status["decks"], nowMs: number): string[] {
  const warnings: string[] = [];
  const { capMicrosPerMinute, openAreas } = rules.policy().calling;
  if (decks.length === 0 && capMicrosPerMinute !== null) {
    warnings.push("No rate deck is loaded: calls are not judged by price, and pass if their area is open.");
  }
  for (const deck of decks) {
    const ageMs = nowMs - deck.importedAtMs;
    if (ageMs > DECK_OLD_MS)
      warnings.push(`The rate deck ${deck.name} is ${Math.floor(ageMs / DAY_MS)} days old.`);
  }
  if (openAreas.length === 0) warnings.push("No area is open: every call but emergency calls is refused.");
  if (firewall.name === "dry-run") warnings.push("The firewall is a dry run: nobody is shut out.");
  return warnings;
}
