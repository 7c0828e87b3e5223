import type { FirewallCounters } from "../guard/ports.js";

/** What the backends that filter packets are told at their start. */
export interface FilterSettings {
  /** What a packet of a source that is shut out gets: silence, or an error that makes its sender give up at once. */
  readonly answer: "drop" | "reject";
  /** Where Asterisk is asked for calls: what a ban of scope `voip` shuts, and where the flood limit counts. */
  readonly sipPorts: { readonly udp: readonly number[]; readonly tcp: readonly number[] };
  /** TCP ports of the web UI, open to whoever is shut out. */
  readonly uiPorts: readonly number[];
  /** Packets that a source may send to `sipPorts`; null: as many as it likes. */
  readonly flood: FloodLimit | null;
}

/** `packets` at once, and then as many again in each `seconds`. */
export interface FloodLimit {
  readonly packets: number;
  readonly seconds: number;
  /** Packets a second from all strangers together, of both families where the backend can; null: as many as they like. */
  readonly strangers: number | null;
}

export const FILTER_DEFAULTS: FilterSettings = {
  answer: "drop",
  // 4569 is IAX2.
  sipPorts: { udp: [5060, 4569], tcp: [5060, 5061] },
  uiPorts: [8787],
  flood: { packets: 100, seconds: 2, strangers: 500 },
};

/** A known source may send this many times as much: an office of thirty phones that all register again after its line was down. */
export const KNOWN_TIMES = 10;
/** Sources that find no place among those counted one by one share a limit this many times as high. */
export const CROWD_TIMES = 10;
/** Sources counted at a time, for each family: what a spray of forged addresses can fill, in some 10 MB. */
export const COUNTED_SOURCES = 65_535;
/** Sources remembered as over the limit, for each family. */
export const FLOODING_SOURCES = 4_096;
/** For how long after its last packet too many. */
export const FLOODING_SECONDS = 60;

/** Sources that are shut out and tried all the same, for each family, and for how long they are remembered. */
export const TRIED_SOURCES = 16_384;
export const TRIED_SECONDS = 86_400;

/** How long ago a source was last put among those that tried. @param left what its element still has, in milliseconds; empty: it has none */
export function agoMs([left]: readonly number[]): number | null {
  return left === undefined ? null : Math.max(0, TRIED_SECONDS * 1_000 - left);
}

/** What bans dropped, by family. */
export interface FilterCounters extends FirewallCounters {
  readonly ipv4: FirewallCounters;
  readonly ipv6: FirewallCounters;
  readonly flooded: number;
  readonly crowded: number;
}

/** For the limits of kernels, which know whole numbers a second, a minute or an hour. */
export function rateOf(
  { packets, seconds }: Pick<FloodLimit, "packets" | "seconds">,
  times: number,
): { count: number; per: "second" | "minute"; burst: number } {
  const perMinute = Math.max(Math.round((packets * times * 60) / seconds), 1);
  const burst = packets * times;
  return perMinute % 60 === 0
    ? { count: perMinute / 60, per: "second", burst }
    : { count: perMinute, per: "minute", burst };
}

/** For how long a source is counted after its last packet: its limit is as good as new by then. */
export function countedSeconds({ seconds }: FloodLimit): number {
  return Math.max(Math.ceil(seconds * 2), 2);
}
