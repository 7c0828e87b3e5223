/** One priority of the dialplan, as Asterisk has it in force. */
export interface DialplanStep {
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
  readonly application: string;
  readonly data: string;
}

/** A way out of the house. `guarded`: the check comes first, and its number is dialled. `dials-other`: it comes first, and something
 *  else than the judged number is dialled. `unguarded`: a trunk is dialled without a check ahead in the same extension.
 *  `unclear`: what is dialled stands in a variable, and no check comes ahead. */
export interface Route {
  readonly context: string;
  readonly extension: string;
  readonly priority: number;
  /** What is dialled, as the dialplan has it. */
  readonly dials: string;
  /** Null: not known before the call. */
  readonly trunk: string | null;
  readonly state: "guarded" | "dials-other" | "unguarded" | "unclear";
}

/** The dialplan's ways to the trunks, in its own order. A check that stands in another extension is not seen: who calls through one
 *  dial context from many checked ones gets to read `unguarded`, and may well be right. */
export function routesOf(steps: readonly DialplanStep[], isTrunk: (endpoint: string) => boolean): Route[] {
  const extensions = new Map<string, DialplanStep[]>();
  for (const step of steps) {
    if (OUR_CONTEXTS.has(step.context)) continue;
    const key = JSON.stringify([step.context, step.extension]);
    const known = extensions.get(key);
    if (known === undefined) extensions.set(key, [step]);
    else known.push(step);
  }
  return [...extensions.values()].flatMap((each) => routesOfExtension(each, isTrunk));
}

const OUR_CONTEXTS = new Set(["ringfence", "ringfence-answer", "ringfence-edition"]);

function routesOfExtension(steps: readonly DialplanStep[], isTrunk: (endpoint: string) => boolean): Route[] {
  let isChecked = false;
  const routes: Route[] = [];
  for (const step of [...steps].sort((a, b) => a.priority - b.priority)) {
    if (isCheck(step)) isChecked = true;
    if (step.application.toLowerCase() !== "dial") continue;
    for (const dials of destinations(step.data)) {
      const found = trunkOf(dials, isTrunk);
      if (found === null) continue;
      const { context, extension, priority } = step;
      routes.push({
        context,
        extension,
        priority,
        dials,
        trunk: found.trunk,
        state: stateOf(found.trunk, dials, isChecked),
      });
    }
  }
  return routes;
}

function stateOf(trunk: string | null, dials: string, isChecked: boolean): Route["state"] {
  if (!isChecked) return trunk === null ? "unclear" : "unguarded";
  // Whoever computes another variable from it may do so; the number as it was dialled is what must not go out.
  return /\$\{(?:EXTEN|RINGFENCE_DIALLED|RINGFENCE_ASKED)\b/.test(dials) ? "dials-other" : "guarded";
}

function isCheck({ application, data }: DialplanStep): boolean {
  return /^(?:gosub|gosubif)$/i.test(application) && /(?:^|[?:])ringfence,(?:check|trunk),1\b/.test(data);
}

/** `PJSIP/1@a&PJSIP/2@b,30,tT`: what stands before the first comma, at each `&`; commas and `&` within `${…}` are none. */
function destinations(data: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = 0; at <= data.length; at++) {
    const letter = data[at];
    if (letter === "{" || letter === "[") depth++;
    else if (letter === "}" || letter === "]") depth--;
    const isEnd = letter === undefined || (depth <= 0 && (letter === "," || letter === "&"));
    if (!isEnd) continue;
    if (at > begin) found.push(data.slice(begin, at).trim());
    if (letter !== "&") break;
    begin = at + 1;
  }
  return found;
}

/** Null: not a way to a trunk. A `trunk` of null: which one stands in a variable. */
function trunkOf(
  dials: string,
  isTrunk: (endpoint: string) => boolean,
): { readonly trunk: string | null } | null {
  const [, technology = "", rest = ""] = /^([A-Za-z0-9_]+)\/(.*)$/s.exec(dials) ?? [];
  switch (technology.toLowerCase()) {
    case "pjsip":
    case "sip":
    case "iax2": {
      const named = rest.includes("@") ? rest.slice(rest.lastIndexOf("@") + 1) : (rest.split("/")[0] ?? "");
      if (isTrunk(named)) return { trunk: named };
      // An extension is dialled as PJSIP/${EXTEN}; a trunk needs a number besides.
      return named.includes("${") && /[@/]/.test(rest) ? { trunk: null } : null;
    }
    case "dahdi":
    case "motif":
      // A line of the telephone company; nobody's extension has a number behind the channel.
      return rest.includes("/") ? { trunk: `${technology}/${rest.split("/")[0] ?? ""}` } : null;
    case "":
      return dials.startsWith("${") ? { trunk: null } : null;
    default:
      return null;
  }
}
