import { makePin, weaknessOf } from "../domain/portal/pin.js";
import { nameText } from "./explain-words.js";
import type { BanRefusal } from "./bans.js";
import type { Clock, Log, Pin, PinHash, PinStore } from "./ports.js";

export interface PinsParts {
  readonly store: Pick<PinStore, "list" | "set" | "remove">;
  readonly hash: Pick<PinHash, "hash">;
  /** Even among the whole numbers from 0 to below its argument, and not to be foreseen. */
  readonly randomBelow: (limit: number) => number;
  /** Asterisk's endpoints; null while it has not said. */
  readonly endpoints: () => readonly string[] | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who has a PIN for the portal. The PIN itself is told once, to whoever sets it, and stored nowhere. */
export class Pins {
  constructor(private readonly parts: PinsParts) {}

  list(): Pin[] {
    return this.parts.store.list();
  }

  /** @param wish null: one is made */
  async set(
    extension: string,
    wish: string | null,
    by: string,
  ): Promise<{ readonly pin: string; readonly stored: Pin } | BanRefusal> {
    const { store, hash, randomBelow, endpoints, clock, log } = this.parts;
    if (endpoints()?.includes(extension) === false) {
      const message = `Asterisk has no endpoint ${nameText(extension)}: name one that it has.`;
      return { refused: "not-found", message };
    }
    const pin = wish ?? makePin(extension, randomBelow);
    const weakness = weaknessOf(pin, extension);
    if (weakness !== null) return { refused: "refused", message: weakness };
    const stored = store.set({ extension, hash: await hash.hash(pin), setAtMs: clock.nowMs(), setBy: by });
    log.info("portal PIN set", { extension, by });
    return { pin, stored };
  }

  remove(extension: string, by: string): { readonly removed: string } | BanRefusal {
    const { store, clock, log } = this.parts;
    if (!store.remove(extension, clock.nowMs(), by)) {
      return { refused: "not-found", message: `${nameText(extension)} has no PIN.` };
    }
    log.info("portal PIN removed", { extension, by });
    return { removed: extension };
  }
}
