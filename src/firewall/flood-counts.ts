import { asSource, type Target } from "../domain/address.js";
import type { Flood } from "../guard/ports.js";

/** Makes what came since the last time out of counts that only grow, until their source has been quiet and they start anew. */
export class FloodCounts {
  private before: ReadonlyMap<Target, number> = new Map();

  since(counted: readonly { readonly target: Target; readonly packets: number }[]): Flood[] {
    const floods: Flood[] = [];
    const now = new Map<Target, number>();
    for (const { target, packets } of counted) {
      // A listing may repeat a row.
      if (now.has(target)) continue;
      now.set(target, packets);
      const known = this.before.get(target) ?? 0;
      const more = packets >= known ? packets - known : packets;
      const source = asSource(target);
      if (more > 0 && source !== null) floods.push({ target: source, packets: more });
    }
    this.before = now;
    return floods;
  }
}
