export interface Increments {
  readonly minimumSeconds: number;
  readonly incrementSeconds: number;
}

/** `60/60`, `30/6`, `1+1`, `60` (both): the shortest length that is billed, and the steps behind it. Seconds. */
export function parseIncrements(text: string): Increments | { readonly fault: string } {
  const match = /^(\d{1,5})\s*(?:s(?:ec)?\.?)?(?:\s*[-/+:|]\s*(\d{1,5}))?\s*(?:s(?:ec(?:onds)?)?\.?)?$/i.exec(
    text.trim(),
  );
  const minimumSeconds = Number(match?.[1]);
  const incrementSeconds = Number(match?.[2] ?? match?.[1]);
  if (match === null || !sound(minimumSeconds, incrementSeconds)) {
    return {
      fault: `${JSON.stringify(text.slice(0, 40))} are no billing increments: write them as 60/60 or 30/6`,
    };
  }
  return { minimumSeconds, incrementSeconds };
}

/** A number of seconds in a cell of its own. Null where it is none. */
export function parseSeconds(text: string): number | null {
  const match = /^(\d{1,5})(?:[.,]0+)?\s*(?:s(?:ec(?:onds)?)?\.?)?$/i.exec(text.trim());
  return match === null ? null : Number(match[1]);
}

/** Whether seconds can be billed so: at most a day at a time. */
export function sound(minimumSeconds: number, incrementSeconds: number): boolean {
  return minimumSeconds >= 0 && minimumSeconds <= DAY_S && incrementSeconds >= 1 && incrementSeconds <= DAY_S;
}

const DAY_S = 86_400;
