import { sourceOf } from "../domain/address.js";
import type { KnownSources } from "./known-sources.js";
import type { AsteriskFacts, Clock, Contact, Log, Registrar } from "./ports.js";

export interface KnownFromContactsParts {
  readonly registrar: Pick<Registrar, "contacts">;
  readonly known: Pick<KnownSources, "saw" | "lastSuccessAtMs">;
  readonly clock: Clock;
  readonly log: Log;
}

/** The phones that had registered before Ringfence was there to see it: without them a whole office would be a stranger until its
 *  next REGISTER, an hour or two after the installation. Looked at once a run, and believed only where the address is not
 *  the phone's own claim (docs/decisions/0016). */
export class KnownFromContacts {
  private isDone = false;

  constructor(private readonly parts: KnownFromContactsParts) {}

  /** To be called whenever Asterisk has told of itself; tries again the next time if it did not list its contacts. */
  async learn(facts: Pick<AsteriskFacts, "rewriting" | "trunks">): Promise<void> {
    if (this.isDone) return;
    this.isDone = true;
    const { registrar, log } = this.parts;
    try {
      const contacts = await registrar.contacts();
      const rewriting = new Set(facts.rewriting);
      const trunks = new Set(facts.trunks.map(({ endpoint }) => endpoint));
      let learned = 0;
      let claimed = 0;
      for (const contact of contacts) {
        if (trunks.has(contact.endpoint)) continue;
        if (!rewriting.has(contact.endpoint) || contact.isBehindProxy) claimed++;
        else if (this.take(contact)) learned++;
      }
      if (learned + claimed === 0) return;
      log.info("phones that were registered before are known where Asterisk wrote down their address", {
        learned,
        onlyClaimed: claimed,
      });
    } catch (error) {
      this.isDone = false;
      log.warn("Asterisk did not list the phones that are registered; trying again", { error });
    }
  }

  private take({ endpoint, claims }: Contact): boolean {
    const { known, clock } = this.parts;
    const source = claims === null ? null : sourceOf(claims);
    if (source === null || known.lastSuccessAtMs(endpoint, source) !== null) return false;
    known.saw(source, endpoint, clock.nowMs());
    return true;
  }
}
