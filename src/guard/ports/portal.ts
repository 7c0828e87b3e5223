import type { Source } from "../../domain/address.js";

/** The PIN of the person behind an extension. */
export interface Pin {
  readonly extension: string;
  /** Argon2id, in its own text form. */
  readonly hash: string;
  readonly setAtMs: number;
  readonly setBy: string;
  readonly usedAtMs: number | null;
}

/** Somebody let themselves in again. */
export interface PortalLift {
  readonly extension: string;
  readonly source: Source;
  readonly atMs: number;
}

export interface PinStore {
  /** In the order of their extensions. */
  list(): Pin[];
  of(extension: string): Pin | null;
  /** In the place of the one before, with an audit row that does not hold the hash. */
  set(pin: Omit<Pin, "usedAtMs">): Pin;
  /** False where there is none. */
  remove(extension: string, atMs: number, by: string): boolean;
  /** The PIN was right. */
  used(extension: string, atMs: number): void;
  /** Of this extension, or at this source. */
  lifts(of: { readonly extension: string; readonly source: Source }, sinceMs: number): PortalLift[];
  lifted(lift: PortalLift): void;
}

/** Hashes that take long on purpose. */
export interface PinHash {
  hash(pin: string): Promise<string>;
  /** Null where too many wait already. Takes as long and says no where `hash` is null. */
  matches(hash: string | null, pin: string): Promise<boolean | null>;
}
