import type { Happening, Log, Tell } from "./ports.js";

type Listener = (happening: Happening) => void;

/** Carries what happens to whoever listens. A listener that throws is logged and costs the others nothing. */
export class Feed {
  private readonly listeners = new Set<Listener>();

  constructor(private readonly log: Log) {}

  readonly tell: Tell = (happening) => {
    for (const listener of this.listeners) {
      try {
        listener(happening);
      } catch (error) {
        this.log.error("a listener of the live feed failed", { type: happening.type, error });
      }
    }
  };

  /** Returns what ends the subscription. */
  subscribe(listener: Listener): () => void {
    const mine: Listener = (happening) => listener(happening);
    this.listeners.add(mine);
    return () => void this.listeners.delete(mine);
  }
}
