const PLACES = 4_096;
const LONGEST = 32;
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Short texts met lately, each one string. Scanners go through the same lists of names, so that what is remembered of a hundred
 *  thousand sources would be the same few names many times over: eight megabytes. A text takes the place of another. */
export class RecentTexts {
  private readonly texts: (string | undefined)[] = Array.from({ length: PLACES });

  /** The text in ASCII `bytes` from `start` to `stop`. */
  of(bytes: Buffer, start: number, stop: number): string {
    if (stop - start > LONGEST) return bytes.toString("latin1", start, stop);
    let hash = FNV_START;
    for (let at = start; at < stop; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
    const place = (hash ^ (hash >>> 16)) & (PLACES - 1);
    const known = this.texts[place];
    if (known !== undefined && isSame(known, bytes, start, stop)) return known;
    return (this.texts[place] = bytes.toString("latin1", start, stop));
  }
}

function isSame(text: string, bytes: Buffer, start: number, stop: number): boolean {
  if (text.length !== stop - start) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
