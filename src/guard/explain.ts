import type { Target } from "../domain/address.js";
import type { Cap, Scope } from "../domain/calling/verdict.js";
import {
  SUPERSEDED,
  type AccountTries,
  type Ban,
  type Block,
  type Lock,
  type Standing,
} from "../domain/intrusion/ban.js";
import type { Pinging } from "../domain/intrusion/pings.js";
import type { OpenArea } from "../domain/policy.js";
import { isInForce, type EffectiveList } from "../domain/registration/allow-list.js";
import type { RefusedByList } from "./allow-lists-registrations.js";
import type { FailingOn } from "./intrusion.js";
import { formatUsd } from "../domain/calling/money.js";
import {
  ago,
  areaText,
  banStory,
  blockStory,
  evidenceStory,
  nameText,
  namesText,
  spanText,
  times,
  until,
} from "./explain-words.js";
import {
  failingHereAdvice,
  failingHereStory,
  knownHereStory,
  lockedHereAdvice,
  lockedHereStory,
  pausedAdvice,
  pausedHeadline,
  pausedStory,
  pingingStory,
  type CallsPaused,
  type DeviceThere,
} from "./explain-here.js";
import type { CallLogEntry, KnownSource } from "./ports.js";

/** Failed attempts that are still within the windows. `accounts` are hostile. */
export interface RecentAttempts {
  readonly count: number;
  readonly accounts: readonly string[];
  /** Each of the accounts, with its own count. */
  readonly tried: readonly AccountTries[];
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  /** How many more bring a ban; null where none do. */
  readonly left: number | null;
}

/** All that is known of an address or network. */
export interface AddressFacts {
  readonly target: Target;
  readonly standing: Standing;
  /** Why nothing is ever done against it, as the end of "It is never shut out: …"; null unless protected. */
  readonly protectedBecause: string | null;
  /** The bans that cover the target now. */
  readonly inForce: readonly Ban[];
  /** Those of exactly this target that are over, newest first. */
  readonly history: readonly Ban[];
  /** Accounts shut to this address alone, now. */
  readonly blocks: readonly Block[];
  /** Where it is, and whose: somebody else's text. Null where nobody knows. */
  readonly place: { readonly country: string | null; readonly network: string | null } | null;
  /** Accounts whose allow-list refused it lately, newest first. */
  readonly refusedByList: readonly RefusedByList[];
  readonly known: readonly KnownSource[];
  /** Its calls are refused, since a program places them; null: they are not. */
  readonly callsPaused: CallsPaused | null;
  /** Of the accounts that failed lately, those that Asterisk does not have; none while it can't be asked. */
  readonly unknownAccounts: readonly string[];
  /** Of the accounts that failed lately, those shut to all but their known sources. */
  readonly locks: readonly Lock[];
  /** What the mirror showed of the devices there; none without it. */
  readonly devices: readonly DeviceThere[];
  /** It does nothing but ask with OPTIONS whether the PBX is alive; null: it does not. */
  readonly pinging: Pinging | null;
  readonly recent: RecentAttempts;
}

/** All that is known of an extension. */
export interface ExtensionFacts {
  readonly extension: string;
  /** Whether Asterisk has an endpoint of that name; null while Asterisk can't be asked. */
  readonly exists: boolean | null;
  readonly known: readonly KnownSource[];
  /** Where it is shut to a source alone, now. */
  readonly blocks: readonly Block[];
  /** Shut to all but its known sources; null: it is not. */
  readonly lock: Lock | null;
  /** Sources that failed on it lately. */
  readonly failingOn: FailingOn;
  /** Bans in force that cover a source it was known at. */
  readonly shutOut: readonly Ban[];
  readonly areas: readonly OpenArea[];
  readonly areasScope: Scope;
  readonly cap: Omit<Cap, "microsPerMinute"> & { readonly microsPerMinute: number | null };
  readonly allowList: EffectiveList;
  /** Addresses that the list refused lately, newest first. */
  readonly refusedByList: readonly RefusedByList[];
  /** Refused calls, newest first. */
  readonly refused: readonly CallLogEntry[];
}

