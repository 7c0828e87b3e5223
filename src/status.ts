import type { Control } from "./asterisk/ami/control.js";
import type { EventConnection } from "./asterisk/ami/event-connection.js";
import type { CallThread } from "./call-thread.js";
import type { AccountAcls } from "./guard/account-acls.js";
import type { Registrations } from "./guard/allow-lists-registrations.js";
import type { BanBook } from "./guard/bans.js";
import type { BlockBook } from "./guard/blocks.js";
import type { Groups } from "./guard/groups.js";
import type { Locks } from "./guard/locks.js";
import type { DialplanMirror } from "./guard/dialplan-mirror.js";
import type { CallingRules } from "./domain/policy.js";
import { oldDecks } from "./guard/deck-age.js";
import { ago } from "./guard/explain-words.js";
import type { Keeper } from "./guard/keeper.js";
import type { BanStore, CallLogStore, Clock, DeckStore, Firewall } from "./guard/ports.js";
import type { Rules } from "./guard/rules.js";
import type { TrunkWatch } from "./guard/trunk-watch.js";
import type { GuardState, Status } from "./http/services.js";
import type { HepMirror } from "./hep-thread.js";
import { VERSION } from "./version.js";

/** Whom the status is asked of. */
export interface StatusParts {
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly rules: Rules;
  readonly bans: Pick<BanBook, "count">;
  readonly blocks: BlockBook;
  readonly locks: Locks;
  readonly groups: Groups;
  readonly banStore: Pick<BanStore, "countSince">;
  readonly keeper: Pick<Keeper, "state">;
  readonly firewall: Pick<Firewall, "counters" | "name" | "notes">;
  readonly calls: CallLogStore;
  readonly decks: DeckStore;
  readonly callThread: Pick<CallThread, "state">;
  readonly control: Pick<Control, "state" | "jobNow">;
  readonly trunks: TrunkWatch;
  readonly mirror: Pick<DialplanMirror, "written">;
  /** Null until the trunks are known. */
  readonly events: () => EventConnection | null;
  readonly accountAcls: Pick<AccountAcls, "state">;
  readonly registrations: Pick<Registrations, "fault">;
  /** Null: switched off. */
  readonly hep: Pick<HepMirror, "state"> | null;
}

const DAY_MS = 86_400_000;
const COMPARED_LATELY_MS = 60_000;

/** Whether the fence stands, and what it did in the last 24 hours. */
export async function statusOf(parts: StatusParts): Promise<Status> {
  const { clock, startedAtMs, rules, bans, banStore, firewall, calls, trunks } = parts;
  const nowMs = clock.nowMs();
  const decks = parts.decks.list();
  const called = calls.count(nowMs - DAY_MS);
  return {
    version: VERSION,
    startedAtMs,
    asterisk: trunks.latest()?.version ?? null,
    guards: guardStates(parts, decks),
    bansInForce: bans.count(),
    blocksInForce: parts.blocks.inForce().length,
    locksInForce: parts.locks.inForce().length,
    proposals: parts.groups.proposals().length,
    last24h: {
      bans: banStore.countSince(nowMs - DAY_MS),
      callsAllowed: called.allowed,
      callsRefused: called.refused,
    },
    // What the firewall can't say is told by the kernel guard above.
    dropped: await firewall.counters().catch(() => null),
    decks,
    policyVersion: rules.policy().version,
    warnings: [...warningsOf(parts, decks, nowMs), ...(trunks.latest()?.dangers ?? [])],
  };
}

/** The posts of the fence, each with a fact. */
export function guardStates(parts: StatusParts, decks = parts.decks.list()): GuardState[] {
  return [
    eventsState(parts),
    asteriskState(parts),
    kernelState(parts),
    callsState(parts),
    pricesState(decks, parts.clock.nowMs()),
    accountsState(parts),
    mirrorState(parts),
  ];
}

function eventsState({ events, clock }: StatusParts): GuardState {
  const guard = vital("events");
  const state = events()?.state() ?? null;
  if (state === null) return guard.down("waiting for Asterisk to say which trunks are to be protected");
  if (state.upSinceMs === null) {
    return guard.down(`not connected to Asterisk's manager: ${state.lastError ?? "connecting"}`);
  }
  const last = state.lastEventAtMs;
  return guard.up(
    last === null ? "connected, no security event yet" : `last security event ${ago(last, clock.nowMs())}`,
  );
}

function asteriskState({ control, mirror, trunks, rules }: StatusParts): GuardState {
  const guard = vital("asterisk");
  const state = control.state();
  if (state.connectedSinceMs === null) {
    return guard.down(`no control connection to Asterisk: ${state.lastError ?? "connecting"}`);
  }
  if (mirror.written() !== rules.policy().version) {
    return guard.down("the dialplan's copy of the rules is not written yet");
  }
  const count = trunks.latest()?.trunks.length ?? 0;
  return guard.up(`${count} ${count === 1 ? "trunk is" : "trunks are"} protected`);
}

function kernelState({ keeper, clock }: StatusParts): GuardState {
  const guard = vital("kernel");
  const { firewall, comparedAtMs, held, pending, failures, lastError } = keeper.state();
  if (failures > 0)
    return guard.down(`${firewall} failed ${failures} times in a row: ${lastError ?? "unknown"}`);
  if (comparedAtMs === null) return guard.down(`${firewall}: not compared yet`);
  const nowMs = clock.nowMs();
  const waiting = pending === 0 ? "" : `, ${pending} on the way`;
  const detail = `${firewall} holds ${held}${waiting}, compared ${ago(comparedAtMs, nowMs)}`;
  return nowMs - comparedAtMs < COMPARED_LATELY_MS ? guard.up(detail) : guard.down(detail);
}

