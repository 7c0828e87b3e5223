import { asSource, type Target } from "../domain/address.js";
import { roomier, widened } from "../domain/columns.js";
import type { BanInForce } from "../domain/intrusion/ban.js";
import { TargetIndex } from "../domain/target-index.js";
import { TextTable } from "../domain/text-table.js";

const FIRST_ROOM = 64;

/** Bans by target, in columns: of a hundred thousand, an object each would take ten megabytes, and the collector would walk
 *  through them all again and again. A ban read from here is a copy. */
export class BansHeld {
  private readonly targets: (Target | null)[] = [];
  /** The places of single sources, which most are. */
  private readonly sources = new TextTable((place) => this.targets[place] ?? "");
  private readonly networks = new TargetIndex<number>();
  private readonly free: number[] = [];
  /** Infinity: until lifted. */
  private untils = new Float64Array(FIRST_ROOM);
  private ids = new Float64Array(FIRST_ROOM);
  /** Numbers of triggers and scopes, as they were first met. */
  private kinds = new Uint8Array(FIRST_ROOM);
  private readonly kindsMet: Pick<BanInForce, "trigger" | "scope">[] = [];

  get(target: Target): BanInForce | null {
    const place = this.placeOf(target);
    return place < 0 ? null : this.at(place);
  }

  set(ban: BanInForce): void {
    let place = this.placeOf(ban.target);
    if (place < 0) {
      place = this.free.pop() ?? this.targets.length;
      if (place >= this.ids.length) this.grow();
      this.targets[place] = ban.target;
      if (asSource(ban.target) === null) this.networks.set(ban.target, place);
      else this.sources.add(place);
    }
    this.ids[place] = ban.id;
    this.untils[place] = ban.untilMs ?? Infinity;
    this.kinds[place] = this.kindOf(ban);
  }

  delete(target: Target): void {
    const place = this.placeOf(target);
    if (place < 0) return;
    if (asSource(target) === null) this.networks.delete(target);
    else this.sources.delete(target);
    this.targets[place] = null;
    this.free.push(place);
  }

  /** The ban of `target` itself and those of every network around it, narrowest first. */
  covering(target: Target): BanInForce[] {
    const around = this.networks.covering(target).map((place) => this.at(place));
    const own = this.sources.find(target);
    return own < 0 ? around : [this.at(own), ...around];
  }

  /** How many end after `nowMs`. */
  countAfter(nowMs: number): number {
    let count = 0;
    for (const place of this.places()) if ((this.untils[place] ?? 0) > nowMs) count++;
    return count;
  }

  /** Ids of those that end after `nowMs`, the newest first. */
  idsAfter(nowMs: number): Float64Array {
    const ids = new Float64Array(this.targets.length);
    let count = 0;
    for (const place of this.places()) {
      if ((this.untils[place] ?? 0) > nowMs) ids[count++] = this.ids[place] ?? 0;
    }
    return ids.subarray(0, count).sort().reverse();
  }

  /** What changes while it is read may or may not be among it. */
  *values(): Generator<BanInForce> {
    for (const place of this.places()) yield this.at(place);
  }

  private *places(): Generator<number> {
    for (let place = 0; place < this.targets.length; place++) {
      if (this.targets[place] !== null) yield place;
    }
  }

  private placeOf(target: Target): number {
    const source = this.sources.find(target);
    return source >= 0 ? source : (this.networks.get(target) ?? -1);
  }

  private at(place: number): BanInForce {
    const target = this.targets[place] ?? null;
    const kind = this.kindsMet[this.kinds[place] ?? -1];
    if (target === null || kind === undefined) throw new RangeError(`no ban at ${place}`);
    const until = this.untils[place] ?? 0;
    const { trigger, scope } = kind;
    return { id: this.ids[place] ?? 0, target, trigger, scope, untilMs: until === Infinity ? null : until };
  }

  private kindOf({ trigger, scope }: BanInForce): number {
    const met = this.kindsMet.findIndex((kind) => kind.trigger === trigger && kind.scope === scope);
    return met >= 0 ? met : this.kindsMet.push({ trigger, scope }) - 1;
  }

  private grow(): void {
    const room = roomier(this.ids.length);
    this.untils = widened(this.untils, new Float64Array(room));
    this.ids = widened(this.ids, new Float64Array(room));
    this.kinds = widened(this.kinds, new Uint8Array(room));
  }
}
