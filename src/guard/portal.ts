import { sourceOf, type Source, type Target } from "../domain/address.js";
import type { Ban, Block } from "../domain/intrusion/ban.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import { comesBackInMs } from "../domain/portal/comes-back.js";
import { Guesses } from "../domain/portal/guesses.js";
import { mayLift, plainCause, type PlainCause } from "../domain/portal/plain-cause.js";
import type { Accounts } from "./accounts.js";
import type { RefusedByList } from "./allow-lists-registrations.js";
import type { BanBook } from "./bans.js";
import type { BlockBook } from "./blocks.js";
import type { KnownSources } from "./known-sources.js";
import type { Locks } from "./locks.js";
import type { Clock, Firewall, Log, PinHash, PinStore } from "./ports.js";

export interface PortalParts {
  readonly bans: Pick<BanBook, "show" | "lift">;
  readonly blocks: Pick<BlockBook, "inForceOf" | "lift">;
  readonly locks: Pick<Locks, "lockOf">;
  readonly known: Pick<KnownSources, "lastSuccessAtMs">;
  readonly accounts: Pick<Accounts, "exists">;
  readonly refusedByList: (of: { readonly account: string }) => readonly RefusedByList[];
  /** Until when calls from there are refused, since a program places them; null: they are not. */
  readonly callsPausedUntilMs: (source: Source) => number | null;
  /** When a failed attempt was last heard from there; null: never. */
  readonly lastHeardMs: (source: Source) => number | null;
  readonly firewall: Pick<Firewall, "lastTried">;
  readonly settings: () => IntrusionSettings;
  readonly store: Pick<PinStore, "of" | "used" | "lifts" | "lifted">;
  readonly hash: Pick<PinHash, "matches">;
  /** Somebody goes on with PINs after too many wrong ones. */
  readonly onGuess: (source: Source) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Something that is shut to the visitor: their whole source or network, or one account there. */
export interface PortalShut {
  readonly what: "ban" | "block";
  readonly target: Target;
  readonly cause: PlainCause;
  readonly fromMs: number;
  /** Null: until lifted. */
  readonly untilMs: number | null;
  /** A sentence of ours; empty where nobody worked the cause out. */
  readonly advice: string;
  /** When it last tried; null: nobody can tell. */
  readonly lastTriedMs: number | null;
  /** If it were lifted now and the device went on as before; null where it would not be out again soon, or nobody knows. */
  readonly backInMs: number | null;
}

/** For anybody at the address: nothing in it depends on which accounts exist, but for those that have worked from there. */
export interface PortalView {
  readonly source: Source;
  readonly shut: readonly PortalShut[];
  /** False where what can be seen says already that only an administrator lifts it. */
  readonly mayAsk: boolean;
  /** Until when calls are refused there, since a program places them; null: they are not. It ends by itself. */
  readonly callsPausedUntilMs: number | null;
}

/** For who has shown a PIN: sentences with account names, which are hostile text. */
export type PortalHints = readonly string[];

export type PortalAnswer =
  | { readonly result: "wrong" }
  /** Too many wrong PINs; `waitMs` until one is looked at again. */
  | { readonly result: "wait"; readonly waitMs: number }
  | { readonly result: "busy" }
  /** The PIN is right, and nothing is shut here. */
  | { readonly result: "open"; readonly hints: PortalHints }
  /** The PIN is right, and to know more was all that was asked for. */
  | { readonly result: "told"; readonly hints: PortalHints }
  /** `used-up`: as often as one may in a day. `others`: what is shut is another extension's. */
  | {
      readonly result: "administrator";
      readonly why: "attack" | "by-hand" | "network" | "used-up" | "others";
      readonly hints: PortalHints;
    }
  /** It was lifted a moment ago and is out again. */
  | { readonly result: "mend-first"; readonly waitMs: number; readonly hints: PortalHints }
  | {
      readonly result: "lifted";
      readonly hints: PortalHints;
      /** How often one may today, still. */
      readonly left: number;
      readonly lastTriedMs: number | null;
      readonly backInMs: number | null;
    };

/** The first at once, others a while after the one before: whoever is out again so soon has to mend the device. */
export const LIFTS = { aDay: 3, pauseMs: 10 * 60_000 } as const;
const DAY_MS = 24 * 3_600_000;
/** To ask the kernel takes a process, and the page may be loaded as often as anybody likes. */
const ASK_AGAIN_MS = 3_000;

/** What the person at an address may see and do about what is shut to it. */
export class Portal {
  private readonly guesses = new Guesses();
  private readonly tried = new Map<
    Source,
    { readonly atMs: number; readonly answer: Promise<number | null> }
  >();
  private asking = 0;

