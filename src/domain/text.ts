/** A copy of `text` that keeps nothing else alive. Engines cut a substring as a window onto the whole string it came from, so
 *  a name of 20 letters that is remembered may hold the 64 KB it was read in. */
export function detached(text: string): string {
  // Joining makes a new string, and the cut is a window onto that one.
  return ` ${text}`.slice(1);
}

/** 53 bits that stand for `text` where keeping it would cost too much memory. Spreads well and is no secret: only for places
 *  where two texts that meet harm nobody but whoever chose them. (cyrb53, public domain.) */
export function fingerprint(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (low >>> 0) + (high & 0x1fffff) * 0x100000000;
}
