/** One thing that is wrong with what was written, and where: `["extensions", "100", "cap"]`. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A place in what was written. All faults of a file go into one list. */
export class Place {
  constructor(
    readonly path: readonly (string | number)[] = [],
    readonly faults: Fault[] = [],
  ) {}

  at(key: string | number): Place {
    return new Place([...this.path, key], this.faults);
  }

  /** Notes a fault; undefined, which no value is. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- so that whatever is read, this can stand for it
  fault<V>(message: string): V | undefined {
    this.faults.push({ path: this.path, message });
    return undefined;
  }
}

/** How a value is written for people: text, numbers, booleans, null, arrays, and records as maps. */
export interface Form<V> {
  readonly write: (value: V) => unknown;
  /** Undefined where it can't be read, with the faults at `place`. @param before holds for what is left out */
  readonly read: (written: unknown, place: Place, before: V | undefined) => V | undefined;
}

/** The name of a field, its form, and what it means where a policy has it not. */
export interface Field<V> {
  readonly name: string;
  readonly form: Form<V>;
  readonly leftOut?: V;
}

/** Every field of T, so that one which is added to T fails the build until it has a form. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> };

/** A record with named fields. What is left out is as `before`, or, with `absent`, not there at all. */
export function record<T extends object>(
  fields: Fields<T>,
  how: { readonly leftOut: "before" | "absent" },
): Form<T> {
  const keys = Object.keys(fields) as (keyof T & string)[];
  const byName = new Map(keys.map((key) => [fields[key].name, key]));
  return {
    write: (value) => {
      const written = new Map<string, unknown>();
      for (const key of keys) {
        const field = fields[key] as Field<unknown>;
        const held = value[key] === undefined ? field.leftOut : value[key];
        if (held !== undefined) written.set(field.name, field.form.write(held));
      }
      return written;
    },
    read: (written, place, before) => {
      const entries = entriesOf(written);
      if (entries === null) return place.fault(`write ${listed([...byName.keys()])}, each with its value`);
      const found = new Map<string, unknown>();
      for (const [name, value] of entries) {
        if (byName.has(name)) found.set(name, value);
        else place.at(name).fault(`there is no such setting: write ${listed([...byName.keys()])}`);
      }
      const read: Record<string, unknown> = {};
      for (const key of keys) {
        const { name, form, leftOut } = fields[key] as Field<unknown>;
        const was = before?.[key];
        let value: unknown = how.leftOut === "before" ? was : undefined;
        if (found.has(name)) value = form.read(found.get(name), place.at(name), was ?? leftOut);
        // What means the same as nothing is nothing, so that one policy has one form.
        if (value !== undefined && !(leftOut !== undefined && sameValue(value, leftOut))) read[key] = value;
      }
      return read as T;
    },
  };
}

/** Names that the file chooses, such as extensions. Taken whole: a name that is left out is gone. */
export function map<V>(
  form: Form<V>,
  what: { readonly says: string; readonly nameFault: (name: string) => string | null },
): Form<Readonly<Record<string, V>>> {
  return {
    write: (values) =>
      new Map(Object.entries(values).map(([name, value]) => [name, form.write(value)] as const)),
    read: (written, place, before) => {
      const entries = entriesOf(written);
      if (entries === null) return place.fault(what.says);
      const read: [string, V][] = [];
      for (const [name, value] of entries) {
        const fault = what.nameFault(name);
        const was = before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined;
        if (fault !== null) place.at(name).fault(fault);
        else {
          const one = form.read(value, place.at(name), was);
          if (one !== undefined) read.push([name, one]);
        }
      }
      return Object.fromEntries(read);
    },
  };
}

/** Several of one kind, taken whole. */
export function list<V>(form: Form<V>, says: string, most = Infinity): Form<readonly V[]> {
  return {
    write: (values) => values.map((value) => form.write(value)),
    read: (written, place) => {
      if (!Array.isArray(written)) return place.fault(says);
      if (written.length > most) return place.fault(`at most ${most} entries`);
      const read = written.map((each: unknown, index) => form.read(each, place.at(index), undefined));
      return read.filter((value): value is Awaited<V> => value !== undefined);
    },
  };
}

/** One piece of text. `parse` gives the value or what to write instead. */
export function text<V>(
  format: (value: V) => string | number | boolean,
  parse: (text: string) => { readonly value: V } | { readonly error: string },
): Form<V> {
  return {
    write: format,
    read: (written, place) => {
      const found = scalarOf(written);
      const parsed = found === null ? parse("") : parse(found.trim());
      return "error" in parsed ? place.fault(parsed.error) : parsed.value;
    },
  };
}

export function choice<V extends string>(choices: Readonly<Record<V, true>>): Form<V> {
  const all = Object.keys(choices) as V[];
  return text(
    (value) => value,
    (written) => {
      const value = all.find((each) => each === written);
      return value === undefined ? { error: `write ${all.join(" or ")}` } : { value };
    },
  );
}

export const flag: Form<boolean> = text(
  (value) => value,
  (written) => {
    const word = written.toLowerCase();
    if (["true", "yes", "on"].includes(word)) return { value: true };
    if (["false", "no", "off"].includes(word)) return { value: false };
    return { error: "write true or false" };
  },
);

export function nullable<V>(form: Form<V>, word: string): Form<V | null> {
  return {
    write: (value) => (value === null ? word : form.write(value)),
    read: (written, place, before) =>
      isNothing(written, word) ? null : form.read(written, place, before ?? undefined),
  };
}

/** The names and values of a map as it was read, or of an object; null where it is neither. */
export function entriesOf(written: unknown): readonly (readonly [string, unknown])[] | null {
  if (written instanceof Map) {
    return [...(written as Map<unknown, unknown>)].map(([key, value]) => [String(key), value] as const);
  }
  // A heading with nothing below it.
  if (written === null || written === "") return [];
  if (typeof written !== "object" || Array.isArray(written)) return null;
  return Object.entries(written);
}

/** Text, or what stands for text; null where it is a list or a map. */
export function scalarOf(written: unknown): string | null {
  if (typeof written === "string") return written;
  if (typeof written === "number" || typeof written === "boolean") return String(written);
  return written === null ? "" : null;
}

function isNothing(written: unknown, word: string): boolean {
  const found = scalarOf(written);
  return found !== null && ["", "~", "null", word].includes(found.trim());
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function listed(names: readonly string[]): string {
  return names.join(", ");
}