  constructor(private readonly parts: PortalParts) {}

  /** @param hasShownPin whether the visitor may know the cause itself */
  async look(source: Source, hasShownPin = false): Promise<PortalView> {
    const { bans, blocks } = this.shutTo(source);
    const lastMs = bans.length + blocks.length === 0 ? null : await this.lastTriedMs(source, bans.length > 0);
    const shut = [...bans, ...blocks].map((each) => this.shownOf(each, source, lastMs, hasShownPin));
    return {
      source,
      shut,
      mayAsk: shut.every(({ cause }) => !["attack", "network", "by-hand"].includes(cause)),
      callsPausedUntilMs: this.parts.callsPausedUntilMs(source),
    };
  }

  /** Looks at the PIN, and lifts what is shut to the visitor and may be lifted. The same for a wrong PIN and for an extension that
   *  has none or does not exist. Throws a RingfenceError where the store fails. */
  async letIn(source: Source, extension: string, pin: string): Promise<PortalAnswer> {
    return (await this.turnedAway(source, extension, pin)) ?? this.lift(source, extension);
  }

  /** Looks at the PIN alike, and tells what is known without lifting anything: a device is best mended first. */
  async tell(source: Source, extension: string, pin: string): Promise<PortalAnswer> {
    const turnedAway = await this.turnedAway(source, extension, pin);
    if (turnedAway !== null) return turnedAway;
    const { bans, blocks } = this.shutTo(source);
    const hints = this.hintsFor(source, extension, [...bans, ...blocks]);
    return { result: bans.length + blocks.length === 0 ? "open" : "told", hints };
  }

  /** Null: the PIN is right. */
  private async turnedAway(source: Source, extension: string, pin: string): Promise<PortalAnswer | null> {
    const { store, hash, known, clock, onGuess, log } = this.parts;
    const isHome = known.lastSuccessAtMs(extension, source) !== null;
    const waitMs = this.guesses.waitMs(source, extension, isHome, clock.nowMs());
    if (waitMs > 0) {
      onGuess(source);
      return { result: "wait", waitMs };
    }
    this.guesses.count(source, extension, isHome, clock.nowMs());
    // Looked up for whoever asks, so that no extension takes longer than another.
    const right = await hash.matches(store.of(extension)?.hash ?? null, pin);
    if (right !== false) this.guesses.right(source, extension, isHome);
    if (right === null) return { result: "busy" };
    if (!right) {
      log.info("wrong portal PIN", { source, extension });
      return { result: "wrong" };
    }
    store.used(extension, clock.nowMs());
    return null;
  }

  private async lift(source: Source, extension: string): Promise<PortalAnswer> {
    const before = this.shutTo(source);
    const lastTriedMs =
      before.bans.length + before.blocks.length === 0
        ? null
        : await this.lastTriedMs(source, before.bans.length > 0);
    // From here on nothing waits, so that two requests at once can't lift more than one may.
    const { bans, blocks } = this.shutTo(source);
    const hints = this.hintsFor(source, extension, [...bans, ...blocks]);
    if (bans.length + blocks.length === 0) return { result: "open", hints };
    const mine = blocks.filter((block) => this.isOwn(block, extension));
    if (bans.length + mine.length === 0) return { result: "administrator", why: "others", hints };
    const kept = [...bans, ...mine].find((each) => !mayLift(each));
    if (kept !== undefined) return { result: "administrator", why: whyKept(kept), hints };
    const { store, clock, log } = this.parts;
    const nowMs = clock.nowMs();
    const lifts = store.lifts({ extension, source }, nowMs - DAY_MS);
    // A block is of the extension's own; a ban is lifted for everybody there.
    const ofHere = lifts.filter((lift) => lift.source === source);
    const most = Math.max(
      lifts.filter((lift) => lift.extension === extension).length,
      bans.length === 0 ? 0 : ofHere.length,
    );
    if (most >= LIFTS.aDay) return { result: "administrator", why: "used-up", hints };
    // What was shut before the last lift is no relapse: somebody else's, or this one's at another address.
    const ofThese = ofHere.filter((lift) => bans.length > 0 || lift.extension === extension);
    const lastMs = Math.max(-Infinity, ...ofThese.map(({ atMs }) => atMs));
    const isBack = [...bans, ...mine].some(({ fromMs }) => fromMs >= lastMs);
    if (isBack && nowMs - lastMs < LIFTS.pauseMs) {
      return { result: "mend-first", waitMs: LIFTS.pauseMs - (nowMs - lastMs), hints };
    }
    store.lifted({ extension, source, atMs: nowMs });
    const by = `portal:${extension}`;
    for (const ban of bans) this.parts.bans.lift(ban.target, by);
    for (const block of mine) this.parts.blocks.lift(block.account, block.source, by);
    log.info("lifted on the portal", { source, extension, bans: bans.length, blocks: mine.length });
    const backInMs = soonest([...bans, ...mine].map((each) => this.backInMs(each)));
    return { result: "lifted", hints, left: LIFTS.aDay - most - 1, lastTriedMs, backInMs };
  }

