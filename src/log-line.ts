/** What may be written out of fields that anybody could have filled. */
type Fields = Readonly<Record<string, unknown>>;

const SECRET = /(secret|passw(or)?d|token|authorization|cookie)$/i;
const BLANK = "[not shown]";

/** Deeper or longer than this is cut: a log line is no dump. */
const MAX_DEPTH = 6;
const MAX_TEXT = 2_000;
const MAX_ITEMS = 100;

/** One line of JSON. `fields` are nested, so that none can pass for `at`, `level` or `message`; control characters are escaped,
 *  those included that JSON lets pass but terminals and line readers act on. */
export function logLine(atMs: number, level: string, message: string, fields: Fields): string {
  const entry = { at: new Date(atMs).toISOString(), level, message, fields: shown(fields, 0) };
  if (Object.keys(fields).length === 0) delete (entry as { fields?: unknown }).fields;
  return inOneLine(JSON.stringify(entry));
}

/** One line for people: `12:00:00.000 info  shut out  target=203.0.113.12 attempts=10`. Values that are not plain words are
 *  quoted as JSON, so that text of others stays inside its quotes. */
export function terminalLine(atMs: number, level: string, message: string, fields: Fields): string {
  const clock = new Date(atMs).toISOString().slice(11, 23);
  const pairs = Object.entries(shown(fields, 0) as Record<string, unknown>).map(
    ([key, value]) => `${word(key)}=${typeof value === "string" ? word(value) : JSON.stringify(value)}`,
  );
  const head = `${clock} ${level.padEnd(5)} ${message}`;
  return inOneLine(pairs.length === 0 ? head : `${head}  ${pairs.join(" ")}`);
}

function word(text: string): string {
  return /^[\w.:/+@-]+$/.test(text) ? text : JSON.stringify(text);
}

/** JSON escapes the control characters below space; C1 controls, DEL, line and paragraph separators and the marks that turn
 *  text around pass it unescaped. */
function inOneLine(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A copy that JSON can hold: secrets blanked, errors told by message, cycles, depth and length cut. */
function shown(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length <= MAX_TEXT ? value : `${value.slice(0, MAX_TEXT)}…`;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[…]";
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => shown(item, depth + 1));
  if (isErrorLike(value)) return shownError(value, depth);
  if (value instanceof Map) return shown(Object.fromEntries(value), depth);
  if (value instanceof Set) return shown([...value], depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[no time]" : value.toISOString();
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([key, part]) => [key, SECRET.test(key) ? BLANK : shown(part, depth + 1)]),
  );
}

function isErrorLike(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function shownError(error: Error, depth: number): unknown {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: shown(error.message, depth + 1),
    ...(code !== undefined && { code: shown(code, depth + 1) }),
    ...(error.cause !== undefined && { cause: shown(error.cause, depth + 1) }),
  };
}