interface Sentences {
  /** The answer. */
  readonly headline: string;
  readonly story: readonly string[];
  /** What to do. */
  readonly advice: readonly string[];
}

export type AddressExplanation = Sentences & { readonly kind: "address"; readonly facts: AddressFacts };
export type ExtensionExplanation = Sentences & { readonly kind: "extension"; readonly facts: ExtensionFacts };
/** The sentences and what they were made from. They hold hostile text only in quotes, with its control characters replaced. */
export type Explanation = AddressExplanation | ExtensionExplanation;

/** Null where nothing at all is known of the address. */
export function explainAddress(facts: AddressFacts, nowMs: number): AddressExplanation | null {
  const { standing, inForce, history, known, recent, blocks } = facts;
  const heardOf =
    inForce.length +
    history.length +
    known.length +
    recent.count +
    blocks.length +
    facts.refusedByList.length +
    (facts.callsPaused === null ? 0 : 1) +
    (facts.pinging === null ? 0 : 1);
  if (standing === "stranger" && heardOf === 0) return null;
  return {
    kind: "address",
    headline: addressHeadline(facts, nowMs),
    story: [
      ...inForce.flatMap((ban) => [banStory(ban, nowMs), ...evidenceStory(ban, nowMs)]),
      ...blocks.flatMap((block) => [blockStory(block, nowMs), ...evidenceStory(block, nowMs)]),
      ...facts.refusedByList.slice(0, LISTED).map((each) => refusedStory(each, nowMs, refusedText(each))),
      ...placeStory(facts.place),
      ...pausedStory(facts, nowMs),
      ...knownHereStory(facts, nowMs),
      ...pingingStory(facts, nowMs),
      ...recentStory(facts, nowMs),
      ...lockedHereStory(facts, nowMs),
      ...failingHereStory(facts),
      ...historyStory(history, nowMs),
    ],
    advice: addressAdvice(facts),
    facts,
  };
}

/** Null where neither Asterisk nor Ringfence has ever heard of the extension. */
export function explainExtension(facts: ExtensionFacts, nowMs: number): ExtensionExplanation | null {
  const { exists, known, refused, areasScope } = facts;
  const ownRules = areasScope !== "global" || facts.cap.scope !== "global";
  if (exists !== true && known.length === 0 && refused.length === 0 && !ownRules) return null;
  return {
    kind: "extension",
    headline: extensionHeadline(facts, nowMs),
    story: [
      ...facts.blocks.flatMap((block) => [blockStory(block, nowMs), ...evidenceStory(block, nowMs)]),
      ...allowListStory(facts, nowMs),
      ...(facts.lock === null ? [] : [lockStory(facts.lock, nowMs)]),
      ...failingOnStory(facts),
      ...facts.shutOut.map((ban) => `A place it was known at is shut out: ${banStory(ban, nowMs)}`),
      ...knownStory(known, nowMs),
      rulesStory(facts),
      ...refused
        .slice(0, 5)
        .map((call) => `A call of it was refused ${ago(call.atMs, nowMs)}: ${call.verdict.detail}`),
    ],
    advice: extensionAdvice(facts),
    facts,
  };
}

function addressHeadline(facts: AddressFacts, nowMs: number): string {
  const { target, standing, protectedBecause, inForce, blocks, recent, refusedByList } = facts;
  const [ban] = inForce;
  if (ban !== undefined) return `${target} is shut out ${until(ban, nowMs)}.`;
  if (blocks.length > 0) {
    return `${target} is not shut out, but ${namesText(blocks.map(({ account }) => account))} may not sign in from there.`;
  }
  const paused = pausedHeadline(facts, nowMs);
  if (paused !== null) return paused;
  if (standing === "protected")
    return `${target} is never shut out: ${protectedBecause ?? "it is protected"}.`;
  const [refused] = refusedByList;
  if (refused !== undefined) return refusedText(refused);
  if (standing === "known") return `${target} is not shut out; passwords succeeded from it before.`;
  if (recent.count > 0) return `${target} is not shut out, but tries to get in.`;
  if (facts.pinging !== null) return `${target} is not shut out: it only asks whether the PBX is alive.`;
  return `${target} is not shut out.`;
}

