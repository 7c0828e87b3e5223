/** One thing that differs between two policies. Null: it is not there. Of a list, each entry that came or went. */
export interface SettingChange {
  /** `calling.cap`, `extensions.100.allow-list.entries`. */
  readonly setting: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What differs between two trees as `writePolicy` makes them, in the order of the file. */
export function changesBetween(before: unknown, after: unknown): SettingChange[] {
  const changes: SettingChange[] = [];
  compare([], before, after, changes);
  return changes;
}

function compare(path: readonly string[], before: unknown, after: unknown, into: SettingChange[]): void {
  if (before instanceof Map || after instanceof Map) {
    const [was, is] = [mapOf(before), mapOf(after)];
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      compare([...path, key], was.get(key), is.get(key), into);
    }
    // A heading that came or went with nothing below it says something too: own rules that are none.
    if (was.size + is.size === 0 && (before === undefined) !== (after === undefined)) {
      note(path, before === undefined ? null : "none", after === undefined ? null : "none", into);
    }
    return;
  }
  if (Array.isArray(before) || Array.isArray(after)) {
    compareLists(path, before as unknown[] | undefined, after as unknown[] | undefined, into);
    return;
  }
  note(path, before === undefined ? null : words(before), after === undefined ? null : words(after), into);
}

function compareLists(
  path: readonly string[],
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined,
  into: SettingChange[],
): void {
  const [was, is] = [(before ?? []).map(words), (after ?? []).map(words)];
  const [held, holds] = [new Set(was), new Set(is)];
  const gone = was.filter((each) => !holds.has(each));
  const come = is.filter((each) => !held.has(each));
  for (const each of gone) note(path, each, null, into);
  for (const each of come) note(path, null, each, into);
  if (gone.length + come.length > 0) return;
  // The same in another order; or a list that is empty, in the place of none.
  const text = (list: readonly string[], of: unknown) =>
    of === undefined ? null : list.length === 0 ? "none" : list.join(" ");
  note(path, text(was, before), text(is, after), into);
}

function note(
  path: readonly string[],
  before: string | null,
  after: string | null,
  into: SettingChange[],
): void {
  if (before !== after) into.push({ setting: path.join("."), before, after });
}

function mapOf(tree: unknown): ReadonlyMap<string, unknown> {
  return tree instanceof Map ? (tree as ReadonlyMap<string, unknown>) : new Map();
}

/** In one line: `198.51.100.12 (note hotel, until …)`. */
function words(tree: unknown): string {
  if (tree instanceof Map) {
    const [[, first] = ["", ""], ...others] = [...(tree as ReadonlyMap<string, unknown>)];
    return `${words(first)} (${others.map(([key, value]) => `${key} ${words(value)}`).join(", ")})`;
  }
  return Array.isArray(tree) ? tree.map(words).join(" ") : String(tree);
}
