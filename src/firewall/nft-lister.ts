import { RingfenceError } from "../domain/error.js";
import { NftSession, type Listing } from "./nft-session.js";
import { streamTool, type Tool } from "./tool.js";

/** nft reads everything anew where anything changed while it read, and so never ends under changes that come faster than it lists.
 *  After so long it is given up. */
const VAIN_AFTER_MS = 3_000;

export interface ListingWish {
  /** One after the other, such as `set inet ringfence over4`. */
  readonly what: readonly string[];
  /** A reader of so many of them that has read nothing yet. */
  readonly begin: (listings: number) => Listing;
  /** What was read so far is to be forgotten. */
  readonly restart: () => void;
  /** Few elements, so that the session is not left with the memory that they took. */
  readonly isShort: boolean;
  /** Grows with each change of what is listed. */
  readonly changes: () => number;
}

/** Lists what the kernel's sets hold; what is short by a session of its own, so that no change waits behind it. Starting a process
 *  keeps the main loop for some milliseconds, and these are asked for every few seconds, in a flood too. */
export class NftLister {
  private readonly session: NftSession;

  constructor(private readonly nft: Tool) {
    this.session = new NftSession(nft);
  }

  /** Rejects with a RingfenceError: `busy` where changes came faster than nft lists. */
  async list(wish: ListingWish): Promise<void> {
    if (wish.isShort && (await this.listInSession(wish))) return;
    wish.restart();
    for (const what of wish.what) await this.listInProcess(what, wish.begin(1), wish.changes);
  }

  close(): void {
    this.session.close();
  }

  private async listInSession({ what, begin }: ListingWish): Promise<boolean> {
    if (!this.session.isReady()) return false;
    const script = what.map((each) => `list ${each}\n`).join("");
    try {
      return (await this.session.ask(script, begin(what.length))) === null;
    } catch (error) {
      if (error instanceof RingfenceError) return false;
      throw error;
    }
  }

  private async listInProcess(what: string, reader: Listing, changes: () => number): Promise<void> {
    const before = changes();
    const vain = new AbortController();
    const timer = setInterval(() => {
      if (changes() !== before) vain.abort();
    }, VAIN_AFTER_MS);
    try {
      await streamTool(this.nft, ["list", ...what.split(" ")], (text) => reader.read(text), vain.signal);
    } catch (error) {
      if (!vain.signal.aborted) throw error;
      const message = "the kernel's sets change faster than nft can list them";
      throw new RingfenceError("busy", message, { cause: error });
    } finally {
      clearInterval(timer);
    }
    if (!reader.isDone()) throw new RingfenceError("firewall", `nft listed the ${what} in part only`);
  }
}
