import type { Source, Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type { Firewall, FirewallChange, Flood, HeldShut } from "../guard/ports.js";
import { changeText, replaceText, setsOfChange } from "./changes.js";
import { FloodCounts } from "./flood-counts.js";
import { ElementReader, type ListedElement } from "./nft-elements.js";
import { isWhole, parseListing, type Listing } from "./nft-listing.js";
import { runTool, type Tool } from "./tool.js";
import { NftLister } from "./nft-lister.js";
import { NftSession } from "./nft-session.js";
import {
  addSetText,
  chainsText,
  COUNTERS,
  CROWDED,
  FAMILY,
  FLOODED,
  removalText,
  TABLE,
  tableText,
} from "./ruleset.js";
import { BASE_SETS, elementOf, kindOf, parseSetName, setsFor, union, type AddressSet } from "./sets.js";
import { agoMs, FILTER_DEFAULTS, type FilterCounters, type FilterSettings } from "./settings.js";

export interface NftablesSettings extends FilterSettings, Tool {}

export const NFT_DEFAULTS: NftablesSettings = { ...FILTER_DEFAULTS, binary: "nft", deadlineMs: 30_000 };

/** So many are listed without a process. */
const SHORT_LISTING = 2_000;

/** Larger changes get an nft of their own, for which the line of a session would be long. */
const LARGEST_IN_SESSION = 50;

/** Shuts sources out with nftables, in the table `inet ringfence` of the network namespace that this process is in. One
 *  transaction a change. Elements carry their end, so that a ban lifts also when nobody is there to lift it. */
export class Nftables implements Firewall {
  readonly name = "nftables";
  private readonly settings: NftablesSettings;
  /** The sets that the chains look up, as far as we know; null: to be read anew. */
  private sets: readonly AddressSet[] | null = null;
  private protectedTargets: readonly Target[] = [];
  private knownSources: readonly Source[] = [];
  /** A listing showed that what should be protected is not. */
  private protectionDamaged = false;
  /** This kernel can't answer ahead of connection tracking (Linux before 5.9). */
  private mustDrop = false;
  /** Whether a set of the kind may hold anything: what can't be there need not be taken out, which is slow in a process. */
  private mayHold = { ban: true, voip: true };
  private shutSinceListing = { ban: false, voip: false };
  private readonly session: NftSession;
  private readonly lister: NftLister;
  private lastHeld = Infinity;
  /** Made so far. */
  private changes = 0;
  private readonly flooding = new FloodCounts();
  /** Changes take turns: each builds on the sets that the one before has made. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(settings: Partial<NftablesSettings> = {}) {
    this.settings = { ...NFT_DEFAULTS, ...settings };
    this.session = new NftSession(this.settings);
    this.lister = new NftLister(this.settings);
  }

  notes(): readonly string[] {
    return this.mustDrop
      ? [
          "This kernel can't reject ahead of connection tracking (Linux 5.9 can): who is shut out gets no answer.",
        ]
      : [];
  }

  prepare(): Promise<boolean> {
    return this.inTurn(async () => {
      const madeAnew = await this.makeWhole();
      this.session.warm();
      return madeAnew;
    });
  }

  apply(change: FirewallChange): Promise<void> {
    if (change.shut.length === 0 && change.open.length === 0) return Promise.resolve();
    return this.inTurn(async () => {
      const { sets, text } = await this.grownBy(setsOfChange(change));
      const isSmall = change.shut.length + change.open.length <= LARGEST_IN_SESSION;
      for (const { scope } of change.shut) {
        this.mayHold[kindOf(scope)] = this.shutSinceListing[kindOf(scope)] = true;
      }
      const holding = sets.filter(({ kind }) => (kind === "ban" || kind === "voip") && this.mayHold[kind]);
      const inForce = isSmall && text === "" && (await this.applyInSession(change, holding));
      if (!inForce) await this.applyInProcess(change, holding, text);
      this.changes++;
      this.sets = sets;
    });
  }

  protect(targets: readonly Target[]): Promise<void> {
    return this.inTurn(async () => {
      this.protectedTargets = [...new Set(targets)];
      const { sets, text } = await this.grownBy(setsFor("protected", this.protectedTargets));
      await this.run(text + replaceText("protected", this.protectedTargets, sets));
      this.sets = sets;
      this.protectionDamaged = false;
    });
  }

  know(sources: readonly Source[]): Promise<void> {
    return this.inTurn(async () => {
      this.knownSources = [...new Set(sources)];
      const { sets, text } = await this.grownBy(setsFor("known", this.knownSources));
      await this.run(text + replaceText("known", this.knownSources, sets));
      this.sets = sets;
    });
  }

  async floods(): Promise<readonly Flood[]> {
    const over: ListedElement[] = [];
    const width = { over4: { family: 4, bits: 32 }, over6: { family: 6, bits: 64 } } as const;
    const widthOf = (name: string) => (name === "over4" || name === "over6" ? width[name] : null);
    await this.lister.list({
      what: Object.keys(width).map((name) => `set ${FAMILY} ${TABLE} ${name}`),
      begin: (listings) => new ElementReader(widthOf, (element) => over.push(element), listings),
      restart: () => (over.length = 0),
      isShort: true,
      changes: () => this.changes,
    });
    return this.flooding.since(over);
  }

  async lastTried(source: Source): Promise<number | null> {
    const { set, address } = elementOf("ban", source);
    const left: number[] = [];
    const reader = new ElementReader(
      () => set,
      ({ expiresInMs }) => {
        if (expiresInMs !== null) left.push(expiresInMs);
      },
    );
    const element = [FAMILY, TABLE, `tried${set.family}`, `{ ${address} }`];
    try {
      reader.read(await runTool(this.settings, ["get", "element", ...element]));
    } catch (error) {
      // What is not there is an error to nft.
      if (isRefusal(error)) return null;
      throw error;
    }
    return agoMs(left);
  }

  async held(): Promise<HeldShut[]> {
    this.shutSinceListing = { ban: false, voip: false };
    let seen = { ban: false, voip: false };
    const shielded = new Set<Target>();
    // By target, since a listing during a resize repeats rows.
    const held = new Map<Target, HeldShut>();
    const take = ({ target, expiresInMs }: ListedElement, { kind }: AddressSet): void => {
      if (kind === "ban" || kind === "voip") seen[kind] = true;
      if (kind === "protected") shielded.add(target);
      // What is in both scopes is shut whole.
      else if (kind === "ban") held.set(target, { target, expiresInMs, scope: "host" });
      else if (held.get(target)?.scope !== "host") held.set(target, { target, expiresInMs, scope: "voip" });
    };
    await this.lister.list({
      what: [`table ${FAMILY} ${TABLE}`],
      begin: () => new ElementReader(heldSet, take),
      restart: () => {
        seen = { ban: false, voip: false };
        shielded.clear();
        held.clear();
      },
      isShort: this.lastHeld <= SHORT_LISTING,
      changes: () => this.changes,
    });
    this.lastHeld = held.size;
    if (this.protectedTargets.some((target) => !shielded.has(target))) this.protectionDamaged = true;
    const since = this.shutSinceListing;
    this.mayHold = { ban: seen.ban || since.ban, voip: seen.voip || since.voip };
    return [...held.values()];
  }

  async counters(): Promise<FilterCounters> {
    const { counters } = await this.listStructure();
    const none = { packets: 0, bytes: 0 };
    const ipv4 = counters.get(COUNTERS[4]) ?? none;
    const ipv6 = counters.get(COUNTERS[6]) ?? none;
    const flooded = counters.get(FLOODED) ?? none;
    const crowded = counters.get(CROWDED) ?? none;
    return {
      packets: ipv4.packets + ipv6.packets,
      bytes: ipv4.bytes + ipv6.bytes,
      flooded: flooded.packets,
      crowded: crowded.packets,
      ipv4,
      ipv6,
    };
  }

  remove(): Promise<void> {
    return this.inTurn(async () => {
      this.sets = null;
      // Made first, since deleting what is absent is an error.
      await this.run(`add table ${FAMILY} ${TABLE}\ndelete table ${FAMILY} ${TABLE}\n`);
    });
  }

  async close(): Promise<void> {
    await this.turn;
    this.session.close();
    this.lister.close();
  }

  /** Resolves to whether the change is in force; where it is not, nobody knows what is. */
  private async applyInSession(change: FirewallChange, sets: readonly AddressSet[]): Promise<boolean> {
    if (!this.session.isReady()) return false;
    try {
      if ((await this.session.run(changeText(change, "fresh", sets))) === null) return true;
      // Most likely something is shut already and is to be renewed.
      return (await this.session.run(changeText(change, "renew", sets))) === null;
    } catch (error) {
      if (error instanceof RingfenceError) return false;
      throw error;
    }
  }

  private async applyInProcess(
    change: FirewallChange,
    sets: readonly AddressSet[],
    growth: string,
  ): Promise<void> {
    try {
      await this.run(growth + changeText(change, "fresh", sets));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Most likely something is shut already and is to be renewed. If it was anything else, this fails of it too.
      await this.run(growth + changeText(change, "renew", sets));
    }
  }

  private async makeWhole(): Promise<boolean> {
    const listing = await this.listStructure();
    const wanted = union(
      BASE_SETS,
      union(setsFor("protected", this.protectedTargets), setsFor("known", this.knownSources)),
    );
    if (isWhole(listing, wanted, this.filter()) && !this.protectionDamaged) {
      this.sets = listing.sets;
      return false;
    }
    const sets = union(listing.sets, wanted);
    try {
      await this.run(this.wholeText(listing, sets));
    } catch (error) {
      if (!isRefusal(error) || this.filter().answer === "drop") throw error;
      this.mustDrop = true;
      await this.run(this.wholeText(listing, sets));
    }
    this.sets = sets;
    this.protectionDamaged = false;
    return true;
  }

  private wholeText(listing: Listing, sets: readonly AddressSet[]): string {
    return [
      removalText(listing),
      tableText(),
      ...sets.map(addSetText),
      chainsText(sets, this.filter()),
      replaceText("protected", this.protectedTargets, sets),
      replaceText("known", this.knownSources, sets),
    ].join("");
  }

  private filter(): FilterSettings {
    return this.mustDrop ? { ...this.settings, answer: "drop" } : this.settings;
  }

  /** Everything but the elements. Of all the ways to ask, this one alone does not fetch the elements all the same (nft 1.0.6),
   *  which at 50,000 of them takes 100 ms instead of 4. */
  private async listStructure(): Promise<Listing> {
    return parseListing(await runTool(this.settings, ["-j", "-t", "list", "ruleset", FAMILY]));
  }

  /** The sets once `wanted` are among them, and what has to be run for that: nothing in the usual case. */
  private async grownBy(
    wanted: readonly AddressSet[],
  ): Promise<{ sets: readonly AddressSet[]; text: string }> {
    if (this.sets === null) await this.makeWhole();
    const known = this.sets ?? [];
    const sets = union(known, wanted);
    if (sets === known) return { sets: known, text: "" };
    return {
      sets,
      text: sets.slice(known.length).map(addSetText).join("") + chainsText(sets, this.filter()),
    };
  }

  private run(script: string): Promise<string> {
    return runTool(this.settings, ["-f", "-"], script);
  }

  private inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.turn.then(job).catch((error: unknown) => {
      // Whatever was known of the table may be wrong now.
      this.sets = null;
      throw error;
    });
    this.turn = done.catch(() => undefined);
    return done;
  }
}

function heldSet(name: string): AddressSet | null {
  const set = parseSetName(name);
  return set === null || set.kind === "known" ? null : set;
}

/** Whether nft answered, with no. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof RingfenceError ? error.cause : null;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === 1;
}