/** Whether the lists of accounts are in force in Asterisk, and whoever they do not let in is not registered. */
function accountsState({ accountAcls, registrations }: StatusParts): GuardState {
  const { endpoints, open, failures, lastError, notShut, appliedAtMs } = accountAcls.state();
  const guard = { name: "accounts", vital: false };
  if (failures > 0) {
    const detail = `Asterisk does not hold the accounts' lists (${failures} tries in a row): ${lastError ?? "unknown"}`;
    return { ...guard, up: false, detail };
  }
  if (appliedAtMs === null)
    return { ...guard, up: false, detail: "Asterisk was not told the accounts' lists yet" };
  const fault = registrations.fault();
  if (fault !== null) {
    const detail = `phones that a list does not let in may still be registered: who is registered could not be looked through (${fault})`;
    return { ...guard, up: false, detail };
  }
  const missing = notShut.size === 0 ? "" : `, ${notShut.size} that can't be shut`;
  const count = `${endpoints} ${endpoints === 1 ? "account has" : "accounts have"} a list in Asterisk`;
  const more = open === 0 ? "" : `, ${open} more have one that is open`;
  return { ...guard, up: true, detail: `${count}${more}${missing}` };
}

/** Whether Asterisk mirrors SIP to us. */
function mirrorState({ hep, clock }: StatusParts): GuardState {
  const guard = { name: "mirror", vital: false };
  const without = "who sent a UDP packet stays unproven. See asterisk-conf/README.md";
  if (hep === null) return { ...guard, up: false, detail: `switched off: ${without}` };
  const { address, listeningSinceMs, lastHeardMs, lost, shed, lastError } = hep.state();
  if (listeningSinceMs === null) {
    return { ...guard, up: false, detail: `not listening on ${address}: ${lastError ?? "starting"}` };
  }
  if (lastHeardMs === null) {
    return { ...guard, up: false, detail: `Asterisk mirrors no SIP to ${address}: ${without}` };
  }
  const missed = lost + shed === 0 ? "" : `, ${lost + shed} missed since the start`;
  return { ...guard, up: true, detail: `last mirrored SIP ${ago(lastHeardMs, clock.nowMs())}${missed}` };
}

function callsState({ callThread }: StatusParts): GuardState {
  const guard = vital("calls");
  const { connectedSinceMs, judged, unanswered, lastError } = callThread.state();
  if (connectedSinceMs === null) return guard.down(`not connected to ARI: ${lastError ?? "connecting"}`);
  const missed = unanswered === 0 ? "" : `, ${unanswered} left to the dialplan's fallback`;
  return guard.up(`${judged} judged since the start${missed}`);
}

function pricesState(decks: Status["decks"], nowMs: number): GuardState {
  const guard = { name: "prices", vital: false };
  if (decks.length === 0) {
    const detail = "no rate deck: the cap can't judge. Import one with ringfence rates import FILE";
    return { ...guard, up: false, detail };
  }
  const old = oldDecks(decks, nowMs);
  const loaded = `${decks.length} ${decks.length === 1 ? "deck" : "decks"} loaded`;
  if (old.length === 0) return { ...guard, up: true, detail: loaded };
  const ages = old.map(({ name, days }) => `${name} is ${days} days old`).join(", ");
  return { ...guard, up: true, detail: `${loaded}; ${ages}: import the newest prices` };
}

/** `trunk (deck)` for each trunk that is bound to a deck that is not there. */
function missingDecks({ trunkDecks }: Pick<CallingRules, "trunkDecks">, decks: Status["decks"]): string[] {
  return Object.entries(trunkDecks)
    .filter(([, name]) => !decks.some((deck) => deck.name === name))
    .map(([trunk, name]) => `${trunk} (${name})`);
}

function vital(name: string) {
  const guard = { name, vital: true };
  return {
    up: (detail: string): GuardState => ({ ...guard, up: true, detail }),
    down: (detail: string): GuardState => ({ ...guard, up: false, detail }),
  };
}

function warningsOf({ rules, firewall }: StatusParts, decks: Status["decks"], nowMs: number): string[] {
  const warnings: string[] = [];
  const { capMicrosPerMinute, openAreas } = rules.policy().calling;
  if (decks.length === 0 && capMicrosPerMinute !== null) {
    warnings.push(
      "No rate deck is loaded: calls are not judged by price, what they cost is unknown to the spend limits, and they pass if their area is open.",
    );
  }
  for (const { name, days } of oldDecks(decks, nowMs)) {
    warnings.push(`The rate deck ${name} is ${days} days old: its prices may be wrong.`);
  }
  const missing = missingDecks(rules.policy().calling, decks);
  if (missing.length > 0)
    warnings.push(`Trunks have no prices, since their decks are missing: ${missing.join(", ")}.`);
  if (openAreas.length === 0) warnings.push("No area is open: every call but emergency calls is refused.");
  if (firewall.name === "dry-run") warnings.push("The firewall is a dry run: nobody is shut out.");
  warnings.push(...firewall.notes());
  return warnings;
}
