const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})([+-])(\d\d)(\d\d)$/;
const LENGTH = 28;
/** Up to and with the full stop: what events of one second share. */
const SECOND_LENGTH = 20;
const MILLIS_LENGTH = 3;
const ZERO = 48;

/** Reads Asterisk's EventTV (`2026-11-22T00:46:12.503+0000`) as Unix milliseconds. Remembers the last second, since a flood
 *  has thousands of events in each. */
export class EventTimes {
  private readonly known = Buffer.alloc(LENGTH);
  private secondMs: number | null = null;

  /** Null where the text has another form. */
  ofText(text: string): number | null {
    return parseEventTime(text);
  }

  /** The same of text in `bytes`, from `start` to `stop`. */
  of(bytes: Buffer, start: number, stop: number): number | null {
    if (stop - start !== LENGTH) return null;
    if (this.secondMs !== null && this.isKnownSecond(bytes, start)) {
      const millis = millisAt(bytes, start + SECOND_LENGTH);
      if (millis >= 0) return this.secondMs + millis;
    }
    const atMs = parseEventTime(bytes.toString("latin1", start, stop));
    if (atMs === null) return null;
    bytes.copy(this.known, 0, start, stop);
    this.secondMs = atMs - millisAt(bytes, start + SECOND_LENGTH);
    return atMs;
  }

  private isKnownSecond(bytes: Buffer, start: number): boolean {
    const { known } = this;
    // What differs, differs at the end of the second.
    for (let at = SECOND_LENGTH - 1; at >= 0; at--) if (bytes[start + at] !== known[at]) return false;
    for (let at = SECOND_LENGTH + MILLIS_LENGTH; at < LENGTH; at++) {
      if (bytes[start + at] !== known[at]) return false;
    }
    return true;
  }
}

export function parseEventTime(text: string): number | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second, millis] = match.slice(1, 8).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetMinutes = (Number(match[9]) * 60 + Number(match[10])) * (match[8] === "-" ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second, millis) - offsetMinutes * 60_000;
}

/** -1 where there are no three digits. */
function millisAt(bytes: Buffer, at: number): number {
  const [hundreds, tens, ones] = [digitAt(bytes, at), digitAt(bytes, at + 1), digitAt(bytes, at + 2)];
  return hundreds < 0 || tens < 0 || ones < 0 ? -1 : hundreds * 100 + tens * 10 + ones;
}

function digitAt(bytes: Buffer, at: number): number {
  const digit = (bytes[at] ?? 0) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