const LISTED = 5;

/** A list is looked at before the password, which nobody can have got wrong there. */
function refusedText({ account, address }: RefusedByList): string {
  return `Extension ${nameText(account)} may only register from listed addresses, and ${address} is not listed.`;
}

/** @param said what it begins with */
function refusedStory(refused: RefusedByList, nowMs: number, said: string): string {
  const tried = `It tried ${times(refused.count)}, last ${ago(refused.atMs, nowMs)}.`;
  return [said, tried, ...deviceText(refused)].join(" ");
}

/** What speaks for or against its being the extension's own phone. */
function deviceText({ userAgent, like }: RefusedByList): string[] {
  if (userAgent === null) return [];
  const name = namesText([userAgent]);
  const unseen = "Whether its password is right can't be seen, since the list is asked first.";
  switch (like) {
    case "its-phone":
      return [
        `It calls itself ${name}, as the phone of this extension does: it looks like that phone at a new address.`,
        unseen,
      ];
    case "another-device":
      return [`It calls itself ${name}, as no phone of this extension did.`];
    case "untold":
      return [`It calls itself ${name}.`, unseen];
  }
}

function addToList({ account, address }: RefusedByList): string {
  return `If that is its phone: ringfence allow-list add ${nameText(account)} ${address}`;
}

function allowListStory({ allowList, refusedByList }: ExtensionFacts, nowMs: number): string[] {
  const { scope, list } = allowList;
  if (!list.on) return [];
  const entries = list.entries.filter((entry) => isInForce(entry, nowMs)).map(({ text }) => text);
  const whose = scope === "own" ? "its own list" : "the global list";
  const where = entries.length === 0 ? "nowhere: the list is on and empty" : `${listText(entries)} alone`;
  return [
    `It may register from ${where} (${whose}).`,
    ...refusedByList
      .slice(0, LISTED)
      .map((each) => refusedStory(each, nowMs, `${each.address} is not listed.`)),
  ];
}

function listText(entries: readonly string[]): string {
  const shown = entries.slice(0, LISTED).join(", ");
  return entries.length > LISTED ? `${shown} and ${entries.length - LISTED} more` : shown;
}

function placeStory(place: AddressFacts["place"]): string[] {
  const parts = [place?.network ?? null, place?.country ?? null].filter((part) => part !== null);
  return parts.length === 0 ? [] : [`The address belongs to ${namesText(parts)}.`];
}

function lockStory({ sources, untilMs, by }: Lock, nowMs: number): string {
  const left = spanText(Math.max(0, untilMs - nowMs));
  return `It is shut to all but its known addresses for another ${left}, ${sources === 0 ? `by hand (${by})` : `since ${sources} sources tried it`}.`;
}

function failingOnStory({ failingOn: { sources, windowMs, isMany }, lock }: ExtensionFacts): string[] {
  if (sources < 2 || (lock !== null && lock.sources > 0)) return [];
  const within = `within the last ${spanText(windowMs)}`;
  if (!isMany) return [`${sources} addresses tried it and failed ${within}.`];
  return [
    `${sources} addresses or more tried it and failed ${within}: somebody goes for its password from many places.`,
  ];
}

/** Whether it went on after its ban was lifted, which whoever lifted it wants to know; null: it did not. */
export function relapseText(
  { recent, history }: Pick<AddressFacts, "recent" | "history">,
  nowMs: number,
): string | null {
  const liftedAtMs = history[0]?.liftedAtMs ?? null;
  if (recent.count === 0 || liftedAtMs === null) return null;
  if (recent.lastAtMs === null || recent.lastAtMs <= liftedAtMs) return null;
  const next =
    recent.left === null
      ? ""
      : `, and will be shut out again in ${recent.left} ${recent.left === 1 ? "try" : "tries"}`;
  return `It tried again ${ago(recent.lastAtMs, nowMs)}, after its ban was lifted${next}.`;
}

