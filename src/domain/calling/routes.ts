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

/** The dialplan's ways to the trunks, in its own order. A check ahead counts where the extension makes it, or a subroutine or macro that it
 *  calls. One in an extension that comes here by Goto is not seen: who calls through one dial context from many checked ones gets to
 *  read `unguarded`, and may well be right. */
export function routesOf(steps: readonly DialplanStep[], isTrunk: (endpoint: string) => boolean): Route[] {
  const extensions = new Map<string, DialplanStep[]>();
  for (const step of steps) {
    if (OUR_CONTEXTS.has(step.context)) continue;
    const key = keyOf(step.context, step.extension);
    const known = extensions.get(key);
    if (known === undefined) extensions.set(key, [step]);
    else known.push(step);
  }
  const makesCheck = (step: DialplanStep, depth = DEEPEST): boolean =>
    deedsOf(step).some(
      (deed) =>
        isCheck(deed) ||
        (depth > 0 &&
          calledFrom(deed, step.context).some((called) =>
            extensions.get(called)?.some((each) => makesCheck(each, depth - 1)),
          )),
    );
  return [...extensions.values()].flatMap((each) => routesOfExtension(each, isTrunk, makesCheck));
}

/** Of subroutines within each other. */
const DEEPEST = 4;

function keyOf(context: string, extension: string): string {
  return JSON.stringify([context, extension]);
}

/** The extensions that it goes through and comes back from: `[CONTEXT,]EXTENSION,PRIORITY(arguments)` of Gosub, `NAME,arguments` of Macro. */
function calledFrom({ application, data }: Deed, here: string): string[] {
  switch (application.toLowerCase()) {
    case "gosub":
      return placeOf(data, here);
    case "gosubif": {
      const [, ...places] = cut(data, "?");
      return cut(places.join("?"), ":").flatMap((place) => placeOf(place, here));
    }
    case "macro":
    case "macroexclusive":
      return [keyOf(`macro-${(cut(data, ",")[0] ?? "").trim()}`, "s")];
    default:
      return [];
  }
}

function placeOf(text: string, here: string): string[] {
  const parts = cut(text, ",").map((part) => part.trim());
  const [extension = "", context = here] = parts.slice(0, -1).reverse();
  return extension === "" ? [] : [keyOf(context, extension)];
}

const OUR_CONTEXTS = new Set(["ringfence", "ringfence-answer", "ringfence-edition"]);

function routesOfExtension(
  steps: readonly DialplanStep[],
  isTrunk: (endpoint: string) => boolean,
  makesCheck: (step: DialplanStep) => boolean,
): Route[] {
  let isChecked = false;
  const routes: Route[] = [];
  for (const step of [...steps].sort((a, b) => a.priority - b.priority)) {
    const { context, extension, priority } = step;
    isChecked ||= makesCheck(step);
    for (const deed of deedsOf(step)) {
      for (const dials of dialledBy(deed)) {
        const found = trunkOf(dials, isTrunk);
        if (found === null) continue;
        const { trunk } = found;
        routes.push({ context, extension, priority, dials, trunk, state: stateOf(trunk, dials, isChecked) });
      }
    }
  }
  return routes;
}

type Deed = Pick<DialplanStep, "application" | "data">;

/** What a step does: itself, or the applications that it runs, in their order. */
function deedsOf({ application, data }: Deed): Deed[] {
  switch (application.toLowerCase()) {
    case "execif": {
      const [, ...branches] = cut(data, "?");
      return cut(branches.join("?"), ":").flatMap(calledBy);
    }
    case "exec":
    case "tryexec":
      return calledBy(data);
    default:
      return [{ application, data }];
  }
}

/** `Application(data)`, which may run another in its turn. */
function calledBy(text: string): Deed[] {
  const [, application, data = ""] = /^\s*(\w+)(?:\((.*)\))?\s*$/s.exec(text) ?? [];
  return application === undefined ? [] : deedsOf({ application, data });
}

/** The channels that it makes: `PJSIP/1@a&PJSIP/2@b`. */
function dialledBy({ application, data }: Deed): string[] {
  const args = cut(data, ",");
  const where = { dial: 0, page: 0, originate: 0, retrydial: 3 }[application.toLowerCase()];
  if (where === undefined) return [];
  return cut(args[where] ?? "", "&")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function stateOf(trunk: string | null, dials: string, isChecked: boolean): Route["state"] {
  if (!isChecked) return trunk === null ? "unclear" : "unguarded";
  // Whoever computes another variable from it may do so; the number as it was dialled is what must not go out.
  return /\$\{(?:EXTEN|RINGFENCE_DIALLED|RINGFENCE_ASKED)\b/.test(dials) ? "dials-other" : "guarded";
}

function isCheck({ application, data }: Deed): boolean {
  return /^(?:gosub|gosubif)$/i.test(application) && /(?:^|[?:])ringfence,(?:check|trunk),1\b/.test(data);
}

/** The parts of a text between letters like this one; within brackets it is none. */
function cut(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (const [at, letter] of text.split("").entries()) {
    if ("{[(".includes(letter)) depth++;
    else if ("}])".includes(letter)) depth = Math.max(0, depth - 1);
    else if (letter === separator && depth === 0) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  parts.push(text.slice(begin));
  return parts;
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
      // NUMBER@TRUNK, TRUNK/NUMBER, TRUNK/sip:NUMBER@HOST, and of IAX2 NAME:SECRET@TRUNK/NUMBER@CONTEXT.
      const [first = "", ...others] = cut(rest, "/");
      const halves = cut(first, "@");
      const named = halves.at(-1) ?? "";
      if (isTrunk(named)) return { trunk: named };
      // An extension is dialled as PJSIP/${EXTEN}; a trunk needs a number besides.
      return named.includes("${") && halves.length + others.length > 1 ? { trunk: null } : null;
    }
    case "dahdi":
    case "motif":
      // A line of the telephone company; nobody's extension has a number behind the channel.
      return rest.includes("/") ? { trunk: `${technology}/${rest.split("/")[0] ?? ""}` } : null;
    case "":
      return inVariable(dials, isTrunk);
    default:
      return null;
  }
}

function inVariable(
  dials: string,
  isTrunk: (endpoint: string) => boolean,
): { readonly trunk: string | null } | null {
  // The phones that are registered for an endpoint: of an extension, unless it names a trunk.
  const [, endpoint] = /^\$\{PJSIP_DIAL_CONTACTS\(([^,)]*)/.exec(dials) ?? [];
  if (endpoint !== undefined) return isTrunk(endpoint.trim()) ? { trunk: endpoint.trim() } : null;
  return dials.startsWith("${") ? { trunk: null } : null;
}
