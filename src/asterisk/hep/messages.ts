import type { Source } from "../../domain/address.js";
import type { Sighting } from "../../domain/intrusion/sighting.js";
import type { BlindGuess } from "./blind-spot.js";

/** What the main thread and the thread for the mirror say to each other. */

export interface HepSettings {
  /** A loopback address and a port. */
  readonly host: string;
  readonly port: number;
}

/** How many batches the main thread has worked off, an Int32 that both see: a message for each would wake the thread as often as the
 *  mirror does. */
export interface HepTaken {
  readonly taken: SharedArrayBuffer;
}

export type ToHepWorker =
  /** The addresses of this machine. */
  | { readonly type: "own"; readonly sources: readonly Source[] }
  /** Answered with a `state`. */
  | { readonly type: "ping" }
  | { readonly type: "stop" };

/** From when to when packets may be missing, Unix milliseconds. */
export interface MirrorLoss {
  readonly fromMs: number;
  readonly toMs: number;
}

/** In the order in which it is to be taken: losses, sightings, guesses. */
export interface HepBatch {
  readonly losses: readonly MirrorLoss[];
  readonly sightings: readonly Sighting[];
  readonly guesses: readonly BlindGuess[];
}

export interface HepThreadState {
  /** Since when the socket is open; null: it is not. */
  readonly listeningSinceMs: number | null;
  readonly packets: number;
  /** Packets that were no HEP of Asterisk's, or came from elsewhere. */
  readonly refused: number;
  /** Packets that the kernel dropped since the socket had no room. */
  readonly lost: number;
  /** Sightings that were let go of in a flood. */
  readonly shed: number;
  /** When the last packet came; null before the first. */
  readonly lastHeardMs: number | null;
  /** Bytes that the kernel keeps for the socket; null while it is not open. */
  readonly receiveBuffer: number | null;
  readonly lastError: string | null;
}

export type FromHepWorker =
  | { readonly type: "batch"; readonly batch: HepBatch; readonly state: HepThreadState }
  | { readonly type: "state"; readonly state: HepThreadState }
  | {
      readonly type: "log";
      readonly level: "error" | "warn" | "info" | "debug";
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
