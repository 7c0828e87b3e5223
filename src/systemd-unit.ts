/** The unit by which systemd starts the daemon, as text. */

/** What is to be run: absolute paths, since systemd's own search path knows no Node that nvm and its like have installed. */
export interface UnitProgram {
  readonly node: string;
  readonly script: string;
  readonly configFile: string;
}

/** `right`: starts this program. `missing`: `text` is the whole file as it should be. `by-hand`: somebody has written a start of their
 *  own, whose place `line` would take. */
export type UnitPlan =
  | { readonly state: "right" }
  | { readonly state: "missing"; readonly text: string }
  | { readonly state: "by-hand"; readonly line: string };

/** @param unit the file as it is; null: there is none
 *  @param template the unit as it is delivered, with a start that searches for the program */
export function planUnit(unit: string | null, template: string, program: UnitProgram): UnitPlan {
  const line = startLine(program);
  const searching = startsOf(template)[0] ?? "";
  const starts = unit === null ? [searching] : startsOf(unit);
  if (starts.length === 1 && starts[0] === line) return { state: "right" };
  const [start] = starts;
  const isOurs = start !== undefined && (start === searching || WRITTEN.test(start));
  if (starts.length !== 1 || !isOurs) return { state: "by-hand", line };
  return { state: "missing", text: (unit ?? template).replace(start, () => line) };
}

/** What was written here before, by a Node or from a folder that may be no more. */
const WRITTEN = /^ExecStart=\S*\/node \S*\/ringfence\.js run --config \S+$/;

function startsOf(unit: string): string[] {
  return unit.split("\n").filter((line) => /^\s*ExecStart\s*=/.test(line));
}

function startLine({ node, script, configFile }: UnitProgram): string {
  return `ExecStart=${[node, script, "run", "--config", configFile].map(word).join(" ")}`;
}

/** One argument as a unit holds it (systemd.service, "Command lines"; systemd.syntax, "Quoting"): `%` and `$` are doubled, and what is
 *  not plain is quoted with C's escapes. */
function word(text: string): string {
  const literal = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w./:@+=%$-]+$/.test(literal)) return literal;
  const escaped = literal.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `"${escaped}"`;
}
