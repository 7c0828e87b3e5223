const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})([+-])(\d\d)(\d\d)$/;
/** Up to and with the full stop: what events of one second share. */
const SECOND_LENGTH = 20;

/** Reads Asterisk's EventTV (`2026-11-22T00:46:12.503+0000`) as Unix milliseconds; null where the text has another form.
 *  Remembers the last second, since a flood has thousands of events in each. */
export function eventTimeReader(): (text: string) => number | null {
  let knownSecond = "";
  let knownZone = "";
  let secondMs = 0;
  return (text) => {
    const millis = text.charCodeAt(20) * 100 + text.charCodeAt(21) * 10 + text.charCodeAt(22) - 48 * 111;
    if (
      text.length === 28 &&
      text.startsWith(knownSecond) &&
      text.endsWith(knownZone) &&
      knownSecond !== "" &&
      isDigits(text, SECOND_LENGTH, 3)
    ) {
      return secondMs + millis;
    }
    const atMs = parseEventTime(text);
    if (atMs === null) return null;
    knownSecond = text.slice(0, SECOND_LENGTH);
    knownZone = text.slice(23);
    secondMs = atMs - millis;
    return atMs;
  };
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

function isDigits(text: string, from: number, count: number): boolean {
  for (let at = from; at < from + count; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
