import type { Source, Target } from "../address.js";
import { networkAround } from "./network-around.js";
import type { IntrusionSettings } from "./settings.js";

/** What strangers of one network have failed at lately, taken together. */
export interface Neighbourhood {
  readonly network: Target;
  readonly tries: number;
  readonly sources: number;
  readonly firstAtMs: number;
}

export type NeighbourRules = Pick<IntrusionSettings, "groupAttempts" | "groupSources" | "groupWindowMs">;

const NETWORKS_TRACKED = 4_000;

/** The latest tries of a network, at most as many as decide, in the order in which they came. */
interface Street {
  readonly sources: Source[];
  readonly times: number[];
  toldAtMs: number;
}

/** Proven failures of the strangers in each IPv4 /24 and IPv6 /48: whoever has a network to rotate through stays below what any one
 *  source may do, for ever. One source counts for its share at most, so that it takes as many of them as a group of banned neighbours
 *  does. Of the networks heard of longest ago nothing is kept beyond 4,000, and each costs its owner a proven try. */
export class Neighbours {
  private readonly byNetwork = new Map<Target, Street>();

  constructor(private readonly limit = NETWORKS_TRACKED) {}

  /** Notes a proven failure of a stranger, once; what its network has done by now where that is too much, null else. */
  note(source: Source, atMs: number, rules: NeighbourRules): Neighbourhood | null {
    const network = networkAround(source);
    const street = this.streetOf(network);
    dropPast(street, atMs, rules);
    let own = 0;
    let isNoted = false;
    for (let at = 0; at < street.times.length; at++) {
      if (street.sources[at] !== source) continue;
      own++;
      isNoted ||= street.times[at] === atMs;
    }
    const { groupAttempts, groupSources } = rules;
    if (!isNoted) {
      if (own >= Math.max(1, Math.floor(groupAttempts / groupSources))) {
        removeAt(street, street.sources.indexOf(source));
      }
      while (street.times.length >= groupAttempts) removeAt(street, 0);
      street.sources.push(source);
      street.times.push(atMs);
    }
    const tries = street.times.length;
    if (tries < groupAttempts) return null;
    const sources = new Set(street.sources).size;
    return sources < groupSources ? null : { network, tries, sources, firstAtMs: street.times[0] ?? atMs };
  }

  /** Whose tries count in a network, each once. */
  sourcesOf(network: Target): Source[] {
    return [...new Set(this.byNetwork.get(network)?.sources)];
  }

  /** A try noted before counts no more. */
  takeBack(source: Source, atMs: number): void {
    const street = this.byNetwork.get(networkAround(source));
    if (street === undefined) return;
    const at = street.times.findIndex((each, index) => each === atMs && street.sources[index] === source);
    if (at >= 0) removeAt(street, at);
  }

  /** Whether a network that is spared is to be told of, which it is once in the time that its tries count; and then it counts as told. */
  isAlarmDue({ network }: Neighbourhood, atMs: number, { groupWindowMs }: NeighbourRules): boolean {
    const street = this.byNetwork.get(network);
    if (street === undefined || Math.abs(atMs - street.toldAtMs) < groupWindowMs) return false;
    street.toldAtMs = atMs;
    return true;
  }

  private streetOf(network: Target): Street {
    const found = this.byNetwork.get(network);
    // A Map keeps the order of insertion: the last is the one heard of last.
    if (found !== undefined) this.byNetwork.delete(network);
    const street = found ?? { sources: [], times: [], toldAtMs: -Infinity };
    this.byNetwork.set(network, street);
    if (this.byNetwork.size > this.limit) {
      const [oldest] = this.byNetwork.keys();
      if (oldest !== undefined) this.byNetwork.delete(oldest);
    }
    return street;
  }
}

function dropPast(street: Street, atMs: number, { groupWindowMs }: NeighbourRules): void {
  const isPast = (each: number | undefined): boolean =>
    each !== undefined && Math.abs(atMs - each) >= groupWindowMs;
  while (isPast(street.times[0])) removeAt(street, 0);
}

function removeAt(street: Street, at: number): void {
  street.sources.splice(at, 1);
  street.times.splice(at, 1);
}
