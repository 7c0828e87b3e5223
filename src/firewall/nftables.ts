import type { Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type { Firewall, FirewallChange, FirewallCounters, HeldShut } from "../guard/ports.js";
import { heldIn, isWhole, parseListing, type Listing } from "./nft-listing.js";
import { runNft, type NftProcess } from "./nft-process.js";
import {
  addSetText,
  BASE_SETS,
  chainText,
  changeText,
  COUNTERS,
  elementOf,
  FAMILY,
  nameOf,
  protectText,
  removalText,
  setsFor,
  TABLE,
  tableText,
  type AddressSet,
} from "./ruleset.js";

export interface NftablesCounters extends FirewallCounters {
  readonly ipv4: FirewallCounters;
  readonly ipv6: FirewallCounters;
}

export const NFT_DEFAULTS: NftProcess = { binary: "nft", deadlineMs: 30_000 };

/** Shuts sources out with nftables, in the table `inet ringfence` of the network namespace that this process is in. One
 *  transaction a change. Elements carry their end, so that a ban lifts also when nobody is there to lift it. */
export class Nftables implements Firewall {
  readonly name = "nftables";
  /** The sets that the chain looks up, as far as we know; null: to be read anew. */
  private sets: readonly AddressSet[] | null = null;
  private protectedTargets: readonly Target[] = [];
  /** A listing showed that what should be protected is not. */
  private protectionDamaged = false;
  /** Changes take turns: each builds on the sets that the one before has made. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly settings: NftProcess = NFT_DEFAULTS) {}

  prepare(): Promise<boolean> {
    return this.inTurn(() => this.makeWhole());
  }

  apply(change: FirewallChange): Promise<void> {
    if (change.shut.length === 0 && change.open.length === 0) return Promise.resolve();
    return this.inTurn(async () => {
      const targets = change.shut.map(({ target }) => target);
      const { sets, text } = await this.grownBy(setsFor("ban", targets));
      const present = new Set(sets.map(nameOf));
      // A set that was never made holds nothing to take out.
      const open = change.open.filter((target) => present.has(nameOf(elementOf("ban", target).set)));
      const wanted = { shut: change.shut, open };
      try {
        await this.run(text + changeText(wanted, "fresh"));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Most likely something is shut already and is to be renewed. If it was anything else, this fails of it too.
        await this.run(text + changeText(wanted, "renew"));
      }
      this.sets = sets;
    });
  }

  protect(targets: readonly Target[]): Promise<void> {
    return this.inTurn(async () => {
      this.protectedTargets = [...new Set(targets)];
      const { sets, text } = await this.grownBy(setsFor("protected", this.protectedTargets));
      await this.run(text + protectText(this.protectedTargets, sets));
      this.sets = sets;
      this.protectionDamaged = false;
    });
  }

  async held(): Promise<HeldShut[]> {
    const listing = parseListing(await runNft(this.settings, ["-j", "list", "table", FAMILY, TABLE]));
    const shielded = new Set(heldIn(listing, "protected").map(({ target }) => target));
    if (this.protectedTargets.some((target) => !shielded.has(target))) this.protectionDamaged = true;
    return heldIn(listing, "ban");
  }

  async counters(): Promise<NftablesCounters> {
    const { counters } = await this.listStructure();
    const none = { packets: 0, bytes: 0 };
    const ipv4 = counters.get(COUNTERS[4]) ?? none;
    const ipv6 = counters.get(COUNTERS[6]) ?? none;
    return { packets: ipv4.packets + ipv6.packets, bytes: ipv4.bytes + ipv6.bytes, ipv4, ipv6 };
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
  }

  private async makeWhole(): Promise<boolean> {
    const listing = await this.listStructure();
    const wanted = [...BASE_SETS, ...setsFor("protected", this.protectedTargets)];
    if (isWhole(listing, wanted) && !this.protectionDamaged) {
      this.sets = listing.sets;
      return false;
    }
    const sets = union(listing.sets, wanted);
    await this.run(
      [
        removalText(listing),
        tableText(),
        ...sets.map(addSetText),
        chainText(sets),
        protectText(this.protectedTargets, sets),
      ].join(""),
    );
    this.sets = sets;
    this.protectionDamaged = false;
    return true;
  }

  /** Everything but the elements. Of all the ways to ask, this one alone does not fetch the elements all the same (nft 1.0.6),
   *  which at 50,000 of them takes 100 ms instead of 4. */
  private async listStructure(): Promise<Listing> {
    return parseListing(await runNft(this.settings, ["-j", "-t", "list", "ruleset", FAMILY]));
  }

  /** The sets once `wanted` are among them, and what has to be run for that: nothing in the usual case. */
  private async grownBy(
    wanted: readonly AddressSet[],
  ): Promise<{ sets: readonly AddressSet[]; text: string }> {
    if (this.sets === null) await this.makeWhole();
    const known = this.sets ?? [];
    const sets = union(known, wanted);
    if (sets.length === known.length) return { sets: known, text: "" };
    return { sets, text: sets.slice(known.length).map(addSetText).join("") + chainText(sets) };
  }

  private run(script: string): Promise<string> {
    return runNft(this.settings, ["-f", "-"], script);
  }

  private inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.turn.then(job).catch((error: unknown) => {
      // Whatever went wrong, the table may not be what we took it for.
      this.sets = null;
      throw error;
    });
    this.turn = done.catch(() => undefined);
    return done;
  }
}

/** `known`, followed by those of `wanted` that are not in it. */
function union(known: readonly AddressSet[], wanted: readonly AddressSet[]): AddressSet[] {
  return [...new Map([...known, ...wanted].map((set) => [nameOf(set), set])).values()];
}

/** Whether nft answered, with no. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof RingfenceError ? error.cause : null;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === 1;
}
