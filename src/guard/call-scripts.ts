import type { Source } from "../domain/address.js";

/** Call attempts of each source within a window. A source is told as a script once; its count then begins anew. */
export class CallScripts {
  private readonly attempts = new Map<Source, number[]>();

  /** Whether this attempt is one too many: more than `most` within `windowMs`. */
  isScript(source: Source, atMs: number, most: number, windowMs: number): boolean {
    const recent = (this.attempts.get(source) ?? []).filter((each) => Math.abs(atMs - each) < windowMs);
    recent.push(atMs);
    if (recent.length <= most) {
      this.attempts.set(source, recent);
      return false;
    }
    this.attempts.delete(source);
    return true;
  }

  /** Sources that were quiet for a window are forgotten. */
  forget(nowMs: number, windowMs: number): void {
    for (const [source, attempts] of this.attempts) {
      if (Math.abs(nowMs - (attempts.at(-1) ?? 0)) >= windowMs) this.attempts.delete(source);
    }
  }
}