function recentStory(facts: AddressFacts, nowMs: number): string[] {
  const { recent, blocks } = facts;
  if (recent.count === 0) return [];
  const relapse = relapseText(facts, nowMs);
  if (relapse !== null) return [relapse];
  // What a block is for has been told, and its account is no longer among the names.
  if (blocks.length > 0) return failuresBeside(recent, nowMs);
  const on = recent.accounts.length === 0 ? "" : ` on ${namesText(recent.accounts)}`;
  const last = recent.lastAtMs === null ? "" : `, the last ${ago(recent.lastAtMs, nowMs)}`;
  const left = recent.left === null ? "" : ` ${recent.left} more, and it is shut out.`;
  return [`It failed to sign in ${times(recent.count)} lately${on}${last}.${left}`];
}

function failuresBeside({ tried }: RecentAttempts, nowMs: number): string[] {
  const [last] = tried.toSorted((a, b) => b.lastAtMs - a.lastAtMs);
  if (last === undefined) return [];
  const tries = tried.reduce((sum, each) => sum + each.tries, 0);
  const names = namesText(tried.map(({ name }) => name));
  return [
    `Beside that, sign-ins as ${names} failed ${times(tries)} lately, the last ${ago(last.lastAtMs, nowMs)}.`,
  ];
}

function historyStory(history: readonly Ban[], nowMs: number): string[] {
  const [last] = history;
  if (last === undefined) return [];
  const when = history.length === 1 ? ago(last.fromMs, nowMs) : `the last time ${ago(last.fromMs, nowMs)}`;
  return [
    `It was shut out ${times(history.length)} before, ${when}${endText(last, nowMs)}: ${sentence(last.evidence.summary)}`,
  ];
}

/** How the last ban ended. */
function endText({ fromMs, untilMs, liftedAtMs, liftedBy }: Ban, nowMs: number): string {
  if (liftedAtMs !== null && liftedBy !== SUPERSEDED) {
    return `, and let in again ${ago(liftedAtMs, nowMs)} by ${liftedBy ?? "somebody"}`;
  }
  return untilMs === null ? "" : ` for ${spanText(untilMs - fromMs)}`;
}

function addressAdvice(facts: AddressFacts): string[] {
  const { target, standing, inForce, blocks, recent, refusedByList } = facts;
  const [ban] = inForce;
  if (ban === undefined && (blocks.length > 0 || facts.callsPaused !== null))
    return [...pausedAdvice(facts), ...blocks.flatMap(blockAdvice)];
  if (ban === undefined) {
    if (refusedByList.length > 0) return refusedByList.slice(0, LISTED).map(addToList);
    if (standing === "protected" && recent.count > 0)
      return [
        "It fails all the same, and is not stopped here: look at the device, or stop it where it comes from.",
      ];
    if (standing === "protected") return ["Nothing to do."];
    const failing = failingHereAdvice(facts);
    if (failing !== null) return [...lockedHereAdvice(facts), ...failing];
    if (recent.count > 0)
      return facts.locks.length > 0
        ? lockedHereAdvice(facts)
        : ["Nothing to do: if it goes on, it is shut out."];
    return ["Nothing to do."];
  }
  // A network may be shut out around it: one of them lifted alone would change nothing.
  const lifts = inForce.map((each) => `ringfence bans lift ${each.target}`).join(" and ");
  const advice = [...adviceText(ban), ...monitorAdvice(ban), `If it is one of yours: ${lifts}`];
  if (recent.count > 0)
    advice.push("It still tries: correct the password in the device first, or it will be out again.");
  advice.push(`To never shut it out again: ringfence never-ban add ${target}`);
  return advice;
}

/** To an administrator; what the person behind the phone is told may name nobody, and sends them to their administrator. */
function adviceText({ cause, evidence }: Pick<Ban, "cause" | "evidence">): string[] {
  if (evidence.hint !== null && evidence.hint !== "") return [evidence.hint];
  if (cause === "attack") return ["Nothing to do if nobody of yours is there."];
  return evidence.advice === "" ? [] : [evidence.advice];
}

