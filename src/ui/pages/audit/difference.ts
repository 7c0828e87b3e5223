export interface Difference {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

const MOST = 200;

/** What differs between two values of JSON, by the path to it; null: it is not there. Of two lists, each entry that came or went. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare("", before ?? null, after ?? null, found);
  return found.slice(0, MOST);
}

function compare(field: string, before: unknown, after: unknown, found: Difference[]): void {
  if (written(before) === written(after)) return;
  if (isPlain(before) || isPlain(after)) {
    const [one, other] = [isPlain(before) ? before : {}, isPlain(after) ? after : {}];
    const inner = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    for (const name of inner)
      compare(field === "" ? name : `${field}.${name}`, one[name] ?? null, other[name] ?? null, found);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [one, other] = [before.map(written), after.map(written)];
    for (const text of one.filter((each) => !other.includes(each)))
      found.push({ field, before: text, after: null });
    for (const text of other.filter((each) => !one.includes(each)))
      found.push({ field, before: null, after: text });
    return;
  }
  found.push({
    field,
    before: before === null ? null : written(before),
    after: after === null ? null : written(after),
  });
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