  private shutTo(source: Source): { readonly bans: readonly Ban[]; readonly blocks: readonly Block[] } {
    return {
      bans: this.parts.bans.show(source).inForce,
      blocks: this.parts.blocks.inForceOf({ source }),
    };
  }

  private shownOf(
    shut: Ban | Block,
    source: Source,
    lastTriedMs: number | null,
    hasShownPin: boolean,
  ): PortalShut {
    const { known } = this.parts;
    const { fromMs, untilMs, evidence } = shut;
    const plain = plainCause(shut, (account) => known.lastSuccessAtMs(account, source) !== null);
    const cause = hasShownPin && plain === "credentials" ? shut.cause : plain;
    return {
      what: isBan(shut) ? "ban" : "block",
      target: isBan(shut) ? shut.target : shut.source,
      cause,
      fromMs,
      untilMs,
      // Written for those who have shown no PIN.
      advice: cause === plain ? evidence.advice : "",
      lastTriedMs: lastTriedMs ?? evidence.lastAtMs,
      backInMs: this.backInMs(shut),
    };
  }

  private backInMs(shut: Ban | Block): number | null {
    return comesBackInMs(shut.evidence.tried, isBan(shut) ? "ban" : "block", this.parts.settings());
  }

  /** Its own account, or one that there is none of: what somebody mistyped here is nobody else's. */
  private isOwn({ account }: Block, extension: string): boolean {
    return account === extension || this.parts.accounts.exists(account) === false;
  }

  private hintsFor(source: Source, extension: string, shut: readonly (Ban | Block)[]): string[] {
    const { locks, refusedByList } = this.parts;
    const hints = shut.flatMap(({ evidence }) => evidence.hint ?? []);
    if (refusedByList({ account: extension }).some(({ address }) => sourceOf(address) === source)) {
      hints.push(
        `Extension ${extension} may only register from listed addresses, and this one is not listed. Ask your administrator to add it.`,
      );
    }
    if (this.parts.callsPausedUntilMs(source) !== null) {
      hints.push(
        "Calls from this address are refused for a while: a program places more than people dial. They pass again by themselves.",
      );
    }
    if (locks.lockOf(extension) !== null) {
      hints.push(
        `Extension ${extension} is closed for a while to addresses where it has not worked before, since many addresses try its password. ` +
          "Ask your administrator if you need it here.",
      );
    }
    return [...new Set(hints)];
  }

  /** When something there last tried, as far as the kernel or Asterisk can tell. */
  private async lastTriedMs(source: Source, isShutOut: boolean): Promise<number | null> {
    const heardMs = this.parts.lastHeardMs(source);
    const droppedMs = isShutOut ? await this.lastDroppedMs(source) : null;
    if (heardMs === null || droppedMs === null) return heardMs ?? droppedMs;
    return Math.max(heardMs, droppedMs);
  }

  private async lastDroppedMs(source: Source): Promise<number | null> {
    const { firewall, clock, log } = this.parts;
    const nowMs = clock.nowMs();
    const held = this.tried.get(source);
    if (held !== undefined && nowMs - held.atMs < ASK_AGAIN_MS) return held.answer;
    // While many ask at once, some are not told.
    if (this.asking >= 2) return null;
    this.asking += 1;
    const answer = firewall
      .lastTried(source)
      .then((agoMs) => (agoMs === null ? null : nowMs - agoMs))
      .catch((error: unknown) => {
        log.debug("the firewall can't say when a source last tried", { source, error });
        return null;
      })
      .finally(() => (this.asking -= 1));
    this.tried.delete(source);
    this.tried.set(source, { atMs: nowMs, answer });
    const [oldest] = this.tried.keys();
    if (this.tried.size > 200 && oldest !== undefined) this.tried.delete(oldest);
    return answer;
  }
}

function isBan(shut: Ban | Block): shut is Ban {
  return "target" in shut;
}

function whyKept({ cause, trigger }: Ban | Block): "attack" | "by-hand" | "network" {
  if (trigger === "network") return "network";
  return cause === "by-hand" || trigger === "by-hand" ? "by-hand" : "attack";
}

function soonest(times: readonly (number | null)[]): number | null {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.min(...known);
}
