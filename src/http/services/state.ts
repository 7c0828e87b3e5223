import type { CauseCount, DeckInfo, Happening } from "../../guard/ports.js";

export interface Happenings {
  /** Returns what ends the subscription. */
  subscribe(listener: (happening: Happening) => void): () => void;
}

export interface GuardState {
  readonly name: string;
  readonly up: boolean;
  /** Something is broken while it is down, and not merely left to be set up: what a health check asks for. */
  readonly vital: boolean;
  readonly detail: string;
}

export interface Status {
  readonly version: string;
  readonly startedAtMs: number;
  readonly asterisk: string | null;
  readonly guards: readonly GuardState[];
  readonly bansInForce: number;
  readonly blocksInForce: number;
  readonly locksInForce: number;
  readonly proposals: number;
  readonly last24h: {
    readonly bans: number;
    readonly callsAllowed: number;
    readonly callsRefused: number;
  };
  /** Null where the backend can't count. */
  readonly dropped: {
    readonly packets: number;
    readonly bytes: number;
    readonly flooded?: number;
    readonly crowded?: number;
  } | null;
  readonly decks: readonly DeckInfo[];
  readonly policyVersion: number;
  readonly warnings: readonly string[];
}

/** A day, a week, a month. */
export type OverviewHours = 24 | 168 | 720;

export interface Overview {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of this length is each part of the series, but the last. */
  readonly stepMs: number;
  readonly series: readonly (Happened & { readonly atMs: number })[];
  readonly totals: Happened;
  /** Of the time before, as long; null where nothing was counted yet. */
  readonly before: Happened | null;
  readonly causes: readonly CauseCount[];
  /** Where those are who were shut out; null where no file says where addresses are. */
  readonly countries:
    readonly { readonly country: string; readonly sources: number; readonly attempts: number }[] | null;
  readonly forYou: readonly ForYou[];
}

export interface Happened {
  readonly attempts: number;
  readonly bans: number;
  readonly blocks: number;
  readonly callsAllowed: number;
  readonly callsRefused: number;
  /** What one minute of each refused call would have cost. */
  readonly refusedMicros: number;
}

/** Something that a person should see to. `subject`: what it is about, such as an address; null: the whole system. */
export interface ForYou {
  readonly slug: "known-banned" | "known-blocked" | "account-attacked" | "proposal" | "deck-old";
  readonly subject: string | null;
  readonly atMs: number | null;
  readonly detail: string;
}