/** Monitors and carriers ask with OPTIONS whether the PBX is alive, and no method tells less of an intention. */
function monitorAdvice({ evidence: { methods } }: Ban): string[] {
  return methods.length > 0 && methods.every((method) => method === "OPTIONS")
    ? [
        "It sent OPTIONS alone, as monitors and carriers do to see whether a PBX is alive: if it is one of those, never shut it out again.",
      ]
    : [];
}

function blockAdvice({ account, source, cause, evidence }: Block): string[] {
  // Others of yours work there, so there is somebody to ask.
  const isAttack = cause === "attack" && (evidence.hint === null || evidence.hint === "");
  const found = `Somebody at ${source} guesses the password of ${nameText(account)}, or a device there is out of control: find it. Everybody else there goes on working.`;
  return [
    ...(isAttack ? [found] : adviceText({ cause, evidence })),
    `To let it in again: ringfence blocks lift ${nameText(account)} ${source}`,
  ];
}

function extensionHeadline({ extension, known, exists }: ExtensionFacts, nowMs: number): string {
  const name = nameText(extension);
  const last = newest(known);
  if (last !== null)
    return `Extension ${name} last signed in from ${last.source}, ${ago(last.lastAtMs, nowMs)}.`;
  if (exists === false) return `Asterisk has no endpoint ${name}.`;
  return `Extension ${name} was not seen to sign in in the last 30 days.`;
}

function knownStory(known: readonly KnownSource[], nowMs: number): string[] {
  if (known.length < 2) return [];
  const places = known.slice(0, 8).map((pair) => `${pair.source} (${ago(pair.lastAtMs, nowMs)})`);
  const more = known.length > places.length ? ` and ${known.length - places.length} more` : "";
  return [`It signed in from ${known.length} places: ${places.join(", ")}${more}.`];
}

function rulesStory({ areas, areasScope, cap }: ExtensionFacts): string {
  const open = areas.length === 0 ? "nowhere" : areas.map(areaText).join(", ");
  const price =
    cap.microsPerMinute === null
      ? "at any price"
      : `up to $${formatUsd(cap.microsPerMinute)} a minute (${scopeText(cap.scope)})`;
  return `It may call ${open} (${scopeText(areasScope)}), ${price}.`;
}

function extensionAdvice(facts: ExtensionFacts): string[] {
  const { extension, known, shutOut, blocks, lock, refused, exists } = facts;
  const advice = [
    ...blocks.flatMap(blockAdvice),
    ...facts.refusedByList.slice(0, LISTED).map(addToList),
    ...(lock === null ? [] : [`To open it everywhere: ringfence locks lift ${nameText(extension)}`]),
    ...(facts.failingOn.isMany
      ? [
          `Give it a long password that is used nowhere else, or say from where it may register: ringfence allow-list set ${nameText(extension)} ADDRESS…`,
        ]
      : []),
    ...shutOut.map((ban) => `If that place is yours: ringfence bans lift ${ban.target}`),
  ];
  const area = refused.find(({ verdict }) => verdict.reason === "area-closed")?.verdict.area ?? null;
  if (area !== null)
    advice.push(`If it should call there: ringfence areas allow ${area} --extension ${nameText(extension)}`);
  if (refused.some(({ verdict }) => verdict.reason === "call-script")) {
    advice.push(
      "If a dialler of yours places these calls: ringfence detection set call-attempts N lets N a minute pass. If not, somebody has its password: change it.",
    );
  }
  if (refused.some(({ verdict }) => verdict.reason === "rate-over-cap")) {
    advice.push(`If such prices are meant: ringfence cap set USD --extension ${nameText(extension)}`);
  }
  if (known.length === 0 && exists !== false && facts.refusedByList.length === 0) {
    advice.push("If its phone can't register: ringfence why ADDRESS, with the phone's address, says more.");
  }
  return advice.length === 0 ? ["Nothing to do."] : advice;
}

function newest(known: readonly KnownSource[]): KnownSource | null {
  return known.reduce<KnownSource | null>(
    (best, pair) => (best === null || pair.lastAtMs > best.lastAtMs ? pair : best),
    null,
  );
}

function scopeText(scope: Scope): string {
  return scope === "global" ? "global rule" : "its own rule";
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
