import type { Source, Target } from "../../domain/address.js";
import type { BanScope } from "../../domain/intrusion/ban.js";

export interface Shut {
  readonly target: Target;
  /** From now; null: until taken out. */
  readonly timeoutMs: number | null;
  /** A target has one: shutting it again with the other changes it. */
  readonly scope: BanScope;
}

export interface HeldShut {
  readonly target: Target;
  readonly expiresInMs: number | null;
  readonly scope: BanScope;
}

/** A source that sent more than the flood limit allows. */
export interface Flood {
  readonly target: Source;
  /** Its packets beyond the limit, all dropped, since the last time that `floods` was asked. */
  readonly packets: number;
}

/** One change. Taking out what is not held is no error, shutting what is already shut renews it: so one that failed may be applied
 *  again, whatever part of it a backend without transactions (ipset) has taken. */
export interface FirewallChange {
  readonly shut: readonly Shut[];
  readonly open: readonly Target[];
}

/** Of what bans dropped; `flooded`: packets that the flood limit dropped, `crowded`: those beyond the limit of all strangers
 *  together, both where the backend can tell. */
export interface FirewallCounters {
  readonly packets: number;
  readonly bytes: number;
  readonly flooded?: number;
  readonly crowded?: number;
}

/** A way to shut sources out. */
export interface Firewall {
  readonly name: string;
  /** What is asked of it and can't be had with it, in sentences for the status; known after `prepare`. */
  notes(): readonly string[];
  /** Makes sure that what the backend needs is in place; harmless when it is. Resolves to whether anything was missing. */
  prepare(): Promise<boolean>;
  /** Resolves once all of the change is in force; rejects with a RingfenceError where it may not be. */
  apply(change: FirewallChange): Promise<void>;
  /** Puts `targets` in the place of what was protected before: their packets pass, even if a ban covers them. */
  protect(targets: readonly Target[]): Promise<void>;
  /** Puts `sources` in the place of those known before. A known source is often an office with many phones behind one address:
   *  its flood limit is ten times as high, and no crowd of strangers can use it up. Bans hold for it all the same. */
  know(sources: readonly Source[]): Promise<void>;
  /** Who was over the flood limit since this was last asked; some thousand at most, strangers and known sources alike. */
  floods(): Promise<readonly Flood[]>;
  /** Rejects with a RingfenceError `busy` where changes come faster than it can be listed. */
  held(): Promise<HeldShut[]>;
  /** How long ago, in milliseconds, a source that is shut out last sent something to the ports of calls; null: not in the last 24 h,
   *  or this backend can't tell. */
  lastTried(source: Source): Promise<number | null>;
  /** What was dropped since the table was made. */
  counters(): Promise<FirewallCounters>;
  /** Takes everything out that `prepare` and `apply` put in. */
  remove(): Promise<void>;
  close(): Promise<void>;
}
